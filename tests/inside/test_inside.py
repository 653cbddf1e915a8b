"""Show that what lies in a drawn shape is counted with its doubt, on a grid done in the head."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.coverage.scenario import Scenario
from geo.inventory.inside import inside
from layers.handover.contents import Form
from layers.inside.drawing import draw
from layers.inside.files import SHAPE_FILE, hand_over
from layers.inside.measure import InsideAnswer, districts_in, measure, question, touched
from layers.inside.wording import word
from layers.language.messages import LANGS
from layers.pack.city import City
from layers.view.page_options import InsideOptions
from layers.view.question import Refusal
from layers.view.state import Filters, ViewState, default_state
from tests.toy.make import at, degrees


def circle(east_km: float, north_km: float, radius_m: int) -> InsideOptions:
    middle = degrees(at(east_km, north_km))
    assert isinstance(middle, shapely.Point)
    return InsideOptions(f"circle_{middle.x:.5f}_{middle.y:.5f}_{radius_m}")


def asked(city: City, shape: InsideOptions, **changes: object) -> InsideAnswer:
    state: ViewState = replace(default_state(city), inside=shape, **changes)  # type: ignore[arg-type]
    found = measure(city, question(state))
    assert isinstance(found, InsideAnswer)
    return found


def test_two_kilometres_around_the_first_park(toy: City) -> None:
    """park-one (300 m) is always in; area-one, at its point but ±4 km, in (2 / 4)² of the draws."""
    found = asked(toy, circle(5, 5, 2000)).found
    assert (found.value, found.low, found.high) == (2, 1, 2)
    share = found.places["share"]
    assert share["park-one"] == 1
    assert share["area-one"] == pytest.approx(0.25, abs=0.06)
    assert (share.drop(["park-one", "area-one", "platform-none"]) == 0).all()
    assert np.isnan(share["platform-none"])
    assert (found.n, found.n_unmapped, found.n_unknown) == (10, 1, 0)
    rest = share.drop(["park-one", "area-one", "platform-none"])
    assert rest.tolist() == [0] * len(rest)
    assert found.kinds.loc["platform", "unmapped"] == 1


def test_a_place_just_outside_may_lie_inside(toy: City) -> None:
    """zone-all and its part stand at one point, 2.5 km off, ±3 km: they go in together or not."""
    found = asked(toy, circle(9, 6.5, 1000)).found
    assert (found.value, found.low, found.high) == (0, 0, 2)
    both = found.places["share"][["zone-all", "zone-part"]]
    assert 0 < both.iloc[0] == both.iloc[1] < 0.15


def test_what_has_no_doubt_counts_where_it_is_drawn_and_is_told(toy: City) -> None:
    places = asked(toy, circle(5, 5, 2000)).places
    bare = gpd.GeoDataFrame(places.assign(uncertainty_m=float("nan")))
    found = inside(bare, at(5, 5).buffer(2000))
    assert (found.value, found.low, found.high, found.n_unknown) == (2, 2, 2, found.n)


def test_a_larger_shape_holds_no_fewer_and_the_whole_all(toy: City) -> None:
    counts = [asked(toy, circle(9, 9, radius)).found for radius in (1000, 5000, 9000, 60_000)]
    for one, other in pairwise(counts):
        assert one.value <= other.value
        assert one.low <= other.low
        assert one.high <= other.high
    assert (counts[-1].low, counts[-1].high) == (counts[-1].n, counts[-1].n)


def test_filters_act_and_are_said(toy: City) -> None:
    national = Filters(level=frozenset({"national"}))
    answer = asked(toy, circle(5, 5, 2000), filters=national)
    assert (answer.found.value, answer.found.low, answer.found.high) == (1, 1, 1)
    for lang in LANGS:
        plain = word(asked(toy, circle(5, 5, 2000)), lang).sentence
        told = word(answer, lang).sentence
        assert len(told) > 0
        assert told.split("(")[0] != plain.split("(")[0]


def test_what_is_handed_over_is_exactly_what_may_lie_in_it(toy: City) -> None:
    answer = asked(toy, circle(5, 5, 2000))
    files = hand_over(answer, Form("csv")).files
    rows = list(csv.DictReader(io.StringIO(files["inside_places.csv"].decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["park-one", "area-one"]
    assert [row["id"] for row in rows] == list(touched(answer).index)
    assert rows[1]["coordinateUncertaintyInMeters"] == "4000.0"
    manifest = json.loads(files["manifest.json"])["result"]
    assert (manifest["places_low"], manifest["places"], manifest["places_high"]) == (1, 2, 2)
    assert (manifest["of"], manifest["unmapped"], manifest["doubt_unknown"]) == (10, 1, 0)
    assert json.loads(files[SHAPE_FILE])["features"][0]["properties"]["atlas_shape"].startswith(
        "circle_"
    )


def test_a_scenario_is_made_first_and_what_it_moves_has_no_doubt(toy: City) -> None:
    """park-one leaves, area-one comes to stand surely inside, and a new place is of no layer."""
    inner, far = degrees(at(5, 5.5)), degrees(at(9, 9))
    assert isinstance(inner, shapely.Point)
    assert isinstance(far, shapely.Point)
    plan = Scenario("甲").moved("park-one", far.x, far.y).moved("area-one", inner.x, inner.y)
    plan = plan.added(inner.x, inner.y, kind="platform", name="新")
    state = replace(default_state(toy), inside=circle(5, 5, 2000))
    answer = measure(toy, question(state, plan))
    assert isinstance(answer, InsideAnswer)
    found = answer.found
    assert (found.value, found.low, found.high, found.n) == (2, 2, 2, 11)
    assert found.kinds.loc["added", "drawn"] == 1
    assert word(answer, "zh").tables["places"].iloc[:, 0].tolist()[-1] == "新"
    files = hand_over(answer, Form("csv")).files
    assert json.loads(files["manifest.json"])["asked"]["scenario"] == "甲"
    assert question(state, Scenario("空")) == question(state)


def test_some_places_alone_are_asked_and_said(toy: City) -> None:
    state = replace(default_state(toy), inside=circle(5, 5, 2000))
    answer = measure(toy, question(state, places=["park-one", "platform-none"]))
    assert isinstance(answer, InsideAnswer)
    assert (answer.found.value, answer.found.n, answer.found.n_unmapped) == (1, 1, 1)
    assert "2 places" in word(answer, "en").account[-1]
    shares = districts_in(answer)
    assert shares.iloc[0] > 0
    assert (shares <= 1).all()


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentence_names_interval_whole_and_what_is_not_known(toy: City, lang: str) -> None:
    words = word(asked(toy, circle(5, 5, 2000)), lang)
    assert "1–2" in words.sentence
    assert "10" in words.sentence
    assert "1" in words.account[1]
    assert list(words.tables) == ["places", "kinds", "districts"]
    table = words.tables["places"]
    assert len(table) == 2
    sites = touched(asked(toy, circle(5, 5, 2000)))[f"site_name_{lang}"].tolist()
    assert table["坐落区" if lang == "zh" else "District of the site"].tolist() == sites


def test_without_a_shape_it_says_what_to_do(toy: City) -> None:
    found = measure(toy, question(default_state(toy)))
    assert isinstance(found, Refusal)
    assert draw(found, "zh") is None
    assert word(found, "en").sentence.startswith("Draw a rectangle")
