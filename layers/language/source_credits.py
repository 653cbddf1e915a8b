"""Word who says it: put a source, as the facts write it, into the reader's language."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from layers.language.bilingual import Bilingual
from layers.language.messages import speaker

_PARTS = re.compile(r"\s*;\s*(?![^(]*\))")
"""A semicolon parts sources, except within brackets."""
_ADDRESS = re.compile(r"https?://\S+")


def notes(text: str) -> list[tuple[str, str]]:
    """Part a source into its addresses and the notes beside them.

    Parameters
    ----------
    text
        Sources as the facts write them, parted by semicolons: an address, a note, or both.

    Returns
    -------
    list of (str, str)
        Address and note of each source; either may be blank. Brackets around a note are left out.
    """
    found = []
    for part in _PARTS.split(text):
        address = match[0] if (match := _ADDRESS.search(part)) else ""
        note = " ".join(part.replace(address, " ").split() if address else part.split())
        if address and note.startswith("(") and note.endswith(")"):
            note = note[1:-1]
        found.append((address, note))
    return found


def attribution(
    known: Mapping[str, Bilingual], text: str, lang: str, *, technical: Collection[str] = ()
) -> str:
    """Return a source with its notes in ``lang``, as far as the pack has words for them.

    Parameters
    ----------
    known
        The pack's words for notes, by the note as the facts write it.
    text
        The source as the facts write it; addresses stay as they are.
    lang
        Language of the words, ``zh`` or ``en``.
    technical
        Addresses and notes that a card does not show: such an address becomes its words, such a
        note beside an address is left out.

    Returns
    -------
    str
        What is said twice stands once.
    """
    say = speaker(lang)
    worded: dict[str, None] = {}
    for address, note in notes(text):
        own = known[note].of(lang) if note in known else note
        if address in technical:
            own = "" if note in technical else own
            address = known[address].of(lang)
        both = address and own
        worded[say("card.addressed", address=address, note=own) if both else address or own] = None
    return say("card.semicolon").join(worded)
