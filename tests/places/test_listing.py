"""Show that the list holds what is shown, each place once, with a number that stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layers.language.messages import LANGS
from layers.pack.city import City
from layers.places.listing import listing
from layers.view.rows import gather, rows_in_view
from layers.view.state import Filters, Lang, default_state


@pytest.mark.parametrize("lang", LANGS)
def test_all_places_shown_are_listed_once_in_their_order(tianjin: City, lang: Lang) -> None:
    view = rows_in_view(tianjin, replace(default_state(tianjin), lang=lang))
    groups = listing(view, lang)
    assert [item.id for group in groups for item in group.items] == list(view.places.index)
    assert [group.title for group in groups] == [
        tianjin.layers[group.kind].title.of(lang) for group in groups
    ]
    assert all(item.name and item.where for group in groups for item in group.items)


def test_a_title_of_the_city_is_the_whole_citys(tianjin: City) -> None:
    groups = listing(rows_in_view(tianjin, default_state(tianjin)), "zh")
    assert {i.id: i.where for group in groups for i in group.items}["ai-pilot"] == "全市"


def test_that_a_place_stands_elsewhere_than_it_is_run_from_is_said(tianjin: City) -> None:
    groups = listing(rows_in_view(tianjin, default_state(tianjin)), "zh")
    where = {item.id: item.where for group in groups for item in group.items}
    assert where["sign-biomanufacturing-valley"] == "滨海新区（坐落东丽区）"
    assert where["plat-skl-crystal"] == "坐落西青区", "nobody says which district runs it"
    assert where["plat-supercomputer"] == "滨海新区"


def test_a_number_belongs_to_the_place_whatever_is_filtered(tianjin: City) -> None:
    state = default_state(tianjin)
    few = replace(state, lang="en", filters=Filters(district=frozenset({"120116"})))
    views = [rows_in_view(tianjin, each) for each in (state, few)]
    numbers = [
        {item.id: item.number for group in listing(view, "zh") for item in group.items}
        for view in views
    ]
    every, some = numbers
    assert 0 < len(some) < len(every)
    assert {id_: every[id_] for id_ in some} == some
    drawn = [number for number in every.values() if number is not None]
    assert len(set(drawn)) == len(drawn)
    rows = gather(tianjin)
    mapped = set(rows.frame.index[rows.drawable])
    assert {id_ for id_, number in every.items() if number is None} == set(every) - mapped
