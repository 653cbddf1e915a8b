"""Show that a static tree answers like an OGC API, by its links and to a client of its kind."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layers.command_line.static_api import main
from layers.handover.documents import MANIFEST
from layers.handover.metadata.iso19115 import iso19115
from layers.handover.package import Package
from layers.handover.static_api.features import PAGE, folder_of, paged
from layers.handover.static_api.links import CATALOGUE, Address
from layers.handover.static_api.tree import tree
from layers.handover.view_export import package
from layers.pack.city import City
from layers.view.state import default_state
from tests.handover.ogc.web_server import served_folder
from tests.handover.test_iso19115 import whole

pytestmark = pytest.mark.slow

BASE = "https://atlas.test/api"


@pytest.fixture(scope="module")
def files(tianjin: City) -> dict[str, bytes]:
    return dict(tree(whole(tianjin), Address(BASE)).files)


def hrefs(told: object) -> Iterator[str]:
    """Yield every link that a document holds, at any depth."""
    if isinstance(told, dict):
        if "href" in told:
            yield told["href"]
        for each in told.values():
            yield from hrefs(each)
    elif isinstance(told, list):
        for each in told:
            yield from hrefs(each)


def test_every_link_leads_to_a_file_of_the_tree(files: dict[str, bytes]) -> None:
    documents = [json.loads(data) for name, data in files.items() if name.endswith("index.json")]
    found = {href for told in documents for href in hrefs(told)}
    assert len(found) > 200
    for href in found:
        path = href.removeprefix(BASE).strip("/")
        assert href.startswith(BASE)
        assert path in files or f"{path}/index.json".lstrip("/") in files, href


def test_pages_hold_the_features_of_the_geojson(tianjin: City, files: dict[str, bytes]) -> None:
    plain = package(tianjin, default_state(tianjin), layers=tuple(tianjin.layers)).files
    for id_, layer in tianjin.layers.items():
        page = json.loads(files[f"collections/{id_}/items/index.json"])
        assert page["features"] == json.loads(plain[f"{id_}.geojson"])["features"]
        assert page["numberMatched"] == page["numberReturned"] == len(layer.frame) <= PAGE


def test_pages_are_bounded_and_lead_through_all() -> None:
    features: list[dict[str, Any]] = [{"type": "Feature", "id": str(n)} for n in range(250)]
    made = dict(paged(features, "collections/x", "2026-01-01T00:00:00Z", Address()))
    path, seen = "/collections/x/items", []
    while path:
        page: Any = made[path.strip("/")]
        assert page["numberReturned"] == len(page["features"]) <= PAGE
        seen += [each["id"] for each in page["features"]]
        path = next((each["href"] for each in page["links"] if each["rel"] == "next"), "")
    assert seen == [str(n) for n in range(250)]
    assert len([name for name in made if "/items/" in name]) == 250


def test_no_id_leads_out_of_the_tree() -> None:
    for id_ in ("..", "../../etc", ".htaccess", "a/b", "a\\b", "c:", "甲", ""):
        assert not set(folder_of(id_)) & set("./\\:")
        assert folder_of(id_)


def test_records_tell_what_a_layer_is(tianjin: City, files: dict[str, bytes]) -> None:
    page = json.loads(files[f"collections/{CATALOGUE}/items/index.json"])
    assert [each["id"] for each in page["features"]] == list(tianjin.layers)
    district = next(each for each in page["features"] if each["id"] == "district")
    west, south, *_ = tianjin.layers["district"].frame.total_bounds
    assert district["geometry"]["coordinates"][0][0] == pytest.approx([west, south], abs=1e-6)
    assert district["properties"]["rows"] == 16
    assert (
        files["metadata/district.xml"]
        == iso19115(
            whole(tianjin), next(s for s in whole(tianjin).sheets if s.id == "district")
        ).encode()
    )


def test_the_command_replaces_its_own_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--city", "tianjin", "--out", str(tmp_path / "api")]
    assert main(asked) == 0
    first = {p: p.read_bytes() for p in (tmp_path / "api").rglob("*.json")}
    capsys.readouterr()
    assert main(asked) == 0
    assert capsys.readouterr().err == ""
    assert {p: p.read_bytes() for p in (tmp_path / "api").rglob("*.json")} == first
    assert main([*asked, "--view", "explore?v=3&layers=platform"]) == 0
    assert not (tmp_path / "api/collections/district").exists()
    assert (tmp_path / "api" / MANIFEST).exists()


def write(made: Package, folder: Path) -> None:
    for name, data in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture
def served(tianjin: City, tmp_path: Path) -> Iterator[str]:
    with served_folder(tmp_path) as base:
        write(tree(whole(tianjin), Address(base)), tmp_path)
        yield base


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
def test_owslib_reads_features_and_records(tianjin: City, served: str) -> None:
    pytest.importorskip("owslib", reason="pip install -r requirements-ogc.txt")
    features = importlib.import_module("owslib.ogcapi.features")
    records = importlib.import_module("owslib.ogcapi.records")

    api = features.Features(served)
    assert set(tianjin.layers) <= set(api.feature_collections())
    told = api.collection_items("platform")
    assert told["numberMatched"] == len(tianjin.layers["platform"].frame)
    first = told["features"][0]["id"]
    assert api.collection_item("platform", first)["properties"]["id"] == first
    assert "level" in api.collection_queryables("platform")["properties"]
    held = records.Records(served)
    assert CATALOGUE in held.records()
    assert held.collection_items(CATALOGUE)["numberMatched"] == len(tianjin.layers)
