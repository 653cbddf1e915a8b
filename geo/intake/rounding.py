"""Tell how coarsely the positions of a file are rounded, by the numbers themselves."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats

MINUTE: Final = 1 / 60
DEGREE_STEPS: Final = (0.001, 0.01, 0.1, 1.0)
METRE_STEPS: Final = (100.0, 1_000.0, 10_000.0)
A_DEGREE_M: Final = (111_320.0, 110_950.0)
"""Length of a degree of longitude at the equator, and of a degree of latitude, metres."""
MOST: Final = 1e9
"""No coordinate is so large."""
LOOKED_AT: Final = 2000
"""Rows that show how finely a file is written."""
BEYOND_CHANCE: Final = 20
"""So many times what chance alone would round must be rounded before it is called so."""
FEW: Final = 50
"""A file of fewer rows is judged as if it had so many: one row in ten says nothing of the next."""
_FINEST: Final = {True: (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6), False: (
    1e4, 1e3, 100.0, 10.0, 1.0, 0.1, 0.01)}  # fmt: skip
"""Units in which degrees (True) or metres may be written, coarsest first."""
_EXACT: Final = {True: 1e-9, False: 1e-6}
_FLOAT32: Final = {True: 4e-6, False: 0.25}
"""How far from its decimals a number may lie, also if it was kept in 32 bits."""
_UNITS: Final = {"minute": (60.0, 0.01), "second": (3600.0, 0.001)}
"""How many there are in a degree, and the decimals that are such by chance: 0.01° is 36″."""
ALWAYS: Final = 0.01
"""Numbers of so few decimals are rounded whatever the other rows are, degrees."""


class _Rows(NamedTuple):
    """Both coordinates of the rows that have them, and how exactly they are kept."""

    first: Floats
    second: Floats
    exact: float

    def are_multiples(
        self, step: float, some: NDArray[np.intp] | slice, slack: float = 0.0
    ) -> NDArray[np.bool_]:
        """Tell which of some rows are multiples of a step, both coordinates."""
        most = max(self.exact, slack) / step
        return _near_whole(self.first[some] / step, most) & _near_whole(
            self.second[some] / step, most
        )


def steps(first: Floats, second: Floats, *, in_degrees: bool) -> Floats:
    """Return the step to which both coordinates of each row are rounded; 0 where nothing shows one.

    Parameters
    ----------
    first, second
        The two numbers of each row as the file has them, in either order; NaN for none; shape (n,).
    in_degrees
        Whether they are degrees; otherwise metres.

    Returns
    -------
    array
        One of ``DEGREE_STEPS`` or ``MINUTE``, degrees; or of ``METRE_STEPS``.

    Notes
    -----
    Some numbers end in zeros by chance: of a file with four decimals one position in 100 is a
    multiple of 0.001° both ways. A step is told if the file has no finer number, or if
    ``BEYOND_CHANCE`` times as many rows are its multiples as chance makes of numbers so fine. A row
    of two decimals or fewer both ways is always rounded where the file has numbers of four or more:
    of six decimals that is one in 100 million. Whole minutes are told where most rows are minutes
    or seconds, also of those that no short decimals explain, or of one row that they do not
    explain: 117.25 and 39.15 are two decimals, though they are 15′ and 9′ too.

    Examples
    --------
    >>> lon, lat = np.array([117.2, 117.234567]), np.array([39.12, 39.123456])
    >>> steps(lon, lat, in_degrees=True).tolist()
    [0.01, 0.0]
    >>> lon, lat = np.array([117.25, 117.2, 117.213456]), np.array([39.15, 39.1, 39.123456])
    >>> steps(lon, lat, in_degrees=True).tolist()
    [0.01, 0.1, 0.0]
    >>> steps(np.array([526_300.0]), np.array([4_330_100.0]), in_degrees=False).tolist()
    [100.0]
    """
    found = np.zeros(len(first))
    there = (np.abs(first) < MOST) & (np.abs(second) < MOST)
    whole = bool(there.all())
    rows = _rows(*((first, second) if whole else (first[there], second[there])), in_degrees)
    if not len(rows.first):
        return found
    some = np.unique(np.linspace(0, len(rows.first) - 1, LOOKED_AT).astype(np.intp))
    finest = next((unit for unit in _FINEST[in_degrees] if rows.are_multiples(unit, some).all()),
                  _FINEST[in_degrees][-1] / 10)  # fmt: skip
    sexagesimal = _sexagesimal(rows, some, finest) if in_degrees else ""
    told = np.zeros(len(rows.first))
    if not sexagesimal:
        _by_decimals(rows, finest, DEGREE_STEPS if in_degrees else METRE_STEPS, told)
        if in_degrees and finest < DEGREE_STEPS[0] * 0.5:
            short = np.flatnonzero(told < ALWAYS)
            told[short[rows.are_multiples(ALWAYS, short)]] = ALWAYS
    if in_degrees and finest < DEGREE_STEPS[0]:
        _by_minutes(rows, finest, sexagesimal, told)
    if whole:
        return told
    found[there] = told
    return found


def _rows(first: Floats, second: Floats, in_degrees: bool) -> _Rows:
    short = all((np.abs(one - one.astype(np.float32)) <= 1e-11 * np.abs(one)).all()
                for one in (first, second))  # fmt: skip
    return _Rows(first, second, _FLOAT32[in_degrees] if short else _EXACT[in_degrees])


def _near_whole(values: Floats, most: float) -> NDArray[np.bool_]:
    return np.asarray(np.abs(values - np.rint(values)) <= most)


def _slack(finest: float) -> float:
    """Return how far decimals may lie from a minute or second that they stand for, degrees."""
    return 0.51 * max(finest, 1e-6)


def _sexagesimal(rows: _Rows, some: NDArray[np.intp], finest: float) -> str:
    """Return whether most rows are whole minutes, or seconds, written as decimals or not."""
    if finest >= DEGREE_STEPS[0]:
        return ""
    for name, (unit, decimals) in _UNITS.items():
        slack = _slack(finest)
        if slack * unit >= 0.05:  # a second is 0.0003°: four decimals cannot tell it
            continue
        whole = rows.are_multiples(1 / unit, some, slack)
        telling = whole[~rows.are_multiples(decimals, some)]
        if whole.mean() > 0.5 and telling.any() and telling.mean() > 0.5:
            return name
    return ""


def _by_decimals(rows: _Rows, finest: float, sizes: tuple[float, ...], told: Floats) -> None:
    """Note the coarsest decimal step of each row that chance does not explain."""
    at: NDArray[np.intp] | slice = slice(None)
    for step in sizes:
        hit = np.flatnonzero(rows.are_multiples(step, at))
        at = hit if isinstance(at, slice) else at[hit]
        is_own = abs(finest / step - 1) < 1e-6
        if finest > step and not is_own:
            continue
        if is_own or len(at) > BEYOND_CHANCE * max(len(told), FEW) * (finest / step) ** 2:
            told[at] = step


def _by_minutes(rows: _Rows, finest: float, sexagesimal: str, told: Floats) -> None:
    """Note the rows of whole minutes, if they are more than chance makes of the file's numbers."""
    slack = _slack(finest)
    hit = np.flatnonzero(rows.are_multiples(MINUTE, slice(None), slack) & (told == 0))
    chance = 1 / 60 if sexagesimal == "second" else 2 * slack / MINUTE
    if sexagesimal == "minute" or len(hit) > BEYOND_CHANCE * max(len(told), FEW) * chance**2:
        told[hit] = MINUTE


def doubt_m(sizes: Floats, lat: float, *, in_degrees: bool) -> Floats:
    """Return how far off rounded positions may be at least: half of the diagonal of a step.

    Parameters
    ----------
    sizes
        As :func:`steps` returns them.
    lat
        About where they lie, degrees.
    in_degrees
        Whether the steps are degrees.

    Returns
    -------
    array
        Metres, rounded up; NaN for no step.

    Examples
    --------
    >>> doubt_m(np.array([0.01, 0.0]), 39.1, in_degrees=True).tolist()
    [704.0, nan]
    """
    east, north = A_DEGREE_M if in_degrees else (1.0, 1.0)
    across = np.hypot(east * np.cos(np.radians(lat)) if in_degrees else east, north)
    half = np.ceil(sizes * across / 2 - 1e-9)
    return np.asarray(np.where(sizes > 0, half, np.nan))
