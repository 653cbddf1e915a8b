"""Show that links of the first form, copied from the atlas of that time, mean what they meant."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qs

import pytest

from layers.pack.city import City
from layers.view.address import parse, to_query
from layers.view.codecs import token
from layers.view.page_options import CoverageOptions, DensityOptions, PointsOptions
from layers.view.rows import gather, rows_in_view
from layers.view.state import Allowed, Camera, Filters, ViewState, allowed

START = ViewState(
    "tianjin",
    layers=frozenset(
        {
            "axis",
            "corridor_node",
            "district",
            "gathering_area",
            "later_park",
            "pilot_zone",
            "platform",
            "science_park",
            "sign_area",
            "transfer_zone",
        }
    ),
)


class Link(NamedTuple):
    page: str
    query: str
    meant: ViewState


LINKS = {
    "opening": Link(
        "explore",
        "city=tianjin&lang=zh&period=now&later=1&"
        "layers=axis.corridor_node.district.gathering_area.later_park.pilot_zone.platform.science_park.sign_area.transfer_zone&"
        "subkind=all&level=all&field=all&district=all&plan=all&now=all&place=all&sel=none&"
        "at=none&d=none&vs=none&present=0&dbw=5&dcell=0&dk=gaussian&dw=none&dby=host&"
        "dpart=plan&pfile=none&px=none&py=none&pw=none&pshow=surface&pk=gaussian&pad=fixed&"
        "pbin=hexagon&pgr=medium&pclu=hdbscan&psig=1000&pcell=250&prch=500&pmin=15&"
        "cpart=reach&caim=number&cdem=university&cfrom=grid&cmap=one&cr=5000&cmin=0&ckmh=60&"
        "cdet=130&cadd=3&cgoal=50&csites=usual&cfor=usual",
        START,
    ),
    "filtered": Link(
        "explore",
        "city=tianjin&lang=en&period=2020&later=0&layers=district.platform.university&"
        "subkind=all&level=municipal.national&field=all&district=120116.outside&plan=all&"
        "now=all&place=none&sel=park-cauc&at=39.10000%2C117.30000%2C11.5&d=none&vs=none&"
        "present=0&dbw=5&dcell=0&dk=gaussian&dw=none&dby=host&dpart=plan&pfile=none&px=none&"
        "py=none&pw=none&pshow=surface&pk=gaussian&pad=fixed&pbin=hexagon&pgr=medium&"
        "pclu=hdbscan&psig=1000&pcell=250&prch=500&pmin=15&cpart=reach&caim=number&"
        "cdem=university&cfrom=grid&cmap=one&cr=5000&cmin=0&ckmh=60&cdet=130&cadd=3&cgoal=50&"
        "csites=usual&cfor=usual",
        replace(
            START,
            lang="en",
            period="2020",
            later=False,
            layers=frozenset({"district", "platform", "university"}),
            filters=Filters(
                level=frozenset({"municipal", "national", "national_aimed"}),
                district=frozenset({"120116", "outside"}),
                location_class=frozenset({"none"}),
            ),
            selected="park-cauc",
            camera=Camera(39.1, 117.3, 11.5),
        ),
    ),
    "districts": Link(
        "district",
        "city=tianjin&lang=zh&period=now&later=1&layers=none&subkind=all&level=all&field=all&"
        "district=all&plan=all&now=all&place=all&sel=%40park-tust&at=none&d=120116&vs=120104&"
        "present=0&dbw=5&dcell=0&dk=gaussian&dw=none&dby=host&dpart=plan&pfile=none&px=none&"
        "py=none&pw=none&pshow=surface&pk=gaussian&pad=fixed&pbin=hexagon&pgr=medium&"
        "pclu=hdbscan&psig=1000&pcell=250&prch=500&pmin=15&cpart=reach&caim=number&"
        "cdem=university&cfrom=grid&cmap=one&cr=5000&cmin=0&ckmh=60&cdet=130&cadd=3&cgoal=50&"
        "csites=usual&cfor=usual",
        replace(
            START, layers=frozenset(), selected="@park-tust", district="120116", compare="120104"
        ),
    ),
    "density": Link(
        "density",
        "city=tianjin&lang=zh&period=now&later=1&"
        "layers=axis.corridor_node.district.gathering_area.later_park.pilot_zone.platform.science_park.sign_area.transfer_zone&"
        "subkind=all&level=national&field=all&district=all&plan=all&now=all&place=all&"
        "sel=none&at=none&d=none&vs=none&present=0&dbw=8&dcell=2000&dk=quartic&dw=level&"
        "dby=site&dpart=plan&pfile=none&px=none&py=none&pw=none&pshow=surface&pk=gaussian&"
        "pad=fixed&pbin=hexagon&pgr=medium&pclu=hdbscan&psig=1000&pcell=250&prch=500&pmin=15&"
        "cpart=reach&caim=number&cdem=university&cfrom=grid&cmap=one&cr=5000&cmin=0&ckmh=60&"
        "cdet=130&cadd=3&cgoal=50&csites=usual&cfor=usual",
        replace(
            START,
            filters=Filters(level=frozenset({"national", "national_aimed"})),
            density=DensityOptions(8, 2000, "quartic", "level", "site"),
        ),
    ),
    "own points": Link(
        "density",
        "city=tianjin&lang=zh&period=now&later=1&"
        "layers=axis.corridor_node.district.gathering_area.later_park.pilot_zone.platform.science_park.sign_area.transfer_zone&"
        "subkind=all&level=all&field=all&district=all&plan=all&now=all&place=all&sel=none&"
        "at=none&d=none&vs=none&present=0&dbw=5&dcell=0&dk=gaussian&dw=none&dby=host&"
        "dpart=points&pfile=32f29f33d511&px=2d711642b726&py=a1fce4363854&pw=50e721e49c01&"
        "pshow=clusters&pk=quartic&pad=adaptive&pbin=square&pgr=fine&pclu=dbscan&psig=3000&"
        "pcell=500&prch=2000&pmin=50&cpart=reach&caim=number&cdem=university&cfrom=grid&"
        "cmap=one&cr=5000&cmin=0&ckmh=60&cdet=130&cadd=3&cgoal=50&csites=usual&cfor=usual",
        replace(
            START,
            density=DensityOptions(part="points"),
            points=PointsOptions(
                token("a.csv"),
                token("x"),
                token("y"),
                token("w"),
                show="clusters",
                sigma_m=3000,
                cell_m=500,
                kernel="quartic",
                bandwidth="adaptive",
                shape="square",
                grain="fine",
                clusters="dbscan",
                reach_m=2000,
                least=50,
            ),
        ),
    ),
    "siting": Link(
        "coverage",
        "city=tianjin&lang=en&period=now&later=1&"
        "layers=axis.corridor_node.district.gathering_area.later_park.pilot_zone.platform.science_park.sign_area.transfer_zone&"
        "subkind=all&level=all&field=all&district=all&plan=all&now=all&place=all&sel=none&"
        "at=none&d=none&vs=none&present=0&dbw=5&dcell=0&dk=gaussian&dw=none&dby=host&"
        "dpart=plan&pfile=none&px=none&py=none&pw=none&pshow=surface&pk=gaussian&pad=fixed&"
        "pbin=hexagon&pgr=medium&pclu=hdbscan&psig=1000&pcell=250&prch=500&pmin=15&"
        "cpart=siting&caim=share&cdem=area&cfrom=drawn&cmap=all&cr=7500&cmin=30&ckmh=40&"
        "cdet=150&cadd=5&cgoal=80&csites=university&cfor=platform.university",
        replace(
            START,
            lang="en",
            coverage=CoverageOptions(
                part="siting",
                radius_m=7_500,
                minutes=30,
                speed_kmh=40,
                detour_percent=150,
                aim="share",
                add=5,
                goal_percent=80,
                demand="area",
                candidates="drawn",
                sites=frozenset({"university"}),
                targets=frozenset({"platform", "university"}),
                rings="all",
            ),
        ),
    ),
    "scenario": Link(
        "coverage",
        "city=tianjin&lang=zh&period=2025&later=1&"
        "layers=axis.corridor_node.district.gathering_area.later_park.pilot_zone.platform.science_park.sign_area.transfer_zone&"
        "subkind=all&level=all&field=all&district=all&plan=all&now=all&place=all&sel=none&"
        "at=none&d=none&vs=none&present=1&dbw=5&dcell=0&dk=gaussian&dw=none&dby=host&"
        "dpart=plan&pfile=none&px=none&py=none&pw=none&pshow=surface&pk=gaussian&pad=fixed&"
        "pbin=hexagon&pgr=medium&pclu=hdbscan&psig=1000&pcell=250&prch=500&pmin=15&"
        "cpart=scenario&caim=number&cdem=university&cfrom=grid&cmap=one&cr=10000&cmin=0&"
        "ckmh=60&cdet=130&cadd=3&cgoal=50&csites=usual&cfor=usual",
        replace(
            START,
            period="2025",
            present=True,
            coverage=CoverageOptions(part="scenario", radius_m=10_000),
        ),
    ),
}


@pytest.fixture(scope="module")
def known(tianjin: City) -> Allowed:
    return allowed(tianjin)


@pytest.mark.parametrize("name", LINKS)
def test_a_link_of_the_first_form_means_what_it_meant(name: str, known: Allowed) -> None:
    page, query, meant = LINKS[name]
    assert parse(parse_qs(query), page, allowed=known) == meant


@pytest.mark.parametrize("name", LINKS)
def test_whatever_the_session_held(name: str, known: Allowed) -> None:
    """It said the options of every page."""
    page, query, meant = LINKS[name]
    for kept in (link.meant for link in LINKS.values()):
        assert parse(parse_qs(query), page, allowed=known, kept=kept) == meant


@pytest.mark.parametrize("name", LINKS)
def test_lists_were_also_typed_with_commas(name: str, known: Allowed) -> None:
    page, query, meant = LINKS[name]
    said = {key: values[0].replace(".", ",") for key, values in parse_qs(query).items()}
    said["at"] = parse_qs(query)["at"][0]
    assert parse(said, page, allowed=known) == meant


@pytest.mark.parametrize("name", LINKS)
def test_the_same_view_is_now_said_shortly(name: str, known: Allowed) -> None:
    page, query, meant = LINKS[name]
    short = to_query(meant, page, opening=known.opening, home="tianjin")
    assert parse(short, page, allowed=known, kept=meant) == meant
    assert sum(map(len, short.values())) < len(query) / 3


def test_typed_links_without_all_keys_open_at_the_defaults_of_their_time(known: Allowed) -> None:
    assert parse({"city": "tianjin"}, "explore", allowed=known) == START
    assert parse({"dpart": "points"}, "density", allowed=known).density.part == "points"
    state = parse({"d": "120116", "lang": "en"}, "district", allowed=known)
    assert state == replace(START, lang="en", district="120116")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"level": "national"}, {"national", "national_aimed"}),
        ({"v": "2", "level": "district.national"}, {"district", "national", "national_aimed"}),
        (
            {"v": "2", "level": ["national", "municipal"]},
            {"national", "national_aimed", "municipal"},
        ),
        ({"v": "2", "level": "municipal"}, {"municipal"}),
        ({"v": "3", "level": "national"}, {"national"}),
        ({"v": "3", "level": "national_aimed"}, {"national_aimed"}),
    ],
)
def test_a_national_level_once_meant_also_one_that_is_striven_for(
    said: dict[str, str | list[str]], meant: set[str], known: Allowed, tianjin: City
) -> None:
    state = parse(said, "explore", allowed=known)
    assert state.filters.level == meant
    if meant == {"national", "national_aimed"}:
        shown = rows_in_view(tianjin, state).places
        every = gather(tianjin).frame
        assert set(shown.index) == set(every.index[(every["level"] == "national").fillna(False)])
