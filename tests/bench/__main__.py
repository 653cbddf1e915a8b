"""Run all benchmarks and print one table: ``make bench``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import (
    bench_coverage,
    bench_density,
    bench_drag,
    bench_map,
    bench_siting,
    bench_stream,
)
from tests.bench.table import Row, print_table

BENCHES: tuple[Callable[[], list[Row]], ...] = (
    bench_map.run,
    bench_density.run,
    bench_stream.run,
    bench_coverage.run,
    bench_siting.run,
    bench_drag.run,
)
"""Each raises where the result is wrong: a wrong answer has no speed."""


def main() -> int:
    """Return 1 if a target is missed."""
    rows = [row for run in BENCHES for row in run()]
    print_table(rows)
    return int(not all(row.met for row in rows))


if __name__ == "__main__":
    sys.exit(main())
