"""Write a table that was taken in as the features that scenarios and packs are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.base.errors import DataError, Problem
from geo.coverage.scenario import MEMBER, MOST_EDITS, Edit, Loaded
from geo.formats.read_geojson import WGS84_NAMES, decode_json, system_name
from layers.intake.formats.open_file import require_file
from layers.intake.formats.table import MOST_FILE_BYTES, Observation
from layers.intake.outcome import DIGITS, NO_PLACES, cells_of
from layers.intake.precision import beyond
from layers.intake.read import ROW_PROBLEMS
from layers.intake.report import Account, Report
from layers.intake.scenarios.rows import Row, Understood, require_columns, understood
from layers.intake.take_in import TakenIn, may_set_back, refusal, take_in
from layers.pack.city import City
from layers.pack.reader import MOST_ROWS

GEOJSON: Final = (".geojson", ".json")
_WITHOUT_POSITION: Final = frozenset(
    ROW_PROBLEMS[why] for why in ("blank", "placeholder", "empty_point", "torn", *NO_PLACES)
)


class Features(NamedTuple):
    """Features as GeoJSON, and what became of the file where it was a table of another kind.

    Parameters
    ----------
    data
        GeoJSON; empty where something must be answered first, or the file is refused.
    report
        None for GeoJSON, which is handed on as it is.
    understood
        Of the rows of a scenario in a table, how the file itself calls them; None of others.
    """

    data: bytes
    report: Report | None
    understood: Understood | None = None


def features(
    path: Path, city: City, answers: Mapping[str, str], *, is_scenario: bool = False
) -> Features:
    """Return the features of a file of any kind that points may have.

    Parameters
    ----------
    path
        The file. GeoJSON is not looked into: who asks for it holds it to its own rules.
    city
        Where the positions should lie.
    answers
        As of :func:`layers.intake.take_in.take_in`.
    is_scenario
        Whether its rows are changes, see :func:`changes`.

    Raises
    ------
    DataError
        It is no plain file, or too large.
    """
    require_file(path)
    if path.stat().st_size > MOST_FILE_BYTES:
        problem = Problem("intake.too_large", path.name, most=MOST_FILE_BYTES)
        raise DataError("intake.refused", [problem])
    read = changes if is_scenario else features_of
    return read(path.name, path.read_bytes(), city, answers)


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
    if taken.reading is None:
        return Features(b"", taken.report)
    if _places(taken) > MOST_ROWS:
        problem = Problem("intake.too_many_rows", name, most=MOST_ROWS)
        raise DataError("intake.refused", [problem])
    return Features(_geojson(taken, {}), taken.report)


def changes(name: str, data: bytes, city: City, answers: Mapping[str, str]) -> Features:
    """Return the features of a scenario; GeoJSON in another system is read by what it declares.

    Parameters
    ----------
    name, data
        The file.
    city, answers
        As of :func:`features`.

    Returns
    -------
    Features
        Without data where it lacks columns, and nothing is told of its rows then; and where
        positions cannot be used: each row with its reason.

    Raises
    ------
    DataError
        It has more changes than a scenario may have.
    """
    head = _head_elsewhere(data) if Path(name).suffix.lower() in GEOJSON else {}
    if head is None:
        return Features(data, None)
    taken = take_in((name, data), city, answers, inverse=may_set_back())
    names = list(dict.fromkeys(one for table in taken.tables for one in table.names))
    if MEMBER not in head and (lacking := _lacking(taken, names, name)):
        return Features(b"", refusal(lacking, taken.tables))
    if taken.reading is None and not _has_no_positions(taken):
        return Features(b"", taken.report)
    if (n := _places(taken)) > MOST_EDITS:
        problem = Problem("scenario.too_many", name, n=n, most=MOST_EDITS)
        raise DataError("intake.refused", [problem])
    # A blank position is one of a site that closes, or told of by who asks for it.
    bad = [one for one in taken.report.problems if one.key not in _WITHOUT_POSITION]
    if bad and taken.reading is not None:
        return Features(b"", refusal(bad, taken.tables))
    report = taken.report if taken.reading is not None else _without_positions(taken.report)
    if MEMBER in head:
        return Features(_geojson(taken, head), report)
    placed = _placed(taken) if taken.reading is not None else None
    try:
        known = understood(_scenario_rows(taken), names, placed, city, name)
    except DataError as error:
        return Features(b"", refusal(error.problems, taken.tables))
    title = next((str(one.values["value"]) for one in report.found if one.key == "title"), "")
    called = {"name": title} if title else {}
    root = {**called, **head, "type": "FeatureCollection", "features": known.features}
    return Features(json.dumps(root, ensure_ascii=False).encode(), report, known)


def _lacking(taken: TakenIn, names: Sequence[str], where: str) -> Sequence[Problem]:
    """Return which columns a table lacks: a list of points is no scenario, whatever it holds."""
    if not taken.tables or _places(taken) > MOST_EDITS:
        return ()
    placed = None if _has_no_positions(taken) else _placed(taken)
    try:
        require_columns(_scenario_rows(taken), names, placed, where)
    except DataError as error:
        return error.problems
    return ()


def _has_no_positions(taken: TakenIn) -> bool:
    """Tell whether a table has no column of positions: one that only closes places needs none."""
    return [one.key for one in taken.report.problems] == ["intake.no_columns"]


def _without_positions(report: Report) -> Report:
    """Return the account of a table whose rows need no position."""
    rows = report.rows.read
    return Report("read", Account(rows, rows), found=report.found)


def _placed(taken: TakenIn) -> list[str]:
    """Return the headings of the position."""
    placements = taken.diagnosis.placements if taken.diagnosis is not None else []
    return list(dict.fromkeys(name for placed in placements for name in placed.columns))


def _scenario_rows(taken: TakenIn) -> list[Row]:
    """Return the rows of a table that are changes, as the file has them."""
    told = json.loads(_geojson(taken, {}))["features"]
    if taken.reading is None:
        lines = [int(line) for table in taken.tables for line in table.lines]
    else:
        rows = taken.reading.rows
        lines = rows["line"][~rows["status"].isin(["torn", *NO_PLACES])].tolist()
    return [
        Row(line, one["properties"], one["geometry"]) for line, one in zip(lines, told, strict=True)
    ]


def found_in(loaded: Loaded, city: City) -> list[Observation]:
    """Return what is told of a scenario that was read: what was left out, and odd places.

    Parameters
    ----------
    loaded
        As its file was read.
    city
        A site beyond every district of it is told of: it may be meant, as on a platform at sea.
    """
    placed = [edit for edit in loaded.scenario.edits if edit.lon is not None]
    lon, lat = (
        np.array([getattr(edit, axis) for edit in placed], float) for axis in ("lon", "lat")
    )
    out, sea = beyond(lon, lat, city)
    told = {
        "scenario_left": loaded.left[:20],
        "scenario_renamed": loaded.renamed[:20],
        "scenario_sea": _named(placed, sea),
        "scenario_beyond": _named(placed, out & ~sea),
    }
    found = [Observation(key, "certain", {"value": value}) for key, value in told.items() if value]
    if loaded.heights:
        found.append(Observation("heights", "certain", {"value": loaded.heights}))
    return found


def _named(edits: Sequence[Edit], chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return what some changed sites are called, each with its position."""
    some = [edit for edit, is_one in zip(edits, chosen.tolist(), strict=True) if is_one]
    return tuple(f"{edit.name or edit.id} ({edit.lon:.7g}, {edit.lat:.7g})" for edit in some[:20])


def _head_elsewhere(data: bytes) -> dict[str, Any] | None:
    """Return the members of GeoJSON that names a system other than WGS 84 in degrees, else None.

    RFC 7946 knows no other; QGIS writes it all the same, in the member of the older GeoJSON.
    """
    if b'"crs"' not in data:
        return None
    root, problems = decode_json(data, where="")
    named = system_name(root.get("crs")) if isinstance(root, dict) and not problems else ""
    if not named or named in WGS84_NAMES:
        return None
    return {name: value for name, value in root.items() if name not in ("crs", "features")}


def _places(taken: TakenIn) -> int:
    """Return how many features would be written."""
    if taken.reading is None:
        return sum(table.rows for table in taken.tables)
    return int((~taken.reading.rows["status"].isin(["torn", *NO_PLACES])).sum())


def _geojson(taken: TakenIn, head: Mapping[str, Any]) -> bytes:
    """Write every row that stands for a place, with its position in degrees or none."""
    cells = pd.concat([cells_of(table) for table in taken.tables], ignore_index=True)
    known = set(_placed(taken))
    cells = cells.drop(columns=[name for name in cells if name in known])
    if taken.reading is None:
        kept = np.ones(len(cells), dtype=bool)
        lon = lat = np.full(len(cells), np.nan)
    else:
        rows = taken.reading.rows
        kept = ~rows["status"].isin(["torn", *NO_PLACES]).to_numpy()
        lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    records = json.loads(cells[kept].to_json(orient="records", date_format="iso"))
    places = zip(lon[kept].tolist(), lat[kept].tolist(), strict=True)
    told = [
        {"type": "Feature", "properties": {k: v for k, v in one.items() if v is not None},
         "geometry": _point(*place)}
        for one, place in zip(records, places, strict=True)
    ]  # fmt: skip
    root = {**head, "type": "FeatureCollection", "features": told}
    return json.dumps(root, ensure_ascii=False).encode()


def _point(lon: float, lat: float) -> dict[str, object] | None:
    if lon != lon or lat != lat:
        return None
    return {"type": "Point", "coordinates": [round(lon, DIGITS), round(lat, DIGITS)]}
