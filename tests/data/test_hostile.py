"""Show that a build refuses hostile raw material by the name of its file.

``python -m tests.attack builds`` tries all; these are the ones that once got through.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests import ROOT
from tests.attack.builds import LINES, WHOLE, Turn, came_of, in_column, outline
from tests.attack.packs import SHAPES

NOTHING = b'{"type":"FeatureCollection","features":[]}'
CASES: dict[str, tuple[str, Turn]] = {
    "half the links": ("node_links.csv", WHOLE["cut in half"]),
    "no settings": ("city.toml", WHOLE["empty"]),
    "no settings of the plan": ("plan.toml", WHOLE["empty"]),
    "no districts": ("tianjin_districts.geojson", lambda _: NOTHING),
    "an area of 400 digits": ("districts.csv", partial(in_column, "area_km2_reference", "9" * 400)),
    "no number": ("places.csv", partial(in_column, "lon", "nan")),
    "a column twice": ("places.csv", LINES["a column twice"]),
    "a bow tie": ("tianjin_districts.geojson", partial(outline, SHAPES["a bow tie"])),
    "400 digits": ("axis.geojson", partial(outline, SHAPES["400 digits"])),
}  # fmt: skip


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack") / "raw"
    shutil.copytree(ROOT / "data" / "tianjin" / "raw", folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_hostile_material_is_refused_by_the_name_of_its_file(raw: Path, case: str) -> None:
    assert came_of(raw, *CASES[case]) == "refused"
