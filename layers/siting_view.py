"""Propose where to add places to those that stay, and say how sure it is that none is better."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.coverage import service_area
from geo.errors import ParameterError
from geo.grid import lattice
from geo.scenario import Scenario, apply
from geo.siting import Siting, add_sites, least_sites
from geo.uncertainty import HIGH, LOW, simulate, simulate_reached
from layers.city import City
from layers.coverage_files import POINT, Tables, parcel
from layers.coverage_view import (
    REACHED,
    UNIVERSITY,
    Asked,
    ask,
    km,
    name_of,
    shape,
    span,
    unit_name,
)
from layers.drawing import Drawing, Handle
from layers.export import Package
from layers.marks import mark
from layers.scenario_view import GAINED, refusal
from layers.spec import Style
from layers.state import ViewState
from layers.text import speaker
from layers.words import count, number

DEMAND_M, CANDIDATES_M = 2_000.0, 4_000.0
"""Distance between the spots that stand for area or residents, and between grid candidates."""
PROPOSED = Style("ring", "#5B3A8C")
WEIGHT = "weight"


@dataclass(frozen=True, eq=False)
class Sited:
    """The proposal, or the key of the sentence that says why there is none."""

    asked: Asked
    candidates: gpd.GeoDataFrame
    siting: Siting | None
    refused: str = ""


def sited(city: City, state: ViewState) -> Sited:
    """Propose places for what ``state.coverage`` asks: a number of them, or a share to reach.

    Parameters
    ----------
    city
        The city; it is not changed.
    state
        The places shown stay; ``state.coverage`` names demand, candidates and the aim.

    Returns
    -------
    Sited
        With the best found and the bound that nothing exceeds; a wish that cannot be met is
        refused with the key of its sentence.
    """
    asked, options = ask(city, state), state.coverage
    candidates = _candidates(asked)
    if refusal(asked) is not None:
        return Sited(asked, candidates, None, "uncertainty.refused")
    demand = _demand(asked)
    given = {"radius_m": asked.radius_m, "weight": WEIGHT}
    try:
        if options.aim == "share":
            share = options.goal_percent / 100
            found = least_sites(demand, candidates, asked.sites, share=share, **given)  # type: ignore[arg-type]
        else:
            found = add_sites(demand, candidates, asked.sites, p=options.add, **given)  # type: ignore[arg-type]
    except ParameterError as error:
        return Sited(asked, candidates, None, f"error.{error.key}")
    return Sited(asked, candidates, found)


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


def _candidates(asked: Asked) -> gpd.GeoDataFrame:
    kind = asked.state.coverage.candidates
    if kind == UNIVERSITY:
        found = asked.universities
        return found[found.geometry.notna()]
    if kind == "district":
        middle = asked.districts.representative_point()
        frame = gpd.GeoDataFrame(geometry=middle, crs=asked.districts.crs)
        return frame.assign(area_id=asked.districts.index)
    return lattice(asked.districts, spacing_m=CANDIDATES_M)


def sentence(answer: Sited) -> str:
    """Return the proposal in one sentence, or why there is none and what to do."""
    asked = answer.asked
    say, found = speaker(asked.state.lang), answer.siting
    if answer.refused == "uncertainty.refused":
        why = refusal(asked)
        return say(answer.refused, **why.parameters) if why else ""
    if found is None:
        return say(answer.refused)
    given = found.parameters
    if not found.chosen:
        key = "siting.unreachable" if found.method == "siting.refused" else "siting.reached_already"
        return say(key, **given) if key in found.caveats else say("siting_page.nothing")
    return say(
        "siting_page.result",
        count=len(found.chosen),
        demand=say(f"siting_page.demand_{asked.state.coverage.demand}"),
        radius=km(asked.radius_m),
        before=f"{given['before_percent']:.1f}%",
        after=f"{given['after_percent']:.1f}%",
    )


def doubt_words(answer: Sited) -> str:
    """Return what is reached with the proposal once the doubt about the present places is drawn."""
    asked, found = answer.asked, answer.siting
    if found is None or not found.chosen:
        return ""
    sites, radius = apply(asked.sites, as_scenario(answer)), asked.radius_m
    demand = asked.state.coverage.demand
    if demand == UNIVERSITY:
        served = simulate_reached(asked.universities, sites, radius_m=radius)
        low, high = served.low / served.n, served.high / served.n
    else:
        shares = simulate(sites, asked.districts, radius_m=radius).draws
        weight = asked.residents if demand == "residents" else _areas(asked)
        drawn = shares[weight.index] @ weight / weight.sum()
        low, high = float(drawn.quantile(LOW)), float(drawn.quantile(HIGH))
    say = speaker(asked.state.lang)
    return say("siting_page.doubt", share=span(low, high))


def proof(answer: Sited) -> str:
    """Return how sure the proposal is: proved best, or what no other can exceed."""
    lang = answer.asked.state.lang
    return "" if answer.siting is None else speaker(lang)(answer.siting.method)


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
    return unit_name(asked, answer.candidates["area_id"][id_])


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


def drawing(answer: Sited) -> Drawing | None:
    """Return the present reach, what the proposed places add, and their marks."""
    asked, found = answer.asked, answer.siting
    if found is None:
        return None
    city, radius, before = asked.city, asked.radius_m, asked.area.geometry
    shapes = [shape(city, before, REACHED)]
    chosen = answer.candidates.loc[list(found.chosen)]
    if len(chosen):
        reach = service_area(chosen, radius_m=radius, within=asked.districts).geometry
        shapes.append(shape(city, reach - before, GAINED))
    return Drawing(shapes=shapes, handles=_marks(answer, chosen))


def _marks(answer: Sited, chosen: gpd.GeoDataFrame) -> list[Handle]:
    say = speaker(answer.asked.state.lang)
    return [
        Handle(
            f"proposed-{rank}",
            float(point.x),
            float(point.y),
            mark(PROPOSED),
            say("siting_page.proposed", number=rank),
            movable=False,
        )
        for rank, point in enumerate(chosen.geometry.to_crs(4326), start=1)
    ]


def package(answer: Sited, fmt: str) -> Package:
    """Return the proposed places as files; see ``layers.coverage_files``."""
    found, options = answer.siting, answer.asked.state.coverage
    tables: Tables = {}
    if found is not None and found.chosen:
        chosen = answer.candidates.loc[list(found.chosen), ["geometry"]]
        proposed = chosen.assign(gain=found.gains, radius_m=answer.asked.radius_m)
        tables = {"proposed": (proposed.rename_axis("id"), POINT)}
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
