"""Show that the ways of counting add up, and that each says why it differs."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from layers.map.plate import plate
from layers.pack.city import City
from layers.places.bases import by_district, entry, schools, sought, table, ways
from layers.places.spread import (
    beside,
    doubt,
    fewer,
    first_sentence,
    further,
    half_within,
    since_baseline,
    spread,
    whole,
)
from layers.view.rows import View, rows_in_view
from layers.view.state import Filters, Period, default_state


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_districts_and_what_is_left_make_all_that_counts(
    tianjin: City, toy: City, lang: str
) -> None:
    for city in (tianjin, toy):
        view = whole(city)
        counted = {way.key: way for way in ways(view)}
        rows = by_district(view, lang)
        left = len(rows) - len(city.districts) - 1
        whole_row, rest = rows.iloc[len(city.districts)], rows.iloc[len(city.districts) + 1 :]
        assert left == len(rest) == 2, "of no known district, and beyond the city"
        for at, key in enumerate(("n", "national")):
            own = rows.iloc[: len(city.districts), at].astype(int).sum()
            assert own == int(whole_row.iloc[at]) == getattr(counted["headline"], key)
            assert own + rest.iloc[:, at].astype(int).sum() == getattr(counted["all"], key)
        assert counted["recorded"].n >= counted["mapped"].n >= counted["surface"].n
        assert list(table(view, lang).iloc[:, 0]) == [str(way.n) for way in ways(view)]
        assert table(view, lang).iloc[:, 2].str.len().min() > 5, "each has its reason"


def test_the_reason_counts_the_stand_ins_of_the_rows_shown(tianjin: City) -> None:
    sure = frozenset({"dataset", "host", "in_area"})
    state = default_state(tianjin)
    for found, least in ((state, 1), (replace(state, filters=Filters(location_class=sure)), 0)):
        view = rows_in_view(tianjin, found)
        mapped = next(way for way in ways(view) if way.key == "mapped")
        plan = view.mapped[view.mapped["kind"] != "university"]
        stand_ins = int((~plan["location_class"].isin(sure)).sum())
        assert (stand_ins > 0) == bool(least)
        assert mapped.reason.zh.endswith(f"其中示意点位 {stand_ins} 条")


def test_a_title_of_the_city_misses_no_district(tianjin: City) -> None:
    view = whole(tianjin)
    rows, found = by_district(view, "zh"), spread(view)
    titles = view.places[view.places["title_of"].eq("city").fillna(False)]
    assert list(titles.index) == ["ai-pilot"]
    assert not titles["counted"].any()
    assert rows.loc["管理主体所属区待查"].iloc[0] == "12"
    assert any("12 处所属区待查" in said for said in further(found, tianjin, "zh"))


def test_titles_stand_apart_and_the_table_says_how_many(tianjin: City) -> None:
    view = whole(tianjin)
    rows = view.places[view.places["title_of"].notna()]
    for area, titles in ((None, rows), ("120110", rows[rows["title_of"].eq("120110")])):
        by_key = {way.key: way for way in ways(view, area)}
        assert by_key["titled"].n - by_key["headline"].n == len(titles) > 0
        held = titles["level"].eq("national") & titles["level_basis"].ne("aimed_at")
        assert by_key["titled"].national - by_key["headline"].national == held.sum()


@pytest.mark.slow
def test_a_district_counts_what_it_runs(tianjin: City) -> None:
    view, found = whole(tianjin), spread(whole(tianjin))
    for code in tianjin.districts.index:
        first = ways(view, str(code))[0]
        assert (first.key, first.n) == ("headline", found.districts["n"][code])
        assert entry(view)["districts"][code]["n"] == first.n  # type: ignore[index]


def test_the_filtered_rows_of_a_view_are_counted_alike(tianjin: City) -> None:
    state = replace(default_state(tianjin), filters=Filters(level=frozenset({"national"})))
    view = rows_in_view(tianjin, state)
    by_key = {way.key: way for way in ways(view)}
    assert by_key["all"].n == by_key["all"].national
    assert by_key["headline"].n == {w.key: w for w in ways(whole(tianjin))}["headline"].national
    assert first_sentence(view, spread(view), "zh").startswith("筛选后：")


def test_what_is_sought_counts_in_no_sum_of_the_districts(tianjin: City) -> None:
    rows = whole(tianjin).places
    aimed = rows[rows["level_basis"].eq("aimed_at").fillna(False) & rows["counted"]]
    nowhere = aimed[aimed["host_adcode"].isna()]
    assert sought(whole(tianjin)) == (len(aimed), len(nowhere)) == (6, 5)


def test_a_city_of_other_parts_has_its_own_words(toy: City) -> None:
    view = rows_in_view(toy, default_state(toy))
    found = spread(view)
    assert first_sentence(view, found, "zh") == f"计入各区的 {found.n} 处中，前城 3 处、后城 2 处。"
    assert further(found, toy, "zh") == ("另有 1 处所属区待查。",)


def test_the_map_says_how_many_of_its_marks_are_schematic(tianjin: City) -> None:
    view = rows_in_view(tianjin, default_state(tianjin))
    near = view.mapped[~(view.mapped["uncertainty_m"] > 5000)]
    hollow = int(near["location_class"].isin({"proxy", "knowledge"}).sum())
    said = doubt(view, spread(view), "zh")
    assert said == f"图上 {len(near)} 处中 {hollow} 处为示意点位（空心）；另有 12 处所属区待查。"
    assert len(said) <= 45
    legend = [words for _, words in plate(view, "parts", "zh").legend]
    assert f"示意点位（图上 {hollow}）" in legend, "the legend counts alike"


def test_a_target_year_says_why_it_has_fewer_places_than_the_present(tianjin: City) -> None:
    start = default_state(tianjin)
    year = rows_in_view(tianjin, replace(start, period="2025", later=False))
    now = rows_in_view(tianjin, start)
    counted = [set(v.places.index[v.places["counted"]]) for v in (now, year)]
    gone = now.places.loc[sorted(counted[0] - counted[1])]
    gone = gone[gone["host_adcode"].isin(tianjin.districts.index)]
    assert set(gone["plan_status"]) == {"later_fact"}
    assert fewer(year, spread(year), "zh") == (
        f"规划印发后新增的 {len(gone)} 处不算，故少于现状的 {spread(now).n} 处。"
    )
    assert fewer(now, spread(now), "zh") == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_universities_of_three_pages_stand_side_by_side(tianjin: City, lang: str) -> None:
    frame = tianjin.layers["university"].frame
    names = {name.partition("（")[0] for name in frame["name_zh"]}
    placed = frame[frame.geometry.notna()]
    near = placed[~(placed["uncertainty_m"] > 5000)]
    assert [int(n) for n in schools(tianjin, lang).iloc[:, 0]] == [
        len(names),
        len(frame),
        len(placed),
        len(near),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_targets_say_what_they_add_to_the_baseline_year(tianjin: City, lang: str) -> None:
    def shown(period: Period) -> View:
        state = replace(default_state(tianjin), period=period, later=False)
        return rows_in_view(tianjin, state)

    before, after = spread(shown("2020")), spread(shown("2025"))
    said = since_baseline(shown("2025"), after, lang)
    assert after.n > before.n
    assert str(after.n - before.n) in said
    for half in tianjin.halves:
        more = int(after.halves["n"][half] - before.halves["n"][half])
        name = half_within(tianjin, half, lang)
        assert (name in said) == (more > 0)
        assert not more or str(more) in said
    assert since_baseline(shown("2020"), before, lang) == ""
    assert since_baseline(rows_in_view(tianjin, default_state(tianjin)), after, lang) == ""


def test_below_the_first_sentence_stand_two_short_lines_at_most(tianjin: City) -> None:
    for period in get_args(Period):
        state = replace(default_state(tianjin), period=period, later=period == "now")
        view = rows_in_view(tianjin, state)
        lines = beside(view, spread(view), "zh")
        assert len(lines) <= 2
        assert max(map(len, lines)) <= 45
    state = replace(default_state(tianjin), period="2025", later=False)
    view = rows_in_view(tianjin, state)
    assert "印发后新增" in beside(view, spread(view), "zh")[0]
