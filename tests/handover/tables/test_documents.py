"""Show that the dictionary, the sources and the manifest say all that goes with the data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from layers import __version__
from layers.handover.contents import Contents, Form
from layers.handover.documents import dictionary, manifest, sources
from layers.handover.selection import Selection, select
from layers.handover.view_export import contents
from layers.handover.write_data import to_csv
from layers.language.bilingual import Bilingual, both, column, pair
from layers.pack.catalogue import CATALOG
from layers.pack.city import NOTICES, City
from layers.view.state import Filters, default_state
from tests.handmade import PROVENANCE, handmade_city
from tests.handover.columns import added, leaving

ENCLAVE = Bilingual("含飞地。", "It holds an enclave.")


def noticed_city() -> City:
    """The city by hand, with the words that every map must carry."""
    words = {name: Bilingual(f"{name}词", f"{name} words") for name in NOTICES}
    return replace(handmade_city(), notices=MappingProxyType({**words, "100004": ENCLAVE}))


CITY = noticed_city()
START = default_state(CITY)
ROW_FORMS = [("geojson", 4326), ("gpkg", 4527), ("csv", 4490), ("csv", 4548)]


VERIFIED_BY = {"verified by contributor", "requires verification", "requires georeference"}


def chosen(fmt: str = "geojson", epsg: int = 4326, *layers: str) -> Contents:
    return contents(selected(fmt, epsg, *layers))


def selected(fmt: str = "geojson", epsg: int = 4326, *layers: str) -> Selection:
    return select(CITY, START, layers=layers or None, form=Form(fmt, epsg))


def table(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def text(fmt: str = "geojson", epsg: int = 4326, *layers: str) -> str:
    return sources(chosen(fmt, epsg, *layers)).decode()


def test_csv_is_what_excel_opens() -> None:
    data = to_csv([["甲", "a"], ['"x",y', "1\n2"]])
    assert data == b'\xef\xbb\xbf\xe7\x94\xb2,a\r\n"""x"",y","1\n2"\r\n'


@pytest.mark.parametrize(("fmt", "epsg"), ROW_FORMS)
def test_the_dictionary_has_every_field_of_every_layer_in_order(fmt: str, epsg: int) -> None:
    rows = table(dictionary(chosen(fmt, epsg)))
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row["图层 Layer"], []).append(row["字段 Field"])
    assert list(told) == [id_ for id_ in CITY.layers if id_ in START.layers]
    extra = {
        "geojson": ["geometry"],
        "gpkg": ["geom"],
        "csv": ["经度_lon", "纬度_lat"] if epsg == 4490 else ["东坐标_E", "北坐标_N"],
    }[fmt]
    for layer, names in told.items():
        end = [] if fmt == "csv" and layer == "district" else extra
        assert names == [*leaving(CITY.layers[layer].spec.schema), *end]


def test_the_dictionary_leaves_no_title_or_note_blank_and_words_every_value() -> None:
    for row in table(dictionary(chosen())):
        for heading in ("名称（中文） Title (Chinese)", "名称（英文） Title (English)"):
            assert row[heading]
        assert row["说明（中文） Note (Chinese)"]
        assert row["说明（英文） Note (English)"]
        field = row["字段 Field"]
        schema = CITY.layers[row["图层 Layer"]].spec.schema
        closed = schema[field].allowed or () if field in schema.names else ()
        if field in added(schema):
            told = {"year", "month", "day"} if field.endswith("_precision") else VERIFIED_BY
            closed = frozenset(told) if field.endswith(("_precision", "VerificationStatus")) else ()
        values = CITY.halves if field == "half" else closed
        words = dict(part.split(" = ") for part in filter(None, row["取值 Values"].split("; ")))
        assert words.keys() == set(values)


def test_the_dictionary_knows_units_types_and_what_is_required() -> None:
    rows = {(row["图层 Layer"], row["字段 Field"]): row for row in table(dictionary(chosen()))}
    area = rows["science_park", "area_km2"]
    assert (area["单位 Unit"], area["类型 Type"], area["必填 Required"]) == (
        "km²",
        "数值 number",
        "否 no",
    )
    assert rows["science_park", "level"]["必填 Required"] == "是 yes"
    assert "national = 国家级 National" in rows["science_park", "level"]["取值 Values"]
    assert rows["science_park", "geometry"]["必填 Required"] == "否 no"
    assert rows["district", "geometry"]["必填 Required"] == "是 yes"
    metres = {row["字段 Field"]: row for row in table(dictionary(chosen("csv", 4548)))}
    assert metres["东坐标_E"]["单位 Unit"] == "m"


@pytest.mark.parametrize("spec", CATALOG.values(), ids=lambda spec: spec.id)
def test_every_column_of_the_catalogue_is_titled_and_explained(spec: object) -> None:
    for name in CATALOG[spec.id].schema.names:  # type: ignore[attr-defined]
        for part in ("title", "note"):
            assert pair(f"column.{name}.{part}") == column(name, part)


def test_a_column_that_only_a_pack_knows_keeps_its_name() -> None:
    assert column("odd") == ("odd", "odd")
    assert column("odd", "note") == ("", "")


def test_both_languages_are_filled_in_each_with_its_own() -> None:
    words = pair("export.title", city=Bilingual("样城", "Sampleton"))
    assert words.zh == "样城创新空间图集：来源与说明"
    assert words.en == "Innovation-space atlas of Sampleton: sources and notes"
    assert both("level.national") == "国家级 National"


def test_the_sources_carry_terms_filter_plan_and_age() -> None:
    state = replace(START, period="2020", filters=Filters(level=frozenset({"national"})))
    selection = select(CITY, state, layers=None, form=Form("geojson", 4326))
    words = sources(contents(selection)).decode()
    for name in NOTICES:
        assert f"- {name}词\n  {name} words\n" in words
    for part in (
        selection.words.zh,
        selection.words.en,
        "国家级",
        CITY.plan.number,
        CITY.plan.issued,
        CITY.data_date,
        __version__,
        "WGS 84（EPSG:4326）",
        "3 in all, 1 named.",
    ):
        assert part in words


def test_every_layer_names_its_source_terms_and_limits() -> None:
    words = text()
    for sheet in chosen().sheets:
        part = words.partition(f"({sheet.id})\n")[2].partition("\n### ")[0]
        for told in (
            *PROVENANCE.source,
            *PROVENANCE.licence,
            *PROVENANCE.licence_note,
            *PROVENANCE.citation,
            PROVENANCE.retrieved,
            *PROVENANCE.method,
            *PROVENANCE.limits,
        ):
            assert told in part
        assert f"Rows: {len(sheet.frame)} ({sheet.mapped} with a geometry" in part


def test_enclaves_are_told_where_districts_are_in() -> None:
    assert ENCLAVE.zh in text()
    assert ENCLAVE.zh not in text("geojson", 4326, "platform")


@pytest.mark.slow
def test_caveats_fit_the_files() -> None:
    raw, shapes, named, datum, zone = "公式", "attributes only", "东坐标_E", "null", "EPSG:4527"
    assert [part in text() for part in (raw, shapes, named, datum, zone)] == [False] * 5
    told = text("csv", 4527)
    assert [part in told for part in (raw, shapes, named, datum, zone)] == [True] * 5
    assert "the easting carries the zone number 39; otherwise it equals EPSG:4548" in told
    told = text("csv", 4326, "platform")
    assert [part in told for part in (raw, shapes, named, datum, zone)] == [True] + [False] * 4
    told = text("gpkg", 4490)
    assert [part in told for part in (raw, shapes, named, datum, zone)] == [
        *(False, False, False),
        *(True, False),
    ]
    elsewhere = select(
        replace(CITY, metric_epsg=32650), START, layers=None, form=Form("csv", 32650)
    )
    assert "zone number" not in sources(contents(elsewhere)).decode()


@pytest.mark.slow
def test_the_manifest_says_what_was_asked_and_what_came_of_it() -> None:
    files = {"b.csv": "乙".encode(), "a.csv": b""}
    selection = selected("csv", 4527)
    told = json.loads(manifest(contents(selection), files))
    assert told["product"]["version"] == __version__
    assert told["city"]["id"] == CITY.id
    assert told["data_date"] == CITY.data_date
    assert told["period"] == {
        "id": "now",
        "zh": "现状（最近核实）",
        "en": "As last verified",
        "later": True,
    }
    assert told["filter"] == {"query": selection.query, **selection.words._asdict()}
    assert told["crs"] == {"epsg": 4527, "name": "CGCS2000 / 3-degree Gauss-Kruger zone 39"}
    assert told["terms"]["footer"] == {"zh": "footer词", "en": "footer words"}
    assert [(file["name"], file["bytes"]) for file in told["files"]] == [("b.csv", 3), ("a.csv", 0)]
    assert told["files"][0]["sha256"] == hashlib.sha256("乙".encode()).hexdigest()
    layers = {layer["id"]: layer for layer in told["layers"]}
    assert layers.keys() == START.layers
    assert layers["sign_area"]["rows"] == layers["sign_area"]["unmapped"] == 1
    assert layers["science_park"]["mapped"] == 2
    assert layers["science_park"]["latest_as_of"] == "2026-01"
    assert layers["science_park"]["verified_on"] == PROVENANCE.verified_on


def test_a_layer_without_rows_has_no_date() -> None:
    state = replace(START, filters=Filters(level=frozenset({"district"})))
    selection = select(CITY, state, layers=["platform"], form=Form("csv", 4326))
    assert json.loads(manifest(contents(selection), {}))["layers"][0]["latest_as_of"] is None
