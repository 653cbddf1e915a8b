"""Tell how many of a reader's own points lie in a shape that is drawn, and which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Flags, Floats
from geo.base.bridge import transformer
from geo.formats import outline
from geo.formats.outline import Outline
from geo.formats.spreadsheet import safe_text
from geo.inventory.inside import inside
from layers.handover.write_data import to_csv
from layers.intake.formats.headings import name_column
from layers.language.messages import Say, display, speaker
from layers.language.values import count, km, number, unit
from layers.own_points.own_list import doubts_at
from layers.own_points.reading import Reading
from layers.view.vague import VAGUE_M

MOST_DRAWN: Final = 5_000
"""Points at the rim that are drawn again and again; of more, so many stand for all."""
SAME_M: Final = 0.02
"""So near, two positions are one: a way to degrees and back costs less."""


@dataclass(frozen=True, eq=False)
class OwnInside:
    """How many of the points within the city lie in a shape.

    Parameters
    ----------
    shape, area_km2
        The shape, and how large it is.
    total, drawn, low, high
        Points in the city; those in the shape where the file puts them; and between which numbers
        90 % of the draws lie, each point somewhere within its doubt.
    sure, open
        Points that lie in it in every draw, and in some.
    unknown, by_district
        Points whose doubt is not known: they count where the file puts them. Rows that are known by
        their district only, which are in none of these numbers.
    is_estimate
        Whether not all points are kept, so that all numbers are scaled.
    rows
        Of a file that was taken in and is not filtered, the rows that may lie in it, the surest
        first: ``name``, ``share`` of the draws, ``drawn``, ``doubt_m``.
    """

    shape: Outline
    area_km2: float
    total: int
    drawn: int
    low: int
    high: int
    sure: int
    open: int
    unknown: int
    by_district: int
    is_estimate: bool
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)


def own_inside(reading: Reading, shape: str) -> OwnInside | None:
    """Return how many of the points lie in a shape; None for no shape, or no point.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    shape
        As :func:`geo.formats.outline.read` takes it.
    """
    one, xy, total = outline.read(shape), reading.kept.xy, reading.binned.n
    if one is None or not len(xy):
        return None
    area, doubt = one.on_plane(reading.asked.city.metric_epsg), doubts_at(reading, xy)
    shapely.prepare(area)
    held = np.asarray(shapely.contains_xy(area, *xy.T), dtype=bool)
    share, low, high = _drawn(xy, doubt, area, held, reading.asked.city.metric_epsg)
    times = 1.0 if reading.kept.whole else total / len(xy)
    numbers = {
        "drawn": held.sum(),
        "low": low,
        "high": high,
        "sure": (share == 1).sum(),
        "open": ((share > 0) & (share < 1)).sum(),
        "unknown": np.isnan(doubt).sum(),
    }
    return OwnInside(
        shape=one,
        area_km2=area.area / 1e6,
        total=total,
        **{name: round(times * int(n)) for name, n in numbers.items()},
        by_district=reading.by_district,
        is_estimate=not reading.kept.whole,
        rows=_rows(reading, share, held, doubt),
    )


def _drawn(
    xy: Floats, doubt: Floats, area: BaseGeometry, held: Flags, epsg: int
) -> tuple[Floats, int, int]:
    """Return in which share of the draws each point lies in the area, and the ends for all.

    Only a point nearer to the rim than it may be off can lie on either side.
    """
    share = held.astype(float)
    known = np.flatnonzero(np.nan_to_num(doubt) > 0)
    at_rim = shapely.distance(shapely.points(xy[known]), area.boundary) < doubt[known]
    rim = known[np.atleast_1d(at_rim)]
    if not len(rim):
        return share, int(held.sum()), int(held.sum())
    some = rim[np.linspace(0, len(rim) - 1, min(len(rim), MOST_DRAWN)).astype(int)]
    frame = gpd.GeoDataFrame({"kind": "own", "uncertainty_m": doubt[some]}, index=some,
                             geometry=shapely.points(xy[some]), crs=epsg)  # fmt: skip
    found, times = inside(frame, area), len(rim) / len(some)
    share[rim] = 0.5  # of those that were not drawn: in some draws
    share[some] = found.places["share"].to_numpy(dtype=float)
    rest = int(held.sum()) - int(held[rim].sum())
    return share, rest + round(times * found.low), rest + round(times * found.high)


def _rows(reading: Reading, share: Floats, held: Flags, doubt: Floats) -> pd.DataFrame:
    """Return the rows of the file at the points that may lie in the shape, by their names."""
    import pyarrow.parquet as pq
    from scipy.spatial import cKDTree  # no first view waits for it

    touched = np.flatnonzero(held | (share > 0))
    if reading.taken is None or reading.asked.columns.wanted or not len(touched):
        return pd.DataFrame()
    path = reading.asked.source.paths[0]
    names = pq.read_schema(path).names
    named = name_column(names) or names[0]
    table = pq.read_table(path, columns=["lon", "lat", named]).to_pandas().dropna(
        subset=["lon", "lat"])  # fmt: skip
    there = transformer(4326, reading.asked.city.metric_epsg).transform(table["lon"], table["lat"])
    _, at = cKDTree(reading.kept.xy[touched]).query(
        np.column_stack(there), distance_upper_bound=SAME_M
    )
    table, at = table[at < len(touched)], touched[at[at < len(touched)]]
    rows = pd.DataFrame({"name": table[named].astype("string").fillna("").to_numpy(),
                         "share": share[at], "drawn": held[at], "doubt_m": doubt[at]})  # fmt: skip
    return rows.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def word_inside(found: OwnInside, lang: str) -> tuple[str, ...]:
    """Say how many of the points lie in the shape, then how sure that is.

    Parameters
    ----------
    found
        As :func:`own_inside` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, one = speaker(lang), found.shape
    area = number(found.area_km2, unit("km2", lang))
    radius = km(one.numbers[2], lang) if one.kind == "circle" else ""
    told = {
        "shape": say(f"inside_page.kind.{one.kind}", radius=radius, area=area),
        "n": count(found.drawn),
        "low": count(found.low),
        "high": count(found.high),
        "total": count(found.total),
    }
    settled = found.low == found.high == found.drawn
    sentence = say("inside_page.own_settled" if settled else "inside_page.own_result", **told)
    return (sentence, *_account(found, say))


def _account(found: OwnInside, say: Say) -> list[str]:
    """Say which are sure, of how many that is not known, and which do not count."""
    lines = []
    if found.open:
        lines.append(say("inside_page.own_sure", sure=count(found.sure), open=count(found.open)))
    if found.unknown:
        n = count(found.unknown)
        lines.append(say("inside_page.own_unknown", n=n, total=count(found.total)))
    if found.by_district:
        limit = f"{VAGUE_M / 1000:g}"
        lines.append(say("inside_page.own_vague", n=count(found.by_district), limit=limit))
    if found.is_estimate:
        lines.append(say("inside_page.own_estimate"))
    return lines


def table_inside(found: OwnInside, lang: str) -> pd.DataFrame:
    """Return the rows that may lie in the shape as a reader sees them, by the name of each.

    Parameters
    ----------
    found
        As :func:`own_inside` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, rows = speaker(lang), found.rows
    if rows.empty:
        return rows
    metres = [say("points_page.dated_unknown") if np.isnan(one) else number(one, unit("m", lang))
              for one in rows["doubt_m"]]  # fmt: skip
    columns = {
        say("inside_page.share"): [number(100 * one, "%") for one in rows["share"]],
        say("inside_page.drawn"): [say("card.yes" if one else "card.no") for one in rows["drawn"]],
        say("points_page.column.doubt"): metres,
    }
    names = [display(one, longest=60) for one in rows["name"]]
    return pd.DataFrame(columns, index=pd.Index(names, name=say("inside_page.own_row")))


def csv_inside(found: OwnInside, lang: str) -> bytes:
    """Return that table as CSV: no spreadsheet runs what stands in it.

    Parameters
    ----------
    found, lang
        As for :func:`table_inside`.
    """
    table = table_inside(found, lang).reset_index()
    rows = [[safe_text(str(cell)) for cell in row] for row in table.to_numpy().tolist()]
    return to_csv([list(map(str, table.columns)), *rows])
