"""Find a font of this machine for the characters that the shipped one lacks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font

from geo.base.once import once
from layers.present.static_map.ink.type import FONTS

SHIPPED: Final = FONTS / "NotoSansCJKsc-Regular.otf"


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
    lacking = frozenset(text) - _characters(SHIPPED)
    return _found(lacking) if lacking else {}


@once(maxsize=256)
def _characters(font: Path) -> frozenset[str]:
    return frozenset(map(chr, FT2Font(str(font)).get_charmap()))


@once(maxsize=64)
def _found(lacking: frozenset[str]) -> Mapping[str, Path | None]:
    found: dict[str, Path | None] = {}
    # Sans serif first; matplotlib's own list of fonts may be older than the fonts of the machine.
    fonts = sorted(findSystemFonts(), key=lambda path: ("sans" not in path.lower(), path))
    for path in map(Path, fonts):
        if len(found) < len(lacking):
            found |= {each: path for each in lacking & _characters(path) if each not in found}
    return dict.fromkeys(lacking) | found
