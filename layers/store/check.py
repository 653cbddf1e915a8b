"""Tell what keeps a draft from being saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from geo.base.errors import Problem
from geo.base.validation import Fault, is_blank, text_fault
from layers.store.entries import KINDS, Draft

MOST: Final = {"subject": 80, "field": 80, "who": 80, "why": 2000, "source": 2000}
"""Characters that a field may have; values may have as many as a cell of a pack."""
_NEEDED: Final = ("subject", "field", "who")


def draft_problems(draft: Draft) -> Iterator[Problem]:
    """Yield what keeps a draft from being saved.

    Parameters
    ----------
    draft
        What a reader wants to save.

    Yields
    ------
    Problem
        Each with the name of the draft's field; SQLite would keep some of these texts that
        PostgreSQL refuses, so they are held to one rule before.
    """
    if draft.kind not in KINDS:
        unknown = Fault("value.not_one_of", {"value": draft.kind, "known": KINDS})
        yield unknown.at(draft.subject, field="kind")
    for name in ("subject", "field", "before", "after", "who", "why", "source"):
        if fault := _fault(name, getattr(draft, name)):
            yield fault.at(draft.subject, field=name)


def _fault(name: str, text: str) -> Fault | None:
    if name in _NEEDED and is_blank(text):
        return Fault("value.blank")
    most = MOST.get(name, len(text))
    if len(text) > most:
        return Fault("value.too_long", {"n": len(text), "most": most})
    return text_fault(text)
