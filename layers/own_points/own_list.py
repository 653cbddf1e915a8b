"""Write a list that is handed back in the formats in which people take it along."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.bridge import transformer
from geo.formats.spreadsheet import is_run, safe_text
from geo.formats.write_geojson import to_geojson
from geo.formats.write_geopackage import Table, to_geopackage
from geo.intake.circles import circles
from geo.intake.notation import number
from layers.handover.contents import AREA, POINT
from layers.handover.write_data import to_csv
from layers.intake.back.columns import LOOKED_AT, contacts, numbered
from layers.intake.formats.georeference import LABELS, STATUS_LABELS, in_standard, term_of
from layers.intake.formats.headings import GIVEN_BACK, name_column
from layers.intake.handing_back import ADDED, FOR_PROGRAMS, explained, handed_back
from layers.intake.outcome import NO_PLACES, Outcome, Printed, as_workbook
from layers.language.bilingual import both
from layers.language.messages import speaker
from layers.own_points.reading import Reading
from layers.pack.city import City
from layers.pack.exchange import DATED, DOUBT, PROTOCOL, SOURCES, VERIFICATION

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
Frame = TypeVar("Frame", bound=pd.DataFrame)
TERMS: Final = (PROTOCOL, VERIFICATION, SOURCES, DATED)
"""What a file says of a position beside its doubt."""
SHEETS: Final = ("xlsx", "csv")
"""Formats that keep every row; a GIS sums over its features, so that no total may be one."""
WITH_CONTACTS: Final = SHEETS
"""Formats that keep the columns of telephones and the like, if the reader wishes."""
TITLE: Final = "title"
"""Attribute of a list: what stands above the table in the file."""
SAME_METRES: Final = 0.01
SAME_DEGREES: Final = 1e-7
"""So near, two positions are one: a way to the plane and back costs less."""


def list_name(name: str, city: City, fmt: str) -> str:
    """Return what a list is called that is handed back; the second time with a number.

    Parameters
    ----------
    name
        Of the file as it came.
    city
        Its id marks the file as the atlas's.
    fmt
        One of ``FORMATS``.
    """
    stem = name.rpartition(".")[0] or name
    before = re.fullmatch(rf"(.+)_{re.escape(city.id)}(?:_(\d{{1,4}}))?", stem)
    stem, turn = (before[1], int(before[2] or 1) + 1) if before else (stem, 1)
    return f"{stem}_{city.id}{f'_{turn}' if turn > 1 else ''}{FORMATS[fmt]}"


def contact_columns(outcome: Outcome) -> tuple[str, ...]:
    """Return the columns of a file by which a person could be reached or told.

    Parameters
    ----------
    outcome
        The file as it was read.
    """
    found: dict[str, None] = {}
    for table in outcome.tables:
        first = table.cells.slice(0, LOOKED_AT).to_pandas()
        found |= dict.fromkeys(contacts(first, [str(name) for name in first.columns]))
    return tuple(found)


def left_out(outcome: Outcome, fmt: str) -> int:
    """Return how many rows are no places, and are no features of a format therefore.

    Parameters
    ----------
    outcome
        The file as it was read.
    fmt
        One of ``FORMATS``.
    """
    status = outcome.reading.rows["status"]
    return 0 if fmt in SHEETS else int(status.isin(NO_PLACES).sum())


def own_list(
    outcome: Outcome, city: City, lang: str, fmt: str, *, with_contacts: bool = True
) -> bytes:
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
        GeoPackage does so in a table, and has a layer of the circles of doubt. Numbers are numbers.
        Of a GIS, rows that are no places are no features, see :func:`left_out`.
    with_contacts
        Whether a workbook or CSV keeps the columns of :func:`contact_columns`. A map that is passed
        on never has them.
    """
    frame = handed_back(outcome, city, lang)
    if not with_contacts or fmt not in WITH_CONTACTS:
        frame = frame.drop(columns=list(contact_columns(outcome)))
    is_row = ~outcome.reading.rows["status"].isin(NO_PLACES).to_numpy()
    if fmt != "csv":  # in which digits stay as they were written
        own = [name for name in frame.columns if name not in ADDED]
        frame = numbered(frame, own, is_row)
    if fmt not in SHEETS:
        frame = frame[is_row].reset_index(drop=True)
    frame.attrs[TITLE] = _title(outcome)
    return _WRITERS[fmt](frame, lang)


def _title(outcome: Outcome) -> str:
    """Return what stands above the table in the file; of several sheets each title once."""
    found = [one for table in outcome.tables for one in table.found if one.key == "title"]
    return " ".join(dict.fromkeys(str(one.values["value"]) for one in found))


def _xlsx(frame: pd.DataFrame, lang: str) -> bytes:
    """Return a workbook for people: Chinese before the terms, the title of the file above them."""
    say = speaker(lang)
    if lang == "zh":
        told = {one: f"{label} {one}" for one, label in STATUS_LABELS.items()}
        frame = frame.assign(
            **{VERIFICATION: frame[VERIFICATION].map(lambda one: told.get(one, one))}
        )
    headed = frame.rename(columns={term: f"{label} {term}" for term, label in LABELS.items()})
    title = str(frame.attrs.get(TITLE, ""))
    terms = [name for name in frame.columns if name in FOR_PROGRAMS]
    more = Printed(len(frame.columns) - len(terms), say("intake.print_more", n=len(terms)))
    return as_workbook(headed, say("intake.template.sheet"), explained(lang), title, more)


def _csv(frame: pd.DataFrame, lang: str) -> bytes:  # noqa: ARG001 - one shape
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    return to_csv([[safe_text(str(name)) for name in frame.columns], *zip(*columns, strict=True)])


def _cell(value: object) -> str:
    if _is_none(value):
        return ""
    if not isinstance(value, str) or not is_run(value):
        return str(value)
    known = number(value)
    return value if known is not None and known.form == "decimal" else safe_text(value)


def _is_none(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def terms_at(reading: Reading, xy: Floats) -> pd.DataFrame:
    """Return what a file says of its positions, for points that were read from it.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    xy
        Some of its points, metres on the city's plane, shape (n, 2).

    Returns
    -------
    DataFrame
        In the order of the points, lon and lat in degrees, then the terms of Darwin Core: the doubt
        of a point is the largest that rows there state, and a text stands where they agree. The
        source is the file where it names none. Of a file that is counted as it lies nothing but the
        doubt is read: what needs verification is not known.
    """
    from scipy.spatial import cKDTree  # no first view waits for it

    plane, source = reading.asked.city.metric_epsg, reading.asked.source
    lon, lat = transformer(plane, 4326).transform(*xy.T)
    made = pd.DataFrame({"lon": np.round(lon, 7), "lat": np.round(lat, 7), DOUBT: np.nan})
    for term in TERMS:
        made[term] = pd.Series("", made.index, dtype=object)
    if reading.taken is None:
        made[DOUBT] = doubts_at(reading, xy)
    elif len(xy):
        said = _said_at(source.paths[0])
        _, at = cKDTree(said[["lon", "lat"]]).query(
            np.column_stack([lon, lat]), distance_upper_bound=SAME_DEGREES
        )
        known = at < len(said)
        names = [DOUBT, *TERMS]
        made.loc[known, names] = said[names].to_numpy()[at[known]]
        made[DOUBT] = made[DOUBT].astype(float)
    made[SOURCES] = made[SOURCES].where(made[SOURCES] != "", source.name)
    return made


def names_at(reading: Reading, xy: Floats) -> list[str] | None:
    """Return what the file calls its points; None where it names none, or they are people.

    Parameters
    ----------
    reading, xy
        As of :func:`terms_at`; of a file that is counted as it lies no name is known.

    Returns
    -------
    list of str
        In the order of the points. Blank where a filter left out some of several rows at one spot
        whose names differ: which of them is meant nobody can tell.
    """
    import pyarrow.parquet as pq
    from scipy.spatial import cKDTree  # no first view waits for it

    if reading.taken is None or not len(xy):
        return None
    path = reading.asked.source.paths[0]
    named = name_column(pq.read_schema(path).names)
    if not named:
        return None
    rows = pq.read_table(path, columns=["lon", "lat", named]).to_pandas().dropna(
        subset=["lon", "lat"])  # fmt: skip
    if contacts(rows[[named]].head(LOOKED_AT), [named]):
        return None
    spots = rows.groupby(["lon", "lat"], sort=False)[named].agg(list).reset_index()
    lonlat = np.column_stack(transformer(reading.asked.city.metric_epsg, 4326).transform(*xy.T))
    _, at = cKDTree(spots[["lon", "lat"]]).query(lonlat, distance_upper_bound=SAME_DEGREES)
    turns = pd.Series(at).groupby(at)
    there = [*spots[named], []]
    return [
        _name_of(there[spot], turn, n)
        for spot, turn, n in zip(at, turns.cumcount(), turns.transform("size"), strict=True)
    ]


def _name_of(names: Sequence[object], turn: int, n: int) -> str:
    """Return the name of one of so many points at one spot, by the names of the rows there."""
    told = ["" if _is_none(name) else str(name) for name in names]
    if len(told) == n:
        return told[turn]
    return told[0] if len({*told}) == 1 else ""


def doubts_at(reading: Reading, xy: Floats) -> Floats:
    """Return how far off points may be that were read from a file, metres; NaN for not known.

    Parameters
    ----------
    reading, xy
        As of :func:`terms_at`.
    """
    from scipy.spatial import cKDTree  # no first view waits for it

    none = np.full(len(xy), np.nan)
    if reading.taken is None:
        stated = _stated_at(xy, reading) if len(xy) and len(reading.kept.doubt) else none
        return np.fmax(stated, reading.asked.columns.least_m or np.nan)
    if not len(xy):
        return none
    said = _said_at(reading.asked.source.paths[0], ())
    lonlat = np.column_stack(transformer(reading.asked.city.metric_epsg, 4326).transform(*xy.T))
    _, at = cKDTree(said[["lon", "lat"]]).query(lonlat, distance_upper_bound=SAME_DEGREES)
    return np.asarray(np.append(said[DOUBT].to_numpy(dtype=float), np.nan)[at])


def _stated_at(xy: Floats, reading: Reading) -> Floats:
    """Return the largest doubt that rows counted as they lie state at some points."""
    from scipy.spatial import cKDTree

    kept = pd.DataFrame({"x": reading.kept.xy[:, 0], "y": reading.kept.xy[:, 1],
                         "doubt": reading.kept.doubt})  # fmt: skip
    most = kept.groupby(["x", "y"], as_index=False).max()
    _, at = cKDTree(most[["x", "y"]]).query(xy, distance_upper_bound=SAME_METRES)
    found: Floats = np.append(most["doubt"].to_numpy(dtype=float), np.nan)[at]
    return found


def _said_at(path: Path, terms: Sequence[str] = TERMS) -> pd.DataFrame:
    """Return what the rows of a file that was taken in say, one row for each position."""
    import pyarrow.parquet as pq

    names = pq.read_schema(path).names
    columns = {term: [name for name in names if term_of(name) == term][:1]
               for term in terms}  # fmt: skip
    named = {name[0]: term for term, name in columns.items() if name}
    doubt = f"{DOUBT} ·"
    rows = pq.read_table(path, columns=["lon", "lat", doubt, *named]).to_pandas()
    rows = rows.dropna(subset=["lon", "lat"]).rename(columns={doubt: DOUBT, **named})
    for term in columns:
        told = rows[term] if term in rows else pd.Series("", rows.index)
        rows[term] = [in_standard(term, "" if _is_none(one) else str(one)) for one in told]
    how = {DOUBT: "max"} | dict.fromkeys(columns, _agreed)
    found: pd.DataFrame = rows.groupby(["lon", "lat"], sort=False).agg(how).reset_index()
    return found


def _agreed(texts: pd.Series) -> str:
    """Return what all rows say; nothing where they differ."""
    first = str(texts.iloc[0])
    return first if len(texts) == 1 or bool((texts == first).all()) else ""


def points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a list as points; a row without a position has none.

    Parameters
    ----------
    frame
        As :func:`layers.intake.handing_back.handed_back` returns it.
    """
    plain = frame.rename(columns=str)
    plain = _unlike(plain, ("geometry", "geom", "fid"))
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = _of_one_kind(plain[name].map(_plain))
    at = gpd.points_from_xy(plain[LON].astype(float), plain[LAT].astype(float), crs=4326)
    made = gpd.GeoDataFrame(plain, geometry=at)
    made.loc[plain[LON].isna(), "geometry"] = None
    digits = len(str(len(made)))  # ids are sorted as texts
    return made.set_index(pd.Index([f"{k:0{digits}}" for k in range(1, len(made) + 1)]))


def _of_one_kind(column: pd.Series) -> pd.Series:
    """Return a column of texts where a text stands among numbers: that of a total, for example."""
    told = [value for value in column if not _is_none(value)]
    if all(isinstance(value, str) for value in told) or not any(
        isinstance(value, str) for value in told
    ):
        return column
    return column.map(lambda value: value if _is_none(value) else str(value))


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

    Returns
    -------
    GeoDataFrame
        With the name, the doubt, its status and its source; the row is that of the points.
    """
    doubt = frame[DOUBT].to_numpy(dtype=float)
    shapes = circles(frame[LON].to_numpy(dtype=float), frame[LAT].to_numpy(dtype=float), doubt)
    kept = dict.fromkeys((name_column(list(frame.columns)), DOUBT, VERIFICATION, SOURCES))
    made = frame[[name for name in kept if name]]
    made = gpd.GeoDataFrame(made, geometry=gpd.GeoSeries(shapes, frame.index, crs=4326))
    return made[made.geometry.notna()]


def _geojson(frame: pd.DataFrame, lang: str) -> bytes:  # noqa: ARG001 - one shape
    return to_geojson(points(frame))


def _circles(frame: pd.DataFrame, lang: str) -> bytes:  # noqa: ARG001 - one shape
    return to_geojson(around(points(frame)))


def _gpkg(frame: pd.DataFrame, lang: str) -> bytes:
    made = points(frame)
    # The id of a point is the number of its row, which that of its circle stands for.
    tables = [Table("points", _unlike(made), POINT, both("intake.template.sheet"))]
    rings = _unlike(around(made), ("row",))
    if len(rings):
        rings = rings.rename_axis("row")
        tables.append(Table("uncertainty_circle", rings, AREA, both("export.circles")))
    tables.append(Table("read_me", explained(lang), frozenset(), both("intake.added.meaning")))
    return to_geopackage(tables, stamp=date.today())


def _unlike(frame: Frame, taken: Collection[str] = ()) -> Frame:
    """Return rows of which no two names differ by their capitals alone: SQLite has one of them.

    Parameters
    ----------
    frame
        The rows.
    taken
        Names in small letters that the format gives to columns of its own.
    """
    seen, names = set(taken), {}
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    for name in frame.columns:
        new = name
        while new.lower() in seen and name != geometry:
            new += " ·"
        seen.add(new.lower())
        names[name] = new
    return frame.rename(columns=names)


_WRITERS: Final[Mapping[str, Callable[[pd.DataFrame, str], bytes]]] = MappingProxyType(
    {"xlsx": _xlsx, "csv": _csv, "geojson": _geojson, "gpkg": _gpkg, "circles": _circles}
)
