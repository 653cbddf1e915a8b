"""Hold what a benchmark found, and print it with the machine it was found on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
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


def machine() -> str:
    """Return one line about this machine and the libraries that count."""
    cpu, memory = platform.processor() or platform.machine(), ""
    if (info := Path("/proc/cpuinfo")).exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].split(":")[1].strip() if models else cpu
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    libraries = " ".join(
        f"{name} {version(name)}" for name in ("streamlit", "folium", "playwright")
    )
    return (
        f"{cpu}, {os.cpu_count()} cores{memory}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def print_table(rows: Sequence[Row]) -> None:
    """Print all figures as one table."""
    width = max(len(row.name) for row in rows)
    print(f"\n{machine()}\n")
    print(f"{'':{width}}  {'value':>9} {'unit':4} {'target':>8}")
    for row in rows:
        target = "" if row.target is None else f"≤ {row.target:g}"
        verdict = "" if row.target is None else ("met" if row.met else "NOT MET")
        print(f"{row.name:{width}}  {row.value:9.3f} {row.unit:4} {target:>8} {verdict}")
