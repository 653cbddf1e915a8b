"""Show that an area's numbers rest on the basis of the headline, and that its ranks are true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layers.language.messages import LANGS
from layers.pack.catalogue import FIRM
from layers.pack.city import City
from layers.places import areas as told
from layers.places.areas import figures, holdings, measures, members, paired
from layers.places.spread import level_counts, spread, whole
from layers.view.areas import areas, is_part, peers
from layers.view.rows import without_titles
from layers.view.vague import is_vague
from tests.handmade import handmade_city

CITY = handmade_city()
PARTS = ("part:jincheng", "part:bincheng", "part:outer")


def test_areas_are_the_parts_that_have_districts_and_the_districts() -> None:
    assert areas(CITY) == {
        "part:jincheng": ("100001", "100002"),
        "part:bincheng": ("100003",),
        "part:outer": ("100004",),
        **{code: (code,) for code in ("100001", "100002", "100003", "100004")},
    }
    assert peers(CITY, "part:outer") == PARTS
    assert peers(CITY, "100003") == ("100001", "100002", "100003", "100004")


def test_a_city_without_parts_has_its_districts_alone() -> None:
    layer = CITY.layers["district"]
    bare = replace(layer, frame=layer.frame.assign(half=None))
    city = replace(CITY, layers={**CITY.layers, "district": bare}, words={})
    assert list(areas(city)) == list(CITY.districts.index)


def test_every_city_has_parts_of_its_own(toy: City) -> None:
    assert [area for area in areas(toy) if is_part(toy, area)] == ["part:front", "part:back"]
    for area in areas(toy):
        assert len(measures(toy, area, "zh")) == 3


@pytest.mark.parametrize("part", [True, False])
def test_the_areas_of_a_sort_add_up_to_the_headline(tianjin: City, part: bool) -> None:
    found = spread(whole(tianjin))
    own = [each for area, each in figures(tianjin).items() if is_part(tianjin, area) is part]
    assert sum(each.n for each in own) == found.n
    assert sum(each.national for each in own) == level_counts(found)[0]


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_of_an_area_holds_what_its_number_counts(tianjin: City, lang: str) -> None:
    for area, own in figures(tianjin).items():
        items = [item for group in holdings(tianjin, area, lang) for item in group.items]
        assert len({item.id for item in items}) == len(items) == own.n
        assert all(item.where for item in items)


def test_ranks_and_ties_are_those_of_the_numbers_read(tianjin: City) -> None:
    known = figures(tianjin)
    for area in areas(tianjin):
        others = [known[other] for other in peers(tianjin, area)]
        assert all(other.per_million is not None for other in others)
        for at, measure in enumerate(measures(tianjin, area, "zh")):
            value, values = known[area][at], [other[at] or 0 for other in others]
            if not value:
                assert "第" not in measure.rank
                continue
            place = sorted(values, reverse=True).index(value) + 1
            assert measure.rank.endswith(f"第{place}")
            assert ("并列" in measure.rank) == (values.count(value) > 1)


def test_what_a_rank_says_in_words() -> None:
    # park-a and sign-a | gather-a and plat-a; 100 000 and 200 000 residents; one national each.
    assert [(m.shown, m.rank) for m in measures(CITY, "100001", "zh")] == [
        ("2", "4区中并列第1"),
        ("1", "4区中并列第1"),
        ("20", "4区中第1"),
    ]
    assert [(m.shown, m.rank) for m in measures(CITY, "part:jincheng", "en")] == [
        ("4", "no. 1 of 3 parts"),
        ("2", "no. 1 of 3 parts"),
        ("13", "no. 1 of 3 parts"),
    ]
    assert [m.rank for m in measures(CITY, "100004", "zh")] == ["规划未点名", "4区中2个有", ""]


def test_a_part_says_its_sum_and_ranks_its_districts(tianjin: City) -> None:
    own = figures(tianjin)["part:jincheng"]
    said = told.sentence(tianjin, "part:jincheng", "zh", named=True)
    assert said == f"计入“津城”的有 {own.n} 处，其中国家级 {own.national} 处。称号 2 项，不算场所。"
    sizes = [n for _, _, n in members(tianjin, "part:jincheng", "zh")]
    assert sizes == sorted(sizes, reverse=True)
    assert (len(sizes), sum(sizes)) == (10, own.n)


def test_bars_stand_on_one_scale_in_each_group(tianjin: City) -> None:
    counts, rates, kinds = paired(tianjin, "120116", "120111", "zh")
    for group in (counts, rates, kinds):
        shares = [share for pair in group for share in pair.share]
        assert max(shares) == 1
        numbers = [float(shown) for pair in group for shown in pair.shown]
        assert shares == pytest.approx([number / max(numbers) for number in numbers], abs=0.01)
    for at, area in enumerate(("120116", "120111")):
        assert sum(int(pair.shown[at]) for pair in kinds) == figures(tianjin)[area].n


def test_two_areas_without_places_have_no_bars(tianjin: City) -> None:
    groups = paired(tianjin, "120101", "120102", "zh")
    assert [pair.share for group in groups for pair in group] == [(0, 0)] * 3


def test_what_is_not_known_is_said_in_lines(tianjin: City) -> None:
    site, district, left_out = told.unsettled(tianjin, "120116", "zh")
    assert site.startswith("区内位置待核：")
    own = without_titles(told.counted(tianjin, "120116", "zh"))
    n = int((own["uncertainty_m"].isna() | own.geometry.isna()).sum())
    assert 0 < n < len(own)
    assert f"{n} 处位置不详" in site, "those without a point are all of which nobody knows"
    near = own[~is_vague(own) & own.geometry.notna()]
    assert f"图上 {(~near['location_class'].isin(FIRM)).sum()} 个空心点" in site, "as the legend"
    assert district.startswith(f"所属区待查：全市另有 {_unplaced(tianjin)} 处")
    assert "科技创新标志区 7 处" in left_out
    assert list(told.unsettled(tianjin, "120119", "zh")) == [district, left_out]
    two = list(told.unsettled_of_two(tianjin, "120116", "120119", "zh"))
    assert two == [f"不知道位置准到多少的：滨海新区 {n} 处。", district, left_out]


def _unplaced(city: City) -> object:
    return spread(whole(city)).parameters["counted_unplaced"]
