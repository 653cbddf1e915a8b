"""Show that the spatial structure is the pack's own, checked on reading, drawn schematic."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import tomli_w

from geo.base.errors import DataError
from layers.map.plate import plate
from layers.map.structure import structure_drawing
from layers.pack.city import City, load_city
from layers.view.rows import rows_in_view
from layers.view.state import default_state
from tests.hostile import TOY


def test_band_and_cores_lie_where_the_pack_says(tianjin: City) -> None:
    drawing = structure_drawing(tianjin)
    assert drawing is not None
    assert tianjin.structure is not None
    assert drawing.subject, "the places keep their marks over it"
    band, cores = drawing.shapes
    assert {band.close, cores.close} == {False}, "too coarse for the small maps"
    line = tianjin.layers["axis"].frame.geometry["corridor"]
    assert band.frame.geometry.contains(line).all()
    for core, (west, south, east, north) in zip(
        cores.frame.geometry, tianjin.structure.cores.values(), strict=True
    ):
        assert core.bounds == pytest.approx((west, south, east, north), abs=1e-9)
        half = (east - west) / 2 * (north - south) / 2  # of an ellipse: its area over pi
        assert core.area / half == pytest.approx(3.14159, rel=0.01)
    assert cores.dash, "no outline of a core is known"


@pytest.mark.parametrize(("lang", "word"), [("zh", "示意"), ("en", "schematic")])
def test_every_sign_of_the_structure_says_that_it_is_schematic(
    tianjin: City, lang: Literal["zh", "en"], word: str
) -> None:
    view = rows_in_view(tianjin, default_state(tianjin, lang))
    told = [plate(view, ground, lang).legend for ground in ("parts", "structure")]
    own = [words for sign, words in told[1] if (sign, words) not in told[0]]
    assert len(own) == 3
    assert all(word in words for words in own)


def test_a_city_without_a_structure_draws_none(tianjin: City) -> None:
    bare = replace(tianjin, structure=None)
    view = rows_in_view(bare, default_state(bare))
    assert structure_drawing(bare) is None
    assert plate(view, "structure", "zh").legend == plate(view, "parts", "zh").legend


def test_a_structure_names_what_the_pack_has(tmp_path: Path) -> None:
    pack = tmp_path / "toy"
    shutil.copytree(TOY, pack, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    settings = pack / "city.toml"
    tree = tomllib.loads(settings.read_text(encoding="utf-8"))
    tree["structure"] = {
        "title_zh": "一轴",
        "title_en": "One axis",
        "clause": "no-task",
        "belt": "no-axis",
        "core": {"no_part": {"bounds": [5, 1, 4, 2]}},
    }
    settings.write_text(tomli_w.dumps(tree), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        load_city(pack)
    found = sorted((p.key, p.field) for p in refused.value.problems)
    assert found == [
        ("setting.structure", "structure.belt"),
        ("setting.structure", "structure.clause"),
        ("setting.structure", "structure.core.no_part"),
        ("setting.structure_bounds", "structure.core.no_part.bounds"),
    ]
