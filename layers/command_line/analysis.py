"""Answer an analysis from a terminal: ``python -m layers.analysis``.

What is not understood is refused, and so is what decides nothing of the answer.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
from pyogrio.errors import DataSourceError

from geo.base.errors import ParameterError, Problem
from geo.coverage.scenario import Scenario, from_file
from layers.command_line.answers import table_answers
from layers.command_line.arguments import (
    RAW,
    city_of,
    crs_problems,
    epsg_of,
    query_of,
    view_problems,
)
from layers.command_line.own_points import (
    BROUGHT_IN,
    OF_A_FILE,
    arguments,
    asked_file,
    targets,
)
from layers.command_line.reply import reply, written
from layers.coverage.question import OWN, OwnPoints, inputs
from layers.coverage.question import question as reach_question
from layers.coverage.scenario import ScenarioQuestion, file_name
from layers.coverage.siting import SitingQuestion, Spot
from layers.district_table.measure import TableQuestion, column_of, undivided
from layers.district_table.table import DistrictTable, district_table
from layers.handover.contents import ANSWER_FORMATS, Form
from layers.inside.files import SCENARIO_FILE
from layers.inside.measure import InsideQuestion, places_asked
from layers.inside.measure import question as inside_question
from layers.intake.formats.table import Question as Asked
from layers.intake.take_in import take_in
from layers.language.messages import LANGS
from layers.own_points.answer import PointsQuestion
from layers.own_points.source import POINTS_VARIABLE
from layers.pack.city import City
from layers.view import codecs
from layers.view.address import KEYS, parse, unknown_words
from layers.view.page_options import PointsOptions
from layers.view.question import Question, rows_asked
from layers.view.state import Filters, ViewState, allowed, default_state

BROUGHT: Final[Mapping[str, tuple[str, ...]]] = {
    "inside": ("scenario",),
    "reach": ("points", "file"),
    "scenario": ("scenario", "doubt"),
    "siting": ("candidates", "points", "file"),
    "own_points": ("points", "file"),
    "district_table": ("table", "answer"),
}
"""By analysis, the flags for what a reader brings along; the others bring nothing."""
_ROWS: Final = ("period", "later", "layers")
_READS: Final = (*OF_A_FILE, "dated")
"""Options of own points that reach and siting take beside their own: they ask nothing of them."""
_DRAWN_ID: Final = re.compile(r"drawn-(\d+)", re.ASCII)
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
        See :func:`layers.command_line.reply.reply`.

    Raises
    ------
    SystemExit
        An argument is unknown or lacks its value (status 2), or help is asked for (status 0).
    """
    given = _parser(analyses).parse_args(argv)
    return reply(lambda: _answered(analyses[given.analysis], given))


def _answered(analysis: Any, given: argparse.Namespace) -> Iterator[str]:
    city, state = _asked(analysis, given)
    drawn = {"doubt": True} if given.doubt else {}
    question = analysis.question(state, *_brought(given, city, state), **drawn)
    _require_effect(given, state, question)
    if isinstance(question, TableQuestion):
        _require_denominator(question)
    answer = analysis.measure(city, question)
    package = analysis.hand_over(
        answer, Form(given.format, epsg_of(given.crs), given.lang, raw=given.raw)
    )
    if given.out is None:
        yield package.files[f"{given.analysis}.json"].decode().rstrip("\n")
    else:
        yield from written(package, given.out, zipped=given.zip)


def command(analysis: str, city: City, question: Question[Any], form: Form) -> str:
    """Return the command that gives the same files.

    Parameters
    ----------
    analysis
        Name of the analysis, see ``layers.analysis.ANALYSES``.
    city
        The pack that is asked; what is as in its opening view is not set.
    question
        What was asked. What a reader drew stands in the command as a file: a scenario under its own
        name, candidates as they are exported.
    form
        Format and coordinate system of the files.

    Returns
    -------
    str
        One line, quoted for a POSIX shell, for the folder of the program; the files go to its
        folder ``out``, and those of :func:`brought_files` are looked for in ``BROUGHT_IN``.
    """
    words = [".venv/bin/python", "-m", "layers.analysis", analysis, "--city", city.id]
    usual = {**vars(default_state(city)), **vars(Filters()), **vars(type(question.options)())}
    asked = {**rows_asked(question), **vars(question.filters), **vars(question.options)}
    if not question.layers:  # no place of the plan enters: which are shown decides nothing
        asked |= {name: usual[name] for name in (*_ROWS, *vars(Filters()))}
    for name, codec in _codecs(type(question.options)).items():
        if asked[name] != usual[name]:
            value = codec.write(asked[name], None)
            value = value.replace(".", ",") if isinstance(asked[name], frozenset) else value
            words += ["--set", f"{name}={value}"]
    words += needed_files(question)
    words += ["--format", form.fmt, "--crs", str(form.epsg)]
    words += ["--lang", form.lang] if form.fmt == "xlsx" and form.lang != LANGS[0] else []
    words += ["--out", "out"]
    return shlex.join(words)


def needed_files(question: Question[Any]) -> list[str]:
    """Return the arguments that name what a reader brought along.

    Parameters
    ----------
    question
        What was asked, of any analysis.

    Returns
    -------
    list
        Words of the command: scenarios, candidates, or a file with its columns, each behind its
        flag. Empty where nothing was brought along.
    """
    if isinstance(question, ScenarioQuestion):
        files = [_brought_in(file_name(each.name)) for each in question.scenarios]
        named = [word for file in files for word in ("--scenario", file)]
        return [*named, *(["--doubt"] if question.doubt else [])]
    if isinstance(question, InsideQuestion) and question.scenario is not None:
        return ["--scenario", _brought_in(SCENARIO_FILE)]
    own: OwnPoints | None = getattr(question, "own", None)
    words = [] if own is None else [*own.arguments]
    if isinstance(question, SitingQuestion) and question.drawn:
        words += ["--candidates", _brought_in("siting_candidates.geojson")]
    if isinstance(question, PointsQuestion):
        words += arguments(question.file)
    if isinstance(question, TableQuestion):
        words += ["--table", _brought_in(question.table.file)]
        for key, value in question.table.answers:
            words += ["--answer", f"{key}={value}"]
    return words


def _brought_in(name: str) -> str:
    return f"{BROUGHT_IN}/{name}"


def brought_files(question: Question[Any]) -> dict[str, str]:
    """Return the files that must lie in ``BROUGHT_IN`` before the command is run.

    Parameters
    ----------
    question
        What was asked, of any analysis.

    Returns
    -------
    dict
        By name of the file where a reader has it from: ``scenario`` (downloaded beside the
        changes), ``zip`` (in the files of the answer), ``own`` (brought along, or handed
        back) or ``table``.
    """
    words = needed_files(question)
    whence = {"--scenario": "scenario", "--candidates": "zip", "--file": "own", "--table": "table"}
    if isinstance(question, InsideQuestion):
        whence["--scenario"] = "zip"
    return {word.removeprefix(f"{BROUGHT_IN}/"): whence[flag]
            for flag, word in pairwise(words) if flag in whence}  # fmt: skip


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
    parser.add_argument("--format", default="json", help=", ".join(ANSWER_FORMATS))
    one = "geojson, json, xlsx, kml, kmz: 4326"
    parser.add_argument("--crs", default="4326", help=f"EPSG code; {one}")
    parser.add_argument("--lang", choices=LANGS, default=LANGS[0], help="language of a workbook")
    parser.add_argument("--out", type=Path, help="folder for the files")
    parser.add_argument("--zip", action="store_true", help="write one zip instead of the files")
    parser.add_argument("--raw", action="store_true", help=RAW)
    told = "once for each; the first two are also set against each other"
    parser.add_argument(
        "--scenario", type=Path, action="append", default=[], metavar="FILE", help=told
    )
    parser.add_argument("--doubt", action="store_true", help="500 draws behind every change")
    parser.add_argument("--candidates", type=Path, metavar="FILE", help="points, siting_*.geojson")
    parser.add_argument("--table", type=Path, metavar="FILE", help="table by district")
    said = (
        "of the table, as python -m layers.intake takes it: district:NAME=CODE, only:COLUMN=ENTRY"
    )
    parser.add_argument(
        "--answer", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help=said
    )
    parser.add_argument("--points", metavar="FOLDER", help=f"without it {POINTS_VARIABLE}")
    parser.add_argument("--file", help="name of the file of own points in that folder")
    return parser


def _codecs(options: type[Any]) -> dict[str, Any]:
    """Return by name how each thing that can be set is said."""
    rows = {name: codecs.codec(ViewState, name) for name in _ROWS}
    return rows | {
        name: codecs.codec(declared, name)
        for declared in (Filters, options)
        for name in codecs.keys(declared)
    }


def _named(options: type[Any], brings: Sequence[str]) -> dict[str, str]:
    """Return by name the address's key of each thing that can be set."""
    rows = {name: codecs.keys(ViewState)[name] for name in _ROWS}
    of_file = codecs.keys(PointsOptions)
    reads = {name: of_file[name] for name in _READS if "file" in brings}
    return {**rows, **codecs.keys(Filters), **reads, **codecs.keys(options)}


def _asked(analysis: Any, given: argparse.Namespace) -> tuple[City, ViewState]:
    """Return the city and the state that the arguments describe.

    Raises
    ------
    ParameterError
        With every argument that is not understood.
    """
    query = query_of(given.view)
    city = city_of(given.city, query)
    known, named = allowed(city), _named(analysis.options, BROUGHT.get(given.analysis, ()))
    problems = [*view_problems(query, known, KEYS), *_flag_problems(given)]
    sets: dict[str, list[str]] = {}
    for name, value in _sets(given):
        if name in named:
            sets[named[name]] = [value]
        else:
            problems.append(Problem("export.unknown", "--set", value=name, known=tuple(named)))
    # An address means what it did in its time; what is set means what it does today.
    state = codecs.read(parse(query, allowed=known), sets, known.known)
    lost = unknown_words({**query, **sets}, known)
    held = codecs.write(state, None)
    for name, value in _sets(given):
        key = named.get(name, "")
        # A number beyond its limits is held within them, which a file would not say.
        if lost.get(key) or (value.isdigit() and held.get(key, value) != value):
            problems.append(Problem("export.set_value", "--set", field=name, value=value))
    if problems:
        raise ParameterError("export_refused", problems)
    return city, state


def _sets(given: argparse.Namespace) -> list[tuple[str, str]]:
    parts = [text.partition("=") for text in given.sets]
    return [(name, value) for name, _, value in parts]


def _flag_problems(given: argparse.Namespace) -> Iterator[Problem]:
    """Yield what is wrong with the form, and the flags that this analysis does not take."""
    yield from crs_problems(given.crs)
    if given.out is None and (given.format != "json" or given.zip):
        yield Problem("export.no_folder", "--out", value=given.format)
    own = BROUGHT.get(given.analysis, ())
    for name in sorted({name for names in BROUGHT.values() for name in names} - {*own}):
        if getattr(given, name):
            yield Problem("export.set_idle", f"--{name}", analysis=given.analysis)


def _require_effect(given: argparse.Namespace, state: ViewState, question: Question[Any]) -> None:
    """Raise ParameterError where something that was set decides nothing of the answer."""
    options = next(v for v in vars(state).values() if isinstance(v, type(question.options)))
    said = {**vars(state), **vars(state.filters), **vars(options)}
    kept = {**rows_asked(question), **vars(question.filters), **vars(question.options)}
    if isinstance(question, PointsQuestion):
        kept = {name: value for name, value in kept.items() if name not in OF_A_FILE}
    reads = isinstance(question, PointsQuestion) or getattr(question, "own", None) is not None
    idle = [
        Problem("export.set_idle", "--set", field=name, analysis=given.analysis)
        for name, _ in _sets(given)
        if (kept[name] != said[name] if name in kept else not reads)
    ]
    flags = {"--candidates": isinstance(question, SitingQuestion) and not question.drawn}
    flags |= dict.fromkeys(("--points", "--file"), not reads)
    for flag, is_idle in flags.items():
        if is_idle and getattr(given, flag.removeprefix("--")):
            idle.append(Problem("export.set_idle", flag, analysis=given.analysis))
    if idle:
        raise ParameterError("export_refused", idle)


def _require_denominator(question: TableQuestion) -> None:
    """Raise ParameterError where a rate is to be divided by residents or area."""
    column = column_of(question.table, question.options.column)
    if column is not None and undivided(question) != question:
        problem = Problem("export.no_denominator", "--set", field="per", column=column.name)
        raise ParameterError("export_refused", [problem])


def _brought(given: argparse.Namespace, city: City, state: ViewState) -> tuple[Any, ...]:
    """Return what a reader brings along beside the state: scenarios, candidates, points."""
    if given.analysis == "scenario":
        return (_scenarios(given, city, inputs(city, reach_question(state)).sites),)
    if given.analysis == "inside":
        if len(given.scenario) > 1:  # a shape is asked of the places of one
            idle = Problem("export.set_idle", "--scenario", analysis=given.analysis)
            raise ParameterError("export_refused", [idle])
        return _scenarios(given, city, places_asked(city, inside_question(state)))
    if given.analysis == "own_points":
        return (asked_file(given.points, given.file, city, state),)
    if given.analysis == "district_table":
        return (_table(given.table, city, table_answers(given.answer)),)
    own = _own(given, city, state)
    if given.analysis == "siting":
        return (() if given.candidates is None else _spots(given.candidates), own)
    return (own,) if given.analysis == "reach" else ()


def _scenarios(
    given: argparse.Namespace, city: City, sites: gpd.GeoDataFrame
) -> tuple[Scenario, ...]:
    """Read scenarios that fit some places; raise DataError with what is wrong with a file."""
    kinds = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
    known = {"sites": sites, "kinds": kinds, "bbox": city.bbox}
    return tuple(from_file(p.read_bytes(), name=p.stem, **known) for p in given.scenario)


def _own(given: argparse.Namespace, city: City, state: ViewState) -> OwnPoints | None:
    """Return the reader's own points where those should be within reach."""
    asked = {"reach": state.coverage.counted, "siting": state.coverage.demand}
    if asked.get(given.analysis) != OWN:
        return None
    file = asked_file(given.points, given.file, city, state)
    return targets(file, state.points.dated)


def _table(path: Path | None, city: City, answers: Mapping[str, str]) -> DistrictTable:
    """Read a table by district; raise ParameterError with what is wrong with the file."""
    if path is None:
        raise ParameterError("export_refused", [Problem("export.no_table", "--table")])
    taken = take_in(path, city, answers, kind="districts")
    if taken.joined is None:
        asked = [_unanswered(one, path) for one in taken.report.questions]
        raise ParameterError("export_refused", [*taken.report.problems, *asked])
    return district_table(taken, path.name, sha256(path.read_bytes()).hexdigest(), answers)


def _unanswered(asked: Asked, path: Path) -> Problem:
    known = tuple(option.value for option in asked.options)
    return Problem("export.unanswered", path.name, value=asked.key, known=known)


def _spots(path: Path) -> tuple[Spot, ...]:
    """Read candidates from a file of points, with the numbers of those that the page exported."""
    try:
        frame = gpd.read_file(path).to_crs(4326)
    except (DataSourceError, ValueError) as error:
        raise ParameterError("export_refused", [Problem("export.not_points", str(path))]) from error
    if not len(frame) or not (frame.geom_type == "Point").all():
        raise ParameterError("export_refused", [Problem("export.not_points", str(path))])
    ids = frame["id"] if "id" in frame else [""] * len(frame)
    found = [_DRAWN_ID.fullmatch(str(id_)) for id_ in ids]
    ours = all(found) and len({*ids}) == len(frame)
    numbers = [int(m[1]) for m in found if m] if ours else range(1, len(frame) + 1)
    spots = zip(numbers, frame.geometry, strict=True)
    return tuple(Spot(number, float(point.x), float(point.y)) for number, point in spots)
