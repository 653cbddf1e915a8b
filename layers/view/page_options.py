"""Say what each page can be asked for, and how the address writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class DensityOptions:
    """How the density page measures; each value comes from a closed list.

    ``bandwidth_km`` is the kernel's standard deviation. ``weight`` is ``none`` (each place once) or
    ``level``. ``by`` says which district a place counts for: ``host`` (it administers the place)
    or ``site`` (the point lies in it). ``cell_m`` is the side of a cell, 0 for one that follows
    from the bandwidth.
    """

    bandwidth_km: int = 5
    cell_m: int = 0
    kernel: Literal["gaussian", "quartic"] = "gaussian"
    weight: Literal["none", "level"] = "none"
    by: Literal["host", "site"] = "host"
    part: Literal["plan", "points"] = "plan"
    """Whose points: the plan's places, or those of a file of the reader's own."""


DENSITY_BANDWIDTHS_KM = (3, 5, 8, 12)
"""The finest follows from the inventory's doubt, see ``geo.density.doubt.INVENTORY_FINEST_M``."""


DENSITY_CELLS_M = (0, 500, 1000, 2000)
"""Sides of a cell, 0 is automatic; the finest is ``geo.density.doubt.INVENTORY_FINEST_CELL_M``."""


DENSITY_CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "kernel": ("dk", ("gaussian", "quartic")),
        "weight": ("dw", ("none", "level")),
        "by": ("dby", ("host", "site")),
        "part": ("dpart", ("plan", "points")),
    }
)
"""By option of the density page, its key in the address and its values."""


@dataclass(frozen=True)
class PointsOptions:
    """What is asked of a file of the reader's own points; each value comes from a closed list.

    ``file``, ``x``, ``y`` and ``weight`` are tokens of a file's and of its columns' names, see
    :func:`token`; empty for none, and for columns that are to be found. ``show`` is what is drawn:
    a surface of bandwidth ``sigma_m`` on cells of ``cell_m``; bins of a ``shape`` and ``grain``;
    clusters by a method, of at least ``least`` points, within ``reach_m`` (dbscan); or hot spots
    among squares of that grain.
    """

    file: str = ""
    x: str = ""
    y: str = ""
    weight: str = ""
    show: Literal["surface", "bins", "clusters", "hotspots"] = "surface"
    sigma_m: int = 1000
    cell_m: int = 250
    kernel: Literal["gaussian", "quartic"] = "gaussian"
    bandwidth: Literal["fixed", "adaptive"] = "fixed"
    shape: Literal["hexagon", "square"] = "hexagon"
    grain: Literal["coarse", "medium", "fine"] = "medium"
    clusters: Literal["hdbscan", "dbscan"] = "hdbscan"
    reach_m: int = 500
    least: int = 15


POINTS_TOKENS: Mapping[str, str] = MappingProxyType(
    {"file": "pfile", "x": "px", "y": "py", "weight": "pw"}
)
"""By option of the reader's own points that is a name, its key in the address."""


POINTS_CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "show": ("pshow", ("surface", "bins", "clusters", "hotspots")),
        "kernel": ("pk", ("gaussian", "quartic")),
        "bandwidth": ("pad", ("fixed", "adaptive")),
        "shape": ("pbin", ("hexagon", "square")),
        "grain": ("pgr", ("coarse", "medium", "fine")),
        "clusters": ("pclu", ("hdbscan", "dbscan")),
    }
)
"""By option of the reader's own points, its key in the address and its values."""


POINTS_NUMBERS: Mapping[str, tuple[str, tuple[int, ...]]] = MappingProxyType(
    {
        "sigma_m": ("psig", (500, 1000, 2000, 3000, 5000)),
        "cell_m": ("pcell", (100, 250, 500)),
        "reach_m": ("prch", (250, 500, 1000, 2000)),
        "least": ("pmin", (5, 15, 50)),
    }
)
"""By number of the reader's own points, its key in the address and the numbers offered."""


@dataclass(frozen=True)
class CoverageOptions:
    """What the coverage page asks; numbers are held within their limits on construction.

    ``part`` is the question shown. ``radius_m`` is the straight-line reach; with ``minutes`` above
    0 it follows from that time, ``speed_kmh`` and ``detour_percent`` (length of the way over the
    straight line) instead. ``add`` sites are proposed, or as many as reach ``goal_percent`` if
    ``aim`` is ``share``; ``demand`` is what they serve, ``candidates`` where they may stand.
    ``sites`` are the layers measured from, empty for the places on the map; ``targets`` those that
    should be within reach, empty for the universities; ``rings`` says whether the map shows one
    radius or all that stand side by side.
    """

    part: Literal["reach", "pairing", "scenario", "siting"] = "reach"
    radius_m: int = 5_000
    minutes: int = 0
    speed_kmh: int = 60
    detour_percent: int = 130
    aim: Literal["number", "share"] = "number"
    add: int = 3
    goal_percent: int = 50
    demand: Literal["university", "area", "residents"] = "university"
    candidates: Literal["grid", "university", "district", "drawn"] = "grid"
    sites: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    rings: Literal["one", "all"] = "one"

    def __post_init__(self) -> None:
        for name, (_, low, high) in COVERAGE_NUMBERS.items():
            object.__setattr__(self, name, min(max(int(getattr(self, name)), low), high))


COVERAGE_NUMBERS: Mapping[str, tuple[str, int, int]] = MappingProxyType(
    {
        "radius_m": ("cr", 500, 60_000),
        "minutes": ("cmin", 0, 120),
        "speed_kmh": ("ckmh", 5, 120),
        "detour_percent": ("cdet", 100, 300),
        "add": ("cadd", 1, 20),
        "goal_percent": ("cgoal", 1, 100),
    }
)
"""By number of the coverage page, its key in the address, its least and its greatest value."""


COVERAGE_CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "part": ("cpart", ("reach", "pairing", "scenario", "siting")),
        "aim": ("caim", ("number", "share")),
        "demand": ("cdem", ("university", "area", "residents")),
        "candidates": ("cfrom", ("grid", "university", "district", "drawn")),
        "rings": ("cmap", ("one", "all")),
    }
)
"""By option of the coverage page, its key in the address and its values."""


COVERAGE_LAYERS: Mapping[str, str] = MappingProxyType({"sites": "csites", "targets": "cfor"})
"""By option of the coverage page that holds layers of places, its key in the address."""
