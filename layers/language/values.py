"""Put the values of a row into the reader's words."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import cast

import pandas as pd

from layers.language.bilingual import column
from layers.language.messages import Say, speaker, texts

Row = Mapping[str, object] | Mapping[Hashable, object] | pd.Series
THIN = "\u202f"
"""Narrow no-break space: parts the thousands and the unit from its number."""
LINK = re.compile(
    r"https?://[^\s<>\"'`{}|\\^()（）；;，、。“”‘’\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]+"
)
"""A web address within a text, up to the first mark that cannot be part of a plain one."""


def is_known(value: object) -> bool:
    """Tell whether a cell holds something: not None, not NaN, not blank.

    Parameters
    ----------
    value
        A cell of a frame or of a record, of any type.
    """
    return not (value is None or value is pd.NA or value != value or str(value).strip() == "")


def amount(value: object) -> float | None:
    """Return a cell of numbers as a float, or None where it is blank.

    Parameters
    ----------
    value
        A number, a text of one, or what :func:`is_known` takes for blank.

    Raises
    ------
    ValueError
        The cell holds a text that is no number.
    """
    return float(str(value)) if is_known(value) else None


def row_of(frame: pd.DataFrame, id_: str) -> pd.Series:
    """Return the row of a frame by its identifier.

    Parameters
    ----------
    frame
        Rows with unique identifiers as their index.
    id_
        Identifier of the row.

    Raises
    ------
    KeyError
        If there is no such row.
    """
    return cast("pd.Series", frame.loc[id_])


def cell(row: Row, stem: str, lang: str) -> str:
    """Return a text of a row in ``lang``, or its only form; an empty text where it is blank.

    Parameters
    ----------
    row
        The row.
    stem
        Column name, without ``_zh`` or ``_en`` where there are two.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    value = row.get(f"{stem}_{lang}", row.get(stem))
    return str(value) if is_known(value) else ""


def title(name: str, lang: str) -> str:
    """Return the title of a column in ``lang``.

    Parameters
    ----------
    name
        Name of the column; without ``_zh`` or ``_en`` where it is told by its stem.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        A column that only a pack knows keeps its name.
    """
    return column(name).of(lang)


def value_word(name: str, value: object, lang: str) -> str:
    """Return the word for a value of a closed set.

    Parameters
    ----------
    name
        Column that holds the value, or another group of words in ``data/text``.
    value
        The value.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        The words under ``<name>.<value>``; a value that has none stands for itself.
    """
    key = f"{name}.{value}"
    return speaker(lang)(key) if key in texts(lang) else str(value)


def month(date: str, lang: str) -> str:
    """Return the month of an ISO date in words, or its year where it gives no more.

    Parameters
    ----------
    date
        ISO 8601 date of a year, a month or a day.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    year, _, rest = date.partition("-")
    say = speaker(lang)
    if not rest:
        return say("date.year", year=year)
    return say("date.month", year=year, month=say(f"date.months.{int(rest[:2])}"))


def count(value: float) -> str:
    """Return a counted number, whole and exact, its thousands apart.

    Parameters
    ----------
    value
        How many; a fraction is rounded.
    """
    return f"{round(value):,}".replace(",", THIN)


def number(value: float, unit: str = "") -> str:
    """Return a measured number to three significant digits, with its unit.

    Whole digits are kept where they are more than three, but rounded: 11 966 km² gives
    12 000 km².

    Parameters
    ----------
    value
        A finite number, in the unit given.
    unit
        What stands behind the number, after a thin space, but for ``%``; empty for none.
    """
    if value == 0:
        text = "0"
    else:
        digits = 2 - math.floor(math.log10(abs(value)))
        shown = round(value, digits)
        text = f"{shown:,.{max(digits, 0)}f}".replace(",", THIN)
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{'' if unit in ('', '%') else THIN}{unit}"


def interval(low: float, high: float, unit: str = "") -> str:
    """Return an interval of a measured number, both ends to as many decimals as its high end has.

    Parameters
    ----------
    low, high
        Finite numbers, in the unit given.
    unit
        As for :func:`number`.

    Returns
    -------
    str
        One number where both ends read the same.
    """
    last = number(high)
    decimals = len(last.partition(".")[2])
    first = number(low)
    if len(first.partition(".")[2]) > decimals:
        first = number(round(low, decimals))
    return number(high, unit) if first == last else f"{first}–{number(high, unit)}"


def said(say: Say, keys: Iterable[str], values: Mapping[str, object]) -> Iterator[str]:
    """Yield the sentences of keys, measured numbers rounded and counts exact.

    Parameters
    ----------
    say
        Speaks the reader's language.
    keys
        Keys of the sentences, in the order in which they are said.
    values
        What the sentences name. A float is shown as by :func:`number`, one that is not finite as a
        dash, a whole number as by :func:`count`, anything else as it is.
    """
    shown = {name: _shown(value) for name, value in values.items()}
    for key in keys:
        yield say(key, **shown)


def paragraph(sentences: Iterable[str], lang: str) -> str:
    """Return sentences behind one another: in Chinese no blank parts them.

    Parameters
    ----------
    sentences
        Each with its full stop.
    lang
        ``zh`` or ``en``.

    Examples
    --------
    >>> paragraph(["One.", "Two."], "en")
    'One. Two.'
    """
    return ("" if lang == "zh" else " ").join(sentences)


def _shown(value: object) -> object:
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else "–"
    return count(value) if type(value) is int else value


def stated(value: float, unit: str = "") -> str:
    """Return a number as its source states it, not rounded again, with its unit.

    Parameters
    ----------
    value
        A finite number; ten significant digits of it are shown at most.
    unit
        What stands behind the number, after a thin space; empty for none.
    """
    return f"{value:,.10g}".replace(",", THIN) + f"{THIN if unit else ''}{unit}"


def unit(name: str, lang: str) -> str:
    """Return a unit of length or area as it is read: 公里 in a Chinese sentence, km in English.

    Parameters
    ----------
    name
        ``m``, ``km`` or ``km2``.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return speaker(lang)(f"map.{name}")


def km(metres: float, lang: str) -> str:
    """Return a distance in kilometres to three significant digits.

    Parameters
    ----------
    metres
        The distance in metres.
    lang
        Language of the unit, ``zh`` or ``en``.
    """
    return number(metres / 1000, unit("km", lang))


def radius(metres: float, lang: str) -> str:
    """Return an uncertainty radius such as "±4 km" or "±700 m".

    Parameters
    ----------
    metres
        The radius; from a kilometre on it is shown in km.
    lang
        Language of the unit, ``zh`` or ``en``.
    """
    return "±" + (km(metres, lang) if metres >= 1000 else number(metres, unit("m", lang)))


def links(text: str) -> tuple[str, ...]:
    """Return the plain web addresses in a text, in order; nothing else may become a link.

    An address that runs into a bracket is left out: where it ends cannot be told, and half an
    address leads elsewhere.

    Parameters
    ----------
    text
        A text of the data, such as a source.

    Returns
    -------
    tuple of str
        Addresses of http and https, each once, without the marks that end a sentence.
    """
    found = (
        match[0].rstrip(".,:!?…-")
        for match in LINK.finditer(text)
        if text[match.end() : match.end() + 1] not in ("(", "（")
    )
    return tuple(dict.fromkeys(address for address in found if address.partition("://")[2]))
