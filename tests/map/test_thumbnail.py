"""Show that two areas side by side are drawn at one scale, each with its own places."""

from __future__ import annotations

import base64
import re

import pytest

from layers.map.thumbnail import Twins, twins
from layers.pack.city import City
from layers.places.areas import counted
from layers.view.areas import areas
from layers.view.rows import gather


def _drawn(city: City, *chosen: str) -> tuple[Twins, list[str]]:
    frame = gather(city).frame
    codes = [areas(city)[area] for area in chosen]
    found = twins(city, codes, frame[frame["counted"].to_numpy(dtype=bool)], ["#B5322A", "#4A463E"])
    return found, [base64.b64decode(uri.split(",", 1)[1]).decode() for uri in found.uris]


def _window(svg: str) -> tuple[float, ...]:
    found = re.search(r'viewBox="([^"]+)"', svg)
    assert found
    return tuple(map(float, found[1].split()))


PAIRS = [("120116", "120101"), ("120111", "120119"), ("part:jincheng", "part:bincheng")]


@pytest.mark.parametrize("pair", PAIRS)
def test_both_pictures_show_as_many_metres_and_hold_their_area(
    tianjin: City, pair: tuple[str, str]
) -> None:
    found, pictures = _drawn(tianjin, *pair)
    for area, svg in zip(pair, pictures, strict=True):
        left, top, width, height = _window(svg)
        assert (width, height) == pytest.approx(found.metres, abs=1)
        plane = tianjin.on_plane.loc[list(areas(tianjin)[area])]
        west, south, east, north = plane.total_bounds
        assert left < west < east < left + width
        assert top < -north < -south < top + height
        assert f"h{found.bar_km * 1000}" in svg
        assert 'width="' not in svg.split(">", 1)[0], "the frame, not the file, gives the size"


@pytest.mark.parametrize("pair", PAIRS)
def test_each_place_with_a_point_has_a_mark(tianjin: City, pair: tuple[str, str]) -> None:
    _, pictures = _drawn(tianjin, *pair)
    for area, svg in zip(pair, pictures, strict=True):
        places = counted(tianjin, area, "zh")
        assert svg.count("<g ") == int(places.geometry.notna().sum())


def test_a_toy_city_is_drawn_too(toy: City) -> None:
    one, other, *_ = (area for area in areas(toy))
    found, pictures = _drawn(toy, one, other)
    assert len({_window(svg)[2:] for svg in pictures}) == 1
    assert found.bar_km >= 1
