"""Say an interval of shares as one says it aloud: in tenths, or as a simple fraction."""

from __future__ import annotations

from typing import Final

from layers.language.messages import speaker

FRACTIONS: Final = {
    "tenth": 1 / 10,
    "eighth": 1 / 8,
    "seventh": 1 / 7,
    "sixth": 1 / 6,
    "fifth": 1 / 5,
    "quarter": 1 / 4,
    "third": 1 / 3,
    "half": 1 / 2,
    "two_thirds": 2 / 3,
    "three_quarters": 3 / 4,
}
"""Simple fractions, by the key of their words under ``share``."""
WIDEST: Final = 0.1
"""An interval that is wider is no fraction."""
NEARLY_ALL, HARDLY_ANY = 9.5, 0.5
"""Tenths from which a share is nearly all, and below which it is less than one tenth."""


def tenths(low: float, high: float, lang: str) -> str:
    """Return an interval of shares in tenths: six to seven tenths, about six, nearly all.

    Parameters
    ----------
    low, high
        Ends of the interval, 0 to 1.
    lang
        Language of the words, ``zh`` or ``en``.

    Examples
    --------
    >>> tenths(0.62, 0.72, "zh"), tenths(0.58, 0.62, "en")
    ('六到七成', 'about six in ten')
    """
    say = speaker(lang)
    if 10 * low >= NEARLY_ALL:
        return say("share.nearly_all")
    if 10 * high < HARDLY_ANY:
        return say("share.hardly_any")
    first = max(round(10 * low), 1)
    last = max(min(round(10 * high), 9), first)
    words = [say(f"share.number.{n}") for n in (first, last)]
    if 10 * low < HARDLY_ANY:
        return say("share.up_to", last=words[1])
    if first == last:
        return say("share.about", first=words[0])
    return say("share.between", first=words[0], last=words[1])


def fraction(low: float, high: float, lang: str) -> str:
    """Return a narrow interval of shares as the simple fraction within it.

    Parameters
    ----------
    low, high
        Ends of the interval, 0 to 1.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty where none lies within, or where the interval is too wide for one: a value never
        stands outside its own interval.

    Examples
    --------
    >>> fraction(0.15, 0.172, "zh"), fraction(0.3, 0.6, "zh")
    ('六分之一', '')
    """
    middle = (low + high) / 2
    name, value = min(FRACTIONS.items(), key=lambda each: abs(each[1] - middle))
    fits = low <= value <= high and high - low <= WIDEST
    return speaker(lang)(f"share.{name}") if fits else ""
