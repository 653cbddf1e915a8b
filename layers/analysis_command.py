"""Answer an analysis from the command line, strictly: what is not understood is refused."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from geo.base.errors import AtlasError, ParameterError, Problem
from geo.coverage.scenario import from_file
from layers.coverage.question import inputs
from layers.coverage.question import question as reach_question
from layers.coverage.scenario import ScenarioQuestion
from layers.coverage.siting import SitingQuestion, Spot
from layers.handover.command_line import city_of, query_of
from layers.handover.contents import ANALYSIS_FORMATS, Form
from layers.handover.documents import sha256
from layers.handover.write_package import write_package
from layers.language.problems import lines
from layers.own_points.answer import PointsQuestion
from layers.own_points.reading import FileQuestion, fitting_cell
from layers.own_points.source import columns, is_declared, layout, open_folder
from layers.pack.city import City
from layers.view import address
from layers.view.address import token
from layers.view.page_options import CoverageOptions, DensityOptions, PointsOptions
from layers.view.question import Question, rows_asked
from layers.view.state import (
    CITY_KEY,
    KEYS,
    VERSION_KEY,
    Filters,
    ViewState,
    allowed,
    default_state,
    parse,
    unknown_words,
)

POINTS_VARIABLE: Final = "ATLAS_POINTS"
_OPTIONS: Final[Mapping[str, type[Any]]] = {
    "density": DensityOptions,
    "balance": DensityOptions,
    "own_points": PointsOptions,
}
"""By analysis the options that it reads; the others read those of the coverage page."""
_EPILOG = """NAME of --set is that of an option, such as radius_m, or of a choice of places: period,
later, layers, level, field, district ...; lists are separated by commas. Without --out the answer
is printed as JSON, with its doubt and its caveats. With --out a folder takes the files, as with
python -m layers.export."""


def main(analyses: Mapping[str, Any], argv: Sequence[str] | None = None) -> int:
    """Answer what the command line asks, and print the answer or the digests of its files.

    Parameters
    ----------
    analyses
        By name; see ``layers.analysis``.
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0, or 2 after every problem has been listed on standard error.
    """
    given = _parser(analyses).parse_args(argv)
    try:
        city, state = _asked(given)
        analysis = analyses[given.analysis]
        drawn = {"doubt": True} if given.doubt else {}
        question = analysis.question(state, *_brought(given, city, state), **drawn)
        answer = analysis.measure(city, question)
        form = Form(given.format, int(given.crs.rpartition(":")[2]))
        package = analysis.hand_over(answer, form)
        if given.out is None:
            print(package.files[f"{given.analysis}.json"].decode(), end="")
            return 0
        for name, data in write_package(package, given.out, zipped=given.zip).items():
            print(f"{sha256(data)}  {given.out / name}")
    except AtlasError as error:
        print(lines(error, "en"), file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def command(analysis: str, city: City, question: Question[Any], form: Form) -> str:
    """Return the command that gives the same files.

    What a reader drew is named as the file that the page hands over.
    """
    words = ["python", "-m", "layers.analysis", analysis, "--city", city.id]
    usual = {**vars(default_state(city)), **vars(Filters()), **vars(type(question.options)())}
    asked = {**rows_asked(question), **vars(question.filters), **vars(question.options)}
    codecs = {**_codecs(ViewState), **_codecs(Filters), **_codecs(type(question.options))}
    for name in _named(type(question.options)):
        if asked[name] != usual[name]:
            value = codecs[name].write(asked[name], None).replace(".", ",")
            words += ["--set", f"{name}={value}"]
    words += _files_named(question)
    words += ["--format", form.fmt, "--crs", str(form.epsg), "--out", "out"]
    return shlex.join(words)


def _codecs(options: type[Any]) -> dict[str, Any]:
    return {name: address.codec(options, name) for name in address.keys(options)}


def _files_named(question: Question[Any]) -> list[str]:
    if isinstance(question, ScenarioQuestion):
        files = [
            name for each in question.scenarios for name in ("--scenario", f"{each.name}.geojson")
        ]
        return [*files, *(["--doubt"] if question.doubt else [])]
    if isinstance(question, SitingQuestion) and question.drawn:
        return ["--candidates", "siting_candidates.geojson"]
    if isinstance(question, PointsQuestion):
        return ["--file", question.file.source.name]
    return []


def _parser(analyses: Mapping[str, Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.analysis",
        description="Answer an analysis as the screen would, and hand the answer over.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("analysis", choices=[*analyses])
    parser.add_argument("--city", help="id of the city, such as tianjin")
    parser.add_argument("--view", help="query string copied from the address bar")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], dest="sets")
    parser.add_argument("--format", default="json", help=", ".join(ANALYSIS_FORMATS))
    parser.add_argument("--crs", default="4326", help="EPSG code, for gpkg and csv")
    parser.add_argument("--out", type=Path, help="folder for the files")
    parser.add_argument("--zip", action="store_true", help="write one zip instead of the files")
    parser.add_argument("--scenario", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--doubt", action="store_true", help="500 draws behind every change")
    parser.add_argument("--candidates", type=Path, metavar="FILE", help="points in GeoJSON")
    parser.add_argument("--points", metavar="FOLDER", default=os.environ.get(POINTS_VARIABLE))
    parser.add_argument("--file", help="name of the file of own points in that folder")
    return parser


def _asked(given: argparse.Namespace) -> tuple[City, ViewState]:
    """Return the city and the state that the arguments describe.

    Raises
    ------
    ParameterError
        With every argument that is not understood.
    """
    query = query_of(given.view)
    city = city_of(given.city, query)
    known = allowed(city)
    options = _OPTIONS.get(given.analysis, CoverageOptions)
    problems = [*_view_problems(query, unknown_words(query, known))]
    named = _named(options)
    for text in given.sets:
        name, _, value = text.partition("=")
        if name in named:
            query[named[name]] = [value]
        else:
            problems.append(Problem("export.unknown", "--set", value=name, known=tuple(named)))
    state = parse(query, allowed=known)
    problems += _set_problems(given.sets, named, state, unknown_words(query, known))
    if not re.fullmatch(r"(?i)(epsg:)?\d{4,6}", given.crs):
        problems.append(Problem("export.epsg", "--crs", value=given.crs))
    if given.out is None and given.format != "json":
        problems.append(Problem("export.no_folder", "--out", value=given.format))
    if problems:
        raise ParameterError("export_refused", problems)
    return city, state


def _named(options: type[Any]) -> dict[str, str]:
    """Return by name the keys of what can be set."""
    rows = {name: key for name, key in address.keys(ViewState).items() if name in _ROWS}
    return {**rows, **address.keys(Filters), **address.keys(options)}


_ROWS: Final = ("period", "later", "layers")


def _view_problems(
    query: Mapping[str, list[str]], lost: Mapping[str, list[str]]
) -> Iterator[Problem]:
    for key in query:
        if key not in (*KEYS, VERSION_KEY, CITY_KEY):
            yield Problem("export.view_key", "--view", value=key)
        for word in lost.get(key, ()):
            yield Problem("export.view_word", "--view", field=key, value=word)


def _set_problems(
    sets: Sequence[str],
    named: Mapping[str, str],
    state: ViewState,
    lost: Mapping[str, list[str]],
) -> Iterator[Problem]:
    """Yield the values that are none, or that are held within limits: a file would not say so."""
    held = address.write(state, None)
    for text in sets:
        name, _, value = text.partition("=")
        key = named.get(name, "")
        if lost.get(key) or (key in held and value.isdigit() and held[key] != value):
            yield Problem("export.set_value", "--set", field=name, value=value)


def _brought(given: argparse.Namespace, city: City, state: ViewState) -> tuple[Any, ...]:
    """Return what a reader brings along beside the state: scenarios, candidates, points."""
    if given.analysis == "scenario":
        sites = inputs(city, reach_question(state)).sites
        kinds = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
        return (
            tuple(
                from_file(
                    path.read_bytes(), sites=sites, kinds=kinds, bbox=city.bbox, name=path.stem
                )
                for path in given.scenario
            ),
        )
    if given.analysis == "siting" and given.candidates is not None:
        return (_spots(given.candidates),)
    if given.analysis == "own_points":
        return (_file(given, city, state),)
    return ()


def _spots(path: Path) -> tuple[Spot, ...]:
    """Read candidates from a file of points, in any coordinate system that it declares."""
    frame = gpd.read_file(path).to_crs(4326)
    points = frame.geometry[frame.geometry.notna()]
    if not len(points) or not (points.geom_type == "Point").all():
        raise ParameterError("export_refused", [Problem("export.not_points", str(path))])
    return tuple(Spot(n, float(p.x), float(p.y)) for n, p in enumerate(points, start=1))


def _file(given: argparse.Namespace, city: City, state: ViewState) -> FileQuestion:
    """Return what is to be read of a reader's own points."""
    folder = open_folder(given.points)
    source = folder.sources.get(token(given.file) if given.file else state.points.file)
    if source is None:
        known = tuple(each.name for each in folder.sources.values())
        value = given.file or ""
        problem = Problem("export.unknown", "--file", value=value, known=known)
        raise ParameterError("export_refused", [problem])
    offered, options = layout(source), state.points
    found = columns(source, offered, options, plane=city.metric_epsg, bbox=city.bbox)
    if found is None:
        raise ParameterError("export_refused", [Problem("export.no_columns", source.name)])
    cell = fitting_cell(options) or address.choices(PointsOptions, "cell_m")[0]
    return FileQuestion(city, source, found, cell, is_declared=is_declared(offered, found))
