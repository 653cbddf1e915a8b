"""Show that the card of a site says what depends on it alone, and what can be done with it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from geo.coverage.scenario import Scenario
from layers.coverage.question import Inputs, inputs, question
from layers.coverage.scenario_change import change
from layers.coverage.scenario_site import DEEDS, SiteWording, word_site
from layers.language.messages import texts
from layers.language.values import number
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.state import default_state
from tests.coverage.scenario.test_scenario_view import degrees

DISC_KM2 = 9 * math.pi


@pytest.fixture(scope="module")
def asked(toy: City) -> Inputs:
    """The toy's science parks; one stands alone in the middle of the first square."""
    state = replace(
        default_state(toy),
        layers=frozenset({"science_park"}),
        coverage=CoverageOptions(radius_m=3_000),
    )
    return inputs(toy, question(state))


def told(asked: Inputs, scenario: Scenario, id_: str) -> SiteWording:
    site = word_site(change(asked, scenario), id_, "zh")
    assert site is not None
    return site


def test_what_only_this_place_covers_is_its_disc_less_what_others_reach(asked: Inputs) -> None:
    scenario = Scenario("A").added(*degrees(15, 15), kind="platform", name="新")
    site = told(asked, scenario, "new-1")
    others = list(asked.mapped.geometry)
    assert min(math.dist((515_000, 4_315_000), (p.x, p.y)) for p in others) > 6_000
    assert dict(site.facts)["只有此处覆盖"] == number(round(DISC_KM2, 1), "平方公里")
    assert (site.name, site.status, site.deeds) == ("新", "新增点", ("take_back",))
    assert dict(site.facts)["区"] == "丁区"


def test_a_twin_of_another_place_covers_nothing_alone(asked: Inputs) -> None:
    scenario = Scenario("A").added(*degrees(15, 15), kind="platform")
    twin = scenario.added(*degrees(15, 15), kind="platform")
    assert dict(told(asked, twin, "new-2").facts)["只有此处覆盖"].startswith("0")


def test_a_closed_place_says_what_opening_it_again_brings(asked: Inputs) -> None:
    before = told(asked, Scenario("A"), "park-one")
    after = told(asked, Scenario("A").closed("park-one"), "park-one")
    assert dict(after.facts)["恢复后增加覆盖"] == dict(before.facts)["只有此处覆盖"]
    assert (before.deeds, after.deeds) == (("close",), ("restore",))
    assert after.name == before.name == "第一大学科技园"


def test_a_place_beyond_the_city_and_one_that_is_gone(asked: Inputs) -> None:
    away = told(asked, Scenario("A").moved("park-one", *degrees(60, 60)), "park-one")
    assert dict(away.facts)["区"].endswith("以外")
    assert away.deeds == ("close", "restore")
    assert word_site(change(asked, Scenario("A")), "new-1", "zh") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_deed_and_status_has_its_word(lang: str) -> None:
    deeds = {f"scenario_page.{deed}_here" for some in DEEDS.values() for deed in some}
    assert deeds | {f"scenario.origin.{origin}" for origin in DEEDS} <= set(texts(lang))
