"""Hand a measured density over: raster, contours, tables, and what the reader must know."""

from __future__ import annotations

import math
from datetime import date
from types import MappingProxyType

import geopandas as gpd

from geo.density.surface import contours, to_geotiff
from geo.formats.write_geojson import to_geojson
from layers.density.measure import Measured, at_places
from layers.density.phrases import names_of
from layers.density.wording import tell
from layers.handover.documents import to_csv
from layers.handover.package import Package
from layers.language.messages import LANGS
from layers.language.values import cell, row_of


def geotiff(measured: Measured) -> bytes:
    """Return the surface as a GeoTIFF on the city's plane, parameters and caveats in its tags."""
    return to_geotiff(measured.surface)


def files(measured: Measured) -> Package:
    """Return the surface with contours, tables and what the reader must know.

    Parameters
    ----------
    measured
        What the screen shows.

    Returns
    -------
    Package
        GeoTIFF, GeoJSON (RFC 7946), CSV; numbers unrounded, words in both languages.
    """
    city = measured.city
    tables = {
        "density.tif": geotiff(measured),
        "density_contours.geojson": to_geojson(_contours(measured)),
        "density_districts.csv": _district_csv(measured),
        "density_peaks.csv": _peak_csv(measured),
        "density_places.csv": _place_csv(measured),
        "density_about.csv": _about(measured),
    }
    name = f"{city.id}_{city.data_date}_density_{measured.options.bandwidth_km}km"
    return Package(name, date.fromisoformat(city.data_date), MappingProxyType(tables))


def _contours(measured: Measured) -> gpd.GeoDataFrame:
    """Return the lines between the classes, each with what it was made from."""
    surface = measured.surface
    lines = contours(surface, measured.breaks)
    parameters = surface.parameters
    return lines.assign(
        unit=surface.unit,
        method=surface.method,
        kernel=str(parameters["kernel"]),
        sigma_m=float(str(parameters["sigma_m"])),
        cell_m=surface.cell_m,
        weight=measured.options.weight,
        places=measured.query,
        n=surface.n,
        data_date=surface.data_date,
        caveats=";".join(surface.caveats),
    )


def _district_csv(measured: Measured) -> bytes:
    names = [names_of(measured.city, lang) for lang in LANGS]
    rows = [["adcode", "name_zh", "name_en", "mass", "share", "highest_per_km2"]]
    table = measured.districts.sort_values("mass", ascending=False, kind="stable")
    for code, row in table.iterrows():
        values = ["" if math.isnan(v) else repr(float(v)) for v in row]
        rows.append([str(code), *(named[str(code)] for named in names), *values])
    return to_csv(rows)


_PEAK_HEAD = (
    "rank", "east_m", "north_m", "epsg", "per_km2", "low_per_km2", "high_per_km2", "draws",
    "label", "makers", "caveats", "holds",
)  # fmt: skip
"""``per_km2`` is with the points as drawn; 90 % of the draws lie from ``low`` to ``high``. Blank
where the bandwidth is coarse enough for the doubt, or where the doubt is not known."""


def _peak_csv(measured: Measured) -> bytes:
    rows = [list(_PEAK_HEAD)]
    for at, (peak, height) in enumerate(zip(measured.peaks, measured.heights, strict=True)):
        held = f"{measured.holds.value:.3f}" if measured.holds and at == 0 else ""
        interval = ["", "", ""]
        if height is not None:
            interval = [repr(height.low), repr(height.high), str(len(height.draws))]
        said = (*peak.caveats, *(height.caveats if height else ()))
        rows.append(
            [
                *(str(at + 1), f"{peak.x:.1f}", f"{peak.y:.1f}", str(measured.city.metric_epsg)),
                *(repr(peak.value), *interval, peak.label, ";".join(peak.makers), ";".join(said)),
                held,
            ]
        )
    return to_csv(rows)


def _place_csv(measured: Measured) -> bytes:
    """Return the density at each place: a figure, an interval over draws, or that it is refused."""
    found = at_places(measured)
    rows = [["id", "name_zh", "name_en", "location_class", "uncertainty_m", *found.columns]]
    for id_, row in found.iterrows():
        place = row_of(measured.places, str(id_))
        numbers = ["" if math.isnan(v) else repr(float(v)) for v in row.iloc[1:]]
        rows.append(
            [
                *(str(id_), *(cell(place, "name", lang) for lang in LANGS)),
                *(str(place["location_class"]), str(place["uncertainty_m"])),
                *(str(row["answer"]), *numbers),
            ]
        )
    return to_csv(rows)


def _about(measured: Measured) -> bytes:
    """Return parameters, account and every sentence of the page, in both languages."""
    told = [tell(measured, lang) for lang in LANGS]
    rows = [["name", "zh", "en"]]
    rows += [[name, str(v), str(v)] for name, v in measured.surface.parameters.items()]
    rows.append(["data_date", *[measured.surface.data_date] * 2])
    rows.append(["account", *(t.account for t in told)])
    for name in ("firmness", "notes", "method", "too_few"):
        rows += [
            [name, *sentences] for sentences in zip(*(getattr(t, name) for t in told), strict=True)
        ]
    rows.append(["verdict", *(t.verdict for t in told)])
    return to_csv(rows)
