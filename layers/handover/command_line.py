"""Read an export's wishes from the command line, strictly: what is not understood is refused.

An address that a browser holds is read leniently elsewhere; a nightly job whose filter were
dropped without a word would hand over too much.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs

from geo.base.errors import DataError, ParameterError, Problem
from layers.handover.contents import FORMATS
from layers.pack.catalogue import PERIODS
from layers.pack.city import City, load_city
from layers.pack.shelf import PACKS_VARIABLE, claims
from layers.view.state import (
    ALL,
    DECIDING_KEYS,
    FILTER_KEYS,
    KEYS,
    VERSION_KEY,
    Allowed,
    ViewState,
    allowed,
    parse,
    unknown_words,
)

_EPILOG = """Lists are separated by commas. Values are those of the address bar.

A new or an empty folder takes the files. In the folder of an earlier export exactly the files
that its manifest lists are replaced, all of them or none; files of others stay. Any other folder
with something in it is refused, and so is one that another run is changing at that moment. With
--zip only an earlier zip of the same name is replaced. A run may be killed: see README.md."""


@dataclass(frozen=True)
class ExportRequest:
    """What the command line asks for; the form of the files is checked by the export itself."""

    city: City
    state: ViewState
    layers: tuple[str, ...] | None
    fmt: str
    epsg: int
    out: Path
    zipped: bool


def read(argv: Sequence[str] | None) -> ExportRequest:
    """Return what the arguments ask for.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Raises
    ------
    ParameterError
        With every argument that is not understood.
    DataError
        The city's pack is not what it should be.
    SystemExit
        An argument is unknown or lacks its value (status 2), or help is asked for (status 0).
    """
    given = _parser().parse_args(argv)
    query = query_of(given.view)
    city = city_of(given.city, query)
    known = allowed(city)
    state = parse(query, allowed=known)
    problems = [*_view_problems(query, known), *_flag_problems(given, known)]
    if not re.fullmatch(r"(?i)(epsg:)?\d{4,6}", given.crs):
        problems.append(Problem("export.epsg", "--crs", value=given.crs))
    if problems:
        raise ParameterError("export_refused", problems)
    return ExportRequest(
        city=city,
        state=_changed(state, given),
        layers=_layers(given.layer, city),
        fmt=given.format,
        epsg=int(given.crs.rpartition(":")[2]),
        out=given.out,
        zipped=given.zip,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.export",
        description="Write the layers of a city to files, as the screen would hand them over.",
        epilog=_EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--city", help="id of the city, such as tianjin")
    parser.add_argument("--layer", help="ids of layers, or all; without it those that are on")
    parser.add_argument("--format", default="geojson", help=", ".join(FORMATS))
    parser.add_argument("--crs", default="4326", help="EPSG code: 4326, 4490, 4548 or 4527")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--zip", action="store_true", help="write one zip instead of the files")
    parser.add_argument("--view", help="query string copied from the address bar")
    parser.add_argument("--period", help=", ".join(PERIODS))
    later = "whether to take what is new since the plan was issued"
    parser.add_argument("--later", action=argparse.BooleanOptionalAction, help=later)
    for name in FILTER_KEYS:
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"only places of this {name}")
    return parser


def query_of(view: str | None) -> dict[str, list[str]]:
    """Read a query string, with or without the address before it, which may have none."""
    text = view or ""
    if "?" in text or "://" in text:
        text = text.partition("?")[2].partition("#")[0]
    return parse_qs(text, keep_blank_values=True)


def city_of(asked: str | None, query: dict[str, list[str]]) -> City:
    """Return the city that is named, by itself or in an address.

    Raises
    ------
    ParameterError
        None is named, or it is not known.
    DataError
        Its pack is not what it should be.
    """
    packs, empty = claims(os.environ.get(PACKS_VARIABLE))
    named = asked or query.get("city", [""])[-1]
    known, problems = tuple(packs), []
    if not named:
        problems.append(Problem("export.no_city", "--city", known=known))
    elif named not in packs:
        problems += [Problem("export.unknown", "--city", value=named, known=known), *empty]
    if asked and query.get("city", [asked])[-1] != asked:
        problems.append(Problem("export.other_city", "--view", city=asked))
    if problems:
        raise ParameterError("export_refused", problems)
    return _sound(packs[named])


def _sound(folders: Sequence[Path]) -> City:
    """Return the one city of some folders; two that are sound are one too many for a nightly job.

    Which of them a screen shows it says there; a file would say nothing of it.
    """
    cities: dict[str, City] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            city = load_city(folder)
        except DataError as error:
            problems += error.problems
        else:
            cities.setdefault(city.digest, city)
    if not cities:
        raise DataError("pack_refused", problems)
    if len(cities) > 1:
        names = tuple(folder.name for folder in folders)
        problem = Problem("export.city_twice", "--city", folders=names)
        raise ParameterError("export_refused", [problem])
    return next(iter(cities.values()))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in re.split(r"[.,]", text) if word.strip())


def _view_problems(query: dict[str, list[str]], known: Allowed) -> Iterator[Problem]:
    """Yield what of an address was not understood: parsing it drops such parts."""
    lost = unknown_words(query, known)
    for key in query:
        if key not in KEYS and key != VERSION_KEY:
            yield Problem("export.view_key", "--view", value=key)
        elif key in (VERSION_KEY, *DECIDING_KEYS):
            for word in lost[key]:
                yield Problem("export.view_word", "--view", field=key, value=word)


def _flag_problems(given: argparse.Namespace, known: Allowed) -> Iterator[Problem]:
    if given.period is not None and given.period not in PERIODS:
        yield Problem("export.unknown", "--period", value=given.period, known=tuple(PERIODS))
    for name in FILTER_KEYS:
        for word in sorted(_words(getattr(given, name) or "") - known.filters[name]):
            flag, words = f"--{name.replace('_', '-')}", tuple(sorted(known.filters[name]))
            yield Problem("export.unknown", flag, value=word, known=words)


def _changed(state: ViewState, given: argparse.Namespace) -> ViewState:
    """Let the flags that are given take the place of what the address says."""
    chosen = {
        name: _words(getattr(given, name))
        for name in FILTER_KEYS
        if getattr(given, name) is not None
    }
    return replace(
        state,
        period=given.period or state.period,
        later=state.later if given.later is None else given.later,
        filters=replace(state.filters, **chosen),
    )


def _layers(asked: str | None, city: City) -> tuple[str, ...] | None:
    if asked is None:
        return None
    return tuple(city.layers) if asked == ALL else tuple(sorted(_words(asked)))
