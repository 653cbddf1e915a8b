"""Compare a pack with an earlier version: ``python -m layers.plan.changes --city tianjin``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from geo.formats.spreadsheet import safe_text
from layers.command_line.arguments import city_of
from layers.command_line.reply import reply
from layers.language.messages import LANGS
from layers.pack.city import load_city
from layers.plan.diff import packs
from layers.plan.wording import change_table


def main(argv: Sequence[str] | None = None) -> int:
    """Print what differs between a pack and an earlier version of it.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0 if nothing differs, 1 if something does, 2 if they could not be compared.
    """
    given = _parser().parse_args(argv)
    tables: list[pd.DataFrame] = []

    def answer() -> Iterator[str]:
        earlier, city = load_city(given.before), city_of(given.city, {})
        found = change_table(packs(earlier, city), given.lang)
        tables.append(found)
        if given.csv:
            given.csv.write_bytes(_csv(found))
        yield f"{city.id} {earlier.data_date} – {city.data_date}: {len(found)}"
        yield from (" · ".join(filter(None, row)) for row in found.itertuples(index=False))

    return reply(answer) or int(any(len(table) for table in tables))


def _csv(table: pd.DataFrame) -> bytes:
    """Return CSV that Excel opens with Chinese intact, and of which it runs nothing."""
    safe = table.map(safe_text)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.plan.changes",
        description="Compare a pack with an earlier version. 0: nothing differs, 1: changes.",
        allow_abbrev=False,
    )
    parser.add_argument("--city", required=True, help="id of the city, such as tianjin")
    parser.add_argument("--before", required=True, type=Path, help="folder of the earlier version")
    parser.add_argument("--lang", choices=LANGS, default="zh")
    parser.add_argument("--csv", type=Path, help="file for the changes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
