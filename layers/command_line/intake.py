"""Take in a stranger's file from a terminal: ``python -m layers.intake``."""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from geo.base.errors import AtlasError, DataError, Problem, Value
from geo.base.validation import printable
from geo.coverage.scenario import ACTIONS, MEMBER, load
from layers.command_line.answers import answers_of
from layers.command_line.arguments import city_of
from layers.command_line.long_file import is_long, take_in_parts
from layers.command_line.reply import printed
from layers.coverage.question import inputs
from layers.coverage.question import question as reach_question
from layers.intake.features import features, found_in
from layers.intake.formats.open_file import not_opened, require_file
from layers.intake.formats.table import Observation
from layers.intake.outcome import NO_PLACES, Outcome
from layers.intake.report import Account, Report, ask, sentence, to_json
from layers.intake.scenarios.rows import in_its_words
from layers.intake.take_in import TakenIn, may_set_back, refusal, take_in, unforeseen
from layers.language.messages import LANGS, speaker
from layers.language.problems import worded_together
from layers.own_points.own_list import FORMATS, WITH_CONTACTS, contact_columns, left_out, own_list
from layers.pack.city import SETTINGS, City, load_city
from layers.pack.reader import PackFiles
from layers.pack.single_layer import layer_problems
from layers.view.state import default_state

KINDS: Final = ("points", "districts", "scenario", "pack")
_EPILOG = """Exit status: 0 read, 2 refused, 3 needs an answer (which one is said).
--columns takes two names of columns (x y, or x=NAME y=NAME), or one that holds both. --answer takes
what is asked: crs=EPSG:4548, datum=gcj02, sheet=NAME, layer=NAME, header_row=3, separator=;,
encoding=gbk, swapped=repair (rows whose longitude and latitude seem swapped are exchanged),
notation=minutes (117.1203 means 117°12′03″) or decimal."""


_CRS: Final = (
    "reference system: EPSG code, any authority and code that PROJ knows (ESRI:102025, IGNF:...), "
    "WKT or PROJJSON; Beijing 1954 and Xian 1980 (such as EPSG:2436, 2364, 4610) are refused, "
    "because PROJ has no shift from them to WGS 84 here"
)
_OUT: Final = (
    "write the list with what was done to each row and how surely each place is known, by its "
    "ending: .xlsx, .csv, .geojson, .gpkg, or _circles.geojson for the circles of doubt alone"
)
_CONTACTS: Final = (
    "leave the columns of telephones, contacts and identity cards out of --out; a GeoJSON or "
    "GeoPackage never has them"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Take in what the command line names, and print what became of it.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0 if it was read, 2 if it was refused, 3 if an answer is needed.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a code page without Chinese stops no job
        sys.stdout.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if argv is None else list(argv)
    parser = _parser()
    parser.is_for_program = "--json" in words
    try:
        asked = parser.parse_args(words)
    except DataError as error:
        return _printed(refusal(error.problems), "")
    try:
        report = _report(asked)
    except AtlasError as error:
        report = refusal(error.problems)
    except OSError as error:
        report = refusal([not_opened(asked.path.name, error)])
    except MemoryError:
        report = refusal([Problem("point_file.memory", asked.path.name)])
    except Exception:  # a file of others can fail in any way, and fails alone
        report = unforeseen(asked.path.name)
    return _printed(report, "" if asked.json else asked.lang)


def _printed(report: Report, lang: str) -> int:
    """Print a report in sentences of a language, or as JSON where none is named."""
    if lang:
        printed(_lines(report, lang))
    else:
        printed([json.dumps(to_json(report), ensure_ascii=False, indent=1)])
    return report.code


class _Parser(argparse.ArgumentParser):
    """Reads the arguments; to a program it says what is wrong with them as it does of a file."""

    is_for_program = False

    def error(self, message: str) -> NoReturn:
        if self.is_for_program:
            problem = Problem("intake.arguments", self.prog, reason=message[:300])
            raise DataError("intake.refused", [problem])
        super().error(message)


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m layers.intake",
        description="Take in a file of points, a table by district, a scenario or a pack.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="file or folder")
    parser.add_argument("--city", help="id of a pack")
    parser.add_argument("--as", dest="kind", choices=KINDS, help="what it is; told by the file")
    parser.add_argument("--crs", help=_CRS)
    parser.add_argument("--columns", nargs="+", action="extend", default=[], metavar="NAME")
    parser.add_argument("--answer", nargs="+", action="extend", default=[], metavar="KEY=VALUE")
    parser.add_argument("--out", type=Path, metavar="FILE", help=_OUT)
    parser.add_argument("--without-contacts", action="store_true", help=_CONTACTS)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--lang", choices=LANGS, default=LANGS[0],
                        help="language of what is printed and written")  # fmt: skip
    return parser


def _report(asked: argparse.Namespace) -> Report:
    answers, path = answers_of(asked), asked.path
    if not path.is_dir():
        require_file(path)
    kind = asked.kind or kind_of(path)
    _require_out(asked, kind)
    if kind == "pack":
        return _pack(path, lambda: city_of(asked.city, {}), answers)
    city = city_of(asked.city, {})
    if kind == "scenario":
        return _scenario(path, city, answers)
    if kind == "points" and is_long(path):
        return take_in_parts(path, city, answers)
    taken = take_in(path, city, answers, kind=kind, inverse=may_set_back())
    report = taken.report
    if asked.kind is None and [one.key for one in report.problems] == ["intake.no_columns"]:
        joined = take_in(path, city, answers, kind="districts").report
        report = joined if joined.rows.used else report
    if asked.out is None:
        return report
    return replace(report, found=[*report.found, *_hand_back(taken, city, asked)])


def _require_out(asked: argparse.Namespace, kind: str) -> None:
    """Raise before anything is read if the list cannot be written as it is asked."""
    if asked.out is None:
        return
    if kind != "points" or is_long(asked.path):
        raise DataError("intake.refused", [Problem("intake.out_kind", "--out")])
    if _format(asked.out) is None:
        known = tuple(FORMATS.values())
        problem = Problem("intake.out_format", "--out", value=asked.out.name[:80], known=known)
        raise DataError("intake.refused", [problem])


def _format(path: Path) -> str | None:
    """Return the format that the name of a file means; the longest ending that fits."""
    fitting = [fmt for fmt, ending in FORMATS.items() if path.name.lower().endswith(ending)]
    return max(fitting, key=lambda fmt: len(FORMATS[fmt]), default=None)


def _hand_back(taken: TakenIn, city: City, asked: argparse.Namespace) -> Iterator[Observation]:
    """Write a list of points that was read, nothing where it was not; yield what was done."""
    fmt, name = _format(asked.out), str(asked.out)
    if taken.reading is None or fmt is None:
        yield Observation("list_not_written", values={"value": name})
        return
    outcome = Outcome(taken.tables, taken.reading, classes=taken.classes)
    kept = not asked.without_contacts
    asked.out.write_bytes(own_list(outcome, city, asked.lang, fmt, with_contacts=kept))
    if names := contact_columns(outcome):
        say = speaker(asked.lang)
        is_told = kept and fmt in WITH_CONTACTS
        told = say("intake.contacts_kept" if is_told else "intake.contacts_left",
                   names=say("view.comma").join(names))  # fmt: skip
        print(told, file=sys.stderr)
    n = left_out(outcome, fmt)
    values: dict[str, Value] = {"value": name, "rows": taken.reading.read - n, "n": n}
    if fmt == "circles":
        yield Observation("circles_written", values={"value": name})
    else:
        yield Observation("list_written_gis" if n else "list_written", values=values)


def kind_of(path: Path) -> str:
    """Return what a path seems to hold, where the reader has not said.

    Parameters
    ----------
    path
        A file or folder.
    """
    if path.is_dir():
        return "pack" if (path / SETTINGS).is_file() else "points"
    if path.suffix.lower() in (".geojson", ".json"):
        with path.open("rb") as file:
            head = file.read(1 << 16)
        if MEMBER.encode() in head or (
            b'"action"' in head and any(f'"{one}"'.encode() in head for one in ACTIONS)
        ):
            return "scenario"
    return "points"


def _scenario(path: Path, city: City, answers: Mapping[str, str]) -> Report:
    """Read a scenario against the sites, the layers and the box of the city."""
    data, opened, known = features(path, city, answers, is_scenario=True)
    if opened is not None and opened.status != "read":
        return opened
    sites = inputs(city, reach_question(default_state(city))).sites
    kinds = [name for name, layer in city.layers.items() if layer.spec.is_places]
    try:
        loaded = load(data, sites=sites, kinds=kinds, bbox=city.bbox, name=path.stem)
    except AtlasError as error:
        rows = 0 if opened is None else opened.rows.read
        found = [] if opened is None else opened.found
        # People know the file that they named, not what the reader of scenarios calls it.
        faults = in_its_words(error.problems, known, path.name)
        return Report("refused", _refused(rows), found=found, problems=faults)
    n = len(loaded.scenario.edits)
    told = [Observation("scenario", "certain", {"value": loaded.scenario.name, "n": n})]
    if loaded.bare and known is None:
        told.append(Observation("scenario_bare", "certain", {"value": MEMBER}))
    told += found_in(loaded, city)
    if opened is None:
        return Report("read", Account(n, n), "EPSG:4326", told)
    rest = {why: k for why, k in opened.rows.not_used.items() if why in ("torn", *NO_PLACES)}
    account = Account(n + sum(rest.values()), n, not_used=rest)
    return Report("read", account, opened.crs, [*opened.found, *told])


def _pack(path: Path, city: Callable[[], City], answers: Mapping[str, str]) -> Report:
    """Check a pack, or one layer of it against the city's own box."""
    if not path.is_dir():
        return _layer(path, city(), answers)
    files = PackFiles(path)
    pack = load_city(path, files)
    rows = sum(len(layer.frame) for layer in pack.layers.values())
    found = [Observation("pack", "certain", {"value": pack.id, "n": len(pack.layers)})]
    if left := _not_read(path, files.digests):
        names = tuple(left[:20])
        found.append(Observation("pack_not_read", "certain", {"value": len(left), "names": names}))
    return Report("read", Account(rows, rows), "EPSG:4326", found)


def _not_read(folder: Path, known: Collection[str]) -> list[str]:
    """Name what lies in the folder of a pack and is no part of it; of a folder, itself alone."""
    tops = {name.split("/")[0] for name in known}
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    strays = {
        name if (top := name.split("/")[0]) in tops or top == name else f"{top}/" for name in names
    }
    return sorted(printable(name) for name in strays.difference(known))


def _layer(path: Path, city: City, answers: Mapping[str, str]) -> Report:
    """Check one layer; a table of places is first read as points are."""
    data, opened, _ = features(path, city, answers)
    if opened is not None and opened.status != "read":
        return opened
    with tempfile.TemporaryDirectory(prefix="atlas-intake-") as folder:
        file = Path(folder) / f"{path.stem}.geojson"
        file.write_bytes(data)
        faults, rows = layer_problems(file, city)
    problems = [replace(one, where=path.name) if one.where == file.name else one for one in faults]
    found = opened.found if opened is not None else ()
    if problems:
        return Report("refused", _refused(rows), found=found, problems=problems)
    return Report("read", Account(rows, rows), "EPSG:4326", found)


def _refused(rows: int) -> Account:
    return Account(rows, not_used={"refused": rows} if rows else {})


def _lines(report: Report, lang: str) -> Iterator[str]:
    """Yield the report in sentences."""
    say = speaker(lang)
    rows = report.rows
    yield say(f"intake.status.{report.status}")
    yield say("intake.account", read=rows.read, used=rows.used, outside=rows.outside,
              rest=sum(rows.not_used.values()))  # fmt: skip
    yield from _reasons(rows.not_used, lang)
    if report.crs:
        yield say("intake.crs", crs=report.crs)
    yield from (sentence(one, lang) for one in report.found)
    for question in report.questions:
        options = say("view.comma").join(option.value for option in question.options)
        told = ask(question, lang)
        # What was read without an answer was read by what is proposed.
        key = "intake.question_open" if report.status == "read" else "intake.question"
        yield say(key, question=told, key=question.key, options=options)
    yield from worded_together(report.problems, lang)


def _reasons(not_used: Mapping[str, int], lang: str) -> Iterator[str]:
    say = speaker(lang)
    for reason, n in not_used.items():
        yield say("intake.reason_line", reason=say(f"intake.reason.{reason}"), n=n)
