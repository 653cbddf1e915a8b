"""Give shades to a surface: one hue, from light to dark."""

from __future__ import annotations

from typing import Final

import numpy as np

RAMP: Final = (
    "#EDD7E3", "#DCBAD2", "#CB9EC5", "#B886B8", "#A56EAD",
    "#9158A1", "#78498B", "#603A76", "#492A60",
)  # fmt: skip
"""One hue, even steps of lightness (CAM02-UCS), light to dark; violet, as coverage is green."""
OPACITY: Final = 0.8
CLASSES: Final = 5
"""Most classes of few places: more shades of one hue cannot be told apart on a map."""


def shades(steps: int) -> tuple[str, ...]:
    """Return colours of the ramp, from light to dark, evenly spread.

    Parameters
    ----------
    steps
        How many; one alone is the middle of the ramp.

    Returns
    -------
    tuple of str
        Each as ``#RRGGBB``.
    """
    if steps == 1:
        return (RAMP[len(RAMP) // 2],)
    at = np.linspace(0, len(RAMP) - 1, steps)
    channels = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in RAMP], dtype=float)
    mixed = np.column_stack(
        [np.interp(at, np.arange(len(RAMP)), channels[:, channel]) for channel in range(3)]
    )
    return tuple("#{:02X}{:02X}{:02X}".format(*map(round, colour)) for colour in mixed.tolist())
