from __future__ import annotations

from layers.pack.catalogue import CITY
from layers.pack.city import City
from layers.places.badges import badges
from layers.places.card import card
from layers.places.screen_tables import table
from layers.view.rows import rows_in_view, without_titles
from layers.view.state import default_state
from layers.view.totals import plan_places

TITLES = {
    "120110": {"dual-innovation-dongli", "ip-pilot-dongli"},
    "120116": {"ip-pilot-binhai", "transfer-kechuang-binhai"},
    CITY: {"ai-pilot"},
}


def test_titles_stand_beside_the_name_of_their_area(tianjin: City) -> None:
    found = badges(tianjin)
    assert {area: {badge.id for badge in own} for area, own in found.items()} == TITLES
    for own in found.values():
        for badge in own:
            assert all(badge.short)
            assert "不在图上标点" in badge.reason.zh
            assert len(badge.short.zh) <= len(badge.name.zh)


def test_a_city_without_titles_has_no_badge(toy: City) -> None:
    assert badges(toy) == {}


def test_every_row_ends_in_one_account(tianjin: City) -> None:
    view = rows_in_view(tianjin, default_state(tianjin))
    parts = [set(rows.index) for rows in (view.mapped, view.unmapped, view.titles)]
    assert set.union(*parts) == set(view.places.index)
    assert sum(map(len, parts)) == len(view.places)
    assert parts[2] == set.union(*TITLES.values())
    for count in view.counts.values():
        assert count.mapped + count.titles <= count.shown
    assert not parts[2] & {id_ for stack in view.stacks for id_ in stack.ids}
    assert set(without_titles(plan_places(tianjin)).index).isdisjoint(parts[2])


def test_a_title_keeps_its_card_and_its_place_in_lists_and_counts_as_no_place(
    tianjin: City,
) -> None:
    told = card(tianjin, "ip-pilot-binhai", "zh")
    assert told.doubt.startswith("称号，不标点。")
    assert not told.mapped
    view = rows_in_view(tianjin, default_state(tianjin))
    shown = table(view, "zh").loc["ip-pilot-binhai"]
    assert "称号，不标点" in set(shown)
    assert not view.titles["counted"].any()


def test_a_title_of_the_city_is_no_district_s(tianjin: City) -> None:
    row = tianjin.layers["pilot_zone"].frame.loc["ai-pilot"]
    assert row["title_of"] == CITY
    assert row[["host_adcode", "site_adcode"]].isna().all()
    own = tianjin.layers["pilot_zone"].frame.loc["ip-pilot-binhai"]
    assert list(own[["host_adcode", "site_adcode"]]) == ["120116", "120116"]
