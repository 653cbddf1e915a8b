"""Name the arrays that spatial questions take and give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Coordinates, distances, densities: 64-bit floats of any shape."""
Counts = NDArray[np.int32]
"""Counts, codes and row numbers that fit 32 bits."""
Longs = NDArray[np.int64]
"""Sums and row numbers of any length."""
Flags = NDArray[np.bool_]
"""Masks."""
