"""Show that box, time, values, text and order choose the rows that they name."""

from __future__ import annotations

import json

import pytest

from layers.handover.static_api.rows import (
    Held,
    Mask,
    held,
    in_box,
    in_time,
    ordered,
    with_text,
    with_values,
)

ROWS = (
    ("day", [117.0, 39.0], {"as_of": "2024-05-07", "n": 2, "flag": True, "name": "甲园"}),
    ("month", [118.0, 39.0], {"as_of": "2024-05", "n": 10, "flag": False, "name": "B Park"}),
    ("year", None, {"as_of": "2023", "n": None, "flag": None, "name": "丙园"}),
    ("none", [179.5, 0.0], {"as_of": None, "n": 1, "flag": True, "name": None}),
)


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Held:
    path = tmp_path_factory.mktemp("rows") / "layer.geojson"
    features = [
        {"type": "Feature", "id": id_, "properties": told,
         "geometry": at and {"type": "Point", "coordinates": at}}
        for id_, at, told in ROWS
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return held(str(path))


def named(layer: Held, mask: Mask) -> list[str]:
    return [feature["id"] for feature, kept in zip(layer.features, mask, strict=True) if kept]


def test_a_place_without_a_site_is_within_no_box(layer: Held) -> None:
    assert named(layer, in_box(layer.frame, ())) == ["day", "month", "year", "none"]
    assert named(layer, in_box(layer.frame, (117, 39, 117.5, 40))) == ["day"]
    assert named(layer, in_box(layer.frame, (117, 39, 0, 117.5, 40, 9))) == ["day"]
    # Across 180° from 179° east to 117.2° east, which is nearly all round.
    assert named(layer, in_box(layer.frame, (179, -1, 117.2, 40))) == ["day", "none"]


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        (None, ["day", "month", "year", "none"]),
        ("2024-05-07", ["day", "month"]),
        ("2024-05-08T10:00:00Z", ["month"]),
        ("../2023-06-30", ["year"]),
        ("2024-05-31/..", ["month"]),
        ("2023-12-31/2024-05-01", ["month", "year"]),
    ],
)
def test_a_month_is_as_of_all_its_days(layer: Held, asked: str | None, right: list[str]) -> None:
    assert named(layer, in_time(layer.frame, asked)) == right


@pytest.mark.parametrize("asked", ["yesterday", "2024-02-01/2024-01-01", "..", "2024-13-01/.."])
def test_what_is_no_time_is_refused(layer: Held, asked: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        in_time(layer.frame, asked)


def test_values_are_compared_by_their_type(layer: Held) -> None:
    def found(*asked: tuple[str, str]) -> list[str]:
        return named(layer, with_values(layer.frame, asked))

    assert found(("n", "2.0")) == ["day"]
    assert found(("n", "two")) == []
    assert found(("flag", "true")) == ["day", "none"]
    assert found(("flag", "true"), ("name", "甲园")) == ["day"]
    assert named(layer, with_text(layer.frame, "b PARK")) == ["month"]


def test_numbers_are_ordered_by_size_and_what_is_missing_comes_last(layer: Held) -> None:
    assert [layer.features[at]["id"] for at in ordered(layer.frame, [("n", False)])] == [
        "month", "day", "none", "year"
    ]  # fmt: skip
    assert ordered(layer.frame, [("flag", True), ("n", False)])[:2] == [1, 0]
