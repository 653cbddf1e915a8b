"""Show that every kind's colour stands out from the base and from the others, for every eye."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from colorspacious import cspace_convert

from layers.coverage.difference import LOOKS
from layers.map.plate import RAMP, TINTS
from layers.map.symbols import NEUTRAL
from layers.pack.catalogue import CATALOG

LAND = "#F7F5F0"
WATER = "#DCE6EC"
CONTRAST = 3.0
"""WCAG 2.2, criterion 1.4.11, for graphics."""
DISTANCE = 12.0
"""In CAM02-UCS, where 1 is about what an eye can just tell apart side by side."""
VISIONS = {
    "normal": "sRGB1",
    **{
        name: {"name": "sRGB1+CVD", "cvd_type": f"{name}omaly", "severity": 100}
        for name in ("deuteran", "protan", "tritan")
    },
}
KINDS = {spec.id: spec.style.colour for spec in CATALOG.values() if spec.is_places}
LINES = {id_: CATALOG[id_].style.colour for id_ in ("axis",)}
COLOURED = {kind: colour for kind, colour in KINDS.items() if colour != NEUTRAL}
"""Eight colours are about all that every eye tells apart: further kinds are grey, and their shape
alone says what they are."""
SAME_ON_PURPOSE = {frozenset({"science_park", "later_park"})}
"""A later park is drawn lighter, with its year."""


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def _luminance(colour: str) -> float:
    channels = _rgb(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _seen(colour: str, vision: str) -> npt.NDArray[np.float64]:
    shown = np.clip(cspace_convert(_rgb(colour), VISIONS[vision], "sRGB1"), 0, 1)
    return np.asarray(cspace_convert(shown, "sRGB1", "CAM02-UCS"))


def test_the_measures_agree_with_known_values() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert _contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    black, white = (_seen(colour, "normal") for colour in ("#000000", "#FFFFFF"))
    assert np.linalg.norm(white - black) == pytest.approx(100, abs=0.1)
    red, green = (_seen(colour, "deuteran") for colour in ("#B00000", "#5A5A00"))
    assert (
        np.linalg.norm(red - green)
        < DISTANCE
        < np.linalg.norm(_seen("#B00000", "normal") - _seen("#5A5A00", "normal"))
    )


@pytest.mark.parametrize(("base"), [LAND, WATER, *TINTS, *RAMP])
@pytest.mark.parametrize("layer", [*KINDS, *LINES])
def test_a_mark_stands_out_from_the_base(layer: str, base: str) -> None:
    assert _contrast(CATALOG[layer].style.colour, base) >= CONTRAST


@pytest.mark.parametrize("vision", VISIONS)
def test_kinds_are_told_apart(vision: str) -> None:
    near = {
        (one, other): round(float(distance), 1)
        for one, other in combinations(COLOURED, 2)
        if frozenset({one, other}) not in SAME_ON_PURPOSE
        for distance in [np.linalg.norm(_seen(KINDS[one], vision) - _seen(KINDS[other], vision))]
        if distance < DISTANCE
    }
    assert near == {}


def test_kinds_of_one_colour_are_named_on_purpose() -> None:
    same = {
        frozenset(pair) for pair in combinations(COLOURED, 2) if len({KINDS[k] for k in pair}) == 1
    }
    assert same == SAME_ON_PURPOSE


def test_shapes_alone_tell_the_kinds_apart() -> None:
    """A grey print: only a later park may share a shape, with the park that it is later than."""
    shapes = {id_: CATALOG[id_].style.shape for id_ in KINDS}
    same = {
        frozenset(pair) for pair in combinations(shapes, 2) if len({shapes[k] for k in pair}) == 1
    }
    assert same == SAME_ON_PURPOSE


def _tinted(colour: str, opacity: float) -> str:
    """Return a fill as it looks on the land."""
    mixed = opacity * _rgb(colour) + (1 - opacity) * _rgb(LAND)
    return "#" + "".join(f"{round(255 * part):02X}" for part in mixed)


@pytest.mark.parametrize("vision", VISIONS)
def test_what_tells_two_scenarios_apart_is_told_apart_by_every_eye(vision: str) -> None:
    """The land, the area of both and that of each alone; the lightness alone does in grey."""
    fills = [LAND, *(_tinted(look["fill"], look["opacity"]) for look in LOOKS.values())]
    seen = [_seen(fill, vision) for fill in fills]
    least = min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))
    assert least >= DISTANCE
    lightness = sorted(place[0] for place in seen)
    assert min(np.diff(lightness)) >= 6
