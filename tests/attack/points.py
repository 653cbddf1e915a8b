"""Put hostile files into the folder of own points, and open each as the density page does."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.base.errors import AtlasError
from layers.own_points.reading import FileQuestion, read
from layers.own_points.source import columns, layout, open_folder
from layers.pack.city import City, load_city
from layers.view.codecs import token
from layers.view.page_options import PointsOptions
from tests import ROOT
from tests.attack import Outcome
from tests.attack.means.point_files import EITHER, READ, Entry, entries, plain

SECONDS = 120
"""How long one file may take."""
MOST_ADDRESSES = 6 << 30
"""Bytes of addresses that a process may have; code and threads alone take two thousand million."""
MEMORY_RATIO = 1.5
"""Peak of memory against that of an honest file of as many rows."""
HONEST = (1000, 300_000, 2_000_000)
AT_A_TIME = 60


@dataclass(frozen=True)
class Seen:
    """What came of one file.

    Parameters
    ----------
    how
        ``read``, ``refused``, or what went wrong.
    read, accounted
        Rows read, and the sum of all that they were accounted as.
    peak_mb
        The most memory that the process had while it opened the file.
    said
        What the reader is told.
    """

    how: str
    read: int = 0
    accounted: int = 0
    peak_mb: float = 0.0
    said: str = ""


def opened(folder: Path, entry: Entry, city: City) -> Seen:
    """Open one file as the density page does."""
    try:
        source = open_folder(str(folder)).sources[token(entry.name)]
        seen = layout(source)
        options = PointsOptions(weight=token(entry.weight) if entry.weight else "")
        found = columns(source, seen, options, plane=city.metric_epsg, bbox=city.bbox)
        if found is None:
            return Seen("refused", said="no columns of positions")
        reading = read(FileQuestion(city, source, found, 250), lambda *_: None, lambda: False)
    except AtlasError as error:
        return Seen("refused", said=str(error)[:300])
    binned = reading.binned
    return Seen("read", binned.read, binned.n + binned.outside + sum(binned.rejected.values()))


def verdict(entry: Entry, seen: Seen, bound_mb: float) -> str:
    """Return what is wrong with the outcome, or nothing."""
    if seen.how not in ("read", "refused"):
        return f"{entry.name}: {seen.how}"
    if entry.may not in (EITHER, seen.how):
        return f"{entry.name}: is {seen.how}, must be {entry.may} {seen.said}"
    if seen.how == READ and seen.accounted != seen.read:
        return f"{entry.name}: {seen.read} rows read, {seen.accounted} accounted for"
    if seen.how == READ and seen.read != entry.rows >= 0:
        return f"{entry.name}: {seen.read} rows read of {entry.rows}"
    if seen.peak_mb > bound_mb:
        return f"{entry.name}: {seen.peak_mb:.0f} MB, {bound_mb:.0f} allowed"
    return ""


def main(folder: str, names: Sequence[str]) -> None:
    """Open some files, one after another, in this process; print what came of each."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    city = load_city(ROOT / "tests" / "toy")
    known = {entry.name: entry for entry in [*entries(), *map(plain, HONEST)]}
    warm = plain(100)
    warm.make(Path(folder) / "warm.parquet")
    opened(Path(folder), Entry("warm.parquet", warm.make), city)
    for name in names:
        print(json.dumps({"begins": name}), flush=True)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
        signal.alarm(SECONDS)
        try:
            seen = opened(Path(folder), known[name], city)
        except Exception as error:  # what the atlas must never let through
            seen = Seen(f"raises {type(error).__name__}: {str(error)[:200]}")
        signal.alarm(0)
        print(json.dumps({**vars(seen), "peak_mb": _peak_mb()}), flush=True)


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _in_a_process(folder: Path, names: Sequence[str]) -> dict[str, Seen]:
    """Return what came of some files; a process that dies is blamed on the file it had open."""
    found: dict[str, Seen] = {}
    left = list(names)
    while left:
        code = "import sys; from tests.attack.points import main; main(sys.argv[1], sys.argv[2:])"
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder), *left],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
        begun = [line["begins"] for line in lines if "begins" in line]
        ended = [Seen(**line) for line in lines if "how" in line]
        found |= dict(zip(begun, ended, strict=False))
        if len(begun) > len(ended):
            found[begun[-1]] = Seen(f"ends the process ({done.returncode})")
        elif not begun:
            raise RuntimeError(f"the process that opens files did not begin:\n{done.stderr}")
        left = left[len(begun) :]
    return found


def _groups(chosen: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield files that share a process; heavy ones have one of their own."""
    light = [entry for entry in chosen if not entry.heavy]
    yield from ([entry] for entry in chosen if entry.heavy)
    yield from (light[k : k + AT_A_TIME] for k in range(0, len(light), AT_A_TIME))


def _bound_mb(entry: Entry, honest: dict[int, float]) -> float:
    """Return what an honest file of as many rows takes, and half as much again."""
    rows = next((rows for rows in HONEST if rows >= entry.rows), HONEST[-1])
    return MEMORY_RATIO * honest[rows]


def attack() -> Outcome:
    """Open all hostile files; none may raise, kill, take too much memory, or lose a row."""
    failures: list[str] = []
    figures = []
    chosen = entries()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        honest = {}
        for rows in HONEST:
            entry = plain(rows)
            entry.make(folder / entry.name)
            honest[rows] = _in_a_process(folder, [entry.name])[entry.name].peak_mb
        for group in _groups(chosen):
            for entry in group:
                entry.make(folder / entry.name)
            seen = _in_a_process(folder, [entry.name for entry in group])
            for entry in group:
                bound = _bound_mb(entry, honest)
                if wrong := verdict(entry, seen[entry.name], bound):
                    failures.append(wrong)
                share = MEMORY_RATIO * seen[entry.name].peak_mb / bound
                figures.append((share, seen[entry.name].peak_mb, entry.name))
                (folder / entry.name).unlink()
    worst = max(figures)
    note = f"worst peak {worst[1]:.0f} MB ({worst[2]}), {worst[0]:.2f} × an honest file's"
    return Outcome("hostile files of own points", len(chosen), tuple(failures), note)
