"""Time all that goes to a meeting, one sheet of a district, and the memory that they take."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from playwright.sync_api import sync_playwright

from layers.pack.city import City, load_city
from layers.present.sheet import district_sheet
from layers.view.state import default_state
from tests import ROOT
from tests.bench.screens.bench_deck import first_view
from tests.bench.screens.bench_map import own_subject
from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.harness import serve

PACK_S, SHEET_S = 30.0, 2.0
SHEETS = ("120116", "120110", "120104")
"""The fullest district, and two others."""


def _pack() -> tuple[float, float]:
    """Return seconds and megabytes of the whole pack in a process of its own, which is checked."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "layers.present", "--city", "tianjin", "--out", folder]
        begun = perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        taken = perf_counter() - begun
        told = json.loads((Path(folder) / "manifest.json").read_bytes())
        if told["failed"]:
            raise AssertionError(f"parts were not made: {told['failed']}")
        for entry in told["files"]:
            data = (Path(folder) / entry["name"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise AssertionError(f"{entry['name']} is not what the manifest says")
    return taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _sheets(city: City) -> list[float]:
    """Return the seconds of some sheets; the first of all loads what draws and typesets."""
    seconds = []
    for code in SHEETS:
        begun = perf_counter()
        made = district_sheet(city, default_state(city), code, "zh")
        seconds.append(perf_counter() - begun)
        if not made.startswith(b"%PDF"):
            raise AssertionError(f"{code} is no PDF")
    return seconds


def run() -> list[Row]:
    """Measure; raise if a part failed or a file is not what the manifest says."""
    taken, memory = _pack()  # first: the memory is that of the largest child so far
    city = load_city(ROOT / "data" / "tianjin")
    first, *later = _sheets(city)
    with sync_playwright() as playwright, serve() as ours:
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        view = first_view(browser, own_subject(ours.url, city))
        browser.close()
    return [
        Row("meeting pack of the city, whole", taken, "s", PACK_S),
        Row("meeting pack of the city: peak memory", memory, "MB"),
        Row("meeting pack / first view of the map", taken / view),
        Row("sheet of a district, the first of a process", first, "s", SHEET_S),
        Row("sheet of a district, slowest of the next", max(later), "s", SHEET_S),
        Row("sheet of a district / first view of the map", max(later) / view),
    ]
