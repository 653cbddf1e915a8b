"""Read what the command line asks of a meeting pack, and write it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from geo.base.errors import DataError, ParameterError, Problem
from layers.command_line.arguments import city_of, query_of, view_problems
from layers.command_line.reply import reply, written
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.present.pack.meeting_pack import PARTS, meeting_pack
from layers.present.story import MOST_BYTES, Story, stories
from layers.present.story import read as read_story
from layers.view.address import KEYS, parse
from layers.view.state import ViewState, allowed

SUFFIX = ".toml"
"""Of a story's file; a story of the pack has a name without one."""
INCOMPLETE = 1
"""Status of the process where a part could not be made."""
_EPILOG = """Parts are separated by commas. The folder takes the files as that of an export does:
new or empty, or that of an earlier pack, whose files are replaced all of them or none. A part that
cannot be made is named on standard error and in manifest.json; the others are written, and the
status is 1."""


@dataclass(frozen=True)
class PackRequest:
    """What the command line asks for."""

    city: City
    story: Story
    over: ViewState
    parts: tuple[str, ...]
    out: Path


@dataclass
class _Failed:
    """What could not be made, in words, as far as that is known."""

    told: list[str] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the meeting pack that the command line asks for and print its digests.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        ``INCOMPLETE`` where a part could not be made; else see
        :func:`layers.command_line.reply.reply`.

    Raises
    ------
    SystemExit
        As :func:`read`.
    """
    failed = _Failed()
    status = reply(lambda: _done(read(argv), failed))
    for line in failed.told:
        print(line, file=sys.stderr)
    return status or (INCOMPLETE if failed.told else 0)


def _done(request: PackRequest, failed: _Failed) -> Iterator[str]:
    made = meeting_pack(request.city, request.story, request.over, parts=request.parts)
    say = speaker("en")
    for part, why in made.failed.items():
        failed.told.append(say("present.failed", part=say(f"present.part.{part}"), why=why))
    yield from written(made.package, request.out, zipped=False)


def read(argv: Sequence[str] | None) -> PackRequest:
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
    query = query_of(given.show)
    city = city_of(given.city, query)
    known, told = allowed(city), stories(city)
    parts = tuple(part.strip() for part in given.parts.split(",") if part.strip())
    problems = [*view_problems(query, known, KEYS)]
    own = _own(given.story, city, problems)
    if own is None and given.story not in told and not given.story.endswith(SUFFIX):
        problems.append(Problem("export.unknown", "--story", value=given.story, known=tuple(told)))
    for part in sorted({*parts} - {*PARTS}):
        problems.append(Problem("export.unknown", "--parts", value=part, known=PARTS))
    if not parts:
        problems.append(Problem("export.unknown", "--parts", value="", known=PARTS))
    if problems:
        raise ParameterError("export_refused", problems)
    over = replace(parse(query, allowed=known), lang=given.lang, city=city.id)
    return PackRequest(city, own or told[given.story], over, parts, given.out)


def _own(given: str, city: City, problems: list[Problem]) -> Story | None:
    """Return the story of a file; None where the argument is a name, or the file has faults."""
    if not given.endswith(SUFFIX):
        return None
    try:
        data = Path(given).read_bytes()[: MOST_BYTES + 1]
        return read_story(data.decode("utf-8", "replace"), city, name=Path(given).stem)
    except OSError:
        problems.append(Problem("story.no_file", "--story", value=given))
    except DataError as error:
        problems += error.problems
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.present",
        description="Write what goes to a meeting: slides, maps, sheets, a brief, files.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--city", help="id of the city, such as tianjin")
    parser.add_argument(
        "--story",
        default="layout",
        help="name of a story of the city's pack, or a story file (.toml)",
    )
    parser.add_argument("--lang", choices=LANGS, default=LANGS[0], help="language of all files")
    parser.add_argument("--parts", default=",".join(PARTS), help="; ".join(PARTS))
    shown = "address copied from the atlas: its filters are those of the pack"
    parser.add_argument("--show", metavar="ADDRESS", help=shown)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    return parser
