"""Decide by the one way in how a file of the folder is read: counted as it lies, or taken in whole.

What a file is, its encoding, separator, names, columns, form of numbers and reference system are
found by :mod:`layers.intake` alone. The reader that counts millions in constant memory is used
where it reads the same numbers out of the same columns; everything else is taken in as an upload.
"""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import Final, NamedTuple

import numpy as np

from geo.base.errors import CrsError, DataError, Problem, UnfitError
from geo.intake.datum import DATUMS, most_offset_m
from geo.intake.numbers import numbers
from geo.intake.systems import DEGREES, fits
from geo.point_files import csv_records
from geo.point_files.bin import CSV, Columns
from layers.intake.certainty import Certainty, certainty
from layers.intake.diagnose import (
    Diagnosis,
    Placement,
    ask_crs,
    column_of,
    diagnose,
    values_of,
)
from layers.intake.formats.georeference import doubt_columns, is_given_back
from layers.intake.formats.open_file import Parts, open_beginning, open_bytes
from layers.intake.formats.table import AskError, Observation, Question, Table, unique_names
from layers.intake.formats.text_file import beginning
from layers.intake.outcome import Outcome, write_points
from layers.intake.precision import elsewhere, precision, told
from layers.intake.read import APPROXIMATE_M, read
from layers.intake.take_in import Given, TakenIn, may_set_back, take_in
from layers.own_points.source import (
    LOOKED_AT,
    MOST_TAKEN_BYTES,
    Layout,
    Source,
    as_said,
    columns,
    form_of,
    in_system,
    is_declared,
    layout,
    require_files,
)
from layers.own_points.system import basis_of, first_values
from layers.pack.city import City
from layers.view.codecs import codec, token
from layers.view.page_options import PointsOptions
from layers.view.vague import VAGUE_M

CHECKED: Final = 20_000
"""Rows of a file that is counted as it lies, of which the precision is told; of a longer file of
Parquet they decide."""
OF_A_WHOLE: Final = (*("x", "y", "crs", "part", "head", "encoding", "notation", "turned", "taken"),)
"""Options that say how a file is taken in whole."""
_ENCODINGS: Final = ("utf-8", "gb18030")


@dataclass(frozen=True)
class Decision:
    """How a file of the folder is read.

    Parameters
    ----------
    columns
        Where the reader of millions finds the positions; None where it may not count them.
    is_declared, is_said
        As of :class:`layers.own_points.reading.FileQuestion`.
    asked
        What the reader must say first, where that is the reference system alone.
    unknown
        The columns of a file of which none are known to hold positions.
    found
        Of a file that is counted as it lies, what was found, and how finely the positions of its
        first rows are known.
    seen
        Of such a file, what its first rows show of the doubt of its positions.
    without_asking
        Whether it is taken in whole for its doubts alone: there is nothing to ask.
    """

    columns: Columns | None = None
    is_declared: bool = False
    is_said: bool = False
    asked: Question | None = None
    unknown: tuple[str, ...] = ()
    found: tuple[Observation, ...] = ()
    seen: Certainty | None = None
    without_asking: bool = False

    @property
    def is_taken_whole(self) -> bool:
        """Whether the file must be taken in as an upload is."""
        return self.columns is None and self.asked is None and not self.unknown


def decide(source: Source, city: City, options: PointsOptions) -> Decision:
    """Return how a file of the folder is read.

    Parameters
    ----------
    source
        As :func:`layers.own_points.source.open_folder` offers it.
    city
        Where the positions should lie.
    options
        ``x``, ``y`` and ``weight`` (tokens of columns) and ``crs`` as the reader has chosen.

    Raises
    ------
    DataError, CrsError
        It is refused: for the reasons for which an upload would be, or because it must be taken in
        whole and is too large for that.
    """
    require_files(source)
    said = as_text(options)
    if said and (source.size <= MOST_TAKEN_BYTES or "notation" in said):
        return _whole(source)
    source = as_said(source, {**dict(source.said), **said})
    try:
        table = _table(source)
    except AskError:  # a workbook under another name: which sheet
        return _whole(source)
    how = _by_diagnosis(source, table, city, options)
    return _whole(source) if how is None else how


def _by_diagnosis(
    source: Source, table: Table, city: City, options: PointsOptions
) -> Decision | None:
    """Return how a file is counted as it lies, or why not; None if it must be taken in whole."""
    said = _answers(table, options)
    found = diagnose([table], city, said)
    how: Decision | None = None
    asked = {one.key for one in found.questions}
    if [one.key for one in found.problems] == ["intake.no_columns"]:
        how = _unknown(source)
    elif found.problems:
        raise DataError("stream.unreadable", found.problems)
    elif not asked <= {"crs"}:
        # What a long file cannot be taken in whole for is asked beside it.
        how = Decision(asked=found.questions[0]) if source.size > MOST_TAKEN_BYTES else None
    elif source.paths[0].suffix.lower() in CSV:
        how = _of_text(source, table, found, city, options)
    elif found.questions:
        how = Decision(asked=found.questions[0])
    elif not _is_off(source, table, found.placements[0]):
        how = by_layout(source, city, options)
        # There are positions that only the one way in finds, such as GeoArrow's.
        if how.columns is not None:
            names = dict(zip(table.names, table.names, strict=True))
            how = replace(how, columns=_doubts(table, how.columns, names))
            how = _with_first(how, source, table, city, said)
        elif how.unknown:
            how = _of_pairs(source, found, city, options)
    return how


def _table(source: Source) -> Table:
    """Return what decides: the beginning of a file, or the whole of a small one."""
    path = source.paths[0]
    is_text = path.suffix.lower() in CSV
    if not is_text and (len(source.paths) > 1 or source.size > LOOKED_AT):
        return open_beginning(path, CHECKED)
    return open_bytes(beginning(path, LOOKED_AT), path.name, dict(source.said))


def _answers(table: Table, options: PointsOptions) -> dict[str, str]:
    """Return what the reader has chosen as answers; half a pair is none."""
    seen = Layout(table.names, table.rows)
    x, y = seen.of(options.x), seen.of(options.y)
    columns = {"x": x, "y": y} if x and y and x != y else {}
    return {**columns, **_said(options)}


def _said(options: PointsOptions) -> dict[str, str]:
    """Return what the reader has said of a file, other than which columns hold the positions."""
    said = {"crs": str(options.crs)} if options.crs else {}
    said |= {"swapped": "repair"} if options.turned else {}
    said |= as_text(options)
    return {**said, "datum": options.datum} if options.datum != "ask" else said


def as_text(options: PointsOptions) -> dict[str, str]:
    """Return what the reader has said of how a file is written, as answers.

    Parameters
    ----------
    options
        As the reader has chosen them.
    """
    said = {"header_row": options.head, "encoding": options.encoding, "notation": options.notation}
    return {name: value for name, value in said.items() if value != "auto"}


def answered(options: PointsOptions, *, is_taken: bool) -> tuple[tuple[str, str], ...]:
    """Return what a reader has said of a file, for a command that reads it alike.

    Parameters
    ----------
    options
        As the reader has chosen them.
    is_taken
        Whether the file was taken in whole: its columns, system and part are then known by what was
        said alone.
    """
    names = ("datum", *(OF_A_WHOLE if is_taken else ()))
    said = {**vars(options), "taken": True}
    usual = vars(PointsOptions())
    written = {name: codec(PointsOptions, name).write(said[name], None) for name in names}
    return tuple((name, written[name]) for name in names if said[name] != usual[name])


def _whole(source: Source) -> Decision:
    if source.size > MOST_TAKEN_BYTES:
        problem = Problem("points.not_as_it_lies", source.name, most=MOST_TAKEN_BYTES // 10**6)
        raise DataError("stream.unreadable", [problem])
    return Decision()


def _unknown(source: Source) -> Decision | None:
    try:
        return Decision(unknown=layout(source).names)
    except DataError:  # such names as only the one way in can read
        return None


def by_layout(source: Source, city: City, options: PointsOptions) -> Decision:
    """Return where Parquet holds positions: it says itself what its columns are.

    Parameters
    ----------
    source, city, options
        As in :func:`decide`.

    Raises
    ------
    DataError, CrsError
        As :func:`layers.own_points.source.columns`.
    """
    seen = layout(source)
    try:
        found = columns(source, seen, options, plane=city.metric_epsg, bbox=city.bbox)
    except CrsError as error:
        if error.key == "stream.crs_mixed" and source.size <= MOST_TAKEN_BYTES:
            return _whole(source)  # each part by its own
        raise
    declared = found is not None and is_declared(seen, found)
    if found is not None and options.crs and not declared:
        crs = f"EPSG:{options.crs}"
        bare = replace(found, source_crs=None)
        found = in_system(source, bare, crs, city.metric_epsg, city.bbox)
    if found is None:
        return Decision(unknown=seen.names)
    if basis_of(found, is_declared=declared) == "plane" and not options.crs:
        fitting = fits(*first_values(source.paths[0], found), city.bbox)
        return Decision(asked=ask_crs(fitting, city, ""))
    return Decision(found, declared, bool(options.crs) and not declared)


def _of_text(
    source: Source, table: Table, found: Diagnosis, city: City, options: PointsOptions
) -> Decision | None:
    """Return where the reader of millions finds the positions of a text file, if it may."""
    placed = found.placements[0]
    names = _as_it_lies(source, table, placed)
    if names is None:
        return None
    if found.questions:
        return Decision(asked=found.questions[0])
    at = replace(_places(names, placed, city), form=form_of(source))
    weight = layout(source).of(options.weight)
    at = replace(at, weights=None if weight in at.places else weight)
    there = in_system(source, at, placed.crs, city.metric_epsg, city.bbox)
    how = Decision(_doubts(table, there, names), is_said=bool(options.crs))
    return _with_first(how, source, table, city, _answers(table, options))


def _of_pairs(
    source: Source, found: Diagnosis, city: City, options: PointsOptions
) -> Decision | None:
    """Return where a long Parquet file holds both numbers in one column of texts; None for none."""
    placed = found.placements[0]
    if source.size <= MOST_TAKEN_BYTES or len(placed.columns) != 1 or found.questions:
        return None
    names = {name: name for name in placed.table.names}
    at = _places(names, placed, city)
    weight = layout(source).of(options.weight)
    at = replace(at, weights=None if weight in at.places else weight)
    there = in_system(source, at, placed.crs, city.metric_epsg, city.bbox)
    how = Decision(_doubts(placed.table, there, names), is_said=bool(options.crs))
    return _with_first(how, source, placed.table, city, _answers(placed.table, options))


def _is_off(source: Source, table: Table, placed: Placement) -> bool:
    """Tell whether positions stand in another datum, and a file must be taken in whole for it."""
    return bool(placed.datum) and (source.size <= MOST_TAKEN_BYTES or is_given_back(table))


def _of_datum(columns: Columns, datum: str, city: City) -> Columns:
    """Return columns of positions that are set back from a datum, or have the doubt it costs."""
    if datum not in DATUMS:
        return columns
    is_back = may_set_back() and columns.source_crs == DEGREES
    least = APPROXIMATE_M if is_back else most_offset_m(city.bbox, datum)
    return replace(columns, datum=datum, is_back=is_back, least_m=least)


def _places(names: Mapping[str, str], placed: Placement, city: City) -> Columns:
    """Return the columns of positions, by the names in the file."""
    there = [names[name] for name in placed.columns]
    if len(there) == 1:
        return Columns(both=there[0], north_first=placed.north_first, crs=city.metric_epsg)
    x, y = there[::-1] if placed.north_first else there
    return Columns(x, y, crs=city.metric_epsg)


def _doubts(table: Table, columns: Columns, names: Mapping[str, str]) -> Columns:
    """Return columns with those that state how far off a row may be, by the names in the file."""
    stated = [(names[name], unit) for name, unit in doubt_columns(table) if name in names]
    apart = {*columns.places, columns.weights}
    some = tuple((name, unit) for name, unit in stated if name not in apart)
    return replace(columns, doubts=some, vague_m=VAGUE_M)


def _with_first(
    how: Decision, source: Source, table: Table, city: City, said: Mapping[str, str]
) -> Decision:
    """Return how a file is counted with what its first rows show.

    Where they have doubts the file is taken in whole, as far as it may be: they are read there, and
    a row that is more than some kilometres off counts for its district only.
    """
    found, seen = _first_rows(table, city, said)
    if seen is not None and seen.known and source.size <= MOST_TAKEN_BYTES and how.columns:
        return Decision(without_asking=True)
    if how.columns is not None:
        how = replace(how, columns=_of_datum(how.columns, said.get("datum", ""), city))
    return replace(how, found=found, seen=seen)


def _first_rows(
    table: Table, city: City, said: Mapping[str, str]
) -> tuple[tuple[Observation, ...], Certainty | None]:
    """Return what is found in the first rows, the precision and doubt of their positions too."""
    shapes = table.shapes
    if shapes is not None:
        shapes = replace(shapes, x=shapes.x[:CHECKED], y=shapes.y[:CHECKED],
                         kind=shapes.kind[:CHECKED])  # fmt: skip
    first = replace(table, cells=table.cells.slice(0, CHECKED), lines=table.lines[:CHECKED],
                    torn=table.torn[:0], shapes=shapes)  # fmt: skip
    found = diagnose([first], city, said)
    if found.questions or found.problems:
        return table.found, None
    reading = read(found, city, {}, inverse=may_set_back())
    classes = precision(reading, found.placements, city)
    beside = elsewhere(reading, found.placements, classes, city)
    all_found = (*found.found, *(one for one in (beside, told(classes)) if one))
    return all_found, certainty([first], reading)


def _as_it_lies(source: Source, table: Table, placed: Placement) -> Mapping[str, str] | None:
    """Return what the columns are called in the file, if counting them gives the same answer."""
    if placed.first is None or placed.second is None or _is_off(source, table, placed):
        return None
    if form_of(source) is not None:
        return {name: name for name in table.names}
    try:
        head = csv_records.header(source.paths[0])
    except UnfitError:
        return None
    noted = {one.key: one.values.get("value") for one in table.found}
    mark = head.mark.decode()
    if (
        noted.get("encoding") not in _ENCODINGS
        or noted.get("separator") != {"\t": "tab"}.get(mark, mark)
        or unique_names(list(head.names)) != list(table.names)
    ):
        return None
    # What is written otherwise is shown first, as far as a file can be taken in whole.
    is_odd = "header_goes_on" in noted or not _is_plain(table, placed)
    if source.size <= MOST_TAKEN_BYTES and is_odd:
        return None
    if source.size <= LOOKED_AT and not _all_stand(placed):
        return None
    own = zip(table.names, head.names, strict=True)
    names = {name: one for name, one in own if head.names.count(one) == 1}
    return names if names.keys() >= set(placed.columns) else None


def _is_plain(table: Table, placed: Placement) -> bool:
    """Tell whether the coordinates are nothing but plain numbers in two columns."""
    if len(placed.columns) != 2:
        return False
    plain = [numbers(column_of(table, name)) for name in placed.columns]
    pairs = zip(plain, values_of(placed), strict=True)
    return all(np.array_equal(*each, equal_nan=True) for each in pairs)


def _all_stand(placed: Placement) -> bool:
    """Tell whether every row has a position: the others are a list for the reader to place."""
    first, second = placed.first, placed.second
    assert first is not None
    assert second is not None
    x, y = first.values, second.values
    zero = (x == 0) & (y == 0)
    far = (np.maximum(np.abs(x), np.abs(y)) > 180) & (placed.crs == DEGREES)
    return not (first.states.any() or second.states.any() or zero.any() or far.any())


class AsSaid(NamedTuple):
    """A file that was taken in with what the address says of it, as answers."""

    answers: Mapping[str, str]
    taken: TakenIn


def take_in_as_said(
    given: Given, city: City, options: PointsOptions, *, inverse: bool = False
) -> AsSaid:
    """Take in a file with the answers that the address carries.

    Parameters
    ----------
    given
        The file.
    city
        Where its positions should lie.
    options
        Columns, sheet or layer by their tokens, system and datum. What names nothing in this file
        is passed over.
    inverse
        See :func:`layers.intake.read.read`.
    """
    found = AsSaid(_said(options), take_in(given, city, _said(options), inverse=inverse))
    for more in (_part, _columns_of):
        if said := more(found.taken, options):
            answers = {**found.answers, **said}
            found = AsSaid(answers, take_in(given, city, answers, inverse=inverse))
    return found


def _part(taken: TakenIn, options: PointsOptions) -> dict[str, str]:
    """Return the sheet or layer that is meant, where that is asked."""
    asked = [one for one in taken.report.questions if one.key in ("sheet", "layer")]
    return {
        question.key: option.value
        for question in asked
        for option in question.options
        if token(option.value) == options.part
    }


def _columns_of(taken: TakenIn, options: PointsOptions) -> dict[str, str]:
    if not taken.tables:
        return {}
    said = _answers(taken.tables[0], options)
    return {axis: said[axis] for axis in ("x", "y") if axis in said}


def taken_whole(source: Source, city: City, options: PointsOptions) -> Source:
    """Take in a file that is not counted as it lies, without a reader who could answer.

    Parameters
    ----------
    source
        As :func:`layers.own_points.source.open_folder` offers it.
    city
        Where its positions should lie.
    options
        What is said of it.

    Returns
    -------
    Source
        Under the same name and of the same day, every row with its position in degrees or none; it
        goes with the process.

    Raises
    ------
    DataError
        It is refused, or something must be answered first.
    """
    require_files(source)
    taken = take_in_as_said(
        Parts(source.name, source.paths), city, options, inverse=may_set_back()
    ).taken
    if taken.reading is None:
        asked = [
            Problem("points.asks", source.name, question=q.key) for q in taken.report.questions
        ]
        raise DataError("stream.unreadable", [*taken.report.problems, *asked])
    room = tempfile.mkdtemp(prefix="atlas-own-")
    atexit.register(rmtree, room, ignore_errors=True)
    written = Path(room) / f"{token(source.name)}.parquet"
    write_points(Outcome(taken.tables, taken.reading), written)
    return Source(source.name, (written,), written.stat().st_size, source.stamp)
