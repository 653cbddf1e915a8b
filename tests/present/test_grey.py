"""Show that a grey print still tells each class of every theme from its neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import parse_qsl

import numpy as np
import pytest
from colorspacious import cspace_convert

from layers.language.bilingual import Bilingual
from layers.map.plate import HATCH, LAND, Sign
from layers.pack.city import City
from layers.present.story import Scene
from layers.present.telling import Ask, tell
from layers.view.state import default_state

GREY_STEP = 2.5
"""Of lightness (L*): what a printer still sets apart where two areas meet."""
THEMES = (
    *(f"explore?v=3&fill={fill}" for fill in ("parts", "places", "national", "per_million")),
    *("density?v=3", "density?v=3&fill=districts", "coverage?v=3"),
    *(f"coverage?v=3&cpart={part}" for part in ("pairing", "siting")),
)


def _grey(colour: str, opacity: float = 1.0) -> float:
    """Return the lightness L* of a colour as it lies on the land: what is left of it in grey."""
    over, under = (np.array([int(c[at : at + 2], 16) for at in (1, 3, 5)]) for c in (colour, LAND))
    mixed = opacity * over + (1 - opacity) * under
    return float(cspace_convert(mixed / 255, "sRGB1", "CIELab")[0])


def _areas(legend: Sequence[Sign]) -> list[tuple[str, float]]:
    """Return the look in grey of the areas of a legend: pattern or none, and lightness."""
    found = []
    for sign, _ in legend:
        if sign == HATCH:
            found.append(("hatch", _grey(LAND)))
        elif sign.startswith("#"):
            found.append(("", _grey(sign)))
        elif "<rect" in sign and "fill-opacity" in sign:
            parts = dict(re.findall(r'(fill|fill-opacity)="([^"]+)"', sign))
            pattern = "hatch" if float(parts["fill-opacity"]) == 0 and "<path" in sign else ""
            found.append((pattern, _grey(parts["fill"], float(parts["fill-opacity"]))))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("show", THEMES)
def test_a_grey_print_tells_every_class_from_its_neighbour(
    tianjin: City, ask: Ask, show: str
) -> None:
    page, _, query = show.partition("?")
    scene = Scene("grey", Bilingual("", ""), page, dict(parse_qsl(query)))
    areas = _areas(tell(scene, tianjin, default_state(tianjin), ask=ask).legend)
    assert areas, "the theme has areas"
    for (pattern, one), (other_pattern, other) in pairwise(areas):
        assert pattern != other_pattern or abs(one - other) >= GREY_STEP, areas
    tints = [grey for pattern, grey in areas if not pattern and grey != _grey(LAND)]
    if "fill=parts" in show:  # what has no tint is land
        assert min(abs(grey - _grey(LAND)) for grey in tints) >= GREY_STEP
