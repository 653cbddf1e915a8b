"""Write the layers of a city to files: ``python -m layers.export``.

An address that a browser holds is read leniently elsewhere; a nightly job whose filter were
dropped without a word would hand over too much: what is not understood is refused.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geo.base.errors import ParameterError, Problem
from layers.command_line.arguments import (
    RAW,
    city_of,
    crs_problems,
    epsg_of,
    local_system,
    query_of,
    view_problems,
)
from layers.command_line.reply import reply, written
from layers.handover.contents import VIEW_FORMATS, Form
from layers.handover.view_export import in_form
from layers.language.messages import LANGS
from layers.pack.catalogue import PERIODS
from layers.pack.city import City
from layers.view.address import DECIDING_KEYS, parse
from layers.view.state import ALL, FILTER_KEYS, Allowed, ViewState, allowed

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
    form: Form
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
    problems = [
        *view_problems(query, known, DECIDING_KEYS),
        *_flag_problems(given, known),
        *crs_problems(given.crs),
    ]
    if problems:
        raise ParameterError("export_refused", problems)
    return ExportRequest(
        city=city,
        state=_changed(state, given),
        layers=_layers(given.layer, city),
        form=Form(
            given.format,
            epsg_of(given.crs),
            given.lang or state.lang,
            raw=given.raw,
            planning=given.planning_columns,
            circles=given.circles,
            local=local_system(given.crs_file),
        ),
        out=given.out,
        zipped=given.zip,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files that the command line asks for and print their digests.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        See :func:`layers.command_line.reply.reply`.

    Raises
    ------
    SystemExit
        As :func:`read`.
    """
    return reply(lambda: _done(read(argv)))


def _done(request: ExportRequest) -> Iterator[str]:
    files = in_form(request.city, request.state, request.form, request.layers)
    yield from written(files, request.out, zipped=request.zipped)


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
    parser.add_argument("--format", default="geojson", help=", ".join(VIEW_FORMATS))
    parser.add_argument("--crs", default="4326", help="EPSG code, such as 4490, 4548, 4527 or 4508")
    own = "file with a PROJ string or WKT of a local plane: csv, shp, fgb; it is written nowhere"
    parser.add_argument("--crs-file", type=Path, metavar="FILE", help=own)
    parser.add_argument("--lang", choices=LANGS, help="language of a workbook; else the view's")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--zip", action="store_true", help="write one zip instead of the files")
    planning = "add the columns for planning databases that the pack maps (planning_columns.csv)"
    parser.add_argument("--planning-columns", action="store_true", help=planning)
    parser.add_argument("--raw", action="store_true", help=RAW)
    circles = "add the doubt about each position as a layer of circles (formats with shapes)"
    parser.add_argument("--circles", action="store_true", help=circles)
    parser.add_argument("--view", help="query string copied from the address bar")
    parser.add_argument("--period", help=", ".join(PERIODS))
    later = "whether to take what is new since the plan was issued"
    parser.add_argument("--later", action=argparse.BooleanOptionalAction, help=later)
    for name in FILTER_KEYS:
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"only places of this {name}")
    return parser


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in re.split(r"[.,]", text) if word.strip())


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
