"""Set out which university has which science park, how far apart, and who has none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString

from geo.inventory.pairing import RELATION, Pairing, pair
from layers.coverage.drawing import INK
from layers.coverage.question import UNIVERSITY, Asked, ask
from layers.coverage.wording import name_of
from layers.handover.analysis_package import POINT, Tables, parcel
from layers.handover.package import Package
from layers.language.messages import speaker
from layers.language.values import cell, is_known, number, word
from layers.map.overlay import Drawing, Shapes
from layers.pack.city import City
from layers.view.state import ViewState

PARKS = ("science_park", "later_park")
LINE = frozenset({"LineString"})
Row = Mapping[Hashable, Any]


@dataclass(frozen=True, eq=False)
class Paired:
    """The answer: all universities and parks of the pack, whatever layers are on."""

    asked: Asked
    parks: gpd.GeoDataFrame
    pairing: Pairing


def paired(city: City, state: ViewState) -> Paired | None:
    """Match universities and parks of ``city``; None where the pack holds no links.

    Parameters
    ----------
    city
        The city; its ``links`` name the pairs.
    state
        Gives the language and, in ``coverage``, the radius within which a park is in reach.

    Returns
    -------
    Paired
        Distances with their interval, on the city's plane.
    """
    frames = [city.layers[name].frame for name in PARKS if name in city.layers]
    if not len(city.links) or not frames or UNIVERSITY not in city.layers:
        return None
    asked = ask(city, state)
    parks = gpd.GeoDataFrame(pd.concat(frames), crs=4326).to_crs(city.metric_epsg)
    found = pair(asked.campuses, parks, city.links, reach_m=asked.radius_m)
    return Paired(asked, parks, found)


def sentence(answer: Paired | None, lang: str) -> str:
    """Return the result in one sentence."""
    say = speaker(lang)
    if answer is None:
        return say("pairing_page.none")
    found = answer.pairing
    owned = found.links[found.links["relation"] == RELATION]
    beyond = owned.loc[~owned["university_id"].map(is_known), "institution"].nunique()
    return say(
        "pairing_page.result",
        links=len(owned),
        universities=owned["institution"].nunique(),
        beyond=say("pairing_page.beyond", count=beyond) if beyond else "",
        parks=owned["place_id"].nunique(),
        without=len(found.without_park),
        total=found.n,
    )


def distance(row: Row, lang: str) -> str:
    """Return a distance with its interval, or that a position is not known."""
    if row["distance_m"] != row["distance_m"]:
        return speaker(lang)("pairing.within.unknown")
    middle, low, high = (_km(row[name]) for name in ("distance_m", "low_m", "high_m"))
    return speaker(lang)("pairing_page.distance", middle=middle, low=low, high=high)


def _km(metres: float) -> str:
    """Return kilometres to a tenth: no distance here is surer than that."""
    return f"{metres / 1000:.1f}" if metres < 100_000 else number(metres / 1000)


def _institution(answer: Paired, row: Row) -> str:
    """Return the name of a university in the reader's language, its campus where it has one."""
    lang, links = answer.asked.state.lang, answer.asked.city.links
    if found := name_of(answer.asked.campuses, row["university_id"], lang):
        return found
    same = links[links["university_zh"] == row["institution"]].to_dict("records")
    return cell(same[0], "university", lang) if same else str(row["institution"])


def _mode(row: Row, lang: str) -> str:
    if not row["mode"]:
        return ""
    told = word("pairing.mode", row["mode"], lang)
    if row["mode"] == row["mode_by_links"]:
        return told
    other = word("pairing.mode", row["mode_by_links"], lang)
    return speaker(lang)("pairing_page.mode_differs", mode=told, other=other)


def _titles(names: list[str], lang: str) -> dict[str, str]:
    say = speaker(lang)
    keys = {name: "distance_title" if name == "distance" else name for name in names}
    return {name: say(f"pairing_page.{key}") for name, key in keys.items()}


def link_table(answer: Paired, relation: str) -> pd.DataFrame:
    """Return the links of one relation as read on screen, in the order of the parks."""
    lang, links = answer.asked.state.lang, answer.pairing.links
    rows = [
        {
            "university": _institution(answer, row),
            "park": name_of(answer.parks, row["place_id"], lang),
            "mode": _mode(row, lang),
            "distance": distance(row, lang),
            "within": word("pairing.within", row["within"], lang),
            "district": word("pairing.same_district", row["same_district"], lang),
        }
        for row in links[links["relation"] == relation].to_dict("records")
    ]
    names = ["university", "park", "mode", "distance", "within", "district"]
    if relation != RELATION:
        names.remove("mode")
    table = pd.DataFrame(rows, columns=names).set_index("university")
    return table.rename(columns=_titles(names, lang))


def without_park(answer: Paired) -> pd.DataFrame:
    """Return the universities without a park and the park nearest to each, the farthest first."""
    lang, found = answer.asked.state.lang, answer.pairing.universities
    alone = found[found["n_parks"] == 0].sort_values(
        "distance_m", ascending=False, kind="stable", na_position="last"
    )
    first = answer.asked.campuses.drop_duplicates("name_zh").set_index("name_zh")
    rows = [
        {
            "university": _name(first, str(name), lang),
            "nearest": name_of(answer.parks, row["nearest_id"], lang),
            "distance": distance(row, lang),
            "within": word("pairing.within", row["within"], lang),
        }
        for name, row in alone.to_dict("index").items()
    ]
    names = ["university", "nearest", "distance", "within"]
    table = pd.DataFrame(rows, columns=names).set_index("university")
    return table.rename(columns=_titles(names, lang))


def _name(first: pd.DataFrame, institution: str, lang: str) -> str:
    known = lang == "en" and institution in first.index
    return str(first["name_en"][institution]) if known else institution


def out_of_reach(answer: Paired) -> str:
    """Say which parks surely have no university within reach, and which cannot be told."""
    lang, parks = answer.asked.state.lang, answer.pairing.parks
    say = speaker(lang)
    names = {
        verdict: say("coverage_page.comma").join(
            name_of(answer.parks, id_, lang) for id_ in parks.index[parks["within"] == verdict]
        )
        for verdict in ("no", "unsettled")
    }
    within = number(answer.asked.radius_m / 1000, "km")
    told = [
        say(f"pairing_page.parks_{verdict}", radius=within, names=listed)
        for verdict, listed in names.items()
        if listed
    ]
    return " ".join(told) or say("pairing_page.parks_all", radius=within)


def drawing(answer: Paired) -> Drawing:
    """Return a line for every link whose two ends have a point."""
    return Drawing(shapes=[Shapes(lines(answer).to_crs(4326), line=INK, weight=2.0)])


def frame_of(answer: Paired) -> tuple[float, float, float, float] | None:
    """Return the box that holds every park and every link (west, south, east, north, degrees)."""
    shapes = [*answer.parks.geometry.dropna(), *lines(answer).geometry]
    if not shapes:
        return None
    drawn = gpd.GeoSeries(shapes, crs=answer.asked.city.metric_epsg).to_crs(4326)
    west, south, east, north = map(float, drawn.total_bounds)
    return west, south, east, north


def lines(answer: Paired) -> gpd.GeoDataFrame:
    """Return the links to science parks as lines on the city's plane."""
    links = answer.pairing.links
    owned = links[(links["relation"] == RELATION) & links["distance_m"].notna()]
    ends = [
        LineString([answer.asked.campuses.geometry[a], answer.parks.geometry[b]])
        for a, b in zip(owned["university_id"], owned["place_id"], strict=True)
    ]
    index = pd.Index([f"link-{row}" for row in owned.index], name="id")
    table = pd.DataFrame(owned.set_index(index))
    return gpd.GeoDataFrame(table, geometry=ends, crs=answer.asked.city.metric_epsg)


def package(answer: Paired, fmt: str) -> Package:
    """Return links, universities and parks as files; see ``layers.coverage.files``."""
    names = answer.parks[["kind", "name_zh", "name_en", "uncertainty_m", "geometry"]]
    parks = gpd.GeoDataFrame(names.join(answer.pairing.parks)).rename_axis("id")
    tables: Tables = {
        "links": (lines(answer), LINE),
        "parks": (parks, POINT),
        "all_links": (answer.pairing.links.rename_axis("row"), frozenset()),
        "universities": (answer.pairing.universities, frozenset()),
    }
    return parcel(
        answer.asked.city,
        answer.asked.state,
        "pairing",
        fmt,
        tables,
        asked={"reach_m": answer.asked.radius_m},
        result={"universities_with_park": answer.pairing.value},
        findings=(answer.pairing,),
    )
