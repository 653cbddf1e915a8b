"""Time reach, lookups and simulated locations beside the usual way; a wrong answer has no speed."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage.service_area import assign, service_area
from geo.coverage.simulation import LINE_STEP_M, simulate
from layers.pack.city import City, load_city
from tests import ROOT
from tests.bench.table import Row

ROUNDS = 9
RADIUS_M = 3000.0
SITES = (10_000, 100_000)
UNION_RATIO = {10_000: 0.03, 100_000: 0.003}
AREA_ERROR = 1e-4
POINTS = 1_000_000
JOIN_RATIO = 0.005
DRAWS = 500
DRAWS_S = 1.0
REST_POINTS = 0.2


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median seconds of some rounds, after one that warms up."""
    work()
    seconds = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return median(seconds)


def crowd(districts: gpd.GeoDataFrame, n: int, seed: int) -> gpd.GeoDataFrame:
    """Points of a Thomas process (clusters of 50, σ = 2 km) over the rectangle of the city."""
    random = np.random.default_rng(seed)
    west, south, east, north = districts.total_bounds
    centres = random.uniform([west, south], [east, north], (max(n // 50, 10), 2))
    xy = centres[random.integers(0, len(centres), n)] + random.normal(0, 2000, (n, 2))
    return gpd.GeoDataFrame(geometry=shapely.points(xy), crs=districts.crs)


def _reach(districts: gpd.GeoDataFrame, n: int) -> list[Row]:
    sites = crowd(districts, n, seed=1)
    exact = service_area(sites, radius_m=RADIUS_M, method="vector").value
    error = abs(service_area(sites, radius_m=RADIUS_M).value / exact - 1)
    if error > AREA_ERROR:
        raise AssertionError(f"{n} sites: the area errs by {error:.1e}")
    ours = timed(lambda: service_area(sites, radius_m=RADIUS_M))
    usual = timed(lambda: sites.buffer(RADIUS_M).union_all(), rounds=1 if n > 50_000 else 5)
    discs = sites.buffer(RADIUS_M).to_numpy()
    union = timed(lambda: shapely.union_all(discs), rounds=1 if n > 50_000 else 5)
    return [
        Row(f"coverage of {n:,} sites", ours * 1000, "ms"),
        Row(f"  / buffer and union_all ({usual:.2f} s)", ours / usual, "", UNION_RATIO[n]),
        Row(f"  / union_all alone ({union:.2f} s)", ours / union, "", UNION_RATIO[n]),
        Row("  area error, parts of 10,000", error * 1e4, "", AREA_ERROR * 1e4),
    ]


def _lookup(districts: gpd.GeoDataFrame) -> list[Row]:
    random = np.random.default_rng(2)
    west, south, east, north = districts.total_bounds
    xy = random.uniform([west - 2000, south - 2000], [east + 2000, north + 2000], (POINTS, 2))
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=districts.crs)
    areas = districts[["geometry"]].rename_axis("label").reset_index()
    start = perf_counter()
    joined = gpd.sjoin(points, areas, how="left")
    usual = perf_counter() - start
    labels = assign(xy, districts).astype(object)
    if not labels.fillna("").equals(joined["label"].astype(object).fillna("")):
        raise AssertionError("a label differs from that of the spatial join")
    ours = timed(lambda: assign(xy, districts))
    return [
        Row(f"districts of {POINTS:,} points", ours * 1000, "ms"),
        Row(f"  / sjoin ({usual:.2f} s)", ours / usual, "", JOIN_RATIO),
        Row(
            "  / sjoin, from a frame of points", timed(lambda: assign(points, districts), 3) / usual
        ),
    ]


def _draws(city: City, districts: gpd.GeoDataFrame) -> list[Row]:
    layers = [layer.frame for layer in city.layers.values() if layer.spec.group == "plan"]
    places = gpd.GeoDataFrame(pd.concat(layers), crs=4326).to_crs(city.metric_epsg)
    group = districts["half"]
    found = simulate(places, districts, radius_m=5000, group=group, draws=DRAWS)
    apart = 100 * float((found.units["at_rest"] - found.units["exact"]).abs().max())
    if apart > REST_POINTS:
        raise AssertionError(f"the undisturbed draw is {apart:.2f} points off")
    seconds = timed(lambda: simulate(places, districts, radius_m=5000, group=group, draws=DRAWS))
    name = f"{DRAWS} draws of {found.n} places, scan lines {LINE_STEP_M:.0f} m apart"
    return [
        Row(name, seconds, "s", DRAWS_S),
        Row("  undisturbed draw, worst unit, off by points", apart, "", REST_POINTS),
    ]


def run() -> list[Row]:
    """Measure all three; raise if an area, a label or a share is wrong."""
    city = load_city(ROOT / "data" / "tianjin")
    districts = city.districts.to_crs(city.metric_epsg)
    rows = [row for n in SITES for row in _reach(districts, n)]
    return [*rows, *_lookup(districts), *_draws(city, districts)]
