"""Time proposed sites beside spopt, which must find the same objective."""

from __future__ import annotations

import warnings
from time import perf_counter

import geopandas as gpd
import numpy as np
import pulp
import shapely
from spopt import locate

from geo.coverage.siting import add_sites
from tests.bench.bench_coverage import timed
from tests.bench.table import Row

DEMAND, CANDIDATES = 2000, 300
RADIUS_M = 5000.0
RATIO = 0.02
CRS = 4548


def _problem() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Demand and candidates in clusters over a rectangle of the size of Tianjin."""
    random = np.random.default_rng(1)
    centres = random.uniform([0, 0], [117_000, 188_000], (60, 2))
    demand = centres[random.integers(0, 60, DEMAND)] + random.normal(0, 4000, (DEMAND, 2))
    spots = centres[random.integers(0, 60, CANDIDATES)] + random.normal(0, 6000, (CANDIDATES, 2))
    weight = random.integers(1, 100, DEMAND)
    return (
        gpd.GeoDataFrame({"weight": weight}, geometry=shapely.points(demand), crs=CRS),
        gpd.GeoDataFrame(geometry=shapely.points(spots), crs=CRS),
    )


def _spopt(demand: gpd.GeoDataFrame, spots: gpd.GeoDataFrame, p: int) -> tuple[float, float]:
    """Return the objective that spopt finds with HiGHS, and its seconds."""
    start = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # spopt 0.7 on PuLP 3.3
        model = locate.MCLP.from_geodataframe(
            demand, spots, "geometry", "geometry", "weight", service_radius=RADIUS_M, p_facilities=p
        ).solve(pulp.HiGHS(msg=False))
    return float(model.problem.objective.value()), perf_counter() - start


def run() -> list[Row]:
    """Measure p = 10 and 20; raise if an objective differs."""
    demand, spots = _problem()
    nobody = gpd.GeoDataFrame(geometry=[], crs=CRS)
    rows = []
    for p in (10, 20):
        objective, usual = _spopt(demand, spots, p)
        found = add_sites(demand, spots, nobody, radius_m=RADIUS_M, p=p, weight="weight")
        if found.method != "siting.exact" or abs(found.value - objective) > 1e-6 * objective:
            raise AssertionError(f"p = {p}: {found.value}, but spopt finds {objective}")
        ours = timed(
            lambda p=p: add_sites(demand, spots, nobody, radius_m=RADIUS_M, p=p, weight="weight")  # type: ignore[misc]
        )
        rows += [
            Row(f"siting {DEMAND:,} × {CANDIDATES}, p = {p}", ours * 1000, "ms"),
            Row(f"  / spopt ({usual:.2f} s)", ours / usual, "", RATIO),
        ]
    return rows
