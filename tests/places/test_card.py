"""Show that a card tells all that is known, says who says so, and owns what is not known."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest

from layers.language.values import THIN
from layers.pack.catalogue import CATALOG
from layers.pack.city import City
from layers.places.card import Link, card
from tests.handmade import handmade_city

CITY = handmade_city()


def rows(id_: str, lang: str = "zh", city: City = CITY) -> dict[str, tuple[str, str]]:
    return {row.name: (row.value, row.note) for row in card(city, id_, lang).rows}


def test_a_full_card() -> None:
    told = card(CITY, "park-a", "zh")
    assert (told.title, told.other_name, told.kind_title) == (
        "甲大学科技园",
        "Alpha Science Park",
        "science_park层",
    )
    assert told.name_note == "名称系还原，待核"
    assert [(badge.text, badge.note) for badge in told.badges] == [
        ("国家级", "已批复"),
        ("规划前已有", "2020"),
        ("已建成或已认定", "2023-05-12"),
    ]
    assert told.doubt == f"公开点位，±700{THIN}米（估）。公开点位。"
    assert told.caveats == ("楼宇未测定。",)
    assert told.not_known == ("四至", "面积")
    assert told.half == "“津城”"
    assert told.mapped


def test_rows_stand_in_the_order_of_the_catalogue_and_say_what_is_unknown() -> None:
    told = card(CITY, "park-a", "en")
    order = [name for name in CATALOG["science_park"].card if name in {r.name for r in told.rows}]
    assert [row.name for row in told.rows] == order
    known = {row.name: row.value for row in told.rows if row.known}
    assert known["lead_unit"] == "Alpha University"
    assert known["area_km2"] == f"1.25{THIN}km²"
    assert known["field"] == "Biomedicine"
    assert {row.name for row in told.rows if not row.known} == {"approved_by", "theme"}
    assert {row.value for row in told.rows if not row.known} == {"unknown"}


def test_a_level_that_is_not_known_is_shown_and_marked() -> None:
    (level,) = [row for row in card(CITY, "gather-a", "zh").rows if row.name == "level"]
    assert (level.value, level.known) == ("级别不详", False)


def test_context_is_not_asked_what_the_places_of_the_plan_are_asked() -> None:
    told = card(CITY, "uni-a", "zh")
    assert [row.name for row in told.rows] == ["level", "current_status", "site", "as_of"]
    assert {badge.name for badge in card(CITY, "uni-b", "zh").badges} <= {"plan_status"}
    assert "counted" not in {badge.name for badge in told.badges}
    # One university has a district, so that of the other is unknown, not beside the point.
    assert ("site", "不详") in {(row.name, row.value) for row in card(CITY, "uni-b", "zh").rows}


def test_a_place_of_the_plan_without_a_task_says_so() -> None:
    layer = CITY.layers["platform"]
    bare = replace(layer, frame=layer.frame.assign(clause_ids=None, also_in="nowhere"))
    city = replace(CITY, layers={**CITY.layers, "platform": bare})
    assert card(city, "plat-a", "zh").clause_note == "现有资料中没有对应的规划条目。"
    assert "also_in" not in rows("plat-a", city=city)


def test_notes_stand_beside_the_values() -> None:
    assert rows("park-a")["level"] == ("国家级", "已批复")
    assert rows("sign-a")["level"] == ("国家级", "规划争取，尚未批复")
    assert rows("park-a")["plan_status"] == ("规划前已有", "截至2020、规划第一章")
    assert rows("park-a")["current_status"] == ("已建成或已认定", "截至2023-05-12")
    assert rows("gather-a")["host"] == ("东南区", "")
    assert rows("gather-a")["site"] == ("西南区", "与管理主体所属区不同")
    assert rows("park-b")["count_note"] == ("甲园的一部分", "")
    assert "count_note" not in rows("park-a")


def test_a_place_that_is_not_counted_says_so_in_a_badge() -> None:
    (badge,) = [badge for badge in card(CITY, "park-b", "zh").badges if badge.name == "counted"]
    assert (badge.text, badge.note) == ("不单独计数", "甲园的一部分")
    assert "counted" not in {badge.name for badge in card(CITY, "park-a", "zh").badges}


def test_clauses_carry_their_chapter_and_their_basis() -> None:
    first, second = card(CITY, "park-a", "en").clauses
    assert (first.id, first.cited, first.basis) == (
        "c1",
        "Plan, chapter 1",
        "implied by the task",
    )
    assert (second.title, second.digest, second.basis) == (
        "Build parks",
        "Names two.",
        "named by the task",
    )
    (box,) = card(CITY, "sign-a", "zh").clauses
    assert (box.text_lost, box.basis) == (True, "专栏所列（原文缺失）")


@pytest.mark.parametrize(
    ("id_", "note"),
    [
        ("later-a", "规划印发后新增，规划条目中没有。"),
        ("uni-a", "背景参照，规划条目未列入。"),
        ("odd-a", "背景参照，规划条目未列入。"),
        ("park-a", ""),
    ],
)
def test_a_place_without_a_clause_says_why(id_: str, note: str) -> None:
    assert card(CITY, id_, "zh").clause_note == note


def test_one_text_that_vouches_for_two_things_is_one_source() -> None:
    own, layer = card(CITY, "park-a", "en").sources
    assert own.what == "Source of the lead unit, Source of the approval"
    assert own.text == "https://example.org/a?b=1 (repost); plan text"
    assert (own.date, own.links) == ("1999", ("https://example.org/a?b=1",))
    assert (layer.what, layer.date) == ("Layer “science_park layer”", "2026-01-05")


def test_only_web_addresses_of_a_source_may_be_links() -> None:
    frame = CITY.layers["platform"].frame.assign(evidence_source="javascript:alert(1)")
    bad = replace(
        CITY,
        layers={**CITY.layers, "platform": replace(CITY.layers["platform"], frame=frame)},
    )
    source = card(bad, "plat-a", "zh").sources[0]
    assert (source.text, source.links) == ("javascript:alert(1)", ())


def test_relatives() -> None:
    told = card(CITY, "park-a", "zh")
    assert told.children == (Link("park-b", "乙大学科技园"),)
    assert [link.id for link in told.siblings] == ["park-b", "gather-a"]
    assert told.parent is None
    assert card(CITY, "park-b", "en").parent == Link("park-a", "Alpha Science Park")
    assert [link.id for link in card(CITY, "later-a", "zh").siblings] == ["uni-a"]
    assert card(CITY, "sign-a", "zh").siblings == ()


def test_a_place_without_a_site_says_so() -> None:
    told = card(CITY, "sign-a", "zh")
    assert told.doubt == "位置不详（未上图）。公开点位。"
    assert not told.mapped
    assert rows("sign-a")["site"] == ("不详", "")


def test_the_half_is_that_of_the_site_and_marks_an_assumption() -> None:
    assert card(CITY, "gather-a", "zh").half == "“津城”"
    assert card(CITY, "plat-a", "zh").half == "“津城”（本图集假定）"
    assert card(CITY, "node-a", "zh").half == ""
    assert card(CITY, "later-a", "en").half == "“Bincheng”"


def test_a_kind_that_only_the_pack_knows_has_a_card() -> None:
    told = card(CITY, "odd-a", "en")
    assert (told.title, told.kind_title) == ("Kappa Spot", "odd_kind layer")
    assert rows("odd-a", "en")["host"] == ("North-East", "")


def test_also_in_names_other_places() -> None:
    frame = CITY.layers["platform"].frame.assign(also_in="park-a;elsewhere", umbrella_zh="总园")
    layer = replace(CITY.layers["platform"], frame=frame)
    city = replace(CITY, layers={**CITY.layers, "platform": layer})
    assert rows("plat-a", city=city)["also_in"] == ("甲大学科技园", "")
    assert rows("plat-a", city=city)["umbrella"] == ("总园", "")


def test_a_district_has_a_card() -> None:
    told = card(CITY, "100004", "en")
    assert (told.title, told.other_name, told.kind) == ("North-East", "东北区", "district")
    assert rows("100004", "en") == {
        "population_2020_territorial": (f"400{THIN}000 residents", ""),
        "population_2020_bulletin": ("unknown", ""),
        "area_km2_reference": (f"100{THIN}km²", ""),
        "area_km2_polygon": (f"113{THIN}km²", ""),
        "polygon_deviation_pct": ("+13%", ""),
        "density": (f"4{THIN}000{THIN}residents/km²", "enclaves inside"),
        "half": ("Outer districts (our assumption)", "a note"),
    }
    assert told.caveats == ("enclaves inside",)
    assert told.sources[-1].what == "Layer “Districts”"


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(KeyError):
        card(CITY, "nowhere", "zh")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_card_of_tianjin_can_be_told(tianjin: City, lang: str) -> None:
    for layer in tianjin.layers.values():
        if layer.spec.is_places:
            for id_, row in layer.frame.iterrows():
                told = card(tianjin, str(id_), lang)
                assert told.title == row[f"name_{lang}"]
                assert told.clauses or told.clause_note
                assert len(told.clauses) == len((row["clause_ids"] or "").split(";")) - (
                    not row["clause_ids"]
                )
                assert told.doubt.endswith(row[f"location_reason_{lang}"])
                assert told.mapped == (row["location_class"] != "none")
                assert told.sources
                assert all(r.value and r.label for r in told.rows)
    for code in tianjin.districts.index:
        assert len(card(tianjin, str(code), lang).rows) == 7


def test_siblings_in_tianjin_share_the_point(tianjin: City) -> None:
    points = {
        str(id_): point
        for layer in tianjin.layers.values()
        if layer.spec.is_places
        for id_, point in gpd.GeoSeries(layer.frame.geometry).items()
    }
    told = card(tianjin, "zone-ndz", "zh")
    assert len(told.siblings) == 4
    assert {points[link.id].wkt for link in told.siblings} == {points["zone-ndz"].wkt}
    assert {link.id for link in told.children} == {
        *("zone-ndz-huayuan", "zone-ndz-beichen", "zone-ndz-nankai", "zone-ndz-wuqing"),
        "zone-ndz-tanggu-marine",
    }
