"""Show that a GeoPackage carries what a GIS team would else rebuild: codes, metadata, a project."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from PIL import Image

from layers.analysis import ANALYSES
from layers.handover.contents import Form
from layers.handover.view_export import package
from layers.pack.city import City
from layers.pack.exchange import exchange_fields
from layers.view.state import default_state

pytestmark = pytest.mark.slow

SYSTEM_PYTHON = "/usr/bin/python3"
OPEN = Path(__file__).with_name("open_in_qgis.py")


@pytest.fixture(scope="module")
def data(toy: City) -> bytes:
    files = package(toy, default_state(toy), fmt="gpkg", epsg=4326, layers=tuple(toy.layers)).files
    return files["toy.gpkg"]


@pytest.fixture(scope="module")
def database(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("whole") / "toy.gpkg"
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def project(database: sqlite3.Connection) -> Xml.Element:
    (content,) = database.execute("SELECT content FROM qgis_projects").fetchone()
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
        assert archive.namelist() == ["toy.qgs"]
        return Xml.fromstring(archive.read("toy.qgs"))


def test_every_closed_column_has_its_codes_in_words(
    toy: City, database: sqlite3.Connection
) -> None:
    told = {
        (table, column): name
        for table, column, name in database.execute(
            "SELECT table_name, column_name, constraint_name FROM gpkg_data_columns"
        )
    }
    for id_, layer in toy.layers.items():
        for field in layer.spec.schema.fields:
            name = told[id_, field.name]
            values = database.execute(
                "SELECT value, description FROM gpkg_data_column_constraints "
                "WHERE constraint_name = ?", (name,)
            ).fetchall()  # fmt: skip
            if field.allowed:
                assert {value for value, _ in values} == field.allowed
                assert all(words for _, words in values)


def test_no_row_lacks_its_id_and_no_two_have_the_same(
    toy: City, database: sqlite3.Connection
) -> None:
    for id_, layer in toy.layers.items():
        columns = database.execute(f'PRAGMA table_info("{id_}")').fetchall()
        required = {name for _, name, _, held, *_ in columns if held}
        leaving = exchange_fields(layer.spec.schema.fields)
        wanted = {field.name for field in leaving if field.required}
        assert required - {"fid"} == wanted | {"id"}
        indexes = database.execute(f'PRAGMA index_list("{id_}")').fetchall()
        assert [name for _, name, unique, *_ in indexes if unique] == [f"{id_}_id"]
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_project_knows_every_table_and_no_other(
    toy: City, project: Xml.Element, database: sqlite3.Connection
) -> None:
    sources = [each.text for each in project.findall("projectlayers/maplayer/datasource")]
    assert sorted(map(str, sources)) == sorted(f"./toy.gpkg|layername={id_}" for id_ in toy.layers)
    ids = {each.text for each in project.findall("projectlayers/maplayer/id")}
    listed = {each.attrib["id"] for each in project.findall("layer-tree-group//layer-tree-layer")}
    assert ids == listed == {each.attrib["id"] for each in project.findall("layerorder/layer")}
    shapes = [each.attrib["geometry"] for each in project.findall("projectlayers/maplayer")]
    assert shapes == sorted(shapes, key=("Point", "Line", "Polygon").index)
    tables = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
    assert tables == {*toy.layers, "layer_styles"}


def test_the_layouts_name_layers_and_maps_that_are_there(project: Xml.Element) -> None:
    ids = {each.text for each in project.findall("projectlayers/maplayer/id")}
    whole, atlas = project.findall("Layouts/Layout")
    for layout in (whole, atlas):
        uuids = {each.attrib["uuid"] for each in layout.iter("LayoutItem")}
        maps = {each.attrib[key] for each in layout.iter("LayoutItem")
                for key in ("mapUuid", "map_uuid") if key in each.attrib}  # fmt: skip
        assert maps
        assert maps <= uuids
        assert {each.attrib["id"] for each in layout.iter("layer-tree-layer")} == ids
        names = {each.attrib["id"] for each in layout.findall("LayoutItem")}
        assert names == {"title", "map", "legend", "scale", "north", "sources", "review"}
    assert whole.find("Atlas") is None
    pages = atlas.find("Atlas")
    assert pages is not None
    assert pages.attrib["coverageLayer"] in ids
    assert pages.attrib["coverageLayerSource"] == "./toy.gpkg|layername=district"


def in_qgis(package: Path, name: str, folder: Path) -> dict[str, Any]:
    """Open a project in Debian's QGIS."""
    done = subprocess.run(
        [SYSTEM_PYTHON, str(OPEN), str(package), name, str(folder)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture
def qgis() -> None:
    asked = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("QGIS is not installed: apt-get install qgis python3-qgis")


def ink(path: str) -> float:
    """Return the share of a picture that is not white."""
    with Image.open(path) as picture:
        return float((np.asarray(picture.convert("RGB")).min(axis=2) < 250).mean())


@pytest.mark.thorough
@pytest.mark.office
@pytest.mark.usefixtures("qgis")
def test_qgis_opens_and_prints_the_project(toy: City, data: bytes, tmp_path: Path) -> None:
    """In a folder that it was moved to, so that no path is of where it was made."""
    (tmp_path / "toy.gpkg").write_bytes(data)
    told = in_qgis(tmp_path / "toy.gpkg", "toy", tmp_path)
    assert (told["read"], told["crs"]) == (True, f"EPSG:{toy.metric_epsg}")
    assert len(told["layers"]) == len(toy.layers)
    for source, layer in told["layers"].items():
        id_ = source.rpartition("=")[2]
        assert (layer["valid"], layer["rows"]) == (True, len(toy.layers[id_].frame))
        closed = [f.name for f in toy.layers[id_].spec.schema.fields if f.allowed]
        assert set(closed) <= set(layer["coded"])
        assert layer["tip"].startswith("<b>")
    whole, atlas = told["layouts"]
    assert (whole["state"], atlas["state"]) == (0, 0)
    assert atlas["pages"] == len(toy.districts)
    assert 0.01 < ink(whole["picture"]) < 0.5
    assert 0.01 < ink(atlas["picture"]) < 0.5


@pytest.mark.thorough
@pytest.mark.office
@pytest.mark.usefixtures("qgis")
def test_qgis_opens_a_density_with_its_colours(toy: City, tmp_path: Path) -> None:
    analysis = ANALYSES["density"]
    answer = analysis.measure(toy, analysis.question(default_state(toy)))
    for name, content in analysis.hand_over(answer, Form("gpkg", toy.metric_epsg)).files.items():
        (tmp_path / name).write_bytes(content)
    told = in_qgis(tmp_path / "density.gpkg", "density", tmp_path)
    assert all(layer["valid"] for layer in told["layers"].values())
    raster = next(each for source, each in told["layers"].items() if source.endswith(".tif"))
    assert raster["renderer"] == "singlebandpseudocolor"
    assert told["layouts"][0]["state"] == 0
