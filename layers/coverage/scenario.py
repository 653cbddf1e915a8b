"""Answer what scenarios change, side by side with the present: the five names of an analysis."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.base.draws import LEAST_DRAWS
from geo.base.once import once
from geo.coverage.scenario import PRESENT, Comparison, Scenario, apply
from geo.coverage.service_area import CITY
from geo.coverage.simulation import simulate_reached
from layers.coverage.difference import (
    LOOKS,
    Versus,
    difference_areas,
    difference_table,
    draw_versus,
    legend,
    said,
    versus,
)
from layers.coverage.files import SITE, area_look, entering, parameters
from layers.coverage.measure import REFUSED
from layers.coverage.question import REACH, Inputs, inputs, only
from layers.coverage.scenario_change import (
    CHANGED,
    GAINED,
    KEPT,
    LOST,
    change,
    compared,
    draw_change,
    from_median,
    moved_or_ends,
    points_of_percent,
    present,
    refusal,
    result_words,
    tenth,
)
from layers.coverage.wording import caveats, reached_count, span
from layers.handover.analysis_export import Answered, Data, analysis_package, refused
from layers.handover.contents import AREA, POINT, Form
from layers.handover.look import Looks
from layers.handover.package import Package
from layers.language.bilingual import pair
from layers.language.messages import LANGS, speaker
from layers.language.values import km
from layers.language.wording import Wording
from layers.map.overlay import Drawing
from layers.map.thumbnail import small_map
from layers.pack.city import City
from layers.view.filtered import answer_marked
from layers.view.page_options import CoverageOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.state import ViewState

LEAST_M2: Final = 1.0
"""Less is left over where the edges of two areas are computed twice."""
OF_CHANGE: Final = (("change", "low", "high"),)
OF_UNITS: Final = (*OF_CHANGE, ("after", "after_low", "after_high"))
OF_DIFFERENCE: Final = (
    ("area_km2", "low_km2", "high_km2"),
    ("points_reached", "points_low", "points_high"),
)
"""Figures with the places as drawn, each with the interval of the draws beside it."""
_NO_FILE: Final = re.compile(r'[\\/:*?"<>|]')
"""Signs that the name of a file may not have."""


def file_name(name: str) -> str:
    """Return what the file of a scenario is called, on the page and in the command that reads it.

    Parameters
    ----------
    name
        Of the scenario.

    Examples
    --------
    >>> file_name("甲/乙")
    '甲_乙.geojson'
    """
    return f"{_NO_FILE.sub('_', name)}.geojson"


@dataclass(frozen=True)
class ScenarioQuestion(Question[CoverageOptions]):
    """What scenarios change, set beside the present and each other.

    Parameters
    ----------
    scenarios
        All of them fit the places asked for, see :func:`layers.coverage.scenario_change.fits`. The
        first two are also set against each other.
    doubt
        Whether 500 draws stand behind every change.
    """

    scenarios: tuple[Scenario, ...] = ()
    doubt: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class ScenarioRefusal(Refusal):
    """Why no scenario can be measured: the radius is finer than the doubt."""

    question: ScenarioQuestion
    inputs: Inputs


@dataclass(frozen=True, eq=False, kw_only=True)
class ScenarioAnswer:
    """The present and all scenarios side by side."""

    question: ScenarioQuestion
    inputs: Inputs
    comparison: Comparison

    @property
    def versus(self) -> Versus | None:
        """The first two scenarios set against each other; None where there are no two."""
        if len(self.question.scenarios) < 2:
            return None
        first, second, *_ = self.question.scenarios
        return versus(self.inputs, first, second, LEAST_DRAWS if self.question.doubt else 0)


@dataclass(frozen=True, eq=False, kw_only=True)
class ScenarioWording:
    """Scenarios in the reader's language; the table ``comparison`` sets them side by side.

    Parameters
    ----------
    account
        What tells the first two scenarios apart; empty where there are no two.
    captions
        What each small picture shows, the present first.
    legend
        Look and words of what the map shows of the first two.
    """

    sentence: str
    account: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    legend: tuple[tuple[Mapping[str, Any], str], ...] = ()


def question(
    state: ViewState, scenarios: tuple[Scenario, ...] = (), *, doubt: bool = False
) -> ScenarioQuestion:
    """Return what of a state, and of what the reader drew, decides the comparison.

    Parameters
    ----------
    state
        State of the page. Period, later, layers and filters are taken, and of the options of
        coverage those in ``REACH``; the rest decides nothing.
    scenarios
        What the reader drew, in the order in which they are shown.
    doubt
        Whether 500 draws stand behind every change; else places count as drawn.
    """
    options = only(state.coverage, *REACH)
    return ScenarioQuestion(**rows_asked(state), options=options, scenarios=scenarios, doubt=doubt)


def measure(city: City, asked: ScenarioQuestion) -> ScenarioAnswer | ScenarioRefusal:
    """Put scenarios beside the present; refuse where the radius is finer than the doubt.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Layers, filters and period decide which places enter; the options the radius. Its scenarios
        are compared.

    Raises
    ------
    DataError
        A change is to a site that is not among those asked for.
    ParameterError
        Two scenarios have the same name, or one has none.
    """
    given = inputs(city, asked)
    if why := refusal(given):
        return ScenarioRefusal(
            city=city, question=asked, inputs=given, reason=REFUSED, parameters=why.parameters
        )
    draws = LEAST_DRAWS if asked.doubt else 0
    found = compared(given, asked.scenarios, draws=draws)
    return ScenarioAnswer(question=asked, inputs=given, comparison=found)


def word(answer: ScenarioAnswer | ScenarioRefusal, lang: str) -> ScenarioWording:
    """Put a comparison into words.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    ScenarioWording
        Of a refusal only the sentence that says why.
    """
    say = speaker(lang)
    if isinstance(answer, ScenarioRefusal):
        return ScenarioWording(sentence=say(answer.reason, **answer.parameters))
    given, found = answer.inputs, answer.comparison
    results = [
        result_words(given, scenario.name, _city_row(answer, scenario.name), lang)
        for scenario in answer.question.scenarios
    ]
    changed = ("" if lang == "zh" else " ").join(results) or say("scenario_page.no_edits")
    known = caveats((found,), lang, given.sites)
    notes = (say("scenario_page.not_facts"), *known, *_drawn_note(answer, lang))
    sentence, both = answer_marked(given.city, answer.question, changed, lang), answer.versus
    told = ScenarioWording(
        sentence=sentence,
        tables={"comparison": _comparison_table(answer, lang)},
        notes=notes,
        captions=tuple(_captions(answer, lang)),
    )
    if both is None:
        return told
    first, *further = said(both, lang)
    return replace(
        told,
        account=(answer_marked(given.city, answer.question, first, lang), *further),
        tables={**told.tables, "difference": difference_table(both, lang)},
        legend=legend(both, lang),
    )


def in_short(answer: ScenarioAnswer, lang: str) -> str:
    """Say in one line what the present covers, and by how much each scenario changes that.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, with draws behind it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    rows = {each.name: _city_row(answer, each.name) for each in answer.question.scenarios}
    told = [
        say(
            "scenario_page.short_change",
            name=name,
            low=points_of_percent(row["low"]),
            high=points_of_percent(row["high"]),
        )
        for name, row in rows.items()
    ]
    return say(
        "scenario_page.short",
        radius=km(answer.inputs.radius_m, lang),
        now=_now_words(answer, lang),
        changes=say("scenario_page.short_comma").join(told),
    )


def _city_row(answer: ScenarioAnswer, name: str) -> dict[str, Any]:
    """Return what one scenario changes for the city, its shares from the median of the draws on."""
    units = pd.DataFrame(answer.comparison.units.loc[name])
    return {str(name): value for name, value in from_median(answer.inputs, units).loc[CITY].items()}


def _now(answer: ScenarioAnswer) -> dict[str, Any]:
    return {str(name): value for name, value in present(answer.inputs).units.loc[CITY].items()}


def _now_words(answer: ScenarioAnswer, lang: str) -> str:
    """Return what the present covers: the median, from which the changes start, and its doubt."""
    now, median = _now(answer), present(answer.inputs).draws.median()[CITY]
    ends = span(now["low"], now["high"])
    if "–" not in ends:
        return ends
    return speaker(lang)("scenario_page.now", median=tenth(float(median)), span=ends)


def _covered(answer: ScenarioAnswer, row: Mapping[str, Any], lang: str, *, is_present: bool) -> str:
    """Return what the present or a scenario covers: with draws an interval for each alike."""
    if answer.question.doubt:
        now = _now(answer)
        low, high = (row[f"after_{end}"] if not is_present else now[end] for end in ("low", "high"))
        return span(low, high)
    return _now_words(answer, lang) if is_present else tenth(row["after"])


def _drawn_note(answer: ScenarioAnswer, lang: str) -> Iterator[str]:
    """Say from where the shares start, and why what is drawn is another figure."""
    say, found = speaker(lang), present(answer.inputs)
    drawn = "of_draws" if answer.question.doubt else "from_median"
    yield say(f"scenario_page.{drawn}", draws=LEAST_DRAWS)
    key = "uncertainty.drawn_outside"
    if key in found.caveats:
        yield say(key, **found.parameters)


def _comparison_table(answer: ScenarioAnswer, lang: str) -> pd.DataFrame:
    """Return the present and all scenarios side by side, changes with the interval of the draws."""
    found, say = answer.comparison, speaker(lang)
    draws = found.parameters["draws"]
    hit = float(found.table["points_reached"].iloc[0])
    rows = {}
    for name, row in found.table.to_dict("index").items():
        city = _city_row(answer, str(name))
        is_present = name == PRESENT
        rows[str(name) if not is_present else say("scenario.present")] = {
            "sites": str(round(row["n_sites"])),
            "edits_count": f"{row['added']:.0f} / {row['moved']:.0f} / {row['closed']:.0f}",
            "covered": _covered(answer, city, lang, is_present=is_present),
            "interval" if draws else "change_drawn": "" if is_present else moved_or_ends(city),
            "universities": _more(row["points_reached"] - hit, answer.inputs, is_present),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename(columns={name: say(f"scenario_page.{name}") for name in table.columns})


def _more(change: float, given: Inputs, is_present: bool) -> str:
    """Return how many campuses the present reaches, or how many more a scenario does."""
    if math.isnan(change):
        return ""
    if is_present:
        found = simulate_reached(given.universities, given.sites, radius_m=given.radius_m)
        return reached_count(found)
    return f"{change:+.0f}" if change else "0"


def _captions(answer: ScenarioAnswer, lang: str) -> Iterator[str]:
    """Yield what each small picture shows: name, covered share and its change."""
    say = speaker(lang)
    yield say(
        "scenario_page.small_present",
        name=say("scenario.present"),
        share=_covered(answer, {}, lang, is_present=True),
    )
    for scenario in answer.question.scenarios:
        row = _city_row(answer, scenario.name)
        yield say(
            "scenario_page.small",
            name=scenario.name,
            share=_covered(answer, row, lang, is_present=False),
            change=moved_or_ends(row),
        )


@once(maxsize=8)
def pictures(answer: ScenarioAnswer) -> list[str]:
    """Return a picture of the present and of each scenario, of one extent and one scale.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.

    Returns
    -------
    list
        ``data:`` addresses of SVG in Web Mercator, the present first. The sites that a scenario
        moves or adds are dotted.
    """
    found = answer.comparison
    before, drawn = found.areas[PRESENT], []
    for scenario in (Scenario(PRESENT), *answer.question.scenarios):
        after = found.areas[scenario.name]
        areas = [(before & after, KEPT), (after - before, GAINED), (before - after, LOST)]
        points = [edit.point for edit in scenario.edits if edit.point is not None]
        dots = gpd.GeoSeries(points, crs=4326)
        drawn.append(small_map(answer.inputs.city, areas, dots, CHANGED))
    return drawn


def draw(answer: ScenarioAnswer | ScenarioRefusal, lang: str) -> Drawing | None:
    """Return what tells two scenarios apart, or what one changes, or the present where none does.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Drawing or None
        None where it was refused.
    """
    if isinstance(answer, ScenarioRefusal):
        return None
    if (both := answer.versus) is not None:
        return draw_versus(both, lang)
    scenario = next(iter(answer.question.scenarios), Scenario(PRESENT))
    return draw_change(change(answer.inputs, scenario), lang)


def hand_over(answer: ScenarioAnswer | ScenarioRefusal, form: Form) -> Package:
    """Return the comparison, the changed areas and the sites of each scenario as files.

    Parameters
    ----------
    answer
        As :func:`measure` returns it; where it was refused, no table.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    words: dict[str, Wording] = {lang: word(answer, lang) for lang in LANGS}
    if isinstance(answer, ScenarioRefusal):
        return analysis_package(refused("scenario", answer, words), form)
    return analysis_package(
        Answered(
            name="scenario",
            city=answer.inputs.city,
            question=answer.question,
            words=words,
            layers=entering(answer.inputs),
            data=_data(answer),
            asked=parameters(answer.inputs),
            findings=(answer.comparison,),
        ),
        form,
    )


def _data(answer: ScenarioAnswer) -> dict[str, Data]:
    found = answer.comparison
    named = {PRESENT: "present"}
    units = found.units.rename(index=named, level=0)
    table = found.table.rename(index=named).rename_axis("scenario")
    data = {
        "comparison": Data(table, intervals=OF_CHANGE),
        "units": Data(units.rename_axis(index=["scenario", "unit"]), intervals=OF_UNITS),
    }
    if (both := answer.versus) is not None:
        data["difference"] = Data(
            difference_areas(both), AREA, _looks("part", LOOKS), intervals=OF_DIFFERENCE
        )
    if answer.question.scenarios:
        looks = {"kept": KEPT, "gained": GAINED, "lost": LOST}
        data["areas"] = Data(_areas(answer), AREA, _looks("part", looks))
        data["sites"] = Data(_sites(answer), POINT, SITE)
    return data


def _looks(column: str, looks: Mapping[str, Mapping[str, Any]]) -> Looks:
    """Return how a GIS draws each value of a column, in the colours of the map."""
    rows = {name: (pair(f"scenario.area.{name}"), area_look(own)) for name, own in looks.items()}
    return Looks(column, rows)


def _areas(answer: ScenarioAnswer) -> gpd.GeoDataFrame:
    """Return what each scenario keeps, gains and loses; less than a room stays out."""
    before, rows, shapes = answer.comparison.areas[PRESENT], [], []
    for scenario in answer.question.scenarios:
        after = answer.comparison.areas[scenario.name]
        parts = {"kept": before & after, "gained": after - before, "lost": before - after}
        for part, area in parts.items():
            rows.append({"scenario": scenario.name, "part": part, "area_km2": area.area / 1e6})
            shapes.append(area)
    ids = pd.Index([f"area-{number}" for number in range(1, len(rows) + 1)], name="id")
    plane = answer.inputs.sites.crs
    found = gpd.GeoDataFrame(rows, index=ids, geometry=shapes, crs=plane)
    return found[found.geometry.area >= LEAST_M2]


def _sites(answer: ScenarioAnswer) -> gpd.GeoDataFrame:
    """Return the sites of each scenario that have a point, as it has them."""
    frames = []
    columns = ["kind", "name_zh", "name_en", "name", "origin"]
    for scenario in answer.question.scenarios:
        sites = apply(answer.inputs.sites, scenario)
        frame = sites.reindex(columns=[*columns, "geometry"]).assign(scenario=scenario.name)
        frames.append(frame[frame.geometry.notna()].reset_index(names="site"))
    found = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=answer.inputs.sites.crs)
    found.index = pd.Index([f"site-{number}" for number in range(1, len(found) + 1)], name="id")
    return found
