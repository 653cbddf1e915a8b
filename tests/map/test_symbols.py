"""Marks differ by shape for the kind and by line for the certainty."""

from __future__ import annotations

import base64
from itertools import combinations
from xml.etree import ElementTree

import pytest

from layers.map.symbols import LINES, PATHS, data_uri, mark, plain_mark
from layers.pack.catalogue import CATALOG, FIRM, LOCATION_CLASSES

POINTS = [spec for spec in CATALOG.values() if spec.is_places]


@pytest.mark.parametrize("spec", POINTS, ids=lambda spec: spec.id)
@pytest.mark.parametrize("known", LOCATION_CLASSES)
def test_every_mark_is_well_formed(spec, known):
    root = ElementTree.fromstring(mark(spec.style, known))
    assert root.tag.endswith("svg")
    assert root.attrib["aria-hidden"] == "true"


def test_kinds_differ_without_colour():
    shapes = [spec.style.shape for spec in POINTS if spec.id != "later_park"]
    assert len(set(shapes)) == len(shapes)
    assert len({PATHS[shape] for shape in shapes}) == len(shapes)


def test_classes_differ_without_colour():
    style = CATALOG["platform"].style
    drawn = {known: mark(style, known) for known in LOCATION_CLASSES}
    for one, other in combinations(LOCATION_CLASSES, 2):
        firm = {one, other} <= {"verified", "dataset", "host"}
        assert (drawn[one] == drawn[other]) == firm


def test_only_the_unsure_are_dashed():
    assert [known for known, (_, dash) in LINES.items() if dash] == ["knowledge", "none"]


def test_a_later_fact_is_fainter():
    style = CATALOG["later_park"].style
    assert "opacity=" in mark(style, faded=True).replace("fill-opacity", "")
    assert mark(style, faded=True) != mark(style)


@pytest.mark.parametrize("spec", POINTS, ids=lambda spec: spec.id)
def test_at_the_scale_of_a_city_a_mark_is_filled_or_hollow_and_no_more(spec):
    filled, hollow = plain_mark(spec.style, firm=True), plain_mark(spec.style, firm=False)
    assert f'fill="{spec.style.colour}"' in filled
    assert f'fill="{spec.style.colour}"' not in hollow
    assert "dasharray" not in filled + hollow


def test_only_classes_with_evidence_are_firm():
    assert set(LOCATION_CLASSES) - set(FIRM) == {"proxy", "knowledge", "none"}


def test_data_uri_carries_the_drawing():
    svg = mark(CATALOG["platform"].style)
    head, _, body = data_uri(svg).partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(body).decode() == svg


@pytest.mark.parametrize("style", [CATALOG["district"].style, CATALOG["axis"].style])
def test_lines_and_areas_have_a_symbol(style):
    assert style.colour in mark(style)
