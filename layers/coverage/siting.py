"""Propose where to add places to those that stay, and say how sure it is that none is better."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from geo.base.draws import HIGH, LOW
from geo.base.errors import ParameterError
from geo.base.once import once
from geo.coverage.scenario import Scenario, apply
from geo.coverage.service_area import service_area
from geo.coverage.simulation import simulate, simulate_reached
from geo.coverage.siting import Siting, add_sites, least_sites
from geo.grid.polygons import lattice
from layers.coverage.drawing import REACHED, shape
from layers.coverage.files import entering, parameters
from layers.coverage.measure import REFUSED
from layers.coverage.question import OWN, REACH, UNIVERSITY, Inputs, OwnPoints, inputs, only
from layers.coverage.scenario_change import GAINED, refusal
from layers.coverage.wording import caveats, name_of, own_named, span
from layers.handover.analysis_export import Answered, Data, analysis_package
from layers.handover.contents import POINT, Form
from layers.handover.look import Look
from layers.handover.package import Package
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, Say, speaker
from layers.language.values import count, km, number
from layers.map.overlay import Drawing, Handle
from layers.map.symbols import look_sign, mark, numbered
from layers.pack.city import City
from layers.pack.layer_spec import Style
from layers.places.whereabouts import from_town, whereabouts
from layers.view.filtered import answer_marked
from layers.view.page_options import CoverageOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.state import ViewState
from layers.view.vague import only_near

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


AIM = ("demand", "candidates", "aim", "add", "goal_percent")
"""Options that decide the proposal, beside those of reach."""


@dataclass(frozen=True)
class SitingQuestion(Question[CoverageOptions]):
    """Where to add: ``drawn`` candidates, and ``own`` points to serve, are the reader's."""

    drawn: tuple[Spot, ...] = ()
    own: OwnPoints | None = None

    @property
    def narrowed(self) -> Bilingual | None:
        """The filter of the reader's own points in words; None where there is none."""
        return None if self.own is None else self.own.narrowed


@dataclass(frozen=True, eq=False, kw_only=True)
class SitingRefusal(Refusal):
    """Why nothing is proposed."""

    question: SitingQuestion
    inputs: Inputs
    candidates: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False, kw_only=True)
class SitingAnswer:
    """The best proposal found, and the bound that nothing exceeds."""

    question: SitingQuestion
    inputs: Inputs
    candidates: gpd.GeoDataFrame
    siting: Siting

    @property
    def city(self) -> City:
        """The city."""
        return self.inputs.city

    @property
    def doubt(self) -> tuple[float, float] | None:
        """Interval of the share reached, 0 to 1, over draws of the doubt about the present places.

        Drawn when first asked for; None where nothing is proposed.
        """
        return _doubt(self)


Answer = SitingAnswer | SitingRefusal


def question(
    state: ViewState, drawn: tuple[Spot, ...] = (), own: OwnPoints | None = None
) -> SitingQuestion:
    """Return what of a state, and of what the reader drew, decides the proposal.

    Parameters
    ----------
    state
        State of the page. Period, later, layers and filters are taken, and of the options of
        coverage those in ``REACH`` and ``AIM``; the rest decides nothing.
    drawn
        Candidates that the reader drew; they count only where the options ask for drawn ones.
    own
        The reader's own points; they count only where the options ask for them. Campuses are
        served where those ask in vain.
    """
    options = only(state.coverage, *REACH, *AIM)
    if options.demand != OWN:
        own = None
    elif own is None:
        options = replace(options, demand=UNIVERSITY)
    by_hand = options.candidates == DRAWN
    return SitingQuestion(
        **rows_asked(state), options=options, drawn=drawn if by_hand else (), own=own
    )


def measure(city: City, asked: SitingQuestion) -> Answer:
    """Propose places for what is asked: a number of them, or a share to reach.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        The places asked for stay; the options name demand, candidates and the aim. What cannot be
        met is refused.
    """
    given = inputs(city, asked)
    candidates = _candidates(given, asked)

    def refused(reason: str, **parameters: object) -> SitingRefusal:
        return SitingRefusal(
            city=city, question=asked, inputs=given, candidates=candidates,
            reason=reason, parameters=parameters,
        )  # fmt: skip

    if why := refusal(given):
        return refused(REFUSED, **why.parameters)
    counts = {"count": len(candidates), "add": asked.options.add}
    if asked.options.candidates == DRAWN and not asked.drawn:
        return refused("siting_page.draw_first", **counts)
    try:
        found = _solved(given, candidates, asked.options)
    except ParameterError as error:
        known = {"siting.p": "siting_page.too_many"}
        return refused(known.get(error.key, f"error.{error.key}"), **counts)
    return SitingAnswer(question=asked, inputs=given, candidates=candidates, siting=found)


def _solved(given: Inputs, candidates: gpd.GeoDataFrame, options: CoverageOptions) -> Siting:
    demand, radius = _demand(given, options.demand), given.radius_m
    if options.aim == "share":
        share = options.goal_percent / 100
        return least_sites(
            demand, candidates, given.sites, share=share, radius_m=radius, weight=WEIGHT
        )
    return add_sites(demand, candidates, given.sites, p=options.add, radius_m=radius, weight=WEIGHT)


def _demand(given: Inputs, demand: str) -> gpd.GeoDataFrame:
    """Return what is to be served: campuses, own points, or spots for area or residents."""
    if demand == UNIVERSITY:
        return given.universities.assign(**{WEIGHT: 1.0})
    if demand == OWN:
        return _own(given).assign(**{WEIGHT: _stands_for(given)})
    spots = lattice(given.districts, spacing_m=DEMAND_M)
    whole = given.residents if demand == "residents" else _areas(given)
    each = whole / spots["area_id"].value_counts().reindex(whole.index)
    return spots.assign(**{WEIGHT: spots["area_id"].map(each).astype(float)})


def _own(given: Inputs) -> gpd.GeoDataFrame:
    """Return the reader's own points, or those drawn of them."""
    assert given.own is not None
    return given.own.frame.set_crs(given.sites.crs)


def _stands_for(given: Inputs) -> float:
    """Return how many points one of those drawn stands for."""
    assert given.own is not None
    return given.own.total / max(len(given.own.xy), 1)


def _areas(given: Inputs) -> pd.Series[float]:
    areas: pd.Series[float] = given.districts.area / 1e6
    return areas


def _candidates(given: Inputs, asked: SitingQuestion) -> gpd.GeoDataFrame:
    kind, drawn = asked.options.candidates, asked.drawn
    if kind == DRAWN:
        points = gpd.points_from_xy([s.lon for s in drawn], [s.lat for s in drawn], crs=4326)
        ids = pd.Index([spot.id for spot in drawn], dtype=object)
        frame = gpd.GeoDataFrame(index=ids, geometry=points).to_crs(given.districts.crs)
        return frame.assign(area_id=[_district(given, point) for point in frame.geometry])
    if kind == UNIVERSITY:
        found = only_near(given.universities)
        return found[found.geometry.notna()]
    if kind == "district":
        middle = given.districts.representative_point()
        frame = gpd.GeoDataFrame(geometry=middle, crs=given.districts.crs)
        return frame.assign(area_id=given.districts.index)
    return lattice(given.districts, spacing_m=CANDIDATES_M)


def _district(given: Inputs, point: shapely.Point) -> str:
    held = given.districts.index[given.districts.geometry.covers(point)]
    return str(held[0]) if len(held) else ""


@once(maxsize=8)
def _doubt(answer: SitingAnswer) -> tuple[float, float] | None:
    if not answer.siting.chosen:
        return None
    return _reached(answer, apply(answer.inputs.sites, as_scenario(answer, LANGS[0])))


@once(maxsize=8)
def _before(answer: SitingAnswer) -> tuple[float, float]:
    return _reached(answer, answer.inputs.sites)


def _reached(answer: SitingAnswer, sites: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return the interval of the share of the demand that sites reach."""
    given, demand = answer.inputs, answer.question.options.demand
    radius = given.radius_m
    if demand in (UNIVERSITY, OWN):
        points = given.universities if demand == UNIVERSITY else _own(given)
        served = simulate_reached(points, sites, radius_m=radius)
        return served.low / served.n, served.high / served.n
    shares = simulate(sites, given.districts, radius_m=radius).draws
    weight = given.residents if demand == "residents" else _areas(given)
    drawn = shares[weight.index] @ weight / weight.sum()
    return float(drawn.quantile(LOW)), float(drawn.quantile(HIGH))


class SitingWording:
    """A proposal in the reader's language; its interval is drawn when it is first read.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """

    def __init__(self, answer: Answer, lang: str) -> None:
        self._answer, self._lang, self._say = answer, lang, speaker(lang)

    @cached_property
    def sentence(self) -> str:
        """The proposal in one sentence, or why there is none and what to do."""
        return self._said(below_title=False)

    @cached_property
    def spoken(self) -> str:
        """The sentence where the title above it names the reader's file."""
        return self._said(below_title=True)

    def _said(self, *, below_title: bool) -> str:
        answer = self._answer
        if isinstance(answer, SitingRefusal):
            return self._say(answer.reason, **answer.parameters)
        said = _sentence(answer, self._lang)
        if (own := answer.inputs.own) is not None:
            named = own_named(own, self._lang, below_title=below_title)
            said = self._say("siting_page.for_own", layer=named, text=said)
        return answer_marked(answer.city, answer.question, said, self._lang)

    @cached_property
    def account(self) -> tuple[str, ...]:
        """What is reached over the draws, how sure the proposal is, and where the places are."""
        answer, say = self._answer, self._say
        if isinstance(answer, SitingRefusal) or not answer.siting.chosen:
            return ()
        options, found = answer.question.options, answer.doubt
        told = say(
            "siting_page.doubt",
            demand=say(f"siting_page.demand_{options.demand}"),
            radius=km(answer.inputs.radius_m, self._lang),
            before=span(*_before(answer)),
            after=span(*found) if found else "–",
            method=say(answer.siting.method),
        )
        places = _places(self.tables["proposed"], say)
        return (told, places, *_proof(answer, self._lang), say("siting_page.doubt_how"))

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The candidates that the reader ``drawn`` and the places ``proposed``."""
        answer, tables = self._answer, {}
        if answer.question.drawn:
            tables["drawn"] = _drawn_table(answer, self._lang)
        if isinstance(answer, SitingAnswer) and answer.siting.chosen:
            tables["proposed"] = _table(answer, self._lang)
        return tables

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Method and caveats."""
        answer = self._answer
        if isinstance(answer, SitingRefusal):
            return ()
        given = answer.siting.parameters
        lines = caveats((answer.siting,), self._lang, answer.inputs.sites)
        if answer.siting.chosen:
            ends = {end: f"{given[f'{end}_percent']:.1f}%" for end in ("before", "after")}
            lines.append(self._say("siting_page.as_drawn", **ends))
        own = answer.inputs.own
        if own is not None and len(own.xy) < own.total:
            lines.append(self._say("coverage_page.own_some", some=count(len(own.xy))))
        if answer.question.options.demand not in (UNIVERSITY, OWN):
            lines.append(self._say("coverage.by_spots", spacing_m=DEMAND_M))
        return tuple(lines)


def word(answer: Answer, lang: str) -> SitingWording:
    """Put an answer into words.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return SitingWording(answer, lang)


def _sentence(answer: SitingAnswer, lang: str) -> str:
    """Say what is proposed, and what was not considered."""
    say, found, options = speaker(lang), answer.siting, answer.question.options
    given = found.parameters
    if not found.chosen:
        key = "siting.unreachable" if found.method == "siting.refused" else "siting.reached_already"
        # Rounded up, what is not enough would pass for enough.
        most = {"reachable_percent": math.floor(10 * float(str(given["reachable_percent"]))) / 10}
        if key in found.caveats:
            return say(key, **{**given, **most})
        full = round(float(str(given["before_percent"])), 6) >= 100  # no wider radius can help then
        return say("siting_page.full" if full else "siting_page.nothing")
    exact = "" if found.method == "siting.exact" else "_bounded"
    return say(
        f"siting_page.result_{options.aim}{exact}",
        goal=options.goal_percent,
        count=len(found.chosen),
        candidates=say(f"siting_page.among_{options.candidates}"),
        demand=say(f"siting_page.demand_{options.demand}"),
    )


MOST_NAMED = 3
"""Proposed places that are named beside the sentence; the table has all."""
PROOFS = ("siting.bound", "siting.number_bound", "siting.fewer_enough")
"""Caveats that belong beside the result: what no choice exceeds, and why fewer are proposed."""


def _proof(answer: SitingAnswer, lang: str) -> Iterator[str]:
    """Say what is proved of the proposal: that fewer do not suffice, or what no other exceeds."""
    say, found = speaker(lang), answer.siting
    if answer.question.options.aim == "share" and found.method == "siting.exact":
        yield say("siting_page.fewest")
    yield from (say(key, **found.parameters) for key in PROOFS if key in found.caveats)


def _places(proposed: pd.DataFrame, say: Say) -> str:
    """Name the proposed places by their numbers, with what each adds; of many, the first."""
    named = [
        say("siting_page.place", number=number, where=where, gain=gain)
        for number, where, gain in proposed.head(MOST_NAMED).itertuples()
    ]
    key = "siting_page.places" if len(proposed) <= MOST_NAMED else "siting_page.places_first"
    return say(key, places=say("siting_page.then").join(named))


def _table(answer: SitingAnswer, lang: str) -> pd.DataFrame:
    """Return the proposed places in the order of what each adds."""
    say, found = speaker(lang), answer.siting
    rows = [
        {
            "number": str(rank),
            "where": _where(answer, id_, lang),
            "gain": _gain(answer, gain, lang),
        }
        for rank, (id_, gain) in enumerate(zip(found.chosen, found.gains, strict=True), start=1)
    ]
    names = ["number", "where", "gain"]
    frame = pd.DataFrame(rows, columns=names).set_index("number")
    return frame.rename(columns={name: say(f"siting_page.{name}") for name in names})


def _where(answer: Answer, id_: object, lang: str) -> str:
    """Return the university that a candidate is, or how its spot lies to the nearest town."""
    given = answer.inputs
    if answer.question.options.candidates == UNIVERSITY:
        return name_of(given.universities, id_, lang)
    spot = answer.candidates.geometry.loc[[id_]].to_crs(4326).iloc[0]
    return whereabouts(given.city, spot.x, spot.y, lang)


def _called(answer: Answer, id_: Hashable, point: shapely.Point, lang: str) -> str:
    """Return what stands beside a proposed place: the map itself says in which district."""
    if answer.question.options.candidates == UNIVERSITY:
        return name_of(answer.inputs.universities, id_, lang)
    return from_town(answer.inputs.city, point, lang)


def _drawn_table(answer: Answer, lang: str) -> pd.DataFrame:
    """Return the candidates that the reader drew, by number."""
    say = speaker(lang)
    chosen = answer.siting.chosen if isinstance(answer, SitingAnswer) else ()
    ranks = {id_: rank for rank, id_ in enumerate(chosen, start=1)}
    rows = [
        {
            "candidate": say("siting_page.candidate", number=spot.number),
            "where": _where(answer, spot.id, lang),
            "proposed_as": say("siting_page.proposed", number=ranks[spot.id])
            if spot.id in ranks
            else say("siting_page.not_proposed"),
        }
        for spot in answer.question.drawn
    ]
    names = ["candidate", "where", "proposed_as"]
    frame = pd.DataFrame(rows, columns=names).set_index("candidate")
    return frame.rename(columns={name: say(f"siting_page.{name}") for name in frame.columns})


def _gain(answer: SitingAnswer, gain: float, lang: str) -> str:
    demand = answer.question.options.demand
    told = number(gain) if demand != UNIVERSITY else count(gain)
    return speaker(lang)(f"siting_page.gain_{demand}", gain=told)


def as_scenario(answer: SitingAnswer, lang: str) -> Scenario:
    """Return the proposal as a scenario, to be dragged and compared.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.
    lang
        Language of the names of the scenario and its sites, ``zh`` or ``en``.

    Returns
    -------
    Scenario
        It adds the proposed places as platforms, in the order of what each adds.
    """
    say = speaker(lang)
    scenario = Scenario(say("siting_page.scenario"))
    degrees = answer.candidates.to_crs(4326).geometry
    for rank, id_ in enumerate(answer.siting.chosen, start=1):
        point, name = degrees[id_], say("siting_page.proposed", number=rank)
        scenario = scenario.added(point.x, point.y, kind="platform", name=name)
    return scenario


def draw(answer: Answer, lang: str, *, place: bool = False) -> Drawing | None:
    """Return the present reach, what the proposed places add, and their marks.

    Parameters
    ----------
    answer
        As :func:`measure` returns it; other refusals than the radius still show the present reach.
    lang
        Language of the words, ``zh`` or ``en``.
    place
        Whether a click on the ground adds a candidate; only where the reader draws them.

    Returns
    -------
    Drawing or None
        Candidates that the reader draws can be moved. None where the radius is finer than the
        doubt.
    """
    given = answer.inputs
    if isinstance(answer, SitingRefusal) and answer.reason == REFUSED:
        return None
    city, radius, before = given.city, given.radius_m, given.area.geometry
    shapes = [shape(city, before, REACHED)]
    chosen = answer.candidates.loc[[*_chosen(answer)]]
    if len(chosen):
        reach = service_area(chosen, radius_m=radius, within=given.districts).geometry
        shapes.append(shape(city, reach - before, GAINED))
    by_hand = answer.question.options.candidates == DRAWN
    return Drawing(
        shapes=shapes,
        handles=_marks(answer, chosen, lang, movable=by_hand),
        place=by_hand and place,
        dots=True,
    )


def legend(answer: Answer, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the signs of all that is drawn, with their words.

    Parameters
    ----------
    answer
        As :func:`measure` returns it; of one refused for its radius nothing is drawn.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if isinstance(answer, SitingRefusal) and answer.reason == REFUSED:
        return ()
    say, radius = speaker(lang), answer.inputs.radius_m
    signs = [
        (look_sign(REACHED), say("coverage_page.legend_reach", radius=km(radius, lang))),
        (look_sign(GAINED), say("siting_page.legend_gained")),
        (mark(PROPOSED), say("siting_page.legend_proposed")),
    ]
    if answer.question.drawn:
        signs.append((mark(PROPOSED, "knowledge"), say("siting_page.legend_drawn")))
    return tuple(signs)


def _chosen(answer: Answer) -> tuple[Hashable, ...]:
    return tuple(answer.siting.chosen) if isinstance(answer, SitingAnswer) else ()


def _pins(answer: Answer, lang: str) -> Iterator[tuple[Hashable, str]]:
    """Yield each proposed place with what its pin says: its rank, where it is, what it adds."""
    if isinstance(answer, SitingRefusal):
        return
    say, found = speaker(lang), answer.siting
    for rank, (id_, gain) in enumerate(zip(found.chosen, found.gains, strict=True), start=1):
        yield (
            id_,
            say(
                "siting_page.pin",
                name=say("siting_page.proposed", number=rank),
                where=_where(answer, id_, lang),
                gain=_gain(answer, gain, lang),
            ),
        )


def _marks(answer: Answer, chosen: gpd.GeoDataFrame, lang: str, *, movable: bool) -> list[Handle]:
    """Return a mark for each proposed place, and a dotted one for each other drawn candidate."""
    say, drawn = speaker(lang), answer.question.drawn
    ranks = {id_: rank for rank, id_ in enumerate(chosen.index, start=1)}
    called = dict(_pins(answer, lang))
    idle = [spot.id for spot in drawn if spot.id not in called]
    called |= {
        spot.id: say("siting_page.candidate", number=spot.number)
        for spot in drawn
        if spot.id in idle
    }
    places = answer.candidates.geometry.loc[list(called)].to_crs(4326)
    eastwards = sorted(places.index, key=lambda id_: float(places[id_].x))
    west = {*eastwards[: math.ceil(len(eastwards) / 2)]}
    return [
        Handle(
            str(id_),
            float(point.x),
            float(point.y),
            mark(PROPOSED, "knowledge") if id_ in idle else numbered(PROPOSED.colour, ranks[id_]),
            called[id_],
            movable,
            label=_called(answer, id_, point, lang)
            if ranks.get(id_, math.inf) <= MOST_NAMED
            else "",
            side="left" if id_ in west else "right",
        )
        for id_, point in places.items()
    ]


def hand_over(answer: Answer, form: Form) -> Package:
    """Return the proposed places and the candidates as files; where it is refused, why.

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
    return analysis_package(
        Answered(
            name="siting",
            city=answer.inputs.city,
            question=answer.question,
            words={lang: word(answer, lang) for lang in LANGS},
            layers=entering(answer.inputs),
            data=_data(answer),
            asked={**parameters(answer.inputs), **_asked(answer.question.options)},
            result={"chosen": [str(id_) for id_ in _chosen(answer)]},
            findings=(answer.siting,) if isinstance(answer, SitingAnswer) else (),
        ),
        form,
    )


def _asked(options: CoverageOptions) -> dict[str, object]:
    return {name: getattr(options, name) for name in AIM}


def _data(answer: Answer) -> dict[str, Data]:
    look, data = Look("point", line=PROPOSED.colour), {}
    if isinstance(answer, SitingAnswer) and answer.siting.chosen:
        chosen = answer.candidates.loc[list(answer.siting.chosen), ["geometry"]]
        proposed = chosen.assign(gain=answer.siting.gains, radius_m=answer.inputs.radius_m)
        data["proposed"] = Data(proposed.rename_axis("id"), POINT, look)
    if len(answer.candidates):
        data["candidates"] = Data(answer.candidates[["geometry"]].rename_axis("id"), POINT, look)
    return data
