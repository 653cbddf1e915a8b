"""Divide figures into classes by a stated rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, get_args

import numpy as np

from geo.base.arrays import Floats

Rule = Literal["natural", "quantiles", "equal"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)


def class_limits(values: Floats, *, rule: Rule, classes: int) -> tuple[float, ...]:
    """Return the upper limit of each class, the lowest first.

    Parameters
    ----------
    values
        Figures in any order; shape (n,). What is not finite belongs to no class.
    rule
        ``natural`` breaks (Fisher–Jenks: least variance within classes), ``quantiles`` (as many
        figures in each) or ``equal`` intervals.
    classes
        How many are asked for, at least 1.

    Returns
    -------
    tuple of float
        A figure belongs to the first class whose limit it does not exceed. Fewer than were asked
        for where there are not so many different figures: each then is a class of its own. Empty
        without figures.

    Notes
    -----
    The breaks are those of mapclassify (Rey, Stephens and Laura: PySAL).

    Examples
    --------
    >>> class_limits(np.array([1.0, 2.0, 3.0, 30.0, 31.0]), rule="natural", classes=2)
    (3.0, 31.0)
    >>> class_limits(np.array([0.0, 4.0, 10.0, np.nan]), rule="equal", classes=2)
    (5.0, 10.0)
    >>> class_limits(np.array([7.0, 7.0]), rule="quantiles", classes=4)
    (7.0,)
    """
    known = values[np.isfinite(values)]
    distinct = np.unique(known)
    if len(distinct) <= classes:
        return tuple(distinct.tolist())
    return tuple(np.unique(_classifier(rule)(known, k=classes).bins).tolist())


def _classifier(rule: Rule) -> Callable[..., Any]:
    import mapclassify  # brings a library of graphs along: loaded once somebody asks for classes

    known: dict[Rule, Callable[..., Any]] = {
        "natural": mapclassify.FisherJenks,
        "quantiles": mapclassify.Quantiles,
        "equal": mapclassify.EqualInterval,
    }
    return known[rule]


def class_of(values: Floats, limits: tuple[float, ...]) -> Floats:
    """Return the number of each figure's class, from 0; NaN for a figure without one.

    Parameters
    ----------
    values
        Figures; shape (n,).
    limits
        As :func:`class_limits` returns them for these figures.

    Examples
    --------
    >>> class_of(np.array([3.0, 3.1, np.nan]), (3.0, 31.0)).tolist()
    [0.0, 1.0, nan]
    """
    found = np.searchsorted(np.array(limits), values, side="left").astype(float)
    found[~np.isfinite(values)] = np.nan
    return found
