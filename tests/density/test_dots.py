"""Show that dots lie where the points are, the higher class above, noise not hidden."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from geo.base.errors import ParameterError
from geo.density.dots import dots
from geo.density.mercator import Overlay

XY = np.array([[500_000.0, 4_300_000.0], [520_000.0, 4_310_000.0], [510_000.0, 4_330_000.0]])
COLOURS = ("#010203", "#A0B0C0")


def colour_at(laid: Overlay, xy: np.ndarray) -> list[Any]:
    """Return the colours of the pixels at points, by way of the corners that Leaflet gets."""
    picture = Image.open(io.BytesIO(laid.png)).convert("RGBA")
    (south, west), (north, east) = laid.bounds
    to_mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    (left, right), (bottom, top) = to_mercator.transform([west, east], [south, north])
    x, y = Transformer.from_crs(4548, 3857, always_xy=True).transform(*xy.T)
    columns = ((x - left) / (right - left) * picture.width).astype(int)
    rows = ((top - y) / (top - bottom) * picture.height).astype(int)
    return [picture.getpixel((int(c), int(r))) for c, r in zip(columns, rows, strict=True)]


def test_every_point_has_its_dot_of_its_size() -> None:
    laid = dots(XY, [0, 1, 0], crs=4548, colours=COLOURS, radius_m=200)
    assert laid is not None
    assert colour_at(laid, XY) == [(1, 2, 3, 255), (160, 176, 192, 255), (1, 2, 3, 255)]
    assert {c[3] for c in colour_at(laid, XY + np.array([120, 0]))} == {255}
    assert {c[3] for c in colour_at(laid, XY[1:2] - [[320, 0]])} == {0}


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_higher_class_lies_above(order: list[int]) -> None:
    laid = dots(XY[[0, 0]], order, crs=4548, colours=COLOURS, radius_m=200)
    assert laid is not None
    assert colour_at(laid, XY[:1]) == [(160, 176, 192, 255)]


def test_no_points_give_no_picture_and_one_point_gives_one() -> None:
    assert dots(np.zeros((0, 2)), [], crs=4548, colours=COLOURS, radius_m=200) is None
    laid = dots(XY[:1], [0], crs=4548, colours=COLOURS, radius_m=200)
    assert laid is not None
    assert colour_at(laid, XY[:1]) == [(1, 2, 3, 255)]


@pytest.mark.parametrize("classes", [[2], [-1], [0, 0]])
def test_classes_without_a_colour_are_refused(classes: list[int]) -> None:
    with pytest.raises(ParameterError):
        dots(XY[:1], classes, crs=4548, colours=COLOURS, radius_m=200)


def test_a_wide_spread_stays_within_the_largest_picture() -> None:
    laid = dots(
        XY * [[1.0, 1.0], [1.4, 1.1], [1, 1]], [0, 0, 0], crs=4548, colours=COLOURS, radius_m=9
    )
    assert laid is not None
    assert max(Image.open(io.BytesIO(laid.png)).size) <= 4096 + 8
