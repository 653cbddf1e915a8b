"""Kill who saves entries, let eight save at once, and change what is kept by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from layers.store.settings import Settings
from tests.attack import Outcome
from tests.attack.means.savers import kill_many, race
from tests.store import postgres
from tests.store.script import play

KILLS = {"sqlite": 1_000, "postgresql": 200}
LONGEST_S = 0.04
WRITERS, EACH = 8, 50


def attack() -> Outcome:
    """Kill 1,000 savers of SQLite and 200 of PostgreSQL; let 8 race on both; compare both."""
    failures: list[str] = []
    notes: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atlas-store-")))
        found = {"sqlite": [Settings(f"sqlite:///{folder / name}") for name in "abc"]}
        if postgres.binaries() is None:
            failures.append(postgres.MISSING)
        else:
            found["postgresql"] = [Settings(each) for each in postgres.databases(stack, 3)]
        for name, (killed, raced, _) in found.items():
            failures += _killed(name, killed, notes)
            failures += _raced(name, raced, notes)
        played = [play(places[2]) for places in found.values()]
        failures += ["the same script gives different entries"] * (played[0] != played[-1])
    return Outcome(
        "entries: savers killed, eight at once",
        sum(KILLS.values()),
        tuple(failures),
        "; ".join(notes),
    )


def _killed(name: str, where: Settings, notes: list[str]) -> Iterator[str]:
    kills = kill_many(where, KILLS[name], longest_s=LONGEST_S)
    told, kept = sum(kill.told for kill in kills), sum(kill.kept for kill in kills)
    notes.append(f"{name}: {len(kills)} killed, {told} told saved, {kept} kept")
    yield from (f"{name}: {kill}" for kill in kills if kill.lost)


def _raced(name: str, where: Settings, notes: list[str]) -> Iterator[str]:
    result, all_ = race(where, writers=WRITERS, each=EACH), WRITERS * EACH
    notes.append(
        f"{name}: {WRITERS} writers, {result.kept} kept, {result.conflicts} conflicts told"
    )
    if (result.told, result.kept, result.value, result.sound) != (all_, all_, all_, True):
        yield f"{name}: {result}"
