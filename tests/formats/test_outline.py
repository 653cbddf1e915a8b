"""Show that a drawn shape comes back from its text and its file, and that nothing else does."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.errors import DataError
from geo.formats.outline import MOST_CORNERS, Outline, from_file, read, to_file
from tests import examples

SHAPES = (
    "circle_117.2_39.1_5000",
    "rectangle_117_39_117.5_39.25",
    "polygon_117_39_117.5_39_117.5_39.5",
)


@pytest.mark.parametrize("text", SHAPES)
def test_a_shape_comes_back_from_its_text_and_from_its_file(text: str) -> None:
    found = read(text)
    assert found is not None
    assert str(found) == text
    assert from_file(to_file(found, 4548)) == found


def test_a_circle_is_round_on_the_plane_and_a_degree_is_what_it_is() -> None:
    ring = Outline("circle", (117.2, 39.1, 5000.0)).on_plane(4548)
    assert ring.area == pytest.approx(math.pi * 25e6, rel=1e-4)
    # A degree of latitude is 111 km, one of longitude so much times the cosine of 39.125°.
    box = Outline("rectangle", (117.0, 39.0, 117.5, 39.25)).on_plane(4548)
    wide, high = 0.5 * 111.32 * math.cos(math.radians(39.125)), 0.25 * 111.02
    assert box.area / 1e6 == pytest.approx(wide * high, rel=3e-3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "circle",
        "circle_117_39",
        "circle_117_39_0",
        "circle_117_39_nan",
        "circle_117_39_1e9",
        "circle_200_39_5",
        "rectangle_117_39_116_40",
        "polygon_0_0_1_1_1_0_0_1",
        "polygon_0_0_1_1_2_2",
        "polygon" + "_1" * (2 * MOST_CORNERS + 2),
        "square_1_2_3_4",
        "circle_117_39_5000\n",
    ],
)
def test_what_is_no_shape_is_none(text: str) -> None:
    assert read(text) is None or str(read(text)).strip() == text.strip()


@given(st.text(alphabet="circlepolygon_0123456789.,-eE+infa", max_size=60))
@settings(max_examples=examples(200))
def test_any_text_is_a_shape_or_none(text: str) -> None:
    found = read(text)
    assert found is None or read(str(found)) == found


def test_a_polygon_of_another_program_is_opened_and_what_is_none_is_told() -> None:
    ring = [[117, 39, 5], [117.5, 39, 5], [117.5, 39.5, 5], [117, 39, 5]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    assert str(from_file(json.dumps(shape).encode())) == SHAPES[2]
    told = {
        b"{}": "shape.not_a_polygon",
        b"[1": "shape.not_one",
        b"\xff\x00": "shape.not_one",
        b'{"type":"FeatureCollection","features":[]}': "shape.not_one",
        b'{"type":"Point","coordinates":[1,2]}': "shape.not_a_polygon",
        b'{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}': "shape.unsound",
        b'{"type":"Polygon","coordinates":[[[0,0],["a",1]]]}': "shape.not_a_polygon",
        b'{"type":"Polygon","coordinates":5}': "shape.not_a_polygon",
    }
    for data, key in told.items():
        with pytest.raises(DataError) as caught:
            from_file(data)
        assert [problem.key for problem in caught.value.problems] == [key], data
