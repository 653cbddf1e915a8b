"""Read the file of own points that a command names, and name one in a command."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from geo.base.errors import ParameterError, Problem
from geo.point_files.bin import Columns
from layers.coverage.question import OwnPoints
from layers.own_points.clusters import some_of
from layers.own_points.filtering import filtered_in_both, list_values, only
from layers.own_points.own_list import terms_at
from layers.own_points.reading import FileQuestion, Reading, account_values, fitting_cell, read
from layers.own_points.source import (
    MOST_TAKEN_BYTES,
    POINTS_VARIABLE,
    Layout,
    Source,
    as_said,
    layout,
    open_folder,
)
from layers.own_points.way_in import (
    Decision,
    answered,
    as_text,
    by_layout,
    decide,
    taken_whole,
)
from layers.own_points.wording import named_in_both
from layers.pack.city import City
from layers.view import codecs
from layers.view.codecs import token
from layers.view.page_options import PointsOptions
from layers.view.state import ViewState

OF_A_FILE: Final = (
    *("file", "x", "y", "weight", "crs", "datum", "part", "head", "encoding", "notation"),
    *("turned", "taken", "column", "values"),
)
"""Options of own points that say what is read, not what is asked of it."""
BROUGHT_IN: Final = "files"
"""Folder within that of the program in which a printed command looks for what a reader brought."""
MOST_TARGETS: Final = 5_000
"""Own points for which each draw is looked at; of more, so many are drawn."""


def asked_file(folder: str | None, name: str | None, city: City, state: ViewState) -> FileQuestion:
    """Return what is to be read of a reader's own points.

    Parameters
    ----------
    folder
        Where the files lie; None for the folder that the environment names.
    name
        Of the file; None for the one that the state names.
    city
        The points within it count.
    state
        Says which columns hold what, and which rows are wanted.

    Raises
    ------
    ParameterError
        There is no such file, its columns cannot be told, or the filter names nothing in it.
    """
    offered = open_folder(folder or os.environ.get(POINTS_VARIABLE))
    known = {**offered.sources, **offered.takeable}
    source = known.get(token(name) if name else state.points.file)
    if source is None:
        names = tuple(each.name for each in known.values())
        raise _refused(Problem("export.unknown", "--file", value=name or "", known=names))
    options = state.points
    source = as_said(source, as_text(options))
    how = decide(source, city, options) if source.token in offered.sources else Decision()
    is_asked_whole = options.taken and source.size <= MOST_TAKEN_BYTES
    is_taken = how.is_taken_whole or is_asked_whole
    answers = answered(options, is_taken=is_taken)
    if is_taken:
        source = taken_whole(source, city, options)
        options = replace(options, x="", y="", crs=0)
        how = by_layout(source, city, options)
    if how.asked is not None:
        raise _refused(Problem("points.asks", source.name, question=how.asked.key))
    if how.columns is None:
        raise _refused(Problem("export.no_columns", source.name))
    cell = fitting_cell(options) or codecs.choices(PointsOptions, "cell_m")[0]
    found = _filtered(source, layout(source), options, how.columns)
    said = (how.is_declared, how.is_said, answers)
    return FileQuestion(city, source, found, cell, None, *said, seen=how.seen)


def _filtered(source: Source, offered: Layout, options: PointsOptions, found: Columns) -> Columns:
    """Return the columns with the rows that are wanted; refuse a filter that names nothing."""
    if not options.column and not options.values:
        return found
    name = offered.of(options.column)
    if name is None:
        raise _refused(Problem("export.set_value", "--set", field="column", value=options.column))
    values = list_values(source, name, lambda *_: None, lambda: False)
    if lost := options.values - {token(value) for value in values.counts}:
        said = ", ".join(sorted(lost))
        raise _refused(Problem("export.set_value", "--set", field="values", value=said))
    return only(found, values, options.values)


def _refused(problem: Problem) -> ParameterError:
    return ParameterError("export_refused", [problem])


def arguments(file: FileQuestion, dated: str = "") -> list[str]:
    """Return the arguments by which a command reads the same rows, of a file in ``BROUGHT_IN``.

    Parameters
    ----------
    file
        What was read.
    dated
        Of when the data are, where no option of the analysis says it; empty for unstated.
    """
    found, said = file.columns, dict(file.answers)
    if file.handed_back:  # in it is done what was said, but for a datum that it stands in still
        said = {name: value for name, value in said.items() if name in ("datum", "taken")}
    # Of a file that was taken in whole the columns are not those of the file.
    by_names = found.geometry is None and "taken" not in said
    chosen = {"x": found.x, "y": found.y} if by_names else {}
    crs = {"crs": file.crs.removeprefix("EPSG:")} if file.is_said else {}
    chosen |= {"weight": found.weights} if found.weights else {}
    chosen |= {"column": found.filter_by} if found.filter_by else {}
    sets = {name: token(of) for name, of in chosen.items()}
    sets |= crs | said
    sets |= {"values": ",".join(map(token, found.wanted))} if found.wanted else {}
    sets |= {"dated": dated} if dated else {}
    return [
        *("--points", BROUGHT_IN),
        *("--file", file.handed_back or file.source.name),
        *(w for each in sets.items() for w in ("--set", "=".join(each))),
    ]


def targets(file: FileQuestion, dated: str) -> OwnPoints:
    """Read a reader's own points as what should be within reach of places.

    Parameters
    ----------
    file
        What is to be read.
    dated
        Of when the data are, as the reader states it; empty for the day of the file.

    Raises
    ------
    AtlasError
        The file cannot be read.
    """
    return as_targets(read(file, lambda *_: None, lambda: False).of_day(dated))


def as_targets(reading: Reading) -> OwnPoints:
    """Return points that have been read as what should be within reach of places.

    Parameters
    ----------
    reading
        What was read, of the day that the reader states.

    Returns
    -------
    OwnPoints
        Of many points ``MOST_TARGETS``, drawn with a fixed seed.
    """
    about = account_values(reading)
    del about["grid_sha256"]  # no grid enters: the page's follows from another question's options
    xy = some_of(reading, MOST_TARGETS)
    return OwnPoints(
        (*reading.asked.key, reading.dated),
        named_in_both(reading),
        xy,
        reading.binned.n,
        about,
        filtered_in_both(reading.asked.columns),
        tuple(arguments(reading.asked, reading.dated)),
        terms_at(reading, xy),
    )
