"""The map on paper: true to scale, nothing over another, and it says what it shows."""

from __future__ import annotations

import io
import math
from collections import Counter
from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import segno
import shapely
from matplotlib.image import imread, imsave
from matplotlib.text import Text
from pyproj import Geod, Transformer

from layers.map.overlay import Drawing, Handle, Raster, Shapes
from layers.map.symbols import plain_mark
from layers.pack.catalogue import FIRM
from layers.present.static_map import A4, Heading, Paper, static_map
from layers.present.static_map.compose import Order
from layers.view.rows import rows_in_view
from layers.view.state import Filters, default_state
from layers.view.vague import VAGUE_M
from tests.present.static_map.conftest import CARD, CASES, HEADING


def overlap(one, other):
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def window_of(drawn_map, id_):
    found = drawn_map.windows
    return next(w for w in (found.main, *found.insets, found.locator) if w and w.id == id_)


def texts(drawn_map):
    return [text.get_text() for text in drawn_map.figure.findobj(Text)]


def near(view):
    """Return the places that have a mark at the scale of a city."""
    rows = view.mapped
    return rows[~(rows.uncertainty_m > VAGUE_M)]


@pytest.mark.slow
def test_no_two_names_overlap(drawn_map):
    assert len(drawn_map.labels) > 5
    for one, other in combinations(drawn_map.labels, 2):
        if one.window == other.window:
            assert not overlap(one.box, other.box), (one.name.text, other.name.text)


def test_no_name_covers_a_mark_or_leaves_its_window(drawn_map):
    for label in drawn_map.labels:
        box = window_of(drawn_map, label.window).box
        assert shapely.box(*box).contains(shapely.box(*label.box)), label.name.text
        for stand in drawn_map.stands:
            if stand.window == label.window:
                point = (stand.x, stand.y, stand.x, stand.y)
                assert not overlap(label.box, point), (label.name.text, stand.place.name)


def test_no_name_of_the_map_lies_under_what_stands_on_it(drawn_map):
    found = drawn_map.windows
    over = [window.box for window in (*found.insets, found.locator) if window]
    over += drawn_map.panels
    for label in drawn_map.labels:
        if label.window == "main":
            assert not any(overlap(label.box, box) for box in over), label.name.text


def test_no_line_to_a_name_crosses_another_name(drawn_map):
    for label in drawn_map.labels:
        if label.leader is None:
            continue
        line = shapely.LineString(label.leader)
        for other in drawn_map.labels:
            if other is not label and other.window == label.window:
                inner = shapely.box(*other.box).buffer(-0.3)
                assert not line.intersects(inner), (label.name.text, other.name.text)


def test_marks_of_one_window_keep_apart(drawn_map):
    for one, other in combinations(drawn_map.stands, 2):
        if one.window == other.window:
            gap = math.dist((one.x, one.y), (other.x, other.y))
            assert gap > 0.9 * (one.radius + other.radius), (one.place.name, other.place.name)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_districts_are_named(drawn, tianjin, lang):
    names = {label.name.text for label in drawn(lang).labels if label.name.kind == "district"}
    assert names == set(tianjin.districts[f"name_{lang}"])
    assert len(names) == 16


def test_every_mark_has_its_name_or_a_number_in_the_list(drawn_map):
    held = {label.of: label.name for label in drawn_map.labels if label.of}
    listed = dict(drawn_map.numbered)
    for stand in drawn_map.stands:
        name = held[stand.place.id]
        if name.kind == "number":
            assert listed.pop(int(name.text)) == stand.place.name
        else:
            assert "".join(name.rows).replace(" ", "") == stand.place.name.replace(" ", "")
    assert listed == {}


@pytest.mark.parametrize("name", ["zh", "en"])
def test_the_list_of_numbers_is_written(drawn, name):
    written, numbered = texts(drawn(name)), drawn(name).numbered
    on_map = [text for text in written if text in {str(number) for number, _ in numbered}]
    assert numbered
    listed = [number for number, _ in numbered if written.count(str(number)) >= 2]
    assert listed == [number for number, _ in numbered][: len(listed)], "in order"
    rest = len(numbered) - len(listed)
    assert not rest or f"{rest} more in the list of places" in written
    assert rest == 0 or name == "en"
    assert len(on_map) >= len(numbered) + len(listed)


def test_scale_bars_are_true_on_the_ground(drawn_map, tianjin):
    ground = Geod(ellps="GRS80")
    back = Transformer.from_crs(tianjin.metric_epsg, 4490, always_xy=True)
    assert set(drawn_map.bars) == {"main", *(inset.id for inset in drawn_map.windows.insets)}
    for id_, bar in drawn_map.bars.items():
        window = window_of(drawn_map, id_)
        ends = [back.transform(*window.on_plane(*spot)) for spot in (bar.start, bar.end)]
        metres = ground.inv(*ends[0], *ends[1])[2]
        assert metres == pytest.approx(bar.km * 1000, rel=1e-3)
        assert math.dist(bar.start, bar.end) * window.scale / 1e6 == pytest.approx(bar.km)


def test_scales_are_round_and_said(drawn_map):
    found = drawn_map.windows
    for window in (found.main, *found.insets):
        assert len(str(window.scale).rstrip("0")) <= 2
        said = "1:" + f"{window.scale:,}".replace(",", " ")
        assert any(said in text for text in texts(drawn_map))
    assert drawn_map.scale == found.main.scale


@pytest.mark.slow
def test_the_same_map_has_the_same_bytes(drawn, tianjin):
    first = drawn("binhai")
    again = static_map(tianjin, default_state(tianjin), "zh", CARD, focus="120116")
    assert first.png(40) == again.png(40)
    assert first.pdf() == again.pdf()
    assert first.svg() == again.svg()


@pytest.mark.slow
def test_files_carry_the_day_of_the_data_and_no_maker(drawn, tianjin):
    found = drawn("binhai")
    assert found.png(60).startswith(b"\x89PNG")
    assert b"atplotlib" not in found.png(60)
    pdf, svg = found.pdf(), found.svg()
    assert pdf.startswith(b"%PDF")
    assert f"D:{tianjin.data_date.replace('-', '')}".encode() in pdf
    assert f"<dc:date>{tianjin.data_date}</dc:date>".encode() in svg
    assert b"<text" not in svg, "glyphs are outlines: they look the same without the font"


@pytest.mark.parametrize("name", ["zh", "en", "national"])
def test_filled_and_hollow_are_as_many_as_in_the_view(drawn, tianjin, name):
    filters = CASES[name].get("filters", default_state(tianjin).filters)
    rows = near(rows_in_view(tianjin, replace(default_state(tianjin), filters=filters)))
    stands = drawn(name).stands
    assert Counter(s.place.id for s in stands) == Counter(rows.index), "each once"
    firm = sum(known in FIRM for known in rows.location_class)
    assert sum(s.place.firm for s in stands) == firm
    for count in (len(rows), firm, len(rows) - firm):
        assert f" {count} " in drawn(name).alt


def test_the_legend_explains_what_is_drawn_and_nothing_else(drawn, tianjin):
    titles = {id_: layer.title.zh for id_, layer in tianjin.layers.items() if layer.spec.is_places}
    for name in ("zh", "national", "jizhou"):
        kinds = {stand.place.kind for stand in drawn(name).stands}
        said = {id_ for id_, title in titles.items() if title in texts(drawn(name))}
        assert said == kinds, name
    assert {stand.place.kind for stand in drawn("national").stands} < set(titles)


def test_what_is_not_drawn_is_counted(drawn, tianjin):
    view = rows_in_view(tianjin, default_state(tianjin))
    missing = len(view.places) - len(view.titles) - len(drawn("zh").stands)
    assert missing > 0
    assert any(f"另有 {missing} 处未上图" in text for text in texts(drawn("zh")))


def test_a_filter_is_said_above_and_below(drawn):
    said = [text for text in texts(drawn("national")) if "筛选：国家级" in text]
    assert len(said) == 2
    assert drawn("national").alt.startswith("筛选后")
    assert not any("筛选" in text for text in texts(drawn("zh")))


def test_a_map_says_where_it_comes_from_and_what_it_may_be_used_for(drawn, tianjin):
    written = "".join(texts(drawn("zh"))).replace(" ", "").replace("　", "")
    for notice in ("footer", "boundary", "review_base", "review_map"):
        assert tianjin.notices[notice].zh.replace(" ", "") in written
    for said in (tianjin.data_date, "EPSG:4548", "2000国家大地坐标系", HEADING.title, "北"):
        assert said in written
    assert "资料来源" in written


def test_a_bare_map_has_bars_and_north_and_no_words_around(drawn):
    written = texts(drawn("binhai"))
    assert "北" in written
    assert not any("图例" in text or "内部工作用图" in text for text in written)
    assert drawn("binhai").windows.insets == ()


@pytest.mark.parametrize("chosen", [(), ("coast",), ("centre", "coast")])
def test_the_insets_are_those_that_are_chosen(tianjin, chosen):
    nothing = replace(default_state(tianjin), layers=frozenset({"district"}))
    order = Order(tianjin, nothing, "zh", A4, None, None, (), None, chosen=chosen)
    assert [inset.id for inset, _ in order.insets] == [*chosen]
    assert not replace(order, chosen=None).insets


def test_a_district_map_shows_its_own_places(drawn, tianjin):
    state = replace(default_state(tianjin), filters=Filters(district=frozenset({"120116"})))
    own = set(near(rows_in_view(tianjin, state)).index)
    assert {stand.place.id for stand in drawn("binhai").stands} <= own
    assert len(drawn("binhai").stands) > 10
    assert drawn("jizhou").stands == ()


@pytest.mark.slow
def test_a_picture_of_an_analysis_lies_where_it_belongs(tianjin):
    """One red square of 0.06°, put there in Web Mercator, covers the same square of the plane."""
    west, south, side = 117.5, 39.91, 0.06
    bounds = ((south, west), (south + side, west + side))
    frame = gpd.GeoDataFrame(
        {"n": ["<b>$x$</b>"]}, geometry=[shapely.Point(117.35, 39.65)], crs="EPSG:4326"
    )
    style = tianjin.layers["platform"].spec.style
    drawing = Drawing(
        raster=Raster(_red(), bounds),
        shapes=[Shapes(frame, "#000000", "#00FF00", 1.0, radius=6)],
        handles=[Handle("a", 117.7, 40.0, plain_mark(style, firm=True), "n", label="$x$ & <b>")],
    )
    found = static_map(
        tianjin, default_state(tianjin), "zh", Paper(150, 180), heading=HEADING, drawing=drawing
    )
    assert "$x$ & <b>" in texts(found)
    to_plane = Transformer.from_crs(4326, tianjin.metric_epsg, always_xy=True)
    square = shapely.box(west, south, west + side, south + side).segmentize(0.01)
    corners = np.column_stack(to_plane.transform(*shapely.get_coordinates(square).T))
    expected = found.windows.main.on_sheet(corners)
    red = _where(found, (255, 0, 0))
    assert red.min(axis=0) == pytest.approx(expected.min(axis=0), abs=0.3)
    assert red.max(axis=0) == pytest.approx(expected.max(axis=0), abs=0.3)
    dot = found.windows.main.on_sheet(np.array([to_plane.transform(117.35, 39.65)]))[0]
    assert _where(found, (0, 255, 0)).mean(axis=0) == pytest.approx(dot, abs=0.2)


def _red():
    file = io.BytesIO()
    imsave(file, np.full((4, 4, 4), (255, 0, 0, 255), dtype=np.uint8), format="png")
    return file.getvalue()


def _where(found, colour):
    """Return the pixels of a colour in millimetres from the lower left corner."""
    rows = (imread(io.BytesIO(found.png(150))) * 255).round()
    down, across = np.nonzero((rows[..., :3] == colour).all(axis=-1))
    high = found.figure.get_figheight() * 25.4
    return np.column_stack([across + 0.5, high * 150 / 25.4 - down - 0.5]) * 25.4 / 150


@pytest.mark.slow
def test_a_small_city_without_insets_is_drawn_too(toy):
    heading = Heading("Toy", "", "")
    for lang in ("zh", "en"):
        found = static_map(toy, default_state(toy), lang, A4, heading=heading)
        assert found.windows.insets == ()
        assert found.png(40).startswith(b"\x89PNG")
        names = {label.name.text for label in found.labels if label.name.kind == "district"}
        assert names == set(toy.districts[f"name_{lang}"])


@pytest.mark.slow
def test_a_single_map_leads_to_the_live_view(toy):
    """Each module of the code is looked at in the picture, and its address stands beside it."""
    link = "https://atlas.bureau.test/explore?v=3&level=national&" + "district=a.b.c&" * 18
    found = static_map(toy, default_state(toy), "zh", A4, heading=Heading("T", "S", "D", link=link))
    assert link in "".join(reversed(texts(found))), "also one of several lines"
    modules = segno.make(link, error="m", micro=False).matrix
    dpi = 300
    dark = imread(io.BytesIO(found.png(dpi)))[..., :3].mean(axis=-1) < 0.5
    side, left, low = 15 / len(modules), 297 - 8 - 15, 8 * 0.7
    for n, row in enumerate(modules):
        y = low + 15 - (n + 0.5) * side
        for m, wanted in enumerate(row):
            x = left + (m + 0.5) * side
            assert dark[len(dark) - 1 - int(y / 25.4 * dpi), int(x / 25.4 * dpi)] == bool(wanted)
    assert not any(
        "atlas.bureau" in text
        for text in texts(static_map(toy, default_state(toy), "zh", A4, heading=HEADING))
    )
