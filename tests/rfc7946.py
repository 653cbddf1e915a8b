"""Check GeoJSON against RFC 7946, section by section, written apart from the writer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

NUMBER = re.compile(r"-?\d+(?:\.\d{1,7})?(?:e-0[1-7])?")
DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


class Written(str):
    """A number as it stands in the file."""


def load(data: bytes) -> Any:
    """Read JSON strictly; numbers keep their text, so that their digits can be counted."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON (RFC 8259, section 6)")

    def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"a key occurs twice in {keys}"
        return dict(pairs)

    return json.loads(
        data.decode("utf-8"),
        parse_float=Written,
        parse_int=Written,
        parse_constant=refuse,
        object_pairs_hook=no_twins,
    )


def check(data: bytes) -> dict[str, Any]:
    """Assert that the bytes are an RFC 7946 FeatureCollection; return it."""
    root: dict[str, Any] = load(data)
    assert root["type"] == "FeatureCollection"  # 3.3
    assert isinstance(root["features"], list)
    assert "crs" not in root  # 4
    assert not {"coordinates", "geometries", "geometry", "properties"} & root.keys()  # 7.1
    positions = []
    for feature in root["features"]:
        assert feature["type"] == "Feature"  # 3.2
        assert feature.keys() == {"type", "id", "geometry", "properties"}
        assert isinstance(feature["id"], str)
        assert isinstance(feature["properties"], dict | None)
        if feature["geometry"] is not None:
            positions += list(_positions(feature["geometry"]))
    ids = [feature["id"] for feature in root["features"]]
    assert len(ids) == len(set(ids))
    _check_bbox(root, positions)
    return root


def _check_bbox(root: dict[str, Any], positions: list[tuple[float, float]]) -> None:
    """Section 5: south-westerly, then north-easterly; an unlocated collection has none."""
    if not positions:
        assert "bbox" not in root
        return
    xs, ys = zip(*positions, strict=True)
    assert [float(number) for number in root["bbox"]] == [min(xs), min(ys), max(xs), max(ys)]


def _positions(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    if geometry["type"] == "GeometryCollection":  # 3.1.8
        assert geometry.keys() == {"type", "geometries"}
        for part in geometry["geometries"]:
            yield from _positions(part)
        return
    assert geometry.keys() == {"type", "coordinates"}  # 3.1
    depth = DEPTHS[geometry["type"]]
    if geometry["type"] == "Polygon":
        _check_rings(geometry["coordinates"])
    if geometry["type"] == "MultiPolygon":
        for part in geometry["coordinates"]:
            _check_rings(part)
    if geometry["type"] == "LineString":
        assert len(geometry["coordinates"]) >= 2  # 3.1.4
    yield from _flat(geometry["coordinates"], depth)


def _flat(value: list[Any], depth: int) -> Iterator[tuple[float, float]]:
    if depth:
        for part in value:
            yield from _flat(part, depth - 1)
        return
    assert len(value) == 2  # 3.1.1; heights are not ours
    for number in value:
        assert isinstance(number, Written)
        assert NUMBER.fullmatch(number), f"{number} has more than 7 digits, or noise"  # 11.2
    x, y = float(value[0]), float(value[1])
    assert -180 <= x <= 180
    assert -90 <= y <= 90
    yield x, y


def _check_rings(rings: list[list[list[str]]]) -> None:
    """Section 3.1.6: closed, four positions at least, the right-hand rule."""
    for number, ring in enumerate(rings):
        assert len(ring) >= 4
        assert ring[0] == ring[-1]
        corners = [(float(x), float(y)) for x, y in ring]
        area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(corners))
        assert area > 0 if number == 0 else area < 0, "a ring turns the wrong way"
