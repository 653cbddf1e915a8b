"""Run benchmarks and print one table: ``make bench``, or ``python -m tests.bench map density``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import (
    bench_coverage,
    bench_density,
    bench_formats,
    bench_intake,
    bench_pack,
    bench_siting,
    bench_stream,
)
from tests.bench.screens import bench_cold, bench_deck, bench_drag, bench_map, bench_plan
from tests.bench.table import Row, as_markdown, print_table

BENCHES: Mapping[str, Callable[[], list[Row]]] = {
    "cold": bench_cold.run,
    "map": bench_map.run,
    "density": bench_density.run,
    "stream": bench_stream.run,
    "coverage": bench_coverage.run,
    "siting": bench_siting.run,
    "drag": bench_drag.run,
    "deck": bench_deck.run,
    "pack": bench_pack.run,
    "intake": bench_intake.run,
    "plan": bench_plan.run,
    "formats": bench_formats.run,
}
"""Each raises where the result is wrong: a wrong answer has no speed."""
PAGE = Path(__file__).with_name("README.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(BENCHES)}; without any, all")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} too; all parts")
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.parts) - set(BENCHES)):
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    if asked.write and asked.parts:
        parser.error("--write keeps the whole table: name no parts")
    tables = {part: BENCHES[part]() for part in asked.parts or BENCHES}
    print_table([row for rows in tables.values() for row in rows])
    if asked.write:
        PAGE.write_text(as_markdown(tables), encoding="utf-8")
    return int(not all(row.met for rows in tables.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
