"""Hold what a benchmark found, and print it with the machine it was found on."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One figure, and what was asked of it.

    Parameters
    ----------
    name
        What was measured.
    value
        The figure.
    unit
        Its unit, empty for a ratio.
    target
        The most that it may be; None where it is only reported.
    """

    name: str
    value: float
    unit: str = ""
    target: float | None = None

    @property
    def met(self) -> bool:
        """Whether the target, if there is one, is met."""
        return self.target is None or self.value <= self.target

    @property
    def verdict(self) -> str:
        """Return ``met``, ``NOT MET``, or nothing where there is no target."""
        return "" if self.target is None else ("met" if self.met else "NOT MET")

    @property
    def shown(self) -> str:
        """The figure with its unit, to three digits at least."""
        digits = 3 if abs(self.value) >= 0.1 else 4
        return f"{self.value:.{digits}f} {self.unit}".strip()

    @property
    def asked(self) -> str:
        """The target as it is written, empty without one."""
        return "" if self.target is None else f"≤ {self.target:g}"


LIBRARIES = (
    "streamlit", "folium", "geopandas", "shapely", "numpy", "scipy", "numba", "pyarrow", "spopt",
    "playwright",
)  # fmt: skip
"""Whose versions decide the figures."""


def machine() -> dict[str, str]:
    """Return what the figures depend on: processor, memory, system, versions, day."""
    cpu, memory = platform.processor() or platform.machine(), "unknown"
    if (info := Path("/proc/cpuinfo")).exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].split(":")[1].strip() if models else cpu
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    return {
        "Processor": f"{cpu}, {os.cpu_count()} cores",
        "Memory": memory,
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "Measured": date.today().isoformat(),
    }


def print_table(rows: Sequence[Row]) -> None:
    """Print all figures as one table, and how many targets are met."""
    width = max(len(row.name) for row in rows)
    print()
    for name, said in machine().items():
        print(f"{name:9} {said}")
    print(f"\n{'':{width}}  {'value':>12} {'target':>8}")
    for row in rows:
        print(f"{row.name:{width}}  {row.shown:>12} {row.asked:>8} {row.verdict}")
    print(f"\n{_tally(rows)}")


def as_markdown(tables: Mapping[str, Sequence[Row]]) -> str:
    """Return the page that keeps the figures: the machine, and one table per benchmark."""
    rows = [row for some in tables.values() for row in some]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; do not edit. A ratio compares two things measured in the same",
        "run; each benchmark stops with an error where a result is wrong.",
        "`python -m tests.bench density stream` runs some of them and only prints.",
        "",
        *(f"- {name}: {said}" for name, said in machine().items()),
        "",
        _tally(rows),
    ]
    for part, some in tables.items():
        lines += ["", f"## {part.capitalize()}", "", "| | Value | Target | |", "|---|--:|--:|---|"]
        for row in some:
            lines.append(f"| {row.name.strip()} | {row.shown} | {row.asked} | {row.verdict} |")
    return "\n".join(lines) + "\n"


def _tally(rows: Sequence[Row]) -> str:
    targets = [row for row in rows if row.target is not None]
    return f"{sum(row.met for row in targets)} of {len(targets)} targets are met."
