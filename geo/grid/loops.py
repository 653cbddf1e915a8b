"""Choose by size how an inner loop runs: in NumPy for few places, compiled for many.

An inventory is answered at once, by NumPy. To compile takes seconds, and to load compiled code
half a second, so that is done for what is large only. The size alone decides: the same question is
answered in the same way in every process. Both ways are held against each other by the tests.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

FEW_PLACES = 1_000
"""Places (points, discs) up to which NumPy takes them."""
SHORT_SIDE = 1_500
"""Cells along a grid's longer side up to which it is filtered by products of matrices."""


class DiscLoops(Protocol):
    """The inner loops of coverage, see :mod:`geo.grid.disc_kernels`."""

    count_rows: Any
    tally_rows: Any
    sole_cells: Any
    covered_lengths: Any


def for_discs(n: int) -> DiscLoops:
    """Return the loops that suit so many discs.

    Parameters
    ----------
    n
        How many discs there are.

    Returns
    -------
    DiscLoops
        NumPy up to ``FEW_PLACES``, compiled beyond.
    """
    if n <= FEW_PLACES:
        from geo.grid import disc_arrays

        return cast(DiscLoops, disc_arrays)
    from geo.grid import disc_kernels

    return cast(DiscLoops, disc_kernels)


class DensityLoops(Protocol):
    """The inner loops of the density analysis, see :mod:`geo.grid.binning`."""

    extent: Any
    smooth: Any
    splat: Any


def for_points(n: int) -> DensityLoops:
    """Return the loops that suit so many points.

    Parameters
    ----------
    n
        How many points there are.

    Returns
    -------
    DensityLoops
        NumPy up to ``FEW_PLACES``, compiled beyond.
    """
    return _density(few=n <= FEW_PLACES)


def for_cells(shape: tuple[int, ...]) -> DensityLoops:
    """Return the loops that suit a grid.

    Parameters
    ----------
    shape
        Its rows and columns.

    Returns
    -------
    DensityLoops
        NumPy where the longer side has up to ``SHORT_SIDE`` cells, compiled beyond.
    """
    return _density(few=max(shape) <= SHORT_SIDE)


def _density(*, few: bool) -> DensityLoops:
    if few:
        from geo.grid import density_arrays

        return cast(DensityLoops, density_arrays)
    from geo.grid import binning

    return cast(DensityLoops, binning)
