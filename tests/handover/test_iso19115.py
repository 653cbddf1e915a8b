"""Show that the metadata of every layer is valid by the standard's own schema files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from layers.handover.contents import Contents, Form
from layers.handover.metadata.iso19115 import iso19115
from layers.handover.selection import select
from layers.handover.view_export import contents as contents_of
from layers.pack.city import City
from layers.view.state import default_state

pytestmark = pytest.mark.slow

SCHEMAS = Path(__file__).parent / "schemas" / "iso19115_3.zip"
MDB = "standards.iso.org/iso/19115/-3/mdb/2.0/mdb.xsd"


class FromZip(etree.Resolver):  # type: ignore[misc]
    """Read every schema from the zip: what is not in it is an error."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self.archive = archive

    def resolve(self, url: str, _id: str | None, context: Any) -> Any:
        name = url.split("://")[-1].lstrip("/")
        return self.resolve_string(self.archive.read(name), context, base_url=url)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    with zipfile.ZipFile(SCHEMAS) as archive:
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(FromZip(archive))
        root = etree.fromstring(archive.read(MDB), parser, base_url=f"http://{MDB}")
        return etree.XMLSchema(root)


def whole(city: City, fmt: str = "geojson", epsg: int = 4326) -> Contents:
    state = default_state(city)
    return contents_of(select(city, state, layers=tuple(city.layers), form=Form(fmt, epsg)))


@pytest.mark.parametrize("name", ["tianjin", "toy"])
def test_every_layer_is_valid(
    name: str, schema: etree.XMLSchema, request: pytest.FixtureRequest
) -> None:
    held = whole(request.getfixturevalue(name))
    for sheet in held.sheets:
        document = etree.fromstring(iso19115(held, sheet).encode())
        assert schema.validate(document), schema.error_log


def test_a_fault_is_noticed(toy: City, schema: etree.XMLSchema) -> None:
    held = whole(toy)
    document = etree.fromstring(iso19115(held, held.sheets[0]).encode())
    document.remove(document.find("{*}contact"))
    assert not schema.validate(document)
