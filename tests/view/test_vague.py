"""Show that what is known by district only has no distance and no line, and says so."""

from __future__ import annotations

import geopandas as gpd

from layers.coverage import pairing
from layers.coverage.pairing import PairingAnswer
from layers.pack.city import City
from layers.places.screen_tables import table
from layers.places.spread import whole
from layers.view.state import default_state
from layers.view.vague import VAGUE_M, is_vague, only_near, unknown_words


def test_only_what_is_near_keeps_its_point(tianjin: City) -> None:
    frame = tianjin.layers["university"].frame
    far = frame.index[frame["uncertainty_m"] > VAGUE_M]
    assert len(far), "the pack holds such places"
    near = only_near(frame)
    assert near.geometry[far].isna().all()
    assert near.geometry.drop(far).equals(frame.geometry.drop(far))
    assert frame.geometry[far].notna().any(), "the pack is not changed"


def test_pairs_of_vague_places_have_no_distance_and_no_line(tianjin: City) -> None:
    answer = pairing.measure(tianjin, pairing.question(default_state(tianjin)))
    assert isinstance(answer, PairingAnswer)
    frames = (tianjin.layers["university"].frame, answer.parks)
    vague = {str(id_) for frame in frames for id_ in frame.index[is_vague(frame)]}
    links = answer.pairing.links
    blurred = links["university_id"].isin(vague) | links["place_id"].isin(vague)
    assert links.loc[blurred, "distance_m"].isna().all()
    drawn = pairing.lines(answer)
    assert not set(drawn["university_id"]) & vague
    assert not set(drawn["place_id"]) & vague
    told = pairing.word(answer, "zh")
    shown = told.tables["links"]
    n = int((blurred & (links["relation"] == "science_park")).sum())
    assert (shown["直线距离（区间）"] == "区内位置待核").sum() == n
    assert any("不量距离" in line for line in told.account)
    assert (
        answer.pairing.universities["nearest_id"]
        .dropna()
        .isin(set(answer.parks.index) - vague)
        .all()
    )


def test_the_list_says_which_places_are_known_by_district_only(tianjin: City) -> None:
    view = whole(tianjin)
    told = table(view, "zh")["位置可信度"]
    marked = told.index[told.str.contains("区内位置待核")]
    frame = view.places
    drawn = frame["location_class"] != "none"
    assert set(marked) == set(frame.index[is_vague(frame) & drawn.to_numpy(dtype=bool)])


def test_nothing_is_said_where_the_doubt_of_all_is_known(tianjin: City) -> None:
    places = whole(tianjin).mapped
    assert unknown_words(places, "en") == ""
    bare = gpd.GeoDataFrame(places.assign(uncertainty_m=float("nan")))
    assert f"unknown of {len(places)}" in unknown_words(bare, "en")
