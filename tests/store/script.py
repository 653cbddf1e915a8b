"""Save the same entries on any database: what both must then hold to the last digit."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from layers.store.book import Book
from layers.store.entries import Conflict, Draft, Entry, undo
from layers.store.settings import Settings


def draft(after: str, before: str = "", subject: str = "3", **more: object) -> Draft:
    """Return an observation of an indicator in 2025."""
    told = {"kind": "observation", "field": "2025", "who": "李工"} | more
    return Draft(subject=subject, before=before, after=after, **told)  # type: ignore[arg-type]


def ticking(where: Settings) -> Book:
    """Return a book whose clock goes on by a second with each entry."""
    moments = itertools.count()
    begin = datetime(2026, 1, 2, tzinfo=UTC)
    return Book(where, clock=lambda: begin + timedelta(seconds=next(moments)))


def play(where: Settings) -> tuple[tuple[Entry, ...], list[str]]:
    """Save, overtake, undo, in two cities; return what stands and what was refused."""
    book, refused = ticking(where), []
    acts = [
        (draft("3.1"),),
        (draft("3.2", "3.1", who="Ms Zhao", verified=True, why="年报 <2025>", source="统计公报"),),
        (draft("9", "3.1"),),  # overtaken
        (draft("α\n\t𠮷", subject="4"), draft("2", "α\n\t𠮷", subject="4")),
        (draft("5", subject="5"), draft("6", "wrong", subject="5")),  # all or none
    ]
    for drafts in acts:
        try:
            book.append("toy", *drafts)
        except Conflict as conflict:
            refused.append(f"{conflict.entry.number}: {conflict.entry.after}")
    last = book.entries("toy")[1]
    book.append("toy", undo(last, who="李工", verified=False, why="填错"))
    book.append("other", draft("1"))
    return book.entries("toy") + book.entries("other"), refused
