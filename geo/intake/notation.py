"""Read the number that somebody has written for a coordinate."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from typing import Final, NamedTuple

LONGEST: Final = 400
"""A text of more characters is no coordinate."""
BLANK, NUMBER, PLACEHOLDER, NAN, OTHER = "blank", "number", "placeholder", "nan", "not_a_number"
"""What a cell holds: nothing, a number, a mark for "none", "NaN", or anything else."""
_PLACEHOLDERS: Final = frozenset(
    (
        *(
            "-",
            "--",
            "---",
            "...",
            "......",
            "/",
            "\\",
            "*",
            "?",
            ".",
            "_",
            "null",
            "none",
            "n/a",
            "na",
            "#n/a",
        ),
        *("nil", "unknown", "missing", r"\n"),
        *("无", "暂无", "未知", "不详", "空", "缺", "缺失", "待补", "待定"),
    )
)
_MARKS: Final = str.maketrans(
    {
        **dict.fromkeys("º˚∘⁰", "°"),
        "度": "°",
        **dict.fromkeys("′’‘´`ʹ分＇", "'"),
        **dict.fromkeys("″”“ʺ˝秒〃＂", '"'),
        **dict.fromkeys("−–—﹣－", "-"),
        **dict.fromkeys("，、﹐", ","),
        "；": ";",
        **dict.fromkeys("。·‧・", "."),
        "\ufeff": " ",
        "\u200b": " ",
        # Marks of the direction of writing, which no eye sees.
        **dict.fromkeys("\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e", ""),
    }
)
_PLAIN: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS: Final = re.compile(
    r"([+-]?\d{1,3}(?:([ ,'.])\d{3})(?:\2\d{3})*)(?:([.,])(\d*))?", re.ASCII
)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_DOTTED: Final = re.compile(r"(\d{1,3})([._/,])(\d{1,2})\2(\d{1,2}(?:\.\d+)?)", re.ASCII)
"""Degrees, minutes and seconds parted by points, strokes or commas."""
_WRAPPED: Final = re.compile(r"=?\s*([\"'])(.*)\1|'(.*)", re.DOTALL)
"""A cell that Excel was told to keep as text: ``="117.2"``, ``'117.2``; or in quotes."""
_SIDE: Final = r"(?:北纬|南纬|东经|西经|纬度|经度|[NSEWnsew]|[北南东西]|lat|lon|lng)"
_ANGLE: Final = re.compile(
    rf"(?P<before>{_SIDE})?[:\s]*(?P<sign>[+-]?)\s*(?P<d>\d{{1,3}}(?:[.,]\d+)?)\s*"
    r"(?:(?:°|deg(?:rees?)?|d|:|\s|-)\s*(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*"
    r"(?:(?:'|min(?:utes?)?|m|:|\s|-)?\s*(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''|sec(?:onds?)?|s)?)?)?)?)?"
    rf"\s*(?P<after>{_SIDE})?",
    re.ASCII | re.IGNORECASE,
)
_WEST_SOUTH: Final = frozenset(("W", "S", "南纬", "西经", "南", "西"))
_AXES: Final = {
    **dict.fromkeys(("N", "S", "北纬", "南纬", "北", "南", "纬度", "LAT"), "y"),
    **dict.fromkeys(("E", "W", "东经", "西经", "东", "西", "经度", "LON", "LNG"), "x"),
}


class Written(NamedTuple):
    """A number as it was written.

    Parameters
    ----------
    value
        The number; degrees are decimal.
    form
        How it was written: ``decimal``, ``decimal_comma``, ``thousands``, ``comma`` (one comma
        before three digits, which may be either) or ``dms``.
    axis
        ``x`` or ``y`` where the text says east or north, else empty.
    other
        What a ``comma`` means if it parts thousands; NaN for every other form.
    """

    value: float
    form: str = "decimal"
    axis: str = ""
    other: float = math.nan


def plain(text: str) -> str:
    r"""Return a text with the marks of one notation: ASCII digits, ``°``, ``'``, ``"``, ``-``.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> plain(" １１７度１５分３９．６秒 ")
    '117°15\'39.6"'
    """
    marked = text.translate(_MARKS)
    told = unicodedata.normalize("NFKC", marked).translate(_MARKS).strip()
    return told.replace("经°", "经度").replace("纬°", "纬度")  # names, not marks of degrees


def kind_of(text: str) -> str:
    """Return what a text holds that is no number: ``blank``, ``placeholder``, ``nan`` or other.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> kind_of("  "), kind_of("—"), kind_of("NaN"), kind_of("Tianjin")
    ('blank', 'placeholder', 'nan', 'not_a_number')
    """
    bare = plain(text).lower()
    if not bare:
        return BLANK
    if bare == "nan":
        return NAN
    return PLACEHOLDER if bare in _PLACEHOLDERS else OTHER


def number(text: str) -> Written | None:
    """Return the number that a text means; None if it means none.

    Parameters
    ----------
    text
        Decimal degrees or metres with point or comma, with separators of thousands, or an angle
        in degrees, minutes and seconds in any common notation, full-width characters too.

    Examples
    --------
    >>> number("117°15′39.6″E")
    Written(value=117.261, form='dms', axis='x', other=nan)
    >>> number("117.06.36").value, number("N39.03.18.5").value, number("117,6,36").value
    (117.11, 39.055138888889, 117.11)
    >>> number('="117.2"').value, number("'117.2").value, number("117&deg;30&#39;").value
    (117.2, 117.2, 117.5)
    >>> number("4,333,339.288").value, number("39,133339").value, number("none")
    (4333339.288, 39.133339, None)
    """
    if len(text) > LONGEST:
        return None
    bare = plain(html.unescape(text) if "&" in text else text)
    if (wrapped := _WRAPPED.fullmatch(bare)) is not None:
        bare = (wrapped[2] or wrapped[3] or "").strip()
    for unit in ("米", "meters", "metres", "m", "°"):
        if bare.lower().endswith(unit) and _PLAIN.fullmatch(head := bare[: -len(unit)].strip()):
            bare = head
            break
    found = Written(float(bare)) if _PLAIN.fullmatch(bare) else _grouped(bare) or _angle(bare)
    return found if found is not None and math.isfinite(found.value) else None


def _grouped(text: str) -> Written | None:
    """Return a number with a comma, or with separators of thousands."""
    whole = _THOUSANDS.fullmatch(text)
    if whole is not None and (whole[2] != "." or whole[1].count(".") > 1 or whole[3] == ","):
        digits, mark, point, rest = whole[1], whole[2], whole[3], whole[4]
        if point == mark:
            return None
        value = float(f"{digits.replace(mark, '')}.{rest or 0}")
        if mark == "," and digits.count(",") == 1 and not point:
            return Written(float(text.replace(",", ".")), "comma", other=value)
        return Written(value, "thousands")
    if _DECIMAL_COMMA.fullmatch(text):
        return Written(float(text.replace(",", ".")), "decimal_comma")
    return None


def _angle(text: str) -> Written | None:
    """Return an angle in degrees, with minutes and seconds or a side of the globe."""
    text = _DOTTED.sub(r"\1 \3 \4", text, count=1)
    match = _ANGLE.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        return None
    side = (match["before"] or match["after"] or "").upper()
    parts = [match[name] for name in ("d", "m", "s")]
    if not side and parts[1] is None and "°" not in text:
        return None
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in parts)
    if minutes > 60 or seconds > 60 or degrees > 360:
        return None
    fractions = [part is not None and ("." in part or "," in part) for part in parts[:2]]
    if (fractions[0] and parts[1]) or (fractions[1] and parts[2]):
        return None
    value = round(degrees + minutes / 60 + seconds / 3600, 12)
    negative = (match["sign"] == "-") != (side in _WEST_SOUTH)
    form = "decimal" if parts[1] is None else "dms"
    return Written(-value if negative else value, form, _AXES.get(side, ""))
