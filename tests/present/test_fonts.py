"""The font that paper and slides carry has every character of our texts."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests import ROOT

FONTS = sorted((ROOT / "layers" / "present" / "fonts").glob("*.otf"))
MOST_BYTES = 4_000_000


def written() -> set[str]:
    """Return the characters of the pack and of the interface; raw files are no part of a pack."""
    files = [*(ROOT / "data" / "text").rglob("*.toml"), *(ROOT / "data" / "tianjin").rglob("*")]
    texts = [
        file.read_text(encoding="utf-8")
        for file in files
        if file.is_file() and "raw" not in file.relative_to(ROOT / "data").parts
    ]
    return {character for text in texts for character in text if character not in "\r\n"}


def opened(file: Path) -> TTFont:
    return TTFont(io.BytesIO(file.read_bytes()), lazy=True)


@pytest.mark.parametrize("file", FONTS, ids=lambda file: file.stem)
def test_every_character_has_its_glyph(file: Path):
    known = opened(file).getBestCmap()
    assert {c for c in written() if ord(c) not in known} == set()
    rows = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    hanzi = {c for row in rows for c in row.decode("gb2312", "ignore")}
    assert len(hanzi) == 6763, "GB 2312 has so many"
    assert {c for c in hanzi if ord(c) not in known} == set()


def test_regular_and_bold_are_shipped_with_their_licence():
    fonts = [opened(file) for file in FONTS]
    assert [font["name"].getDebugName(1) for font in fonts] == ["Noto Sans CJK SC"] * 2
    assert [font["OS/2"].usWeightClass for font in fonts] == [700, 400]
    assert all(file.stat().st_size < MOST_BYTES for file in FONTS)
    assert "SIL OPEN FONT LICENSE" in (FONTS[0].parent / "OFL.txt").read_text(encoding="utf-8")
