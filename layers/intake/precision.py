"""Say how finely each position of a file is known, as far as the numbers themselves tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.base.bridge import transformer
from geo.base.errors import Value
from geo.intake.systems import in_another
from layers.intake.diagnose import Placement, values_of
from layers.intake.districts.join import named_districts
from layers.intake.formats.headings import name_column
from layers.intake.formats.table import Observation
from layers.intake.known_places import suspected_rows
from layers.intake.read import OUTSIDE, USED, Reading
from layers.language.messages import LANGS
from layers.language.values import cell
from layers.pack.city import City
from layers.pack.consistency import DISTRICT_TOLERANCE_M

CLASSES: Final = (
    *("sea", "outside", "zero", "zone", "datum", "other_district", "centroid", "repeated"),
    *("rounded", "rounded_100m", "same_name", "plain"),
)
"""What a position may be, the gravest first; a row has all that fit."""
QUIET: Final = ("rounded_100m", "plain")
"""What is a fact about a position, and no reason to look at it."""
CENTROID_M: Final = 60.0
"""A point so near a district's middle was probably not surveyed, metres."""
MOST_AT_ONE: Final = 2
"""From so many rows at one position on, it may be an address or a stand-in for several."""
A_KILOMETRE: Final = 500.0
"""From so much doubt on, a position is rounded to a kilometre or more, metres."""
FAR_DEGREES: Final = 0.2
"""Rows so far beyond the city's box may have been read in the wrong system."""
MOST_LINES: Final = 20
"""Rows that a sentence names."""
Classes = NDArray[np.uint16]
"""The classes of each row, one bit for each of ``CLASSES``; 0 for a row without a position."""


def precision(reading: Reading, placements: Sequence[Placement], city: City) -> Classes:
    """Return the classes of each row's position.

    Parameters
    ----------
    reading
        The rows, in their accounts.
    placements
        What was read, in the order of its parts: names and numbers as the file has them.
    city
        Its sea, its districts' middles and the places that it knows well are compared.

    Returns
    -------
    array of int
        Shape (rows,), see :data:`Classes` and :func:`names_of`.
    """
    rows = reading.rows
    status = rows["status"]
    outside = (status == OUTSIDE).to_numpy()
    there = outside | (status == USED).to_numpy()
    lon, lat = rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float)
    xy = rows[["x", "y"]].to_numpy(dtype=float)
    rounded = rows["rounded_m"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        coarse, fine = rounded >= A_KILOMETRE, rounded < A_KILOMETRE
    flags = {
        "outside": outside,
        "sea": _in_sea(lon, lat, there, city),
        "zero": (status == "zero").to_numpy(),
        "zone": _in_another_system(reading, placements, city),
        "datum": _in_another_datum(reading, placements, city),
        "other_district": _in_another_district(reading, placements, city),
        "centroid": _at_middles(xy, there, city),
        "repeated": _repeated(xy, there),
        "rounded": coarse & there,
        "rounded_100m": fine & there,
        "same_name": _same_name(placements, city) & there,
    }
    found = np.zeros(len(rows), dtype=np.uint16)
    for place, name in enumerate(CLASSES[:-1]):
        found |= flags[name].astype(np.uint16) << np.uint16(place)
    found[there & (found == 0)] = 1 << CLASSES.index("plain")
    return found


def names_of(classes: Classes) -> Mapping[int, tuple[str, ...]]:
    """Return which classes each value that occurs stands for, the gravest first.

    Parameters
    ----------
    classes
        As :func:`precision` returns them.

    Examples
    --------
    >>> names_of(np.array([3, 0], dtype=np.uint16))
    {0: (), 3: ('sea', 'outside')}
    """
    return {
        value: tuple(name for place, name in enumerate(CLASSES) if value >> place & 1)
        for value in np.unique(classes).tolist()
    }


def is_odd(classes: Classes) -> NDArray[np.bool_]:
    """Tell which positions need a look.

    Parameters
    ----------
    classes
        As :func:`precision` returns them.
    """
    quiet = sum(1 << CLASSES.index(name) for name in QUIET)
    return (classes & ~np.uint16(quiet)) > 0


def counts(classes: Classes) -> dict[str, int]:
    """Return how many rows have each class; a row is counted in each that it has.

    Parameters
    ----------
    classes
        As :func:`precision` returns them.
    """
    return {name: int((classes >> place & 1).sum()) for place, name in enumerate(CLASSES)}


def beyond(lon: Floats, lat: Floats, city: City) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which positions lie beyond every district, and which of those in the sea.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84, shape (n,).
    city
        Its districts and the sea of its base map.
    """
    ground = shapely.union_all(city.districts.geometry.to_numpy())
    out = ~shapely.intersects_xy(ground, lon, lat)
    return out, _in_sea(lon, lat, out, city)


def _in_sea(lon: Floats, lat: Floats, there: NDArray[np.bool_], city: City) -> NDArray[np.bool_]:
    """Tell which positions lie beyond every district and in the sea of the base map."""
    hit = np.zeros(len(lon), dtype=bool)
    sea = city.base.get("sea")
    if sea is not None and len(sea) and there.any():
        water = shapely.union_all(sea.geometry.to_numpy())
        shapely.prepare(water)
        hit[there] = shapely.intersects_xy(water, lon[there], lat[there])
    return hit


def _parts(placements: Sequence[Placement]) -> list[tuple[Placement, slice]]:
    """Return where the rows of each part stand that became cells: those that are torn come last."""
    ends = np.cumsum([one.table.rows for one in placements]).tolist()
    return [
        (one, slice(end - one.table.rows, end - len(one.table.torn)))
        for one, end in zip(placements, ends, strict=True)
    ]


def _in_another_system(
    reading: Reading, placements: Sequence[Placement], city: City
) -> NDArray[np.bool_]:
    """Tell which rows lie far beyond the city, and within it in another zone or plane."""
    hit = np.zeros(reading.read, dtype=bool)
    west, south, east, north = city.bbox
    for placed, part in _parts(placements):
        rows = reading.rows[part]
        lon, lat = rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            near = (lon > west - FAR_DEGREES) & (lon < east + FAR_DEGREES)
            near &= (lat > south - FAR_DEGREES) & (lat < north + FAR_DEGREES)
        far = rows["status"].isin([OUTSIDE, "out_of_range"]).to_numpy() & ~near
        first, second = values_of(placed)
        hit[part][far] = in_another(first[far], second[far], placed.crs, city.bbox)
    return hit


def _in_another_datum(
    reading: Reading, placements: Sequence[Placement], city: City
) -> NDArray[np.bool_]:
    hit = np.zeros(reading.read, dtype=bool)
    for placed, part in _parts(placements):
        if not placed.datum:
            lon, lat = (reading.rows[name][part].to_numpy(dtype=float) for name in ("lon", "lat"))
            hit[part] = suspected_rows(placed.table, lon, lat, city)
    return hit


def _in_another_district(
    reading: Reading, placements: Sequence[Placement], city: City
) -> NDArray[np.bool_]:
    """Tell which rows lie in another district than the file names, farther than they may err."""
    hit = np.zeros(reading.read, dtype=bool)
    codes = city.districts.index.astype(str).to_numpy(dtype=object)
    for placed, part in _parts(placements):
        said, rows = named_districts(placed.table, city), reading.rows[part]
        if said is None:
            continue
        lies, used = rows["district"].to_numpy(), (rows["status"] == USED).to_numpy()
        odd = np.flatnonzero(used & (said >= 0) & (lies != codes[said]))
        some = rows.iloc[odd]
        far = is_beyond(some[["x", "y"]].to_numpy(dtype=float), codes[said[odd]],
                        some["uncertainty_m"].to_numpy(dtype=float), city)  # fmt: skip
        hit[part][odd] = far
    return hit


def is_beyond(
    xy: Floats, districts: NDArray[np.object_], doubt: Floats, city: City
) -> NDArray[np.bool_]:
    """Tell which points lie beyond their district, farther than they and its outline may err.

    Parameters
    ----------
    xy
        Metres on the city's plane, shape (n, 2).
    districts
        Adcode of each point's district.
    doubt
        How far off each point may be, metres; NaN counts as none.
    city
        Whose districts they are.
    """
    shapes = city.on_plane.geometry[districts].to_numpy()
    away = shapely.distance(shapely.points(xy), shapes)
    return np.asarray(away > DISTRICT_TOLERANCE_M + np.nan_to_num(doubt))


def _at_middles(xy: Floats, there: NDArray[np.bool_], city: City) -> NDArray[np.bool_]:
    """Tell which positions stand where a program sets a point for a whole district.

    That is its centroid, the middle of its box, or the point within it that GEOS calls
    representative, each on the plane and in degrees: the two differ.
    """
    hit = np.zeros(len(xy), dtype=bool)
    order = np.argsort(xy[:, 0])
    for middle in _middles(city):
        span = middle[0] - CENTROID_M, middle[0] + CENTROID_M
        some = order[slice(*np.searchsorted(xy[:, 0], span, sorter=order))]
        hit[some] |= np.hypot(*(xy[some] - middle).T) < CENTROID_M
    return hit & there


def _middles(city: City) -> Floats:
    """Return the points that stand for whole districts, metres on the city's plane."""
    plane, degrees = (_stand_ins(frame.geometry.to_numpy()) for frame in
                      (city.on_plane, city.districts))  # fmt: skip
    way = transformer(4326, city.metric_epsg)
    return np.vstack([plane, np.column_stack(way.transform(*degrees.T))])


def _stand_ins(shapes: NDArray[np.object_]) -> Floats:
    west, south, east, north = shapely.bounds(shapes).T
    return np.vstack([
        shapely.get_coordinates(shapely.centroid(shapes)),
        np.column_stack([(west + east) / 2, (south + north) / 2]),
        shapely.get_coordinates(shapely.point_on_surface(shapes)),
    ])  # fmt: skip


def _repeated(xy: Floats, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows share their position with others, to the centimetre."""
    hit = np.zeros(len(xy), dtype=bool)
    with np.errstate(over="ignore"):  # what lies nowhere on Earth
        keys = np.round(xy[there], 2) + 0.0  # -0 is 0
    codes, _ = pd.factorize(np.ascontiguousarray(keys).view(np.complex128).ravel())
    hit[there] = np.bincount(codes, minlength=1)[codes] >= MOST_AT_ONE
    return hit


def elsewhere(
    reading: Reading, placements: Sequence[Placement], classes: Classes, city: City
) -> Observation | None:
    """Say how many rows lie in another district than the file names; None for none.

    Parameters
    ----------
    reading, placements, city
        As for :func:`precision`.
    classes
        What it returns.
    """
    rows = np.flatnonzero(classes >> CLASSES.index("other_district") & 1)
    if not len(rows):
        return None
    names, first = city.districts, reading.rows.iloc[rows[0]]
    lines = [str(line) for line in reading.rows["line"].to_numpy()[rows[:MOST_LINES]]]
    told = tuple(lines if len(rows) <= MOST_LINES else [*lines, "…"])
    values: dict[str, Value] = {"value": len(rows), "line": int(first["line"]), "lines": told}
    for placed, part in _parts(placements):
        said = named_districts(placed.table, city)
        if said is not None and part.start <= rows[0] < part.stop:
            for key, code in (("said", names.index[said[rows[0] - part.start]]),
                              ("lies", first["district"])):  # fmt: skip
                values |= {f"{key}_{lang}": cell(names.loc[code], "name", lang) for lang in LANGS}
    return Observation("other_district", "likely", values)


def _same_name(placements: Sequence[Placement], city: City) -> NDArray[np.bool_]:
    """Tell which rows have a name that another row has too, however it is typed."""
    import pyarrow as pa

    names: list[Any] = []
    for placed in placements:
        table = placed.table
        column = name_column(table.names)
        none = pa.nulls(len(table.torn) + (0 if column else len(table.lines)), pa.large_string())
        told = [table.cells.column(column).cast(pa.large_string())] if column else []
        names += [chunk for one in told for chunk in one.chunks] + [none]
    texts = pa.chunked_array(names, pa.large_string()).combine_chunks().dictionary_encode()
    spelled = _all_spelled(texts.dictionary, _plain_characters(city)).dictionary_encode()
    blank = spelled.dictionary.index(pa.scalar("", pa.large_string())).as_py()
    groups = np.append(spelled.indices.to_numpy(), blank)
    codes = groups[texts.indices.fill_null(len(spelled)).to_numpy()]
    return np.asarray(pd.Series(codes).duplicated(keep=False).to_numpy() & (codes != blank))


def _all_spelled(names: Any, plain: Mapping[int, str]) -> Any:
    """Return names without what typing changes; the usual ones, of two scripts, all at once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    unusual = ["[^ -~\u3000\u4e00-\u9fff\uff01-\uff5e]", *(re.escape(chr(one)) for one in plain)]
    odd = pc.match_substring_regex(names, "|".join(unusual))
    quick = pc.utf8_lower(pc.utf8_normalize(names, "NFKC"))
    quick = pc.replace_substring(quick, " ", "")
    each = [_spelled(text).translate(plain) for text in names.filter(odd).to_pylist()]
    return pc.replace_with_mask(quick, odd, pa.array(each, pa.large_string()))


def _spelled(name: str) -> str:
    """Return a name without blanks, its width and its capitals."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _plain_characters(city: City) -> dict[int, str]:
    """Return the traditional characters of the pack's other names, with those that it uses."""
    frame = city.aliases
    frame = frame[frame["note_en"] == "traditional characters"]
    own = {
        key: str(name)
        for kind, layer in city.layers.items()
        if "name_zh" in layer.frame
        for id_, name in layer.frame["name_zh"].items()
        for key in (str(id_), f"{kind}:{id_}")
    }
    used = set("".join(own.values()))
    return {
        ord(old): new
        for term, target in zip(frame["term"], frame["target"], strict=True)
        if len(term) == len(own.get(target, ""))
        for old, new in zip(term, own[target], strict=True)
        if old not in used
    }


def told(classes: Classes) -> Observation | None:
    """Return one paragraph on the positions of a file; None if there is nothing to say.

    Parameters
    ----------
    classes
        As :func:`precision` returns them.
    """
    each = counts(classes)
    rows = int((classes > 0).sum())
    odd = int(is_odd(classes).sum())
    said = {"value": rows, "odd": odd, **each}
    return Observation("precision", "likely", said) if each["plain"] < rows else None
