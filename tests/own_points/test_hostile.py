"""Open a sample of the hostile files of own points; ``python -m tests.attack points`` opens all."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.pack.city import City
from tests.attack.means.point_files import Entry, entries
from tests.attack.points import Seen, opened, verdict

EVERY = 23
"""One in so many is opened here."""


@pytest.mark.slow
def test_no_hostile_file_raises_or_loses_a_row(tmp_path: Path, toy: City) -> None:
    chosen = [entry for entry in entries() if not entry.heavy][::EVERY]
    for number, entry in enumerate(chosen):
        folder = tmp_path / str(number)
        folder.mkdir()
        entry.make(folder / entry.name)
        assert verdict(entry, opened(folder, entry, toy), 1.0) == ""
    assert len(chosen) > 10


def test_the_verdict_can_be_bad() -> None:
    entry = Entry("a.csv", Path.touch, 1000)
    good = Seen("read", entry.rows, entry.rows, 10.0)
    assert verdict(entry, good, 10.0) == ""
    for bad in (
        Seen("raises KeyError: 'x'"),
        Seen("refused"),
        Seen("read", entry.rows - 1, entry.rows - 1),
        Seen("read", entry.rows, entry.rows - 1),
        Seen("read", entry.rows, entry.rows, 10.1),
    ):
        assert entry.name in verdict(entry, bad, 10.0)
