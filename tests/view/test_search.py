"""Show that everything is found by any of its names, in a sensible order, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.pack.city import City
from layers.view.rows import gather
from layers.view.search import Hit, find
from tests.handmade import PLACES, handmade_city

CITY = handmade_city()


def targets(text: str, city: City = CITY) -> list[str]:
    return [hit.target for hit in find(city, text)]


@pytest.mark.parametrize("row", [row for row, _ in PLACES], ids=lambda row: str(row["id"]))
@pytest.mark.parametrize("column", ["id", "name_zh", "name_en"])
def test_every_place_is_the_first_hit_of_its_own_names(row: dict[str, str], column: str) -> None:
    assert targets(row[column])[0] == row["id"]


@pytest.mark.parametrize(
    "text",
    [
        "alpha park",
        "ALPHA-PARK",
        "“Alpha”  park",
        "ａｌｐｈａ ｐａｒｋ",
        "alpha–park",
        "alphapark",
        "Ａlpha\u3000Park",
    ],
)
def test_case_width_spaces_dashes_and_quotes_make_no_difference(text: str) -> None:
    (hit,) = find(CITY, text)
    assert (hit.target, hit.matched) == ("park-a", "Alpha-Park")


def test_the_better_fit_comes_first() -> None:
    # Exact alias of the layer; then the place whose name ends so.
    assert targets("标志区") == ["layer:sign_area", "sign-a"]
    # "science" begins a word of both parks; the shorter name comes first.
    assert targets("science")[:2] == ["layer:science_park", "park-b"]
    # Inside a word only.
    assert targets("athering")[0] in ("layer:gathering_area", "gather-a")
    # In another order.
    assert targets("park alpha") == ["park-a"]


def test_a_hit_says_what_it_is_and_why() -> None:
    assert find(CITY, "旧县") == [
        Hit(
            target="district:100004",
            kind="district",
            label_zh="东北区",
            label_en="North-East",
            matched="旧县",
            note_zh="旧县名",
            note_en="former county",
        )
    ]
    (hit,) = find(CITY, "丁标志区")
    assert (hit.kind, hit.note_en, hit.mapped) == ("sign_area", "sign_area layer", False)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("100003", "district:100003"),
        ("北西", None),
        ("north west", "district:100003"),
        ("津城", "half:jincheng"),
        ("bincheng", "half:bincheng"),
        ("通武廊", "node-a"),
        ("university", "layer:university"),
        ("jiadaxue", "park-a"),
        ("jia da xue", "park-a"),
    ],
)
def test_targets_of_every_kind(text: str, target: str | None) -> None:
    assert next(iter(targets(text)), None) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [("alpha sciense park", "park-a"), ("symbl area", "layer:sign_area"), ("Kapa Spot", "odd-a")],
)
def test_a_slip_of_the_keyboard_is_forgiven(text: str, target: str) -> None:
    assert targets(text)[0] == target


def test_short_or_chinese_slips_are_not_guessed() -> None:
    assert targets("xyz") == []
    assert targets("乙大雪科技园") == []
    assert targets("a") != []
    assert "gather-a" not in targets("ri")


@pytest.mark.parametrize("text", ["", "   ", "!?–“”", "\u200b", "no such thing at all"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert targets(text) == []


def test_an_alias_without_a_target_is_left_out() -> None:
    assert targets("幽灵") == []


def test_the_number_of_hits_is_limited() -> None:
    assert len(find(CITY, "a", limit=3)) == 3


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_survived_and_answered_the_same_twice(text: str) -> None:
    hits = find(CITY, text)
    assert hits == find(CITY, text)
    assert len({hit.target for hit in hits}) == len(hits) <= 12


@pytest.mark.parametrize("text", ["a" * 10_000, "天" * 10_000, "\ud800" * 50, "﷽" * 99])
def test_hostile_texts_are_cut(text: str) -> None:
    assert find(CITY, text) == []


def test_a_pattern_is_searched_for_as_text() -> None:
    assert targets("(a+)+$") == targets("a")
    assert targets(".*") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sign area", "layer:sign_area"),
        ("mark area", "layer:sign_area"),
        ("marking area", "layer:sign_area"),
        ("symbol area", "layer:sign_area"),
        ("标志区", "layer:sign_area"),
        ("通武廊", "layer:axis"),
        ("Tongwu Gallery", "layer:axis"),
        ("信创", "sign-xinchuang-valley"),
        ("Xinchuang", "sign-xinchuang-valley"),
        ("塘沽", "district:120116"),
        ("TEDA", "district:120116"),
        ("津城", "half:jincheng"),
        ("滨城", "half:bincheng"),
        ("天大", "park-tju-national"),
    ],
)
def test_the_wobbling_words_of_the_plan_lead_to_the_right_thing(
    tianjin: City, text: str, expected: str
) -> None:
    assert expected in targets(text, tianjin)[:3]


@pytest.mark.slow
def test_every_place_of_tianjin_is_found_by_its_names(tianjin: City) -> None:
    for layer in tianjin.layers.values():
        if layer.spec.is_places:
            for id_, row in layer.frame.iterrows():
                for name in (row["name_zh"], row["name_en"], id_):
                    assert id_ in targets(str(name), tianjin)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("jizhou", "district:120119"),
        ("jz", "district:120119"),
        ("薊州", "district:120119"),
        ("baodi", "district:120115"),
        ("bd", "district:120115"),
        ("寶坻", "district:120115"),
        ("binhai", "district:120116"),
        ("bh", "district:120116"),
        ("濱海", "district:120116"),
        ("国家级", "level:national"),
        ("國家級", "level:national"),
        ("guojiaji", "level:national"),
        ("National", "level:national"),
        ("dxkjy", "layer:science_park"),
        ("大學科技園", "layer:science_park"),
        ("规划争取", "plan_status:to_strive_for"),
        ("jincheng", "half:jincheng"),
        ("滨海 国家级", "district:120116+level:national"),
        ("binhai national", "district:120116+level:national"),
    ],
)
def test_what_narrows_is_the_first_hit_in_any_spelling(
    tianjin: City, text: str, target: str
) -> None:
    assert targets(text, tianjin)[0] == target


def test_words_that_narrow_together_must_all_narrow(tianjin: City) -> None:
    assert not any("+" in target for target in targets("滨海 天科大", tianjin))
    assert not any("+" in target for target in targets("国家级 国家级", tianjin))


def test_a_value_that_no_place_has_is_not_offered(toy: City) -> None:
    held = {f"level:{value}" for value in gather(toy).values["level"]}
    found = {t for word in ("国家级", "省部级", "市级", "区级") for t in targets(word, toy)}
    assert {target for target in found if target.startswith("level:")} <= held
