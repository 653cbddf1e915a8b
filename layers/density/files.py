"""Hand a density over: raster, contours, tables."""

from __future__ import annotations

import math

import geopandas as gpd
import pandas as pd

from geo.density.surface import contours, sums, to_geotiff
from layers.density.measure import DensityAnswer, at_places
from layers.density.phrases import names_of
from layers.density.wording import word
from layers.handover.analysis_export import Answered, Data, analysis_package
from layers.handover.contents import LINE, POINT, Form, Raster
from layers.handover.look import Look, Shades
from layers.handover.package import Package
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS
from layers.map.colours import OPACITY, shades

_CONTOUR, _PEAK = Look("line", line="#8C3A1F", weight=4.0), Look("point", "#14171A", fill="#14171A")
_INTERVALS = (("per_km2", "low_per_km2", "high_per_km2"),)
_PLACE = Look("point", line="#14171A")


def geotiff(answer: DensityAnswer) -> bytes:
    """Return the surface as a GeoTIFF on the city's plane, parameters and caveats in its tags.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    """
    return to_geotiff(answer.surface)


def hand_over(answer: DensityAnswer, form: Form) -> Package:
    """Return the surface with contours and tables, numbers unrounded.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`; the raster is always a GeoTIFF
        on the city's plane.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    surface = answer.surface
    return analysis_package(
        Answered(
            name="density",
            city=answer.city,
            question=answer.question,
            words={lang: word(answer, lang) for lang in LANGS},
            layers=answer.question.layers,
            data={
                "contours": Data(_contours(answer), LINE, _CONTOUR),
                "peaks": Data(_peaks(answer), POINT, _PEAK, intervals=_INTERVALS),
                "places": Data(_places(answer), POINT, _PLACE, intervals=_INTERVALS),
                "districts": Data(_districts(answer)),
            },
            asked={**surface.parameters, "epsg": answer.city.metric_epsg},
            result={"highest_per_km2": surface.value, "n": surface.n},
            findings=(surface, *answer.peaks, *(h for h in answer.heights if h is not None)),
            rasters=(_raster(answer),),
        ),
        form,
    )


def _raster(answer: DensityAnswer) -> Raster:
    """Return the surface as a file, in the classes and colours of the map."""
    surface, bounds = answer.surface, answer.breaks
    rows, columns = surface.values.shape
    east, north = surface.x0 + columns * surface.cell_m, surface.y0 + rows * surface.cell_m
    labels = tuple(f"≥ {bound:.3g} /km²" for bound in bounds)
    shades_ = Shades(bounds, shades(len(bounds)), labels, OPACITY) if bounds else None
    return Raster(
        "density",
        pair("analysis.density"),
        geotiff(answer),
        shades_,
        answer.city.metric_epsg,
        (surface.x0, surface.y0, east, north),
        _sum_note(answer),
    )


def _sum_note(answer: DensityAnswer) -> Bilingual:
    """Say what the cells of the raster add up to, and why that is not the number of places."""
    cells, made_of = sums(answer.surface)
    plain = answer.options.weight == "none"
    key = "density.raster_sum" if plain else "density.raster_sum_weighted"
    return pair(key, cells=f"{cells:.4g}", n=f"{made_of:.6g}")


def _contours(answer: DensityAnswer) -> gpd.GeoDataFrame:
    """Return the lines between the classes, each with what it was made from."""
    surface = answer.surface
    parameters = surface.parameters
    return (
        contours(surface, answer.breaks)
        .rename_axis("id")
        .assign(
            unit=surface.unit,
            method=surface.method,
            kernel=str(parameters["kernel"]),
            sigma_m=float(str(parameters["sigma_m"])),
            cell_m=surface.cell_m,
            weighted_by=answer.options.weight,
            places=answer.query,
            n=surface.n,
            data_date=surface.data_date,
            caveats=";".join(surface.caveats),
        )
    )


def _districts(answer: DensityAnswer) -> pd.DataFrame:
    table = answer.districts.sort_values("mass", ascending=False, kind="stable")
    named = {f"name_{lang}": table.index.map(names_of(answer.city, lang)) for lang in LANGS}
    figures = table.rename(columns={"highest": "highest_per_km2"})
    return pd.DataFrame(named, index=table.index).join(figures).rename_axis("adcode")


def _peaks(answer: DensityAnswer) -> gpd.GeoDataFrame:
    """Return the peaks, the highest first.

    ``per_km2`` is with the points as drawn; 90 % of the draws lie from ``low_per_km2`` to
    ``high_per_km2``. These are missing where the bandwidth is coarse enough for the doubt, or where
    the doubt is not known.
    """
    rows = []
    for at, (peak, height) in enumerate(zip(answer.peaks, answer.heights, strict=True)):
        rows.append(
            {
                "rank": at + 1,
                "per_km2": peak.value,
                "low_per_km2": math.nan if height is None else height.low,
                "high_per_km2": math.nan if height is None else height.high,
                "draws": None if height is None else len(height.draws),
                "label": peak.label,
                "makers": tuple(peak.makers),
                "caveats": (*peak.caveats, *(height.caveats if height else ())),
                "holds": answer.holds.value if answer.holds and at == 0 else math.nan,
            }
        )
    spots = gpd.points_from_xy([p.x for p in answer.peaks], [p.y for p in answer.peaks])
    names = [
        *("rank", "per_km2", "low_per_km2", "high_per_km2", "draws"),
        *("label", "makers", "caveats", "holds"),
    ]
    figures = dict.fromkeys(("per_km2", "low_per_km2", "high_per_km2", "holds"), "float64")
    kinds = {"rank": "int64", "draws": "Int64", **figures}  # of no row too
    table = pd.DataFrame(rows, columns=names).astype(kinds)
    ids = pd.Index([f"peak-{rank}" for rank in table["rank"]], name="id")
    plane = answer.city.metric_epsg
    return gpd.GeoDataFrame(table.set_index(ids), geometry=spots, crs=plane)


def _places(answer: DensityAnswer) -> gpd.GeoDataFrame:
    """Return the density at each place: a figure, an interval over draws, or that it is refused."""
    places = answer.places
    told = places[["name_zh", "name_en", "location_class", "uncertainty_m", "geometry"]]
    return gpd.GeoDataFrame(told.join(at_places(answer))).rename_axis("id")
