"""Verify, back up, restore or list the entries: ``python -m layers.store --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from geo.base.errors import AtlasError, Problem
from layers.language.problems import lines, worded
from layers.store.backup import read_backup, write_backup
from layers.store.book import Book, open_book
from layers.store.chain import anchor_problems, chain_problems, read_anchor
from layers.store.entries import entry_of

_EPILOG = """The database is the one that ATLAS_STORE names.
Status: 0 done and in order; 1 entries were changed, cut or lost; 2 it could not be done."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks for.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0 when it is done; 1 when entries are not what they were; 2 when it could not be done.

    Raises
    ------
    SystemExit
        An argument is unknown or lacks its value (status 2), or help is asked for (status 0).
    """
    given = _parser().parse_args(argv)
    does: Callable[[Book, argparse.Namespace], int] = given.does
    try:
        return does(open_book(), given)
    except AtlasError as error:
        print(lines(error, "en"), file=sys.stderr)
        return 1 if error.key == "store_changed" else 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2


def _verify(book: Book, given: argparse.Namespace) -> int:
    rows = book.rows()
    problems: list[Problem] = [*chain_problems(rows)]
    for path in given.manifest:
        problems += anchor_problems(rows, read_anchor(path))
    for problem in problems:
        print(worded(problem, "en"), file=sys.stderr)
    for city, (count, head) in book.heads().items():
        print(f"{city}\t{count}\t{head}")
    return int(bool(problems))


def _backup(book: Book, given: argparse.Namespace) -> int:
    rows = book.rows()
    if problems := list(chain_problems(rows)):
        print(*(worded(problem, "en") for problem in problems), sep="\n", file=sys.stderr)
        return 1
    write_backup(rows, given.file)
    print(f"{len(rows)}\t{given.file}")
    return 0


def _restore(book: Book, given: argparse.Namespace) -> int:
    rows = read_backup(given.file)
    book.restore(rows)
    print(f"{len(rows)}\t{given.file}")
    return 0


def _list(book: Book, given: argparse.Namespace) -> int:
    for row in book.rows():
        if given.city in (None, row["city"]):
            entry = entry_of(row)
            name = entry.who if entry.verified else f"{entry.who} (unverified)"
            at, what = f"{entry.at:%Y-%m-%d %H:%M:%SZ}", (entry.kind, entry.subject, entry.field)
            change = f"{entry.before!r} -> {entry.after!r}"
            print(entry.city, entry.number, at, name, *what, change, sep="\t")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.store",
        description="Look after what readers have entered.",
        epilog=_EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="verify | backup | restore | list")
    verify = commands.add_parser("verify", help="check the chain of every city, and print its head")
    verify.add_argument(
        "--manifest",
        type=Path,
        action="append",
        default=[],
        help="manifest.json of an export, whose entries must still be there; may be repeated",
    )
    verify.set_defaults(does=_verify)
    backup = commands.add_parser("backup", help="write all entries to a new file")
    backup.add_argument("file", type=Path)
    backup.set_defaults(does=_backup)
    restore = commands.add_parser("restore", help="read a backup into an empty database")
    restore.add_argument("file", type=Path)
    restore.set_defaults(does=_restore)
    listed = commands.add_parser("list", help="print the entries")
    listed.add_argument("--city", help="only those of this city")
    listed.set_defaults(does=_list)
    return parser
