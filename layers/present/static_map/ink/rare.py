"""Find a font of this machine for the characters that the shipped one lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from matplotlib import get_data_path
from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font

from geo.base.once import once

FONTS: Final = Path(__file__).resolve().parents[2] / "fonts"
"""The font that we ship, cut to what our texts need; its README says how it was made."""
SHIPPED: Final = FONTS / "NotoSansCJKsc-Regular.otf"
WITH_MATPLOTLIB: Final = Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
"""Stands on every machine, and is asked first: it has blanks and brackets, no Chinese."""


def rare(text: str) -> Mapping[str, Path | None]:
    """Return each character of a text that the shipped font lacks, with a font that has it.

    Parameters
    ----------
    text
        Any text, also a stranger's.

    Returns
    -------
    Mapping
        None where no font of this machine has the character.
    """
    lacking = frozenset(text) - characters(SHIPPED)
    return _found(lacking) if lacking else {}


def marked(text: str, gone: Iterable[str]) -> str:
    r"""Return a text with a number in the place of each character that no font has.

    Parameters
    ----------
    text
        Any text, also a stranger's.
    gone
        Those characters.

    Examples
    --------
    >>> marked("a\ue000", "\ue000")
    'a⟦U+E000⟧'
    """
    for character in gone:
        text = text.replace(character, f"⟦U+{ord(character):04X}⟧")
    return text


@once(maxsize=256)
def characters(font: Path) -> frozenset[str]:
    """Return the characters that a font has.

    Parameters
    ----------
    font
        Its file.
    """
    return frozenset(map(chr, FT2Font(str(font)).get_charmap()))


def _turn(path: str) -> tuple[bool, bool, str]:
    """Return what puts sans serif first, and of a family its regular face."""
    name = path.lower()
    return "sans" not in name, "regular" not in name, path


@once(maxsize=64)
def _found(lacking: frozenset[str]) -> Mapping[str, Path | None]:
    found: dict[str, Path | None] = {}
    # matplotlib's own list of fonts may be older than the fonts of the machine.
    fonts = sorted(findSystemFonts(), key=_turn)
    for path in (WITH_MATPLOTLIB, *map(Path, fonts)):
        if len(found) < len(lacking):
            found |= {each: path for each in lacking & characters(path) if each not in found}
    return dict.fromkeys(lacking) | found
