"""Propose where to add places to those that stay, and say how sure it is that none is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from geo.base.draws import HIGH, LOW
from geo.base.errors import ParameterError
from geo.coverage.scenario import Scenario, apply
from geo.coverage.service_area import service_area
from geo.coverage.simulation import simulate, simulate_reached
from geo.coverage.siting import Siting, add_sites, least_sites
from geo.grid.polygons import lattice
from layers.coverage.drawing import REACHED, shape
from layers.coverage.question import UNIVERSITY, Asked, ask
from layers.coverage.scenario import GAINED, refusal
from layers.coverage.wording import beyond, km, name_of, span, unit_name
from layers.handover.analysis_package import POINT, Tables, parcel
from layers.handover.package import Package
from layers.language.messages import speaker
from layers.language.values import count, number
from layers.map.overlay import Drawing, Handle
from layers.map.symbols import mark
from layers.pack.city import City
from layers.pack.layer_spec import Style
from layers.view.state import ViewState

DEMAND_M, CANDIDATES_M = 2_000.0, 4_000.0
"""Distance between the spots that stand for area or residents, and between grid candidates."""
PROPOSED = Style("ring", "#5B3A8C")
DRAWN = "drawn"
"""Option: candidates that the reader drew on the map."""
WEIGHT = "weight"


class Spot(NamedTuple):
    """A candidate that the reader drew: its number and where it stands (degrees, WGS 84)."""

    number: int
    lon: float
    lat: float

    @property
    def id(self) -> str:
        """Its id; the ids of fewer than a hundred sort like their numbers."""
        return f"drawn-{self.number:02d}"


@dataclass(frozen=True, eq=False)
class Sited:
    """The proposal, or the key of the sentence that says why there is none."""

    asked: Asked
    candidates: gpd.GeoDataFrame
    siting: Siting | None
    refused: str = ""
    drawn: tuple[Spot, ...] = ()


def sited(city: City, state: ViewState, drawn: tuple[Spot, ...] = ()) -> Sited:
    """Propose places for what ``state.coverage`` asks: a number of them, or a share to reach.

    Parameters
    ----------
    city
        The city; it is not changed.
    state
        The places shown stay; ``state.coverage`` names demand, candidates and the aim.
    drawn
        Candidates that the reader drew, for the option ``drawn``.

    Returns
    -------
    Sited
        With the best found and the bound that nothing exceeds; a wish that cannot be met is
        refused with the key of its sentence.
    """
    asked, options = ask(city, state), state.coverage
    candidates = _candidates(asked, drawn)
    if refusal(asked) is not None:
        return Sited(asked, candidates, None, "uncertainty.refused", drawn)
    if options.candidates == DRAWN and not drawn:
        return Sited(asked, candidates, None, "siting_page.draw_first", drawn)
    demand = _demand(asked)
    given = {"radius_m": asked.radius_m, "weight": WEIGHT}
    try:
        if options.aim == "share":
            share = options.goal_percent / 100
            found = least_sites(demand, candidates, asked.sites, share=share, **given)  # type: ignore[arg-type]
        else:
            found = add_sites(demand, candidates, asked.sites, p=options.add, **given)  # type: ignore[arg-type]
    except ParameterError as error:
        known = {"siting.p": "siting_page.too_many"}
        return Sited(asked, candidates, None, known.get(error.key, f"error.{error.key}"), drawn)
    return Sited(asked, candidates, found, drawn=drawn)


def _demand(asked: Asked) -> gpd.GeoDataFrame:
    """Return what is to be served: campuses, or spots that stand for area or residents."""
    if asked.state.coverage.demand == UNIVERSITY:
        return asked.universities.assign(**{WEIGHT: 1.0})
    spots = lattice(asked.districts, spacing_m=DEMAND_M)
    whole = asked.residents if asked.state.coverage.demand == "residents" else _areas(asked)
    each = whole / spots["area_id"].value_counts().reindex(whole.index)
    return spots.assign(**{WEIGHT: spots["area_id"].map(each).astype(float)})


def _areas(asked: Asked) -> pd.Series[float]:
    areas: pd.Series[float] = asked.districts.area / 1e6
    return areas


def _candidates(asked: Asked, drawn: tuple[Spot, ...]) -> gpd.GeoDataFrame:
    kind = asked.state.coverage.candidates
    if kind == DRAWN:
        points = gpd.points_from_xy([s.lon for s in drawn], [s.lat for s in drawn], crs=4326)
        ids = pd.Index([spot.id for spot in drawn], dtype=object)
        frame = gpd.GeoDataFrame(index=ids, geometry=points).to_crs(asked.districts.crs)
        return frame.assign(area_id=[_district(asked, point) for point in frame.geometry])
    if kind == UNIVERSITY:
        found = asked.universities
        return found[found.geometry.notna()]
    if kind == "district":
        middle = asked.districts.representative_point()
        frame = gpd.GeoDataFrame(geometry=middle, crs=asked.districts.crs)
        return frame.assign(area_id=asked.districts.index)
    return lattice(asked.districts, spacing_m=CANDIDATES_M)


def _district(asked: Asked, point: shapely.Point) -> str:
    held = asked.districts.index[asked.districts.geometry.covers(point)]
    return str(held[0]) if len(held) else ""


def sentence(answer: Sited) -> str:
    """Return the proposal in one sentence, or why there is none and what to do."""
    asked = answer.asked
    say, found = speaker(asked.state.lang), answer.siting
    if answer.refused == "uncertainty.refused":
        why = refusal(asked)
        return say(answer.refused, **why.parameters) if why else ""
    if found is None:
        n, wanted = len(answer.candidates), asked.state.coverage.add
        return say(answer.refused, count=n, add=wanted)
    given = found.parameters
    if not found.chosen:
        key = "siting.unreachable" if found.method == "siting.refused" else "siting.reached_already"
        return say(key, **given) if key in found.caveats else say("siting_page.nothing")
    aim = asked.state.coverage.aim
    return say(
        "siting_page.result" if aim == "number" else "siting_page.result_share",
        goal=asked.state.coverage.goal_percent,
        count=len(found.chosen),
        demand=say(f"siting_page.demand_{asked.state.coverage.demand}"),
        radius=km(asked.radius_m),
        before=f"{given['before_percent']:.1f}%",
        after=f"{given['after_percent']:.1f}%",
    )


def doubt(answer: Sited) -> tuple[float, float] | None:
    """Return what is reached with the proposal once the doubt about the present places is drawn.

    Parameters
    ----------
    answer
        See :func:`sited`.

    Returns
    -------
    tuple of float, or None
        5th and 95th percentile of the share reached, 0 to 1; None where nothing is proposed.
    """
    asked, found = answer.asked, answer.siting
    if found is None or not found.chosen:
        return None
    sites, radius = apply(asked.sites, as_scenario(answer)), asked.radius_m
    demand = asked.state.coverage.demand
    if demand == UNIVERSITY:
        served = simulate_reached(asked.universities, sites, radius_m=radius)
        return served.low / served.n, served.high / served.n
    shares = simulate(sites, asked.districts, radius_m=radius).draws
    weight = asked.residents if demand == "residents" else _areas(asked)
    drawn = shares[weight.index] @ weight / weight.sum()
    return float(drawn.quantile(LOW)), float(drawn.quantile(HIGH))


def doubt_words(found: tuple[float, float] | None, lang: str) -> str:
    """Return the interval of :func:`doubt` in words, blank where there is none."""
    return "" if found is None else speaker(lang)("siting_page.doubt", share=span(*found))


PROOFS = ("siting.bound", "siting.number_bound", "siting.fewer_enough")
"""Caveats that belong beside the result: what no choice exceeds, and why fewer are proposed."""


def proof(answer: Sited) -> str:
    """Return how sure the proposal is: proved best, or what no other can exceed."""
    found = answer.siting
    if found is None or not found.chosen:
        return ""
    say = speaker(answer.asked.state.lang)
    lines = [say("siting_page.exactness", method=say(found.method))]
    if answer.asked.state.coverage.aim == "share" and found.method == "siting.exact":
        lines.append(say("siting_page.fewest"))
    lines += [say(key, **found.parameters) for key in PROOFS if key in found.caveats]
    return " ".join(lines)


def table(answer: Sited) -> pd.DataFrame:
    """Return the proposed places in the order of what each adds."""
    assert answer.siting is not None
    asked, found = answer.asked, answer.siting
    say = speaker(asked.state.lang)
    degrees = answer.candidates.to_crs(4326).geometry
    rows = [
        {
            "number": str(rank),
            "where": _where(answer, id_),
            "lon": f"{degrees[id_].x:.4f}",
            "lat": f"{degrees[id_].y:.4f}",
            "gain": _gain(answer, gain),
        }
        for rank, (id_, gain) in enumerate(zip(found.chosen, found.gains, strict=True), start=1)
    ]
    names = ["number", "where", "lon", "lat", "gain"]
    frame = pd.DataFrame(rows, columns=names).set_index("number")
    return frame.rename(columns={name: say(f"siting_page.{name}") for name in names})


def _where(answer: Sited, id_: object) -> str:
    asked = answer.asked
    if asked.state.coverage.candidates == UNIVERSITY:
        return name_of(asked.universities, id_, asked.state.lang)
    code = answer.candidates["area_id"][id_]
    return unit_name(asked, code) if code else beyond(asked)


def drawn_table(answer: Sited) -> pd.DataFrame:
    """Return the candidates that the reader drew, by number."""
    say, found = speaker(answer.asked.state.lang), answer.siting
    ranks = {} if found is None else {id_: n for n, id_ in enumerate(found.chosen, start=1)}
    rows = [
        {
            "candidate": say("siting_page.candidate", number=spot.number),
            "where": _where(answer, spot.id),
            "lon": f"{spot.lon:.4f}",
            "lat": f"{spot.lat:.4f}",
            "proposed_as": say("siting_page.proposed", number=ranks[spot.id])
            if spot.id in ranks
            else say("siting_page.not_proposed"),
        }
        for spot in answer.drawn
    ]
    names = ["candidate", "where", "lon", "lat", "proposed_as"]
    frame = pd.DataFrame(rows, columns=names).set_index("candidate")
    return frame.rename(columns={name: say(f"siting_page.{name}") for name in frame.columns})


def _gain(answer: Sited, gain: float) -> str:
    demand = answer.asked.state.coverage.demand
    say = speaker(answer.asked.state.lang)
    told = number(gain) if demand != UNIVERSITY else count(gain)
    return say(f"siting_page.gain_{demand}", gain=told)


def as_scenario(answer: Sited) -> Scenario:
    """Return the proposal as a scenario, to be dragged and compared."""
    assert answer.siting is not None
    say = speaker(answer.asked.state.lang)
    scenario = Scenario(say("siting_page.scenario"))
    degrees = answer.candidates.to_crs(4326).geometry
    for rank, id_ in enumerate(answer.siting.chosen, start=1):
        point, name = degrees[id_], say("siting_page.proposed", number=rank)
        scenario = scenario.added(point.x, point.y, kind="platform", name=name)
    return scenario


def drawing(answer: Sited, *, place: bool = False) -> Drawing | None:
    """Return the present reach, what the proposed places add, and their marks.

    None where the radius is finer than the doubt. Where the reader draws the candidates, each can
    be moved, and with ``place`` a click on the ground adds one.
    """
    asked, found = answer.asked, answer.siting
    if answer.refused == "uncertainty.refused":
        return None
    city, radius, before = asked.city, asked.radius_m, asked.area.geometry
    shapes = [shape(city, before, REACHED)]
    chosen = answer.candidates.loc[list(found.chosen) if found else []]
    if len(chosen):
        reach = service_area(chosen, radius_m=radius, within=asked.districts).geometry
        shapes.append(shape(city, reach - before, GAINED))
    by_hand = asked.state.coverage.candidates == DRAWN
    return Drawing(
        shapes=shapes,
        handles=_marks(answer, chosen, movable=by_hand),
        place=by_hand and place,
    )


def _marks(answer: Sited, chosen: gpd.GeoDataFrame, *, movable: bool) -> list[Handle]:
    """Return a mark for each proposed place, and a dotted one for each other drawn candidate."""
    say = speaker(answer.asked.state.lang)
    called = {
        id_: say("siting_page.proposed", number=rank)
        for rank, id_ in enumerate(chosen.index, start=1)
    }
    idle = [spot.id for spot in answer.drawn if spot.id not in called]
    called |= {
        spot.id: say("siting_page.candidate", number=spot.number)
        for spot in answer.drawn
        if spot.id in idle
    }
    places = answer.candidates.geometry.loc[list(called)].to_crs(4326)
    return [
        Handle(
            str(id_),
            float(point.x),
            float(point.y),
            mark(PROPOSED, "knowledge" if id_ in idle else "dataset"),
            called[id_],
            movable,
        )
        for id_, point in places.items()
    ]


def package(answer: Sited, fmt: str) -> Package:
    """Return the proposed places as files; see ``layers.coverage.files``."""
    found, options = answer.siting, answer.asked.state.coverage
    tables: Tables = {}
    if found is not None and found.chosen:
        chosen = answer.candidates.loc[list(found.chosen), ["geometry"]]
        proposed = chosen.assign(gain=found.gains, radius_m=answer.asked.radius_m)
        tables = {"proposed": (proposed.rename_axis("id"), POINT)}
    if len(answer.candidates):
        given = answer.candidates[["geometry"]].rename_axis("id")
        tables = {**tables, "candidates": (given, POINT)}
    return parcel(
        answer.asked.city,
        answer.asked.state,
        "siting",
        fmt,
        tables,
        asked={
            "radius_m": answer.asked.radius_m,
            "demand": options.demand,
            "candidates": options.candidates,
            "aim": options.aim,
            "add": options.add,
            "goal_percent": options.goal_percent,
        },
        result={} if found is None else {"chosen": [str(id_) for id_ in found.chosen]},
        findings=() if found is None else (found,),
    )
