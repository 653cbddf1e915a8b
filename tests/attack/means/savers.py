"""Save entries from processes that are killed, or from many at once, and count what is lost."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from layers.store.book import Book
from layers.store.chain import chain_problems
from layers.store.entries import Conflict, Draft, standing
from layers.store.settings import Settings

DRAFT = Draft(
    kind="observation", subject="3", field="2025", before="", after="1", who="李工", why="w" * 500
)


@dataclass(frozen=True)
class Kill:
    """What came of one process that was killed while it saved.

    Parameters
    ----------
    told
        How many entries it was told are saved.
    kept
        How many the database has.
    sound
        Whether their chain is whole and their values follow each other.
    """

    told: int
    kept: int
    sound: bool

    @property
    def lost(self) -> bool:
        """Whether an entry is gone that was told to be saved, or one is torn."""
        return not (self.sound and self.told <= self.kept <= self.told + 1)


def _forked(act: Callable[[int], None]) -> tuple[int, int]:
    """Let a fork do something; return it and a pipe to read what it tells."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.close(read)
            act(write)
        finally:
            os._exit(0)
    os.close(write)
    return child, read


def _save_on(where: Settings, city: str, pipe: int) -> None:
    book, draft = Book(where), DRAFT
    while True:
        book.append(city, draft)
        os.write(pipe, b".")
        draft = replace(draft, before=draft.after, after=str(int(draft.after) + 1))


def kill_one(where: Settings, city: str, after_s: float) -> Kill:
    """Kill a process that saves entry after entry, and look at what it left.

    Parameters
    ----------
    where
        The database; no connection to it is open in this process.
    city
        A city without entries.
    after_s
        Seconds from the first entry that is told to be saved.
    """
    child, pipe = _forked(lambda write: _save_on(where, city, write))
    told = len(os.read(pipe, 1))
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(pipe, 1 << 16):
        told += len(part)
    os.close(pipe)
    entries = Book(where).entries(city)
    follow = [entry.after for entry in entries] == [str(k + 1) for k in range(len(entries))]
    return Kill(told, len(entries), follow)


def kill_many(where: Settings, count: int, *, longest_s: float, seed: int = 7) -> list[Kill]:
    """Kill so many processes, each at a random moment, then check every chain.

    Parameters
    ----------
    where
        The database.
    count
        How many are killed.
    longest_s
        The longest that one lives after its first entry.
    seed
        Of the moments.
    """
    chance = random.Random(seed)
    kills = [kill_one(where, f"c{k}", chance.random() * longest_s) for k in range(count)]
    torn = {problem.where for problem in chain_problems(Book(where).rows())}
    return [replace(kill, sound=kill.sound and f"c{k}" not in torn) for k, kill in enumerate(kills)]


@dataclass(frozen=True)
class Race:
    """What came of several who saved the same value at once.

    Parameters
    ----------
    told
        How many entries they were told are saved.
    conflicts
        How often one was told of another's entry first.
    kept
        How many entries the database has.
    value
        The last value: every entry added one.
    sound
        Whether the chain is whole.
    """

    told: int
    conflicts: int
    kept: int
    value: int
    sound: bool


def _add_up(where: Settings, each: int, pipe: int) -> None:
    book, saved = Book(where), 0
    while saved < each:
        stands = standing(book.entries("race")).get(DRAFT.slot)
        before = "" if stands is None else stands.after
        try:
            book.append("race", replace(DRAFT, before=before, after=str(int(before or 0) + 1)))
        except Conflict:
            os.write(pipe, b"c")
        else:
            saved += 1
            os.write(pipe, b".")


def race(where: Settings, *, writers: int, each: int) -> Race:
    """Let several processes add to one value at once.

    Parameters
    ----------
    where
        An empty database.
    writers
        How many processes.
    each
        How many entries each saves.
    """
    forks = [_forked(lambda pipe: _add_up(where, each, pipe)) for _ in range(writers)]
    said = b""
    for child, pipe in forks:
        while part := os.read(pipe, 1 << 16):
            said += part
        os.close(pipe)
        os.waitpid(child, 0)
    book = Book(where)
    entries = book.entries("race")
    sound = not list(chain_problems(book.rows()))
    last = int(entries[-1].after) if entries else 0
    return Race(said.count(b"."), said.count(b"c"), len(entries), last, sound)
