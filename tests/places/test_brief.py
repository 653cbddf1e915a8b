"""Show that seven lines say what is known, who says so, and how sure it is, in both languages."""

from __future__ import annotations

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
        assert lamp.light == SURE[row["location_class"]]
        assert ("±" in lamp.text) == (row["location_class"] != "none")


def test_the_first_lamp_knows_first_hand_from_repeated(tianjin: City) -> None:
    """By the address: those in charge, the plan's translation, or somebody who repeats."""
    lights: dict[str, list[tuple[str, str]]] = {}
    for id_, row in gather(tianjin).frame.iterrows():
        lamp = brief(tianjin, str(id_), "zh").lamps[0]
        lights.setdefault(lamp.light, []).append((str(row["evidence_source"]), lamp.text))
    assert lights.keys() == {"firm", "part", "weak"}
    assert all("一手" in text for _, text in lights["firm"])
    assert all("译文" in text for _, text in lights["part"])


def test_a_place_that_is_not_there_is_an_error(toy: City) -> None:
    with pytest.raises(KeyError):
        brief(toy, "nowhere", "zh")
