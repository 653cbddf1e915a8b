"""Say what a scene shows: title, sentence, doubt, legend, drawing, table and bars.

Wall, slide, sheet and file take their words and numbers from here, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pandas as pd

from geo.coverage.service_area import CITY
from layers.analysis import ANALYSES
from layers.corridor import drawing as corridor
from layers.corridor import strip as strips
from layers.coverage import pairing, scenario, siting
from layers.coverage.measure import ReachAnswer
from layers.coverage.scenario_change import GAINED, KEPT, LOST
from layers.coverage.tables import unit_table
from layers.coverage.wording import of_district as reach_in_district
from layers.coverage.wording import unit_name
from layers.language.messages import fill, speaker
from layers.language.values import paragraph
from layers.map.colours import OPACITY
from layers.map.overlay import Drawing, Shapes
from layers.map.plate import HATCH, Sign, plate
from layers.map.structure import structure_drawing, title_key
from layers.map.symbols import look_sign, swatch
from layers.pack.city import City
from layers.places.areas import (
    area_name,
    measures,
    sentence,
    sentence_of_two,
    unsettled,
    unsettled_of_two,
)
from layers.places.dating import dated
from layers.places.district_profile import fullest, profile
from layers.places.spread import beside, first_sentence
from layers.plan.indicator import Progress
from layers.plan.scene import plan_scene
from layers.plan.shown import plan_ids, plan_places
from layers.present.figures import of_district, of_view
from layers.present.story import Scene, state_of
from layers.view.areas import is_part
from layers.view.filtered import in_words, marked, titled
from layers.view.question import Question, Refusal
from layers.view.rows import rows_in_view, without_titles
from layers.view.state import ViewState, deciding, default_state
from layers.view.vague import unknown_words

Ask = Callable[[City, str, Question[Any]], Any]
"""Answers a question of an analysis by its name; a session's keeps what it has answered."""
SHAPED: Final = frozenset({"explore", "density", "coverage", "corridor"})
"""Pages whose scenes have the shape that is drawn on their maps."""
MOST_BARS: Final = 16
PADDING: Final = 0.04
"""Of the bounds of an area, on each side of its map."""
OUTLINE, OUTLINE_PX = "#B5322A", 2.4
"""Line around the area that a scene is about."""


@dataclass(frozen=True, eq=False)
class Bars:
    """Figures that are set side by side as bars.

    Parameters
    ----------
    title
        What is measured, with its unit.
    values
        By name, in the order in which they are shown.
    """

    title: str
    values: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Told:
    """A scene in the reader's language.

    Parameters
    ----------
    scene, city, state
        What is told; the state holds the language and all filters that act.
    title
        Of the map; it says so where its rows are filtered.
    sentence, doubt
        What stands above the map.
    filtered
        Everything that narrows the rows; empty if nothing does.
    dated
        Plan, period and dates.
    notes
        What the speaker may say, and what each number rests on.
    keep
        Ids of the places that the map keeps; None for all that the state shows.
    legend
        Of the analysis; the layout map's is :func:`layers.map.plate.plate`'s.
    drawing
        What the analysis draws.
    focus
        Adcode of the district that fills the map; empty for the city.
    table
        The figures as they are read, by row name; None where the scene has none.
    bars
        Some of them as bars.
    chart
        The indicator that takes the place of the map on paper and slide; None where the map stands.
    bounds
        West, south, east and north in degrees of what fills the map; None for city or district.
    strip
        Draws an axis as a strip in a frame, see :func:`layers.corridor.strip.strip`; None where the
        scene is of none.
    beside
        What stands at its right, where a scene sets two views side by side.
    answered
        Name of the analysis that it rests on, and its answer; None where it rests on the list.
    source
        Whence that is which no pack holds; empty for nothing.
    called
        How a file is called that is made of what a reader has brought along: after his own file,
        and the day on which it is made. Empty for the title, and the day of the pack.
    """

    scene: Scene
    city: City
    state: ViewState
    title: str
    sentence: str
    doubt: str
    filtered: str
    dated: str
    notes: tuple[str, ...]
    legend: tuple[Sign, ...] = ()
    drawing: Drawing | None = None
    focus: str = ""
    table: pd.DataFrame | None = None
    bars: Bars | None = None
    chart: Progress | None = None
    keep: frozenset[str] | None = None
    bounds: tuple[float, float, float, float] | None = None
    strip: Callable[[strips.Frame], str] | None = None
    beside: Told | None = None
    answered: tuple[str, Any] | None = None
    source: str = ""
    called: str = ""


@dataclass(frozen=True, eq=False)
class _Page:
    """What a page says by itself."""

    title: str
    sentence: str
    doubt: Iterable[str]
    figures: Mapping[str, str]
    notes: Iterable[str] = ()
    legend: Iterable[Sign] = ()
    drawing: Drawing | None = None
    focus: str = ""
    table: pd.DataFrame | None = None
    bars: Bars | None = None
    chart: Progress | None = None
    bounds: tuple[float, float, float, float] | None = None
    strip: Callable[[strips.Frame], str] | None = None
    empty: bool = False
    """Whether nothing is left to count: no sentence on what has most would be true."""
    unknown: str = ""
    """Of how many places nobody knows how far off they may be; empty where of all it is known."""
    narrowed: str = ""
    """What of the plan's ledger is shown; empty for all."""
    answered: tuple[str, Any] | None = None


def measure(city: City, name: str, question: Question[Any]) -> Any:
    """Answer a question of an analysis anew.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    name
        One of :data:`layers.analysis.ANALYSES`.
    question
        What is asked.
    """
    return ANALYSES[name].measure(city, question)


def tell(scene: Scene, city: City, over: ViewState, *, ask: Ask = measure) -> Told:
    """Say what a scene shows.

    Parameters
    ----------
    scene
        The scene; a district in its address is chosen.
    city
        The pack that it is told of; it is not changed.
    over
        Language of the words, and the reader's own filters; see
        :func:`layers.present.story.state_of`.
    ask
        Answers the analyses.

    Raises
    ------
    AtlasError
        If the analysis cannot be made of this pack; that too little is known is an answer.
    """
    state = state_of(scene, city, over)
    lang = state.lang
    page = _with_shape(_page(scene, city, state, ask), scene, city, state, ask)
    claimed = _claimed(scene, city, state)
    filtered = in_words(city, claimed, scene.page)
    own = {
        name: "" if page.empty else fill(getattr(scene, name).of(lang), page.figures)
        for name in ("sentence", "doubt")
    }
    if own["sentence"] and deciding(state) != deciding(state_of(scene, city, default_state(city))):
        # The page's own sentence says by itself that the reader's filters act.
        own["sentence"] = marked(city, claimed, scene.page, own["sentence"], lang)
    beside = tell(scene.second, city, over, ask=ask) if scene.second else None
    if beside is not None:
        page = _two_views(page, titled(city, claimed, scene.page, page.title), beside)
    return Told(
        scene,
        city,
        state,
        title=titled(city, claimed, scene.page, page.title),
        sentence=own["sentence"] or page.sentence,
        doubt=own["doubt"] or paragraph(filter(None, (*page.doubt, page.unknown)), lang),
        filtered=_filtered(page.narrowed or (filtered.of(lang) if filtered else ""), beside, lang),
        dated=dated(city, state),
        notes=tuple(_notes(scene, page, lang, own_doubt=bool(own["doubt"]))),
        legend=tuple(page.legend),
        drawing=page.drawing,
        focus=page.focus,
        table=page.table,
        bars=page.bars,
        chart=page.chart,
        keep=plan_ids(city, state) if scene.page == "plan" else None,
        bounds=page.bounds,
        strip=page.strip,
        beside=beside,
        answered=page.answered,
    )


def _notes(scene: Scene, page: _Page, lang: str, *, own_doubt: bool) -> Iterable[str]:
    """Return what the speaker may say, each once, and what the scene's own doubt leaves out."""
    left_out = [page.unknown] if own_doubt and page.unknown else []
    points = (point.of(lang) for point in scene.points)
    return dict.fromkeys((*points, *page.notes, *left_out))


def _claimed(scene: Scene, city: City, state: ViewState) -> ViewState:
    """Return the state whose filters a scene owns to.

    The one kind of places that a scene picks out, with a sentence of its own, is its subject.
    """
    kinds = [i for i in state.layers if i in city.layers and city.layers[i].spec.is_places]
    if len(kinds) != 1 or not (scene.sentence.zh and "layers" in scene.address):
        return state
    return replace(state, layers=default_state(city).layers)


def _filtered(own: str, beside: Told | None, lang: str) -> str:
    """Say what narrows the rows: of two views, for each."""
    if beside is None or not (own or beside.filtered):
        return own
    say, nothing = speaker(lang), speaker(lang)("present.unfiltered")
    sides = {"left": own, "right": beside.filtered}
    told = [say(f"present.{side}", text=text or nothing) for side, text in sides.items()]
    return say("present.comma").join(told)


def _page(scene: Scene, city: City, state: ViewState, ask: Ask) -> _Page:
    if scene.page == "coverage" and state.coverage.part == "scenario" and scene.options:
        return _options(city, state, ask, scene)
    return _PAGES[scene.page](city, state, ask)


def _two_views(page: _Page, title: str, beside: Told) -> _Page:
    """Return what a page says where another view stands at its right."""
    say = speaker(beside.state.lang)
    both = say("present.two_views", left=title, right=beside.title)
    return replace(
        page,
        sentence=say("present.two_alike", title=title) if title == beside.title else both,
        doubt=[say("present.left", text=page.sentence), say("present.right", text=beside.sentence)],
        unknown="",
        notes=[
            *filter(None, (*page.doubt, page.unknown)),
            *page.notes,
            beside.doubt,
            *beside.notes,
        ],
    )


def _options(city: City, state: ViewState, ask: Ask, scene: Scene) -> _Page:
    """Say what the options of a scene change, and what tells the first two apart."""
    lang, say = state.lang, speaker(state.lang)
    asked = scenario.question(state, tuple(each.of(lang) for each in scene.options), doubt=True)
    answer = ask(city, "scenario", asked)
    words = scenario.word(answer, lang)
    first, *further = words.account or (words.sentence,)
    return _Page(
        title=say("coverage_page.title_scenario", city=city.name.of(lang)),
        sentence=first,
        doubt=[scenario.in_short(answer, lang)] if words.account else words.notes[:1],
        figures={},
        notes=[*further, *([words.sentence] if words.account else []), *words.notes],
        legend=[(look_sign(look), text) for look, text in words.legend or _changes(lang)],
        drawing=scenario.draw(answer, lang),
        table=_foremost(words.tables.get("comparison")),
        answered=("scenario", answer),
    )


def _foremost(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the comparison of options with what they bring before what they consist of."""
    return None if table is None else table.iloc[:, [2, 3, 4, 0, 1]]


def _changes(lang: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield look and words of what one option keeps, gains and loses."""
    for name, look in (("kept", KEPT), ("gained", GAINED), ("lost", LOST)):
        yield look, speaker(lang)(f"scenario.area.{name}")


def _with_shape(page: _Page, scene: Scene, city: City, state: ViewState, ask: Ask) -> _Page:
    """Add the shape that the reader has drawn; what lies in it is asked of the layout map alone."""
    asked = ANALYSES["inside"].question(state)
    if scene.page not in SHAPED or not asked.options.shape:
        return page
    answer = ask(city, "inside", asked)
    shape = ANALYSES["inside"].draw(answer, state.lang)
    if shape is None:
        return page
    under = page.drawing or Drawing(subject=True)
    said = [ANALYSES["inside"].word(answer, state.lang).sentence] if scene.page == "explore" else []
    drawn = replace(under, shapes=[*under.shapes, *shape.shapes])
    return replace(page, drawing=drawn, doubt=[*page.doubt, *said])


def _explore(city: City, state: ViewState, ask: Ask) -> _Page:
    view, lang, say = rows_in_view(city, state), state.lang, speaker(state.lang)
    asked = ANALYSES["balance"].question(state)
    answer = ask(city, "balance", asked)
    found, words = answer.headline, ANALYSES["balance"].word(answer, lang)
    return _Page(
        title=say(title_key(state.explore.ground), city=city.name.of(lang)),
        sentence=first_sentence(view, found, lang) if found.n else _nothing(city, state),
        doubt=beside(view, found, lang),
        unknown=unknown_words(without_titles(view.places), lang),
        figures=of_view(view, lang),
        notes=words.notes,
        legend=plate(view, state.explore.ground, lang).legend,
        drawing=structure_drawing(city) if state.explore.ground == "structure" else None,
        table=words.tables["halves"] if found.n else None,
        bars=_counts(city, found.districts["n"], lang),
        empty=not found.n,
    )


def _nothing(city: City, state: ViewState) -> str:
    """Say that nothing counts; on a wall nobody can loosen a filter."""
    said = speaker(state.lang)("present.nothing_counted")
    return marked(city, state, "explore", said, state.lang)


def _counts(city: City, values: pd.Series, lang: str) -> Bars | None:
    """Return the districts that have any, the fullest first; None where none has more."""
    ranked = values[values > 0].sort_values(ascending=False, kind="stable").head(MOST_BARS)
    if ranked.nunique() < 2:  # bars of one length say nothing
        return None
    named = {area_name(city, str(code), lang): float(value) for code, value in ranked.items()}
    return Bars(speaker(lang)("area.n"), named)


def _district(city: City, state: ViewState, ask: Ask) -> _Page:  # noqa: ARG001 - one shape
    area, other = state.district or fullest(city), state.compare
    lang, say = state.lang, speaker(state.lang)
    if other is not None and other != area:
        return _two(city, area, other, lang)
    told = None if is_part(city, area) else profile(city, area, lang)
    rows = [(m.label, m.shown, m.rank) for m in measures(city, area, lang)]
    columns = [say("present.number"), say("present.rank")]
    table = pd.DataFrame([row[1:] for row in rows], index=[r[0] for r in rows], columns=columns)
    return _Page(
        title=area_name(city, area, lang),
        sentence=told.sentence if told else sentence(city, area, lang, named=True),
        doubt=unsettled(city, area, lang),
        figures=of_district(city, area, lang),
        notes=[told.plan_note, told.caution] if told and told.caution else [],
        focus="" if told is None else area,
        table=table,
    )


def _two(city: City, one: str, other: str, lang: str) -> _Page:
    say, names = speaker(lang), [area_name(city, area, lang) for area in (one, other)]
    rows = [measures(city, area, lang) for area in (one, other)]
    table = pd.DataFrame(
        [[measure.shown for measure in pair] for pair in zip(*rows, strict=True)],
        index=[measure.label for measure in rows[0]],
        columns=names,
    )
    return _Page(
        title=say("district.two", one=names[0], other=names[1]),
        sentence=sentence_of_two(city, one, other, lang),
        doubt=unsettled_of_two(city, one, other, lang),
        figures={},
        table=table,
    )


def _density(city: City, state: ViewState, ask: Ask) -> _Page:
    lang, say = state.lang, speaker(state.lang)
    by_district = state.density.fill == "districts"
    name = "balance" if by_district else "density"
    answer = ask(city, name, ANALYSES[name].question(state))
    words: Any = ANALYSES[name].word(answer, lang)
    head = say("balance_page.fill_title") if by_district else words.legend_title
    return _Page(
        title=say("density_page.title", city=city.name.of(lang)),
        sentence=words.sentence,
        doubt=[words.caution] if by_district else words.account[:1],
        figures={},
        notes=[*words.account, *words.notes],
        legend=[("", head), *((_shade(colour), text) for colour, text in words.legend)],
        drawing=ANALYSES[name].draw(answer, lang),
        table=words.tables["halves" if by_district else "peaks"],
        bars=None,
        answered=(name, answer),
    )


def _shade(colour: str) -> str:
    return colour if colour == HATCH else swatch(colour, OPACITY)


def _coverage(city: City, state: ViewState, ask: Ask) -> _Page:
    lang, say = state.lang, speaker(state.lang)
    name = "reach" if state.coverage.part == "scenario" else state.coverage.part
    answer = ask(city, name, ANALYSES[name].question(state))
    words: Any = ANALYSES[name].word(answer, lang)
    first, *rest = words.account or ("",)
    if state.district in city.districts.index and isinstance(answer, ReachAnswer):
        return _reach_of(answer, str(state.district), words, lang)
    return _Page(
        title=say(f"coverage_page.title_{name}", city=city.name.of(lang)),
        sentence=words.sentence,
        doubt=[first],
        figures={},
        notes=[*rest, *words.notes],
        legend=_coverage_legend(name, answer, words, lang),
        drawing=ANALYSES[name].draw(answer, lang),
        table=next(iter(words.tables.values()), None),
        answered=(name, answer),
    )


def _reach_of(answer: ReachAnswer, area: str, words: Any, lang: str) -> _Page:
    """Say how much of one district is reached; the map shows it and what lies around."""
    city, (said, doubt) = answer.city, reach_in_district(answer, area, lang)
    drawn = ANALYSES["reach"].draw(answer, lang)
    outline = Shapes(city.districts.loc[[area], ["geometry"]], OUTLINE, weight=OUTLINE_PX)
    within = [area, str(city.districts["half"][area]), CITY]
    table = unit_table(answer, lang)
    if len(city.districts[city.districts["half"] == within[1]]) == 1:  # the part is the district
        del within[1]
    shown = [unit_name(city, unit, lang) for unit in within if unit in answer.units.index]
    return _Page(
        title=speaker(lang)("coverage_page.title_district", district=area_name(city, area, lang)),
        sentence=said,
        doubt=[doubt],
        figures={},
        notes=[*words.account, *words.notes],
        legend=_coverage_legend("reach", answer, words, lang),
        drawing=drawn and replace(drawn, shapes=[*drawn.shapes, outline]),
        table=table.loc[shown].iloc[:, :4],
        bounds=around(city, [area]),
        answered=("reach", answer),
    )


def around(city: City, codes: Sequence[str]) -> tuple[float, float, float, float]:
    """Return the box of some districts with a little around it: west, south, east, north.

    Parameters
    ----------
    city
        The pack; it is not changed.
    codes
        Adcodes of the districts.
    """
    west, south, east, north = map(float, city.districts.loc[list(codes)].total_bounds)
    across, up = PADDING * (east - west), PADDING * (north - south)
    return west - across, south - up, east + across, north + up


def _plan(city: City, state: ViewState, ask: Ask) -> _Page:  # noqa: ARG001 - one shape
    told, lang, ids = plan_scene(city, state), state.lang, plan_ids(city, state)
    # Where no task or indicator is chosen the sentence counts tasks, and no places.
    places = plan_places(city, state, ids or ()).places
    return _Page(
        title=speaker(lang)("plan.title", city=city.name.of(lang)),
        sentence=told.sentence,
        doubt=[told.doubt] if told.doubt else [],
        unknown=unknown_words(without_titles(places), lang),
        figures={},
        notes=told.notes,
        table=told.table,
        chart=told.chart,
        narrowed=told.narrowed,
    )


def _corridor(city: City, state: ViewState, ask: Ask) -> _Page:
    lang, say = state.lang, speaker(state.lang)
    answer = ask(city, "corridor", ANALYSES["corridor"].question(state))
    words: Any = ANALYSES["corridor"].word(answer, lang)
    refused = isinstance(answer, Refusal)
    return _Page(
        title=say("corridor_page.title", city=city.name.of(lang)),
        sentence=words.sentence,
        doubt=[words.doubt] if words.doubt else [],
        figures={},
        notes=[*words.account[1:], *words.notes],
        legend=corridor.legend(answer, lang),
        drawing=ANALYSES["corridor"].draw(answer, lang),
        table=None if refused else words.tables["cities"],
        bounds=corridor.frame_of(answer),
        strip=None if refused else partial(strips.strip, answer, lang),
    )


def _coverage_legend(name: str, answer: Any, words: Any, lang: str) -> tuple[Sign, ...]:
    if name == "reach":
        return tuple((look_sign(look), text) for look, text in words.legend())
    if name == "pairing":
        return pairing.legend(answer, lang)
    return siting.legend(answer, lang)


_PAGES: Final[Mapping[str, Callable[[City, ViewState, Ask], _Page]]] = {
    "explore": _explore,
    "district": _district,
    "density": _density,
    "coverage": _coverage,
    "plan": _plan,
    "corridor": _corridor,
}
