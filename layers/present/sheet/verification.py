"""Print a verification sheet, to be filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layers.language.messages import display, speaker
from layers.pack.city import City
from layers.present.sheet.typeset import pdf
from layers.verification.sheet import Line

KNOWN: Final = {"name": 3, "kind": 2, "found": 2, "point": 2, "status_now": 1.5, "lead_now": 2}
ASKED: Final = {
    **{"address": 3, "east": 2, "north": 2, "datum": 1.5, "accuracy": 1.5, "status": 1.5},
    **{"lead_unit": 2, "approved_by": 2, "approved_on": 1.5},
}
"""Columns of the paper, by key, with their shares of its width."""


def printed(city: City, lines: Sequence[Line], lang: str, title: str) -> bytes:
    """Return a verification sheet as PDF, A3 across.

    Parameters
    ----------
    city
        Its data date becomes that of the file.
    lines
        What is asked.
    lang
        Language of the words, ``zh`` or ``en``.
    title
        Of which district, in words.
    """
    say = speaker(lang)
    data = {
        "title": display(title),
        "lang": lang,
        "note": say("verification.paper"),
        "sign": say("verification.sign"),
        "widths": [*KNOWN.values(), *ASKED.values()],
        "heads": [say(f"verification.column.{name}") for name in (*KNOWN, *ASKED)],
        "rows": [[*(display(line.known[n]) for n in KNOWN), *[""] * len(ASKED)] for line in lines],
    }
    return pdf("verify.typ", data, {}, city.data_date)
