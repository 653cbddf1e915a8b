"""Show that seven lines say what is known, who says so, and how sure it is, in both languages."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from layers.language.messages import LANGS
from layers.pack.catalogue import LOCATION_CLASSES
from layers.pack.city import City
from layers.places.brief import SURE, brief
from layers.view.rows import gather


def lines(city: City, id_: str, lang: str = "zh") -> dict[str, str]:
    return {line.name: line.text for line in brief(city, id_, lang).lines}


@pytest.mark.parametrize("lang", LANGS)
def test_every_place_has_its_lines_and_two_lamps(tianjin: City, lang: str) -> None:
    for id_, kind in gather(tianjin).frame["kind"].items():
        told = brief(tianjin, str(id_), lang)
        assert told.title
        names = [line.name for line in told.lines]
        if tianjin.layers[str(kind)].spec.group == "plan":
            assert names == ["level", "status", "lead", "district"]
        assert names[-1] == "district"
        assert [lamp.name for lamp in told.lamps] == ["said", "sure"]
        texts = [line.text for line in told.lines] + [lamp.text for lamp in told.lamps]
        assert all(texts)
        assert not any("http" in text or "{" in text for text in texts)


def test_what_is_held_by_whom_and_what_is_only_sought(tianjin: City) -> None:
    assert lines(tianjin, "park-tust")["level"] == (
        "市级 · 已批复 · 天津市科学技术局、天津市教育委员会（2021-12）"
    )
    sought = next(
        str(id_)
        for id_, row in gather(tianjin).frame.iterrows()
        if row["level_basis"] == "aimed_at"
    )
    assert "争取" in lines(tianjin, sought)["level"]


def test_a_place_that_is_run_from_another_district_names_both(tianjin: City) -> None:
    assert lines(tianjin, "zone-binhai-htz")["district"] == "滨海新区管理，坐落西青区"
    assert lines(tianjin, "park-tust")["district"] == "滨海新区"


def test_the_second_lamp_follows_the_location_and_says_its_radius(tianjin: City) -> None:
    assert set(SURE) == set(LOCATION_CLASSES)
    frame = gather(tianjin).frame
    for id_, row in frame.iterrows():
        lamp = brief(tianjin, str(id_), "zh").lamps[1]
        titled = row["title_of"] is not None and row["title_of"] == row["title_of"]
        assert lamp.light == ("firm" if titled else SURE[row["location_class"]])
        assert ("±" in lamp.text) == (row["location_class"] != "none")


def test_a_title_of_the_city_lies_in_no_district_and_has_no_position(tianjin: City) -> None:
    told = brief(tianjin, "ai-pilot", "zh")
    assert lines(tianjin, "ai-pilot")["district"] == "全市"
    assert told.lamps[1].text == "称号，不标点"
    assert lines(tianjin, "dual-innovation-dongli")["district"] == "东丽区"


@pytest.mark.parametrize("lang", LANGS)
def test_where_no_source_is_given_the_plan_is_not_named(toy: City, lang: str) -> None:
    said = {brief(toy, str(id_), lang).lamps[0] for id_ in gather(toy).frame.index}
    assert {lamp.light for lamp in said} == {"weak"}
    first = "未注明来源" if lang == "zh" else "no source given"
    assert all(lamp.text.startswith(first) for lamp in said)


def test_a_note_on_the_reading_is_no_publisher(tianjin: City) -> None:
    for id_ in ("plat-cgs-hydro", "haihe-bci", "plat-tcm-skl"):
        assert brief(tianjin, id_, "zh").lamps[0].text.startswith("网络转载，首发者待查，")
    assert brief(tianjin, "haihe-tcm", "zh").lamps[0].text.startswith("转载新华社，转述")


def test_the_first_lamp_knows_first_hand_from_repeated(tianjin: City) -> None:
    """By the address: those in charge, the plan's translation, or somebody who repeats."""
    lights: dict[str, list[tuple[str, str]]] = {}
    for id_, row in gather(tianjin).frame.iterrows():
        lamp = brief(tianjin, str(id_), "zh").lamps[0]
        sources = [row["current_status_source"], row["evidence_source"]]
        given = next((text for text in sources if isinstance(text, str)), "")
        lights.setdefault(lamp.light, []).append((given, lamp.text))
    assert lights.keys() == {"firm", "part", "weak"}
    hosts = [urlsplit(given.split()[0]).hostname or "" for given, _ in lights["firm"]]
    assert all(host.endswith((".gov.cn", ".edu.cn")) for host in hosts)
    assert all("一手" in text for _, text in lights["firm"])
    assert all(given.startswith("plan text") for given, _ in lights["part"])
    assert all("译文" in text for _, text in lights["part"])
    assert not any("未复读" in text for _, text in lights["weak"])


def test_a_place_that_is_not_there_is_an_error(toy: City) -> None:
    with pytest.raises(KeyError):
        brief(toy, "nowhere", "zh")
