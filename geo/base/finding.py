"""Carry a number with its unit, its method and what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """One result of an analysis: screen, table, slide and export read the same object.

    Parameters
    ----------
    value
        The main figure; NaN where there is none.
    unit
        Unit symbol of ``value`` as printed (``km²``, ``m``), or empty for a count or a share.
    n
        How many sites, places or points the figure rests on.
    method
        Key of the method's name in ``data/text``.
    parameters
        What was asked for and chosen, in SI units; every sentence of ``caveats`` finds the values
        that it names here: ``say(key, **parameters)``.
    caveats
        Keys in ``data/text`` of what the reader must know, in the order of weight.
    """

    value: float
    unit: str
    n: int
    method: str
    parameters: Mapping[str, object]
    caveats: tuple[str, ...]
