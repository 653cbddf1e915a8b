"""Say on what sheet a map stands, and what is written above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72


@dataclass(frozen=True)
class Paper:
    """A sheet of paper, a slide, or the part of one that a map fills.

    Parameters
    ----------
    width_mm, height_mm
        Of the sheet.
    text
        Size of type, marks and lines, as a multiple of those on A4: what is read from afar needs
        more.
    """

    width_mm: float
    height_mm: float
    text: float = 1.0


A4: Final = Paper(297, 210)
A3: Final = Paper(420, 297, 1.2)
SLIDE: Final = Paper(338.7, 190.5, 1.15)


@dataclass(frozen=True)
class Heading:
    """What stands above a map, in the reader's language.

    Parameters
    ----------
    title
        Of the map, as a bureau writes it.
    sentence
        What the map shows, said aloud; empty for none.
    doubt
        What the sentence does not carry; empty for none.
    narrowed
        What narrows the rows of an analysis, empty for nothing; None for what narrows those of the
        state.
    link
        Address of the live view, which is printed with its QR code below; empty for none.
    source
        Whence that is which the pack does not hold; empty for nothing.
    """

    title: str
    sentence: str
    doubt: str
    narrowed: str | None = None
    link: str = ""
    source: str = ""
