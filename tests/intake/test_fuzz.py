"""Throw mutated files at the gates: each ends in a report whose account sums, none in an exception.

``INTAKE_FUZZ=100000 pytest tests/intake/test_fuzz.py -m thorough`` throws that many, and says on
the way how far it is: a run that is broken off has counted too. ``INTAKE_FUZZ_SEED`` begins others.
"""

from __future__ import annotations

import logging
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.base.errors import DataError
from geo.coverage.scenario import load
from layers.intake.take_in import take_in
from layers.pack.city import City
from tests.intake.files import POINTS, csv, frame, kml, shapefile, survey_rows, workbook

TRIALS = Path(__file__).parent / "trials"
PIECES = (
    *(b"\x00", b"\xff\xfe", b'"', b",", b"\r", b"\n\n", b"1e999", b"-", b"\xe5", b"{", b"[["),
    *(b"NaN", b"\x80" * 9, b"9" * 400, b"POINT (", b"]]>", b"PAR1", b"117", "度".encode()),
)


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """Return a small file of each kind."""
    frame(4548).to_file(folder / "a.gpkg")
    frame(4548).to_parquet(folder / "a.parquet")
    frame(4548).to_file(folder / "a.geojson")
    plain = ["名,lon,lat", *(f"{n},{x},{y}" for n, x, y in POINTS)]
    made = [
        ("a.csv", csv(plain)),
        ("g.csv", csv(plain, "gbk")),
        ("u.txt", csv(plain, "utf-16")),
        ("w.txt", csv([f"POINT ({x} {y})" for _, x, y in POINTS])),
        ("d.csv", csv(["名;位置", *(f"{n};{y}°N {x}°E" for n, x, y in POINTS)])),
        ("a.xlsx", workbook(("表", survey_rows()))),
        ("a.kml", kml()),
        ("a.zip", shapefile(folder, "GBK", cpg=False)),
    ]
    made += [(name, (folder / name).read_bytes()) for name in ("a.gpkg", "a.parquet", "a.geojson")]
    trials = [path for path in sorted(TRIALS.rglob("*")) if path.is_file()]
    return made + [(path.name, path.read_bytes()) for path in trials]


def mutated(rng: random.Random, known: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield files with bytes flipped, cut, doubled, put in, or spliced with another's."""
    while True:
        name, data = rng.choice(known)
        room = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            at, end = sorted(rng.randint(0, len(room)) for _ in range(2))
            kind = rng.randrange(6)
            if kind == 0 and room:
                room[min(at, len(room) - 1)] = rng.randrange(256)
            elif kind == 1:
                del room[at : min(end, at + 64)]
            elif kind == 2:
                room[at:at] = rng.choice(PIECES)
            elif kind == 3:
                room[at:at] = room[at : min(end, at + 200)]
            elif kind == 4:
                room = room[: max(end, 1)]
            else:
                other = rng.choice(known)[1]
                room[at:end] = other[:200]
        yield name, bytes(room)


def throw(city: City, folder: Path, times: int, seed: int) -> set[str]:
    """Return the files that ended in what nobody foresaw; each is kept in the folder."""
    rng = random.Random(seed)
    stream = mutated(rng, seeds(folder))
    found: set[str] = set()
    for turn in range(times):
        name, data = next(stream)
        if turn and turn % 5000 == 0:
            print(f"{turn:,} inputs of seed {seed}, {len(found)} found", file=sys.__stderr__)
        for kind in ("points", "districts"):
            report = take_in((name, data), city, {}, kind=kind).report
            rows = report.rows
            assert rows.read == rows.used + rows.outside + sum(rows.not_used.values()), name
            keys = {problem.key for problem in report.problems}
            if "intake.unforeseen" in keys:
                (folder / f"found-{turn}-{name}").write_bytes(data)
                found.add(f"{turn} {name}")
        if name.endswith("json"):
            try:
                load(data)
            except DataError:
                continue
    return found


@pytest.mark.slow
def test_some_mutated_files_end_in_a_report(tianjin: City, tmp_path: Path) -> None:
    logging.disable(logging.WARNING)
    try:
        assert not throw(tianjin, tmp_path, 80, 1)
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.thorough
def test_a_hundred_thousand_mutated_files_end_in_a_report(tianjin: City, tmp_path: Path) -> None:
    logging.disable(logging.WARNING)
    try:
        times, seed = (
            int(os.environ.get(name, usual))
            for name, usual in (("INTAKE_FUZZ", "2000"), ("INTAKE_FUZZ_SEED", "2"))
        )
        assert not throw(tianjin, tmp_path, times, seed)
    finally:
        logging.disable(logging.NOTSET)
