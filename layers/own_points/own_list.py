"""Write a list that is handed back in the formats in which people take it along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.formats.spreadsheet import safe_text
from geo.formats.write_geojson import to_geojson
from geo.formats.write_geopackage import Table, to_geopackage
from geo.intake.circles import circles
from geo.intake.notation import number
from layers.handover.contents import AREA, POINT
from layers.handover.write_data import to_csv
from layers.intake.formats.headings import GIVEN_BACK
from layers.intake.handing_back import explained, handed_back
from layers.intake.outcome import Outcome, as_workbook
from layers.language.bilingual import both
from layers.language.messages import speaker
from layers.pack.city import City
from layers.pack.exchange import DOUBT

FORMATS: Final = MappingProxyType(
    {
        "xlsx": ".xlsx",
        "csv": ".csv",
        "geojson": ".geojson",
        "gpkg": ".gpkg",
        "circles": "_circles.geojson",
    }
)
"""How the name of a file ends, by format; ``circles`` has the circles of doubt alone."""
LON, LAT, _ = GIVEN_BACK


def own_list(outcome: Outcome, city: City, lang: str, fmt: str) -> bytes:
    """Return a list with what was done to each row, as a file.

    Parameters
    ----------
    outcome
        The file as it was read, and what the reader has done since.
    city
        Its districts are named.
    lang
        Language of the words.
    fmt
        One of ``FORMATS``. The workbook says in a second sheet what the added columns mean; the
        GeoPackage does so in a table, and has a layer of the circles of doubt.
    """
    return _WRITERS[fmt](handed_back(outcome, city, lang), lang)


def _xlsx(frame: pd.DataFrame, lang: str) -> bytes:
    return as_workbook(frame, speaker(lang)("intake.template.sheet"), explained(lang))


def _csv(frame: pd.DataFrame, lang: str) -> bytes:  # noqa: ARG001 - one shape
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    return to_csv([[safe_text(str(name)) for name in frame.columns], *zip(*columns, strict=True)])


def _cell(value: object) -> str:
    if _is_none(value):
        return ""
    if not isinstance(value, str) or len(value) == 1:
        return str(value)
    known = number(value)
    return value if known is not None and known.form == "decimal" else safe_text(value)


def _is_none(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a list as points; a row without a position has none.

    Parameters
    ----------
    frame
        As :func:`layers.intake.handing_back.handed_back` returns it.
    """
    plain = frame.rename(columns=str)
    taken = {name.lower() for name in plain.columns}
    # A column of the file may bear the name of the geometry, or of the id of a GeoPackage.
    own = {
        name: f"{name} ·" for name in plain.columns if name.lower() in ("geometry", "geom", "fid")
    }
    plain = plain.rename(columns=_alone(own, taken))
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = plain[name].map(_plain)
    at = gpd.points_from_xy(plain[LON].astype(float), plain[LAT].astype(float), crs=4326)
    made = gpd.GeoDataFrame(plain, geometry=at)
    made.loc[plain[LON].isna(), "geometry"] = None
    digits = len(str(len(made)))  # ids are sorted as texts
    return made.set_index(pd.Index([f"{k:0{digits}}" for k in range(1, len(made) + 1)]))


def _alone(names: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    return {name: new for name, new in names.items() if new.lower() not in taken}


def _plain(value: Any) -> object:
    """Return a cell as text, number or flag; whatever else a file holds as it would be printed."""
    if isinstance(value, bool | int | float | str):
        return value if value == value else None
    return None if _is_none(value) else str(value)


def around(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the circle around each point within which it is thought to lie.

    Parameters
    ----------
    frame
        As of :func:`points`; a point of unknown doubt has no circle.
    """
    doubt = frame[DOUBT].to_numpy(dtype=float)
    shapes = circles(frame[LON].to_numpy(dtype=float), frame[LAT].to_numpy(dtype=float), doubt)
    made = frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=4326))
    return made[made.geometry.notna()]


def _geojson(frame: pd.DataFrame, lang: str) -> bytes:  # noqa: ARG001 - one shape
    return to_geojson(points(frame))


def _circles(frame: pd.DataFrame, lang: str) -> bytes:  # noqa: ARG001 - one shape
    return to_geojson(around(points(frame)))


def _gpkg(frame: pd.DataFrame, lang: str) -> bytes:
    made = points(frame)
    tables = [Table("points", _unlike(made), POINT, both("intake.template.sheet"))]
    rings = around(made)
    if len(rings):
        tables.append(Table("uncertainty_circle", _unlike(rings), AREA, both("export.circles")))
    tables.append(Table("read_me", explained(lang), frozenset(), both("intake.added.meaning")))
    return to_geopackage(tables, stamp=date.today())


def _unlike(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows of which no two names differ by their capitals alone: SQLite has one of them."""
    seen: set[str] = set()
    names: dict[str, str] = {}
    for name in frame.columns:
        new = name
        while new.lower() in seen:
            new += " ·"
        seen.add(new.lower())
        names[name] = new
    return frame.rename(columns=names).rename_axis("row")


_WRITERS: Final[Mapping[str, Callable[[pd.DataFrame, str], bytes]]] = MappingProxyType(
    {"xlsx": _xlsx, "csv": _csv, "geojson": _geojson, "gpkg": _gpkg, "circles": _circles}
)
