"""Show that both OGC APIs do what their standards ask, and that QGIS reads them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from layers.handover.static_api import features
from layers.pack.city import City
from tests.handover.ogc.serving import pygeoapi, server_results, static_results, static_tree

pytestmark = [pytest.mark.thorough, pytest.mark.slow]

SYSTEM_PYTHON = "/usr/bin/python3"
WHY = "pip install -r requirements-ogc.txt"


def in_qgis(base: str, ids: list[str], folder: Path) -> dict[str, Any]:
    asked = [SYSTEM_PYTHON, str(Path(__file__).with_name("client_in_qgis.py")), base, *ids]
    told = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    done = subprocess.run(
        asked, env={**os.environ, **told}, capture_output=True, text=True, timeout=120, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def qgis() -> None:
    asked = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("QGIS is not installed: apt-get install qgis python3-qgis")


def test_the_static_tree_is_what_it_claims(toy: City) -> None:
    assert [name for name, verdict in static_results(toy) if verdict != "pass"] == []


def test_the_server_is_what_it_claims(toy: City) -> None:
    pytest.importorskip("pygeoapi", reason=WHY)
    assert [name for name, verdict in server_results(toy) if verdict != "pass"] == []


@pytest.mark.office
@pytest.mark.usefixtures("qgis")
@pytest.mark.parametrize("serve", [static_tree, pygeoapi])
def test_qgis_reads_every_row_page_by_page(
    tianjin: City,
    serve: Callable[[City], AbstractContextManager[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if serve is pygeoapi:
        pytest.importorskip("pygeoapi", reason=WHY)
    monkeypatch.setattr(features, "PAGE", 10)
    layers = {id_: layer for id_, layer in tianjin.layers.items() if id_ != "axis"}
    with serve(tianjin) as base:
        told = in_qgis(base, list(layers), tmp_path)
    for id_, layer in layers.items():
        assert (told[id_]["valid"], told[id_]["crs"]) == (True, "EPSG:4326")
        assert told[id_]["ids"] == sorted(map(str, layer.frame.index))
