"""Show what stands of some entries, and what a reader has not seen."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

from layers.store.entries import (
    FIRST,
    Conflict,
    Draft,
    Entry,
    digest_of,
    entry_of,
    overtaken,
    row_of,
    seal,
    standing,
    undo,
)
from tests.store.script import draft

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def chained(*drafts: Draft) -> list[Entry]:
    """Return drafts as the entries of a city."""
    entries: list[Entry] = []
    for number, each in enumerate(drafts, start=1):
        previous = entries[-1].digest if entries else FIRST
        told = Draft(**{field.name: getattr(each, field.name) for field in fields(Draft)})
        entries.append(seal(told, city="toy", number=number, at=AT, previous=previous))
    return entries


def back(entry: Entry) -> Draft:
    return undo(entry, who="Li", verified=False, why="")


def value(entries: list[Entry]) -> str | None:
    stands = standing(entries).get(entries[0].slot)
    return None if stands is None else stands.after


def test_the_last_entry_stands_and_an_undone_one_gives_way() -> None:
    two = chained(draft("1"), draft("2", "1"))
    assert value(two) == "2"
    undone = chained(draft("1"), draft("2", "1"), back(two[1]))
    assert value(undone) == "1"
    assert value(chained(draft("1"), draft("2", "1"), back(two[1]), back(two[0]))) is None
    assert value(chained(*undone, draft("3", "1"))) == "3"


def test_each_value_of_each_subject_stands_for_itself() -> None:
    entries = chained(draft("1"), draft("2", subject="4"), draft("3", field="2024"))
    assert [entry.after for entry in standing(entries).values()] == ["1", "2", "3"]


def test_who_has_not_seen_the_last_value_is_overtaken() -> None:
    saved = chained(draft("1"), draft("2", "1"))
    assert overtaken([], draft("9", "whatever the pack says")) is None
    assert overtaken(saved, draft("9", "2")) is None
    assert overtaken(saved, draft("2", "1")) == saved[1]
    assert overtaken(saved, back(saved[1])) is None
    assert overtaken(saved, back(saved[0])) == saved[1]


def test_what_was_taken_back_is_no_longer_what_stands() -> None:
    saved = chained(draft("1", "pack"))
    saved = chained(saved[0], back(saved[0]))
    assert overtaken(saved, draft("9", "pack")) is None
    assert overtaken(saved, draft("9", "the pack of the next release")) is None
    assert overtaken(saved, draft("9", "1")) == saved[1]
    assert overtaken(saved, back(saved[0])) == saved[1]


def test_a_digest_holds_every_field() -> None:
    entry = chained(draft("1"))[0]
    row = row_of(entry)
    assert digest_of(row) == entry.digest
    for name in row.keys() - {"digest"}:
        assert digest_of({**row, name: "other"}) != entry.digest, name


def test_a_moment_is_kept_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    entry = seal(draft("1"), city="toy", number=1, at=there, previous=FIRST)
    assert row_of(entry)["at"] == "2026-01-02T03:04:05.000678+00:00"
    assert entry_of(row_of(entry)) == entry == chained(draft("1"))[0]


def test_a_conflict_reaches_another_process_whole() -> None:
    entry = chained(draft("1"))[0]
    assert pickle.loads(pickle.dumps(Conflict(entry))).entry == entry
    assert replace(entry, after="2") != entry
