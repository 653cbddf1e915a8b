"""Set out which university has which science park, how far apart, and who has none."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString

from geo.inventory.pairing import RELATION, Pairing, pair
from layers.coverage.drawing import INK
from layers.coverage.question import UNIVERSITY, inputs, only, reach_of
from layers.coverage.wording import caveats, name_of
from layers.handover.analysis_export import Answered, Data, analysis_package, refused
from layers.handover.contents import LINE, POINT, Form
from layers.handover.look import Look
from layers.handover.package import Package
from layers.language.messages import LANGS, speaker
from layers.language.values import THIN, cell, km, number, unit, value_word
from layers.language.wording import Wording
from layers.map.overlay import Drawing, Shapes
from layers.map.symbols import line_sign, look_sign, mark
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.state import ViewState
from layers.view.vague import VAGUE_M, is_vague, only_near

PARKS = ("science_park", "later_park")
LATER = "later_park_area"
"""Relation of a university to a park area that is no science park."""
Row = Mapping[Hashable, Any]


BAND_M = 700.0
"""Half the width of the band round a pair that is surely near, in metres."""
BAND: Mapping[str, Any] = {"line": INK, "fill": INK, "opacity": 0.34, "weight": 1.6}
RADIUS = ("radius_m", "minutes", "speed_kmh", "detour_percent")
"""Options that decide what counts as near."""


@dataclass(frozen=True, eq=False)
class PairingAnswer:
    """All universities and parks of the pack, whatever layers are on, and what links them.

    Parameters
    ----------
    question
        What was asked.
    city
        Its ``links`` name the pairs.
    reach_m
        Within this distance a park is near, metres.
    campuses, parks
        On the city's plane; those known no closer than to their district have no point.
    pairing
        Distances with their interval.
    """

    question: Question[CoverageOptions]
    city: City
    reach_m: float
    campuses: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    pairing: Pairing


@dataclass(frozen=True, eq=False, kw_only=True)
class PairingWording:
    """Which university has which park, in the reader's language.

    ``near`` tells the pairs that surely are. Its tables: ``links`` to science parks; ``later`` ones
    to other park areas; and the universities ``without`` a park.
    """

    sentence: str
    account: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def question(state: ViewState) -> Question[CoverageOptions]:
    """Return what of a state decides the pairs: the radius alone.

    Parameters
    ----------
    state
        State of the page. Only the options in ``RADIUS`` are taken: the rows are at their default,
        as layers and filters decide nothing.
    """
    bare = rows_asked(ViewState(state.city))
    return Question(**bare, options=only(state.coverage, *RADIUS))


def measure(city: City, asked: Question[CoverageOptions]) -> PairingAnswer | Refusal:
    """Match universities and parks of a city; refuse where its pack holds no links.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Gives the radius within which a park is in reach.
    """
    frames = [city.layers[name].frame for name in PARKS if name in city.layers]
    if not len(city.links) or not frames or UNIVERSITY not in city.layers:
        return Refusal(city=city, question=asked, reason="pairing_page.none")
    parks = gpd.GeoDataFrame(pd.concat(frames), crs=4326).to_crs(city.metric_epsg)
    parks, campuses = only_near(parks), only_near(inputs(city, asked).campuses)
    reach_m = reach_of(asked.options).radius_m
    found = pair(campuses, parks, city.links, reach_m=reach_m)
    return PairingAnswer(asked, city, reach_m, campuses, parks, found)


def word(answer: PairingAnswer | Refusal, lang: str) -> PairingWording:
    """Put an answer into words.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PairingWording
        Of a refusal only the sentence that says why.
    """
    if isinstance(answer, Refusal):
        return PairingWording(sentence=speaker(lang)(answer.reason, **answer.parameters))
    return PairingWording(
        sentence=_sentence(answer, lang),
        account=(_doubt(answer, lang), _out_of_reach(answer, lang), *_vague_words(answer, lang)),
        tables={
            "links": _link_table(answer, RELATION, lang),
            "later": _link_table(answer, LATER, lang),
            "without": _without_park(answer, lang),
        },
        near=tuple(_near(answer, lang)),
        notes=tuple(caveats((answer.pairing,), lang, _entering(answer.city))),
    )


def _entering(city: City) -> gpd.GeoDataFrame:
    """Return universities and parks with the point that each has, however unsure."""
    names = [name for name in (UNIVERSITY, *PARKS) if name in city.layers]
    return gpd.GeoDataFrame(pd.concat([city.layers[name].frame for name in names]))


def _owned(answer: PairingAnswer) -> pd.DataFrame:
    links = answer.pairing.links
    return links[links["relation"] == RELATION]


def _sentence(answer: PairingAnswer, lang: str) -> str:
    """Say how many parks belong to how many universities, and how many pairs are surely near."""
    owned = _owned(answer)
    return speaker(lang)(
        "pairing_page.result",
        universities=owned["institution"].nunique(),
        parks=owned["place_id"].nunique(),
        known=int(owned["distance_m"].notna().sum()),
        near=int((owned["within"] == "yes").sum()),
        radius=km(answer.reach_m, lang),
    )


def _doubt(answer: PairingAnswer, lang: str) -> str:
    """Say of how many pairs nothing is measured, and how many universities have no park."""
    say, lost = speaker(lang), int(_owned(answer)["distance_m"].isna().sum())
    said = say(
        "pairing_page.doubt",
        lost=say("pairing_page.lost", count=lost) if lost else "",
        total=answer.pairing.n,
        campuses=len(answer.campuses),
        without=len(answer.pairing.without_park),
    )
    return said[:1].upper() + said[1:]


def _near(answer: PairingAnswer, lang: str) -> Iterator[str]:
    """Yield the pairs that are surely within reach, with the most that may lie between them."""
    owned = _owned(answer)
    for row in owned[owned["within"] == "yes"].to_dict("records"):
        yield speaker(lang)(
            "pairing_page.near",
            university=_institution(answer, row, lang),
            park=name_of(answer.parks, row["place_id"], lang),
            most=f"{_km(row['high_m'])}{THIN}{unit('km', lang)}",
        )


def _vague(answer: PairingAnswer) -> list[str]:
    """Return the ids of parks and campuses that are known no closer than to their district."""
    frames = (answer.parks, answer.campuses)
    return [str(id_) for frame in frames for id_ in frame.index[is_vague(frame)]]


def _vague_words(answer: PairingAnswer, lang: str) -> Iterator[str]:
    """Yield which parks and campuses have no distance, as they are known only by district."""
    if names := [
        name_of(answer.parks, id_, lang) or name_of(answer.campuses, id_, lang)
        for id_ in _vague(answer)
    ]:
        say = speaker(lang)
        listed = say("coverage_page.comma").join(dict.fromkeys(names))
        yield say("pairing_page.vague", names=listed, count=len(names), limit=f"{VAGUE_M / 1000:g}")


def _distance(row: Row, lang: str, vague: Collection[str] = ()) -> str:
    """Return a distance with its interval, or that a position is not known or only by district."""
    if row["distance_m"] != row["distance_m"]:
        ends = {row.get(name) for name in ("university_id", "place_id")}
        return speaker(lang)("view.vague" if ends & set(vague) else "pairing.within.unknown")
    middle, low, high = (_km(row[name]) for name in ("distance_m", "low_m", "high_m"))
    return speaker(lang)("pairing_page.distance", middle=middle, low=low, high=high)


def _km(metres: float) -> str:
    """Return kilometres to a tenth: no distance here is surer than that."""
    return f"{metres / 1000:.1f}" if metres < 100_000 else number(metres / 1000)


def _institution(answer: PairingAnswer, row: Row, lang: str) -> str:
    """Return the name of a university in the reader's language, its campus where it has one."""
    links = answer.city.links
    if found := name_of(answer.campuses, row["university_id"], lang):
        return found
    same = links[links["university_zh"] == row["institution"]].to_dict("records")
    return cell(same[0], "university", lang) if same else str(row["institution"])


def _mode(row: Row, lang: str) -> str:
    if not row["mode"]:
        return ""
    told = value_word("pairing.mode", row["mode"], lang)
    if row["mode"] == row["mode_by_links"]:
        return told
    other = value_word("pairing.mode", row["mode_by_links"], lang)
    return speaker(lang)("pairing_page.mode_differs", mode=told, other=other)


def _titles(names: list[str], lang: str) -> dict[str, str]:
    say = speaker(lang)
    keys = {name: "distance_title" if name == "distance" else name for name in names}
    return {name: say(f"pairing_page.{key}") for name, key in keys.items()}


def _link_table(answer: PairingAnswer, relation: str, lang: str) -> pd.DataFrame:
    """Return the links of one relation as read on screen, in the order of the parks."""
    links, vague = answer.pairing.links, _vague(answer)
    rows = [
        {
            "university": _institution(answer, row, lang),
            "park": name_of(answer.parks, row["place_id"], lang),
            "mode": _mode(row, lang),
            "distance": _distance(row, lang, vague),
            "within": value_word("pairing.within", row["within"], lang),
            "district": value_word("pairing.same_district", row["same_district"], lang),
        }
        for row in links[links["relation"] == relation].to_dict("records")
    ]
    names = ["university", "park", "mode", "distance", "within", "district"]
    if relation != RELATION:
        names.remove("mode")
    table = pd.DataFrame(rows, columns=names).set_index("university")
    return table.rename(columns=_titles(names, lang))


def _without_park(answer: PairingAnswer, lang: str) -> pd.DataFrame:
    """Return the universities without a park and the park nearest to each, the farthest first."""
    found = answer.pairing.universities
    alone = found[found["n_parks"] == 0].sort_values(
        "distance_m", ascending=False, kind="stable", na_position="last"
    )
    first = answer.campuses.drop_duplicates("name_zh").set_index("name_zh")
    rows = [
        {
            "university": _name(first, str(name), lang),
            "nearest": name_of(answer.parks, row["nearest_id"], lang),
            "distance": _distance(row, lang),
            "within": value_word("pairing.within", row["within"], lang),
        }
        for name, row in alone.to_dict("index").items()
    ]
    names = ["university", "nearest", "distance", "within"]
    table = pd.DataFrame(rows, columns=names).set_index("university")
    return table.rename(columns=_titles(names, lang))


def _name(first: pd.DataFrame, institution: str, lang: str) -> str:
    known = lang == "en" and institution in first.index
    return str(first["name_en"][institution]) if known else institution


def _out_of_reach(answer: PairingAnswer, lang: str) -> str:
    """Say which parks surely have no university within reach, and which cannot be told."""
    say, parks = speaker(lang), answer.pairing.parks
    names = {
        verdict: say("coverage_page.comma").join(
            name_of(answer.parks, id_, lang) for id_ in parks.index[parks["within"] == verdict]
        )
        for verdict in ("no", "unsettled", "unknown")
    }
    within = km(answer.reach_m, lang)
    told = [
        say(f"pairing_page.parks_{verdict}", radius=within, names=listed)
        for verdict, listed in names.items()
        if listed
    ]
    return " ".join(told) or say("pairing_page.parks_all", radius=within)


def draw(answer: PairingAnswer | Refusal, lang: str) -> Drawing | None:  # noqa: ARG001 - one shape
    """Return a line for every link to a science park whose two ends have a point.

    Round those that are surely within reach lies a band: at the scale of the city the two marks
    hide a line of a few hundred metres.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Not looked at: the lines carry no words.

    Returns
    -------
    Drawing or None
        None where it was refused.
    """
    if isinstance(answer, Refusal):
        return None
    drawn = lines(answer)
    sure = drawn[drawn["within"] == "yes"]
    bands = sure.set_geometry(sure.geometry.buffer(BAND_M))
    return Drawing(
        shapes=[
            Shapes(drawn.to_crs(4326), line=INK, weight=4.0),
            Shapes(bands.to_crs(4326), **BAND),
        ]
    )


def legend(answer: PairingAnswer | Refusal, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the signs of all that is drawn, with their words.

    Parameters
    ----------
    answer
        As :func:`measure` returns it; of one refused nothing is drawn.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if isinstance(answer, Refusal):
        return ()
    marks = [
        (mark(layer.spec.style, faded=id_ == "later_park"), layer.title.of(lang))
        for id_, layer in answer.city.layers.items()
        if id_ in (UNIVERSITY, *PARKS)
    ]
    sure = lines(answer)["within"].eq("yes")
    say, radius = speaker(lang), km(answer.reach_m, lang)
    near = (look_sign(BAND), say("pairing_page.legend_near", radius=radius))
    pairs = (line_sign(INK), say("pairing_page.legend", radius=radius))
    return (*marks, *([near] if sure.any() else []), *([pairs] if (~sure).any() else []))


def frame_of(answer: PairingAnswer | Refusal) -> tuple[float, float, float, float] | None:
    """Return the box that holds every park and every link.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.

    Returns
    -------
    tuple or None
        West, south, east and north, degrees (WGS 84). None where it was refused, and where no park
        has a point.
    """
    if isinstance(answer, Refusal):
        return None
    shapes = [*answer.parks.geometry.dropna(), *lines(answer).geometry]
    if not shapes:
        return None
    drawn = gpd.GeoSeries(shapes, crs=answer.city.metric_epsg).to_crs(4326)
    west, south, east, north = map(float, drawn.total_bounds)
    return west, south, east, north


def lines(answer: PairingAnswer) -> gpd.GeoDataFrame:
    """Return the links to science parks as lines from the campus to the park.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.

    Returns
    -------
    GeoDataFrame
        On the city's plane, by ``id`` (``link-`` and the row of the link), in the order of the
        links: the columns of :attr:`geo.inventory.pairing.Pairing.links`. Links with an end that
        has no point stay out.
    """
    links = answer.pairing.links
    owned = links[(links["relation"] == RELATION) & links["distance_m"].notna()]
    ends = [
        LineString([answer.campuses.geometry[a], answer.parks.geometry[b]])
        for a, b in zip(owned["university_id"], owned["place_id"], strict=True)
    ]
    index = pd.Index([f"link-{row}" for row in owned.index], name="id")
    table = pd.DataFrame(owned.set_index(index))
    return gpd.GeoDataFrame(table, geometry=ends, crs=answer.city.metric_epsg)


def hand_over(answer: PairingAnswer | Refusal, form: Form) -> Package:
    """Return links, universities and parks as files; where there are none, only why.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    words: dict[str, Wording] = {lang: word(answer, lang) for lang in LANGS}
    if isinstance(answer, Refusal):
        return analysis_package(refused("pairing", answer, words), form)
    return analysis_package(
        Answered(
            name="pairing",
            city=answer.city,
            question=answer.question,
            words=words,
            layers=frozenset({UNIVERSITY, *PARKS}),
            data=_tables(answer),
            asked={"reach_m": answer.reach_m},
            result={"universities_with_park": answer.pairing.value},
            findings=(answer.pairing,),
        ),
        form,
    )


def _tables(answer: PairingAnswer) -> dict[str, Data]:
    names = answer.parks[
        ["kind", "name_zh", "name_en", "location_class", "uncertainty_m", "geometry"]
    ]
    parks = gpd.GeoDataFrame(names.join(answer.pairing.parks)).rename_axis("id")
    return {
        "links": Data(lines(answer), LINE, Look("line", line=INK, weight=2.0)),
        "parks": Data(parks, POINT, Look("point", line=INK)),
        "all_links": Data(answer.pairing.links.rename_axis("row")),
        "universities": Data(answer.pairing.universities),
    }
