"""Write a table that was taken in as the features that scenarios and packs are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from geo.base.errors import DataError, Problem
from layers.intake.formats.open_file import require_file
from layers.intake.formats.table import MOST_FILE_BYTES
from layers.intake.outcome import DIGITS, NO_PLACES, cells_of
from layers.intake.report import Report
from layers.intake.take_in import TakenIn, may_set_back, take_in
from layers.pack.city import City

GEOJSON: Final = (".geojson", ".json")


class Features(NamedTuple):
    """Features as GeoJSON, and what became of the file where it was a table of another kind.

    Parameters
    ----------
    data
        GeoJSON; empty where something must be answered first, or the file is refused.
    report
        None for GeoJSON, which is handed on as it is.
    """

    data: bytes
    report: Report | None


def features(path: Path, city: City, answers: Mapping[str, str]) -> Features:
    """Return the features of a file of any kind that points may have.

    Parameters
    ----------
    path
        The file. GeoJSON is not looked into: who asks for it holds it to its own rules.
    city
        Where the positions should lie.
    answers
        As of :func:`layers.intake.take_in.take_in`.

    Raises
    ------
    DataError
        It is no plain file, or too large.
    """
    require_file(path)
    if path.stat().st_size > MOST_FILE_BYTES:
        problem = Problem("intake.too_large", path.name, most=MOST_FILE_BYTES)
        raise DataError("intake.refused", [problem])
    return features_of(path.name, path.read_bytes(), city, answers)


def features_of(name: str, data: bytes, city: City, answers: Mapping[str, str]) -> Features:
    """Return the features of a file that was uploaded.

    Parameters
    ----------
    name, data
        The file; its name says whether it is GeoJSON, as in :func:`features`.
    city, answers
        As of :func:`features`.
    """
    if Path(name).suffix.lower() in GEOJSON:
        return Features(data, None)
    taken = take_in((name, data), city, answers, inverse=may_set_back())
    return Features(_geojson(taken) if taken.reading is not None else b"", taken.report)


def _geojson(taken: TakenIn) -> bytes:
    """Write every row that stands for a place, with its position in degrees or none."""
    assert taken.reading is not None
    rows = taken.reading.rows
    cells = pd.concat([cells_of(table) for table in taken.tables], ignore_index=True)
    placements = taken.diagnosis.placements if taken.diagnosis is not None else []
    known = {name for placed in placements for name in placed.columns}
    cells = cells.drop(columns=[name for name in cells if name in known])
    kept = ~rows["status"].isin(["torn", *NO_PLACES]).to_numpy()
    records = json.loads(cells[kept].to_json(orient="records", date_format="iso"))
    places = zip(rows["lon"][kept].tolist(), rows["lat"][kept].tolist(), strict=True)
    told = [
        {"type": "Feature", "properties": {k: v for k, v in one.items() if v is not None},
         "geometry": _point(*place)}
        for one, place in zip(records, places, strict=True)
    ]  # fmt: skip
    root = {"type": "FeatureCollection", "features": told}
    return json.dumps(root, ensure_ascii=False).encode()


def _point(lon: float, lat: float) -> dict[str, object] | None:
    if lon != lon or lat != lat:
        return None
    return {"type": "Point", "coordinates": [round(lon, DIGITS), round(lat, DIGITS)]}
