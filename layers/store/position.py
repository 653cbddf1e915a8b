"""Write a verified position as one text, and read it back: degrees, doubt, datum of the answer."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"(-?\d+\.\d+) (-?\d+\.\d+) ±(\d+(?:\.\d+)?) m(?: \((.+)\))?")


class Position(NamedTuple):
    """Where somebody says that a place is.

    Parameters
    ----------
    lon, lat
        Degrees, WGS 84.
    doubt_m
        How far it may be off, metres; above zero.
    datum
        In which system the answer was given, where it was another; it was turned into WGS 84.
    """

    lon: float
    lat: float
    doubt_m: float
    datum: str = ""

    def __str__(self) -> str:
        """Return the text that an entry holds.

        Examples
        --------
        >>> str(Position(117.2, 39.1, 50))
        '117.200000 39.100000 ±50 m'
        """
        known = f" ({self.datum})" if self.datum else ""
        return f"{self.lon:.6f} {self.lat:.6f} ±{self.doubt_m:.0f} m{known}"


def read_position(text: str) -> Position | None:
    """Return the position that an entry holds.

    Parameters
    ----------
    text
        As ``str`` of a :class:`Position` gives it.

    Returns
    -------
    Position or None
        None if it is no such text, or none on the globe.

    Examples
    --------
    >>> read_position("117.200000 39.100000 ±600 m (GCJ-02)")
    Position(lon=117.2, lat=39.1, doubt_m=600.0, datum='GCJ-02')
    """
    if (found := _FORM.fullmatch(text)) is None:
        return None
    lon, lat, doubt = (float(found[k]) for k in (1, 2, 3))
    sound = abs(lon) <= 180 and abs(lat) <= 90 and doubt > 0 and math.isfinite(doubt)
    return Position(lon, lat, doubt, found[4] or "") if sound else None
