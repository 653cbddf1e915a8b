"""Set type: how wide a text is, in which font, and where its lines break."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

from geo.base.once import once
from layers.present.static_map.ink.paper import MM_PER_POINT
from layers.present.static_map.ink.rare import FONTS, characters, marked, rare

FAMILY: Final = "Noto Sans CJK SC"
FEATURES: Final = {"zh": (), "en": ("pwid",)}
"""The font's quotation marks are as wide as a Chinese character unless it is asked."""
LEADING: Final = 1.3
"""Height of a line over the size of its type."""
UNBROKEN: Final = "，。、；：）》”’！？·）%"
"""What does not begin a line."""
OPENING: Final = "（《“‘("
WORDS: Final = (
    "高新技术", "人工智能", "实验室", "大学", "师范", "学院", "科学院", "科技园", "科学", "科技",
    "技术", "创新", "产业", "国家级", "国家", "中心", "示范区", "先导区", "示范", "基地", "工程",
    "研究", "重点", "平台", "天津", "海河", "滨海", "京津冀", "京津", "自主", "制造业", "制造",
    "材料", "器件", "转化", "转移", "成果", "园区", "片区", "新区", "集聚区", "产业区", "设施",
    "操作系统", "系统", "软件", "数学", "应用", "计算", "知识", "产权", "服务", "体系", "联合",
    "教育", "核心区", "拓展区", "开发区", "信息", "智能", "医学", "网联", "车联网", "分中心",
    "分支", "机构", "合成", "生物", "绿色", "环境", "海外", "人才", "离岸", "人机", "交互",
    "共融",
)  # fmt: skip
"""Words of the names of places: a line does not end within one."""
_WORDS = re.compile(
    "|".join(["（[^（）]{1,9}）", *sorted(WORDS, key=len, reverse=True), "."]), re.DOTALL
)
_EM = 100.0


@once(maxsize=1)
def _ours() -> str:
    """Return the shipped family, made known to matplotlib."""
    # That a face of the nearest weight stands in for one that a machine lacks is no fault.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    for file in sorted(FONTS.glob("*.otf")):
        fontManager.addfont(file)
    return FAMILY


@lru_cache(maxsize=4096)
def drawable(text: str, *, bold: bool = False) -> tuple[str, FontProperties]:
    """Return a text as it can be drawn, and the fonts that have all of its characters.

    Parameters
    ----------
    text
        One line, also a stranger's.
    bold
        Whether it is bold.

    Returns
    -------
    tuple
        In the text a character that no font of this machine has is its number, such as
        ``⟦U+2B740⟧``: a map shows no empty box.
    """
    lacking = rare(text)
    if not lacking:
        return text, _font((), bold)
    text = marked(text, (each for each, font in lacking.items() if font is None))
    others = tuple(dict.fromkeys(font for font in rare(text).values() if font is not None))
    look = _font(others, bold)
    # Of a family matplotlib takes the face that is nearest in weight: that may have fewer.
    had = frozenset[str]().union(*(characters(Path(path)) for path in _paths(look)))
    return marked(text, sorted({*text} - had)), look


@lru_cache(maxsize=64)
def _font(others: tuple[Path, ...], bold: bool) -> FontProperties:
    families = [_ours()]
    for file in others:
        name = FT2Font(str(file)).family_name
        if name not in {entry.name for entry in fontManager.ttflist}:
            fontManager.addfont(file)
        families.append(name)
    return FontProperties(family=families, weight="bold" if bold else "normal")


def _paths(look: FontProperties) -> list[str]:
    return [str(getattr(each, "path", each)) for each in fontManager._find_fonts_by_props(look)]


@lru_cache(maxsize=16_384)
def _ems(text: str, lang: str, bold: bool) -> float:
    text, look = drawable(text, bold=bold)
    face = get_font(fontManager._find_fonts_by_props(look))
    face.set_size(_EM, 72)
    face.set_text(text, 0.0, LoadFlags.NO_HINTING, features=FEATURES[lang])  # type: ignore[arg-type]
    return float(face.get_width_height()[0] / 64 / _EM)


def width_mm(text: str, points: float, lang: str, *, bold: bool = False) -> float:
    """Return how wide a text is on the paper.

    Parameters
    ----------
    text
        One line.
    points
        Size of the type.
    lang
        ``zh`` or ``en``.
    bold
        Whether it is bold.
    """
    return _ems(text, lang, bold) * points * MM_PER_POINT if text else 0.0


def height_mm(points: float, lines: int = 1) -> float:
    """Return how high lines of text are.

    Parameters
    ----------
    points
        Size of the type.
    lines
        How many.
    """
    return points * MM_PER_POINT * LEADING * lines


def wrapped(
    text: str, points: float, lang: str, room_mm: float, *, bold: bool = False
) -> list[str]:
    """Break a text into lines that fit: Chinese between characters, other words at spaces.

    Parameters
    ----------
    text
        A sentence or more.
    points
        Size of the type.
    lang
        ``zh`` or ``en``.
    room_mm
        Widest line; a longer word stands alone.
    bold
        Whether it is bold.
    """
    pieces = _pieces([*text])
    widths = [width_mm(piece, points, lang, bold=bold) for piece in pieces]
    return _filled(pieces, widths, room_mm)


def _filled(pieces: Sequence[str], widths: Sequence[float], room_mm: float) -> list[str]:
    """Set pieces in lines, one after the other."""
    lines, line, used = [], "", 0.0
    for piece, wide in zip(pieces, widths, strict=True):
        if line and used + wide > room_mm:
            lines.append(line.rstrip())
            line, used = piece.lstrip(), wide
        else:
            line, used = line + piece, used + wide
    return [*lines, line.rstrip()]


def parted(text: str, lines: int, points: float, lang: str) -> list[str]:
    """Part a name into lines of about one length, between words as far as they are known.

    Parameters
    ----------
    text
        The name.
    lines
        How many lines there may be.
    points
        Size of the type.
    lang
        ``zh`` or ``en``.
    """
    pieces = _pieces(_WORDS.findall(text))
    widths = [width_mm(piece, points, lang) for piece in pieces]
    room = sum(widths) / lines
    for wider in range(12):
        found = _filled(pieces, widths, room * (1 + wider / 12))
        if len(found) <= lines:
            return found
    return [text]


def _pieces(parts: Iterable[str]) -> list[str]:
    """Join what must not be parted by the end of a line."""
    pieces: list[str] = []
    for part in parts:
        joined = pieces and (
            part in UNBROKEN
            or part == " "
            or pieces[-1][-1] in OPENING
            or (_is_latin(part[0]) and _is_latin(pieces[-1][-1]))
        )
        if joined:
            pieces[-1] += part
        else:
            pieces.append(part)
    return pieces


def _is_latin(character: str) -> bool:
    return character < "⺀" and character != " " and character not in OPENING
