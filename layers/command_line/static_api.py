"""Write a static OGC API of a city: ``python -m layers.handover.static_api``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from geo.base.errors import ParameterError
from layers.command_line.arguments import city_of, query_of, view_problems
from layers.command_line.reply import reply, written
from layers.handover.contents import Form
from layers.handover.selection import select
from layers.handover.static_api.links import Address
from layers.handover.static_api.pygeoapi_config import served
from layers.handover.static_api.tree import tree
from layers.handover.view_export import contents
from layers.view.address import DECIDING_KEYS, parse
from layers.view.state import allowed

_EPILOG = """The tree holds OGC API Features and Records as files. A web server gives index.json
for a folder (nginx: "index index.json;"); files read no parameters: clients page by links."""


def main(argv: Sequence[str] | None = None) -> int:
    """Write the tree that the command line asks for and print its digests.

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
        An argument is unknown or lacks its value (status 2), or help is asked for (status 0).
    """
    given = _parser().parse_args(argv)
    return reply(lambda: _done(given))


def _done(given: argparse.Namespace) -> Iterator[str]:
    query = query_of(given.view)
    city = city_of(given.city, query)
    known = allowed(city)
    if problems := list(view_problems(query, known, DECIDING_KEYS)):
        raise ParameterError("export_refused", problems)
    state = parse(query, allowed=known)
    layers = None if given.view else tuple(city.layers)
    held = contents(select(city, state, layers=layers, form=Form()))
    at = Address(given.base.rstrip("/"))
    if given.pygeoapi is None:
        yield from written(tree(held, at), given.out, zipped=False)
        return
    found = Address(at.base or f"http://127.0.0.1:{given.pygeoapi}")
    folder = given.out.resolve().as_posix()
    yield from written(served(held, found, folder, given.pygeoapi), given.out, zipped=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.handover.static_api",
        description="Write the layers of a city as a static OGC API: Features and Records.",
        epilog=_EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--city", help="id of the city, such as tianjin")
    parser.add_argument("--view", help="query string copied from the address bar; else all layers")
    base = "address at which the tree will stand; without it links begin at the server's root"
    parser.add_argument("--base", default="", help=base)
    ready = "write GeoJSON and a configuration for pygeoapi on this port, not a static tree"
    parser.add_argument("--pygeoapi", type=int, metavar="PORT", help=ready)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    return parser
