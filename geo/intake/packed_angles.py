"""Read degrees, minutes and seconds written as one number: 117.1203 or 1171203 for 117°12′03″."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import numpy as np

from geo.base.arrays import Floats
from geo.intake.columns import FORMS

LEAST_ASKED: Final = 4
"""Rows from which on a file is asked about."""
RARE: Final = 1e-3
"""Files of true decimals that look so by chance are asked about at most so often."""
SELDOM: Final = 1e-2
"""The same of files that are warned about."""
BELOW_SIXTY: Final = 0.6
"""Chance that two digits are a minute or a second."""
LEAST_FIT: Final = 0.5
"""Share of the rows that must be angles as the heading says; otherwise the heading is not right."""
_DIGITS: Final = (4, 5, 6, 7, 8)
"""Digits behind the point: minutes and seconds, and up to four of a surveyor's second."""
_FULL: Final = 0.7
"""Share of the numbers that have all digits: every tenth true decimal ends in a zero."""
_EXACT: Final = 1e-6
_MOST: Final = 180.0
_BEFORE: Final = r"(?:(?<![a-z])|(?<=lat)|(?<=lon)|(?<=lng))"
_SAID: Final = (
    ("dms", re.compile(rf"度分秒|{_BEFORE}d{{1,3}}[. ]?m{{1,2}}[. ]?s{{1,2}}(?:\.?s+)?(?![a-z])")),
    ("dm", re.compile(rf"度分(?!秒)|{_BEFORE}d{{1,3}}[. ]?m{{1,2}}(?:\.?m+)?(?![a-z])")),
)


def chance(first: Floats, second: Floats) -> float:
    """Return how often true decimals would look as much like minutes and seconds by chance.

    Parameters
    ----------
    first, second
        The two coordinates of each row, degrees, shape (n,); NaN is passed over.

    Returns
    -------
    float
        1 unless all pairs of digits behind the point are below sixty and most numbers have the
        same 4 to 8 digits there. Else ``BELOW_SIXTY`` for each different ten of minutes and for
        each different minute or second, whichever are fewer: points of one street share theirs, and
        bear witness once.

    Examples
    --------
    >>> lon = np.array([117.0912, 117.2145, 117.1359, 117.3051])
    >>> lat = np.array([39.0559, 39.1230, 39.0747, 39.2418])
    >>> chance(lon, lat) < RARE, chance(lon + 0.007, lat)
    (True, 1.0)
    """
    known = np.isfinite(first) & np.isfinite(second) & (np.abs(first) <= _MOST) & (first != 0)
    both = [np.abs(values[known]) for values in (first, second)]
    if not known.any() or not _have_digits(np.concatenate(both)):
        return 1.0
    told = 0
    for values in both:
        minutes, seconds = _behind(values)
        if (minutes >= 60).any() or (seconds >= 60).any():
            return 1.0
        whole = np.floor(values)
        of_minutes = len(np.unique(whole * 100 + minutes))
        told += len(np.unique(whole * 10 + minutes // 10))
        told += min(of_minutes, len(np.unique(seconds)))
    return float(BELOW_SIXTY**told)


def _have_digits(values: Floats) -> bool:
    """Tell whether numbers have at most so many digits, and most of them have all."""
    for digits in _DIGITS:
        parts = values * 10.0**digits
        if (np.abs(parts - np.rint(parts)) < _EXACT * 10.0 ** (digits - 4)).all():
            return bool(np.mean(np.rint(parts) % 10 != 0) >= _FULL)
    return False


def _behind(values: Floats) -> tuple[Floats, Floats]:
    """Return what stands behind the point, two digits by two."""
    rest = np.round((values - np.floor(values)) * 10_000, 5)
    return rest // 100, rest % 100


def said(name: str) -> str:
    """Return what the name of a column says of its numbers: ``dms``, ``dm``, or nothing.

    Parameters
    ----------
    name
        Of the column.

    Examples
    --------
    >>> [said(one) for one in ("纬度(度分秒)", "lat_DDMMSS", "lonDMS", "ddmm.mmmm", "admin", "lat")]
    ['dms', 'dms', 'dms', 'dm', '', '']
    """
    told = unicodedata.normalize("NFKC", name).lower().replace("_", " ")
    return next((form for form, pattern in _SAID if pattern.search(told)), "")


def unpacked(values: Floats, form: str) -> Floats:
    """Return degrees of packed numbers; NaN for those of sixty minutes or seconds and more.

    Parameters
    ----------
    values
        In any unit that the size of a number shows: 117.1203, 1171203.5, 11712035.
    form
        ``dms``, or ``dm`` for minutes with decimals: 11712.0583, 117.120583.

    Examples
    --------
    >>> unpacked(np.array([117.1203, 1171203.0, 390300.70, 117.1270]), "dms").round(6).tolist()
    [117.200833, 117.200833, 39.050194, nan]
    >>> unpacked(np.array([11712.05, 39.0305]), "dm").round(6).tolist()
    [117.200833, 39.050833]
    """
    size = np.abs(values)
    degree = 10_000.0 if form == "dms" else 100.0
    whole = np.where(size <= _MOST, np.round(size * degree, 8), size)
    for _ in range(3):  # tenths, hundredths and thousandths without their point
        whole = np.where(whole > (_MOST + 1) * degree, np.round(whole / 10, 8), whole)
    rest = whole % degree
    minutes, seconds = (rest // 100, rest % 100) if form == "dms" else (rest, np.zeros_like(rest))
    found = np.sign(values) * (whole // degree + minutes / 60 + seconds / 3600)
    return np.asarray(np.where((minutes < 60) & (seconds < 60), found, np.nan))


DMS_BIT: Final = np.int8(1 << FORMS.index("dms"))
