"""Choose features of a layer by box, time, values and text, as OGC API Features asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

TIME: Final = "as_of"
"""The column by which ``datetime`` chooses: as of when a row is true, a day, a month or a year."""
OPEN: Final = ("", "..")
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Held:
    """A layer as it was written.

    Parameters
    ----------
    features
        Its features, in the order of the file.
    frame
        The same rows with their shapes, for questions.
    """

    features: tuple[dict[str, Any], ...]
    frame: gpd.GeoDataFrame


def held(path: str) -> Held:
    """Return a layer, read once for each state of its file.

    Parameters
    ----------
    path
        A file of GeoJSON.
    """
    return _read(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: str, stamp: int) -> Held:
    del stamp
    features = tuple(json.loads(Path(path).read_text(encoding="utf-8"))["features"])
    shapes = [each["geometry"] and shapely.from_geojson(json.dumps(each["geometry"]))
              for each in features]  # fmt: skip
    # Types that know what is missing: a comparison with it is neither true nor false.
    rows = pd.DataFrame([each["properties"] for each in features]).convert_dtypes()
    return Held(features, gpd.GeoDataFrame(rows, geometry=shapes, crs=4326))


def in_box(frame: gpd.GeoDataFrame, box: Sequence[float]) -> Mask:
    """Tell which rows have a shape that meets a box; rows without one do not.

    Parameters
    ----------
    frame
        The rows, in degrees.
    box
        West, south, east, north in degrees, heights between them or not; all rows if empty. One
        whose west exceeds its east leads across 180°.
    """
    if not len(box):
        return np.ones(len(frame), dtype=bool)
    west, south, east, north = (*box[:2], *box[3:5]) if len(box) == 6 else box
    parts = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    shapes = frame.geometry.to_numpy()
    met = [shapely.intersects(shapes, shapely.box(a, south, b, north)) for a, b in parts]
    return np.asarray(np.logical_or.reduce(met), dtype=bool)


def in_time(frame: pd.DataFrame, asked: str | None) -> Mask:
    """Tell which rows are as of a moment or of a span.

    Parameters
    ----------
    frame
        The rows; one whose column :data:`TIME` says a month or a year is as of all its days.
    asked
        A day or moment of RFC 3339, or two of them with a slash between; None for all rows.

    Raises
    ------
    ValueError
        It is neither, or ends before it begins.
    """
    if asked is None:
        return np.ones(len(frame), dtype=bool)
    first, _, last = asked.partition("/")
    ends = (first, last) if "/" in asked else (first, first)
    begin, end = (None if each in OPEN else _day(each) for each in ends)
    reversed_ = bool(begin and end and begin > end)
    if reversed_ or ("/" not in asked and begin is None):
        raise ValueError(asked)
    known = [str(at) if isinstance(at, str) else "" for at in frame.get(TIME, [""] * len(frame))]
    return np.array(
        [
            bool(at)
            and (begin is None or (at + "-12-31"[len(at) - 4 :])[:10] >= begin)
            and (end is None or at <= end)
            for at in known
        ],
        dtype=bool,
    )


def _day(text: str) -> str:
    return datetime.fromisoformat(text).date().isoformat()


def with_values(frame: pd.DataFrame, asked: Iterable[tuple[str, str]]) -> Mask:
    """Tell which rows have the values that are asked for, all of them.

    Parameters
    ----------
    frame
        The rows.
    asked
        Columns and values, as an address holds them.
    """
    found = np.ones(len(frame), dtype=bool)
    for name, text in asked:
        found &= np.array([_same(value, text) for value in frame[name]], dtype=bool)
    return found


def _same(value: object, text: str) -> bool:
    """Tell whether a value is what an address says: numbers by their size, flags in small."""
    if isinstance(value, bool | np.bool_):
        return str(value).lower() == text.lower()
    if isinstance(value, int | float | np.number):
        try:
            return float(value) == float(text)
        except ValueError:
            return False
    return isinstance(value, str) and value == text


def with_text(frame: pd.DataFrame, text: str | None) -> Mask:
    """Tell which rows hold a text in any column, in capitals or not.

    Parameters
    ----------
    frame
        The rows.
    text
        What is looked for; None for all rows.
    """
    if not text:
        return np.ones(len(frame), dtype=bool)
    words = text.casefold()
    return np.array(
        [any(isinstance(v, str) and words in v.casefold() for v in row)
         for row in frame.drop(columns="geometry").to_numpy()],
        dtype=bool,
    )  # fmt: skip


def ordered(rows: pd.DataFrame, keys: Sequence[tuple[str, bool]]) -> list[int]:
    """Return the positions of rows in an order; what is missing comes last.

    Parameters
    ----------
    rows
        The chosen rows, indexed by position.
    keys
        Columns, each with whether it rises, the most important first.
    """
    order = list(rows.index)
    for name, rises in reversed(keys):
        values = dict(rows[name].dropna().items())
        known = sorted((at for at in order if at in values), key=values.__getitem__,
                       reverse=not rises)  # fmt: skip
        order = [*known, *(at for at in order if at not in values)]
    return order
