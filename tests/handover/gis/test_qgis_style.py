"""Show that QGIS gets the shapes, colours and lines of the atlas, for every layer."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

import geopandas as gpd
import pytest

from layers.handover.contents import Sheet
from layers.handover.gis import style
from layers.handover.gis.sld import sld
from layers.handover.gis.style import SHAPES
from layers.handover.look import labels_of, look_of
from layers.language.bilingual import Bilingual
from layers.map.symbols import LINES
from layers.pack.catalogue import CATALOG, LOCATION_CLASSES, generic_layer
from layers.pack.exchange import exchange_fields
from layers.pack.layer_spec import LayerSpec
from tests.handover.columns import leaving

SPECS = [*CATALOG.values(), generic_layer("odd_kind")]
PLACES = [spec for spec in SPECS if spec.is_places]
KNOWN_TO_QGIS = {
    *("circle", "square", "diamond", "pentagon", "hexagon", "triangle", "star", "cross_fill"),
    "semi_circle",
    "line",
}
"""Names that QgsSimpleMarkerSymbolLayerBase::decodeShape reads."""


def sheet(spec: LayerSpec) -> Sheet:
    """Return an empty table of a layer."""
    return Sheet(
        id=spec.id,
        title=Bilingual("图层", "Layer"),
        frame=gpd.GeoDataFrame(),
        fields=exchange_fields(spec.schema.fields),
        geometry=spec.schema.geometry,
        look=look_of(spec),
        labels=labels_of(spec),
        codes={"level": {"national": "国家级 <National>"}},
    )


def qml(spec: LayerSpec) -> str:
    return style.qml(sheet(spec))


def options(symbol: Xml.Element) -> list[dict[str, str]]:
    """Read what a symbol's layers are told."""
    return [
        {option.attrib["name"]: option.attrib["value"] for option in part.findall("Option/Option")}
        for part in symbol.findall("layer")
    ]


def by_class(spec: LayerSpec) -> dict[str, list[dict[str, str]]]:
    root = Xml.fromstring(qml(spec))
    symbols = {s.attrib["name"]: s for s in root.findall("renderer-v2/symbols/symbol")}
    return {
        category.attrib["value"]: options(symbols[category.attrib["symbol"]])
        for category in root.findall("renderer-v2/categories/category")
    }


@pytest.mark.parametrize("spec", PLACES, ids=lambda spec: spec.id)
def test_every_class_that_is_drawn_has_its_symbol(spec: LayerSpec) -> None:
    root = Xml.fromstring(qml(spec))
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert renderer.attrib["type"] == "categorizedSymbol"
    assert renderer.attrib["attr"] == "location_class"
    assert list(by_class(spec)) == [value for value in LOCATION_CLASSES if value != "none"]


@pytest.mark.parametrize("spec", PLACES, ids=lambda spec: spec.id)
def test_the_shape_says_the_kind_and_the_line_how_sure(spec: LayerSpec) -> None:
    red, green, blue = bytes.fromhex(spec.style.colour[1:])
    for value, parts in by_class(spec).items():
        mark = parts[0]
        *colour, alpha = (int(part) for part in mark["color"].split(","))
        assert colour == [red, green, blue]
        assert mark["outline_color"] == f"{red},{green},{blue},255"
        assert mark["name"] == SHAPES[spec.style.shape]
        assert alpha / 255 == pytest.approx(LINES[value][0], abs=0.005)
        assert mark["outline_style"] == ("dash" if value == "knowledge" else "solid")
    drawn = {value: str(parts) for value, parts in by_class(spec).items()}
    assert drawn["dataset"] == drawn["host"]
    assert len(set(drawn.values())) == 4


def test_a_stand_in_is_hollow_with_a_tick_and_a_guess_is_dashed() -> None:
    drawn = by_class(CATALOG["platform"])
    assert [part["name"] for part in drawn["proxy"]] == ["square", "line"]
    assert drawn["proxy"][0]["color"].endswith(",0")
    assert [part["name"] for part in drawn["knowledge"]] == ["square"]
    assert drawn["knowledge"][0]["color"].endswith(",0")
    assert drawn["dataset"][0]["color"].endswith(",255")


def test_later_facts_are_lighter() -> None:
    root = Xml.fromstring(qml(CATALOG["science_park"]))
    symbols = root.findall("renderer-v2/symbols//Option[@name='expression']")
    rules = [each.attrib["value"] for each in symbols]
    assert set(rules) == {"if(\"plan_status\" = 'later_fact', 62, 100)"}
    assert len(rules) == len(by_class(CATALOG["science_park"]))


@pytest.mark.parametrize(
    ("layer", "kind", "colour"), [("district", "fill", "#B9B4A8"), ("axis", "line", "#B5322A")]
)
def test_the_frame_has_one_symbol(layer: str, kind: str, colour: str) -> None:
    root = Xml.fromstring(qml(CATALOG[layer]))
    symbol = root.find("renderer-v2[@type='singleSymbol']/symbols/symbol")
    assert symbol is not None
    assert symbol.attrib["type"] == kind
    told = options(symbol)[0]
    key = "outline_color" if kind == "fill" else "line_color"
    assert told[key] == ",".join(str(part) for part in bytes.fromhex(colour[1:])) + ",255"
    assert told.get("style", "no") == "no"
    assert told.get("line_style", "dash") == "dash"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_every_column_has_an_alias_in_both_languages(spec: LayerSpec) -> None:
    root = Xml.fromstring(qml(spec))
    told = {e.attrib["field"]: e.attrib["name"] for e in root.findall("aliases/alias")}
    assert list(told) == leaving(spec.schema)
    assert told["name_zh"] == "名称（中文） Name (Chinese)"


def test_every_shape_is_one_that_qgis_knows() -> None:
    assert set(SHAPES.values()) <= KNOWN_TO_QGIS
    markers = {spec.style.shape for spec in PLACES}
    assert markers <= SHAPES.keys()


def test_coded_values_names_and_constraints_are_told_to_qgis() -> None:
    root = Xml.fromstring(qml(CATALOG["platform"]))
    widgets = {each.attrib["name"]: each for each in root.findall("fieldConfiguration/field")}
    coded = widgets["level"].find("editWidget[@type='ValueMap']/config/Option/Option/Option/Option")
    assert coded is not None
    assert (coded.attrib["name"], coded.attrib["value"]) == ("国家级 <National>", "national")
    assert widgets["counted"].find("editWidget[@type='CheckBox']") is not None
    held = {each.attrib["field"]: each.attrib for each in root.findall("constraints/constraint")}
    assert (held["id"]["notnull_strength"], held["id"]["unique_strength"]) == ("1", "1")
    assert held["theme_zh"]["constraints"] == "0"
    text = root.find("labeling/settings/text-style")
    shown = root.find("labeling/settings/dd_properties//Option[@name='expression']")
    assert text is not None
    assert shown is not None
    assert text.attrib["fieldName"] == "name_zh"
    assert shown.attrib["value"] == "\"level\" = 'national'"


def test_districts_come_before_places_where_names_collide() -> None:
    told = {
        id_: Xml.fromstring(qml(CATALOG[id_])).find("labeling/settings/placement")
        for id_ in ("district", "platform", "axis", "university")
    }
    ranks = {id_: int(each.attrib["priority"]) for id_, each in told.items() if each is not None}
    assert ranks["district"] > ranks["platform"]
    assert ranks.keys() == {"district", "platform"}


def test_a_map_tip_runs_no_text_of_the_data() -> None:
    tip = Xml.fromstring(qml(CATALOG["platform"])).findtext("mapTip")
    assert tip is not None
    written = re.findall(r"\[% (.+?) %\]", tip)
    assert len(written) == 5
    assert all("replace(" in each and "'&lt;'" in each for each in written)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_sld_has_a_rule_for_each_look_and_the_same_colours(spec: LayerSpec) -> None:
    names = {"se": "http://www.opengis.net/se", "ogc": "http://www.opengis.net/ogc"}
    root = Xml.fromstring(sld(sheet(spec)))
    rules = [
        r for r in root.iter(f"{{{names['se']}}}Rule") if r.find("se:TextSymbolizer", names) is None
    ]
    if spec.is_places:
        told = [rule.findtext(".//ogc:Literal", namespaces=names) for rule in rules]
        assert told == [value for value in LOCATION_CLASSES if value != "none"]
    else:
        assert len(rules) == 1
    inks = {each.text for each in root.iter(f"{{{names['se']}}}SvgParameter")
            if each.get("name") == "stroke"}  # fmt: skip
    assert inks == {spec.style.colour}


def test_a_line_that_the_map_leaves_out_is_left_out() -> None:
    told = Xml.fromstring(qml(CATALOG["axis"])).find("renderer-v2//Option[@name='expression']")
    assert told is not None
    assert told.attrib["value"] == 'if("off_map", 0, 100)'
    written = "".join(sld(sheet(CATALOG["axis"])).split())
    assert "<ogc:Not><ogc:PropertyIsEqualTo><ogc:PropertyName>off_map<" in written
