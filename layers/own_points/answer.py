"""Answer what is asked of a reader's own points: one of four things, in words and as files."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.bridge import transformer
from geo.density.surface import contours, to_geotiff
from layers.handover.analysis_package import AREA, Tables, parcel
from layers.handover.package import Package
from layers.own_points.bins import BinsShown, bins_shown, tell_bins
from layers.own_points.clusters import ClustersShown, clusters_shown, tell_clusters
from layers.own_points.hot_spots import SpotsShown, spots_shown, tell_spots
from layers.own_points.reading import Reading, Stopped, Tell, account_values
from layers.own_points.surface import SurfaceShown, surface_shown, tell_surface
from layers.own_points.wording import Told
from layers.view.page_options import PointsOptions
from layers.view.state import ViewState

Shown = SurfaceShown | BinsShown | ClustersShown | SpotsShown
LINE: Final = frozenset({"LineString", "MultiLineString"})
HULLS: Final = AREA | {"LineString", "Point"}
"""The hull of points in a line is a line."""
ASKED: Final = MappingProxyType(
    {
        "surface": ("sigma_m", "kernel", "bandwidth"),
        "bins": ("shape", "grain"),
        "clusters": ("clusters", "reach_m", "least"),
        "hotspots": ("grain",),
    }
)
"""By what is shown, the options that it depends on, apart from the reading."""


def relevant(options: PointsOptions) -> PointsOptions:
    """Return options in which everything that does not change the answer is at its default."""
    kept = {name: getattr(options, name) for name in ASKED[options.show]}
    return PointsOptions(show=options.show, cell_m=options.cell_m, **kept)


def answer(reading: Reading, options: PointsOptions, tell: Tell, stopped: Stopped) -> Shown:
    """Work out what is asked.

    Parameters
    ----------
    reading
        The points.
    options
        What is asked.
    tell, stopped
        As in :func:`layers.own_points.reading.read`.
    """
    if options.show == "bins":
        return bins_shown(reading, options, tell, stopped)
    if options.show == "clusters":
        return clusters_shown(reading, options, tell, stopped)
    if options.show == "hotspots":
        return spots_shown(reading, options, tell, stopped)
    return surface_shown(reading, options, tell, stopped)


def told(shown: Shown, lang: str) -> Told:
    """Put an answer into words (``zh`` or ``en``)."""
    if isinstance(shown, BinsShown):
        return tell_bins(shown, lang)
    if isinstance(shown, ClustersShown):
        return tell_clusters(shown, lang)
    if isinstance(shown, SpotsShown):
        return tell_spots(shown, lang)
    return tell_surface(shown, lang)


def has_files(shown: Shown) -> bool:
    """Tell whether there is a result to hand over."""
    if isinstance(shown, SurfaceShown):
        return shown.surface is not None
    if isinstance(shown, ClustersShown):  # what the points weigh does not matter
        return not shown.found.refused
    found = shown.bins if isinstance(shown, BinsShown) else shown.found
    return not (found.refused or shown.reading.blank)


def geotiff(shown: SurfaceShown) -> bytes:
    """Return the surface as a GeoTIFF on the city's plane, parameters and account in its tags."""
    assert shown.surface is not None
    return to_geotiff(shown.surface)


def package(shown: Shown, state: ViewState) -> Package:
    """Return an answer as files: areas and lines as GeoJSON, tables as CSV, a manifest.

    Parameters
    ----------
    shown
        What the screen shows.
    state
        Whose address goes into the manifest.

    Returns
    -------
    Package
        The same answer gives the same bytes.
    """
    options = shown.options
    extra: dict[str, bytes] = {}
    if isinstance(shown, SurfaceShown) and shown.surface is not None:
        extra["surface.tif"] = geotiff(shown)
    kept = {name: getattr(options, name) for name in ("show", *ASKED[options.show])}
    return parcel(
        shown.reading.asked.city,
        state,
        f"points_{options.show}",
        "geojson",
        {**_tables(shown), "rows": (_account(shown.reading), frozenset())},
        asked={**kept, "cell_m": shown.reading.asked.cell_m},
        result=account_values(shown.reading),
        findings=shown.findings,
        extra=extra,
    )


def _account(reading: Reading) -> pd.DataFrame:
    values = {name: str(value) for name, value in account_values(reading).items()}
    return pd.DataFrame({"value": values}).rename_axis("name")


def _tables(shown: Shown) -> Tables:
    if isinstance(shown, BinsShown):
        return _bins(shown)
    if isinstance(shown, ClustersShown):
        return _clusters(shown)
    if isinstance(shown, SpotsShown):
        return _spots(shown)
    return _surface(shown)


def _surface(shown: SurfaceShown) -> Tables:
    districts = shown.districts.rename_axis("adcode")
    tables: dict[str, Any] = {"districts": (districts, frozenset())}
    if shown.surface is not None:
        surface = shown.surface
        lines = contours(surface, shown.breaks).rename_axis("id")
        given = {name: surface.parameters[name] for name in ("kernel", "sigma_m", "cell_m", "file")}
        tables["contours"] = (
            lines.assign(unit=surface.unit, n=surface.n, method=surface.method, **given),
            LINE,
        )
    return tables


def _bins(shown: BinsShown) -> Tables:
    if shown.bins.refused:
        return {}
    said = shown.bins.parameters
    grain = {name: said[name] for name in ("resolution", "cell_m") if name in said}
    file = shown.reading.asked.source.name
    frame = shown.bins.frame.assign(method=shown.bins.method, file=file, **grain)
    return {"bins": (frame, AREA), "bins_table": (_plain(frame), frozenset())}


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry"))


def _clusters(shown: ClustersShown) -> Tables:
    if shown.found.refused:
        return {}
    plane = shown.reading.asked.city.metric_epsg
    lon, lat = transformer(plane, 4326).transform(*shown.xy.T)
    points = pd.DataFrame(
        {"lon": np.round(lon, 7), "lat": np.round(lat, 7), "cluster": shown.labels}
    ).rename_axis("point")
    hulls = shown.hulls.assign(method=shown.found.method, file=shown.reading.asked.source.name)
    hulls.index = pd.Index([f"cluster-{k:04d}" for k in range(len(hulls))], name="id")
    return {
        "clusters": (hulls, HULLS),
        "clusters_table": (shown.found.table, frozenset()),
        "cluster_points": (points, frozenset()),
        "ripley": (shown.ripley.table, frozenset()),
    }


def _spots(shown: SpotsShown) -> Tables:
    if shown.found.refused:
        return {}
    frame = shown.cells.assign(file=shown.reading.asked.source.name)
    return {"hotspots": (frame, AREA), "hotspots_table": (_plain(frame), frozenset())}
