"""Say what keeps rows of the opening view from a screen, and how to take each away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.view.page_options import CorridorOptions, CoverageOptions, InsideOptions
from layers.view.question import Question
from layers.view.rows import order_of
from layers.view.state import FILTER_KEYS, ViewState, default_state
from layers.view.wording import value_words

Part = Literal[
    "explore",
    "district",
    "density",
    "points",
    "table",
    "coverage",
    "pairing",
    "corridor",
    "plan",
    "sources",
]
"""A screen, or a part of one that asks for rows of its own."""
UNFILTERED: Final = frozenset({"district", "points", "table", "pairing", "plan", "sources"})
"""Parts that take all rows, whatever is filtered."""
MOST_NAMED: Final = 3
"""More layers than these that are off are told together."""


@dataclass(frozen=True)
class Narrowing:
    """One thing that keeps rows from a screen.

    Parameters
    ----------
    name
        A filter's name, ``period``, ``later`` or ``layers``.
    value
        The value that it asks for: of ``layers`` the ids of those that are off.
    words
        The same in the reader's language.
    without
        The state without it.
    """

    name: str
    value: str
    words: str
    without: ViewState


def part_of(state: ViewState, page: str) -> Part:
    """Return which part of a page asks for rows.

    Parameters
    ----------
    state
        What the reader has asked for.
    page
        Name of the screen, as in its address.
    """
    if page == "density" and state.density.part != "plan":
        return state.density.part
    if page == "coverage" and state.coverage.part == "pairing":
        return "pairing"
    known: dict[str, Part] = {
        "explore": "explore",
        "district": "district",
        "density": "density",
        "coverage": "coverage",
        "corridor": "corridor",
        "plan": "plan",
    }
    return known.get(page, "sources")


def narrowings(city: City, state: ViewState, lang: str) -> tuple[Narrowing, ...]:
    """List all in which the rows asked for fall short of the opening view.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of Narrowing
        Each value of each filter in the order of the lists, the period, later facts, then the
        layers of places that are off; empty for a state that shows all that the opening view does.
    """
    return (*_filters(city, state, lang), *_moment(city, state, lang), *_layers(city, state, lang))


def _filters(city: City, state: ViewState, lang: str) -> Iterator[Narrowing]:
    for name in FILTER_KEYS:
        chosen = state.filters.of(name)
        for value in order_of(city, name):
            if value in chosen:
                looser = replace(state.filters, **{name: chosen - {value}})
                words = value_words(city, name, value, lang)
                yield Narrowing(name, value, words, replace(state, filters=looser))


def _moment(city: City, state: ViewState, lang: str) -> Iterator[Narrowing]:
    say = speaker(lang)
    if state.period != "now":
        looser = replace(state, period="now", later=True)
        yield Narrowing("period", state.period, say(f"period.{state.period}", **city.years), looser)
    if not state.later:
        yield Narrowing("later", "0", say("view.later_off"), replace(state, later=True))


def _layers(city: City, state: ViewState, lang: str) -> Iterator[Narrowing]:
    """Yield the layers of places that are off: each, or, if they are many, all at once."""
    say, opening = speaker(lang), default_state(city).layers
    usual = [id_ for id_ in city.layers if id_ in opening and city.layers[id_].spec.is_places]
    off = [id_ for id_ in usual if id_ not in state.layers]
    on = [id_ for id_ in usual if id_ in state.layers]
    groups = [[id_] for id_ in off] if len(off) <= MOST_NAMED else [off]
    for group in groups:
        key, named = (
            ("view.without", group) if len(group) <= len(on) or not on else ("view.only", on)
        )
        if len(named) > MOST_NAMED:
            words = say("view.without_many", count=len(group))
        else:
            titles = [city.layers[id_].title.of(lang) for id_ in named]
            words = say(key, titles=say("view.comma").join(titles))
        looser = replace(state, layers=state.layers | set(group))
        yield Narrowing("layers", ".".join(group), words, looser)


def acting(city: City, state: ViewState, page: str, lang: str) -> tuple[Narrowing, ...]:
    """List what narrows the rows that a page rests on.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    page
        Name of the screen, as in its address.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of Narrowing
        Empty for a part in ``UNFILTERED``. Where coverage is asked from layers of its own, the
        switches of the map do not act.
    """
    part = part_of(state, page)
    if part in UNFILTERED:
        return ()
    found = narrowings(city, state, lang)
    if part == "coverage" and state.coverage.sites:
        return tuple(each for each in found if each.name != "layers")
    return found


def is_filtered(city: City, state: ViewState, page: str) -> bool:
    """Tell whether anything narrows the rows that a page rests on, but for the year that is shown.

    Another year is no filter: the title names it. It comes without what came after the plan.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    page
        Name of the screen, as in its address.
    """
    year = {"period", "later"} if state.period != "now" else set()
    return any(each.name not in year for each in acting(city, state, page, LANGS[0]))


def titled(city: City, state: ViewState, page: str, title: str) -> str:
    """Return a title that names the year shown, and says so where rows are filtered.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for, and the language.
    page
        Name of the screen, as in its address.
    title
        Text of the interface or of the data.
    """
    say = speaker(state.lang)
    if year_shown(city, state, page, state.lang):
        title = say(
            "frame.year", title=title, year=say(f"period_short.{state.period}", **city.years)
        )
    return say("frame.filtered", title=title) if is_filtered(city, state, page) else title


def year_shown(city: City, state: ViewState, page: str, lang: str) -> str:
    """Return the year of the plan that a page shows; empty for the present.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    page
        Name of the screen, as in its address.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if state.period == "now" or part_of(state, page) in UNFILTERED:
        return ""
    return speaker(lang)(f"period.{state.period}", **city.years)


def marked(city: City, state: ViewState, page: str, text: str, lang: str) -> str:
    """Return a sentence on the rows of a page, which begins with their year and their filter.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    page
        Name of the screen, as in its address.
    text
        The sentence.
    lang
        Language of the sentence, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if year := year_shown(city, state, page, lang):
        text = say("view.year_first", year=year, text=text)
    return say("view.filtered_first", text=text) if is_filtered(city, state, page) else text


def page_of(question: Question[Any]) -> str:
    """Return the page on which something is asked.

    Parameters
    ----------
    question
        What is asked of a city's places.
    """
    if isinstance(question.options, CorridorOptions):
        return "corridor"
    if isinstance(question.options, InsideOptions):
        return "explore"
    return "coverage" if isinstance(question.options, CoverageOptions) else "density"


def answer_marked(city: City, question: Question[Any], text: str, lang: str) -> str:
    """Return the sentence of an answer, which says so first if it rests on filtered rows.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    question
        What decides the answer.
    text
        The sentence.
    lang
        Language of the sentence, ``zh`` or ``en``.
    """
    return marked(city, question.state(city), page_of(question), text, lang)


def answer_in_words(city: City, question: Question[Any]) -> Bilingual | None:
    """Return everything that narrows the rows of an answer; None if nothing does.

    Filters do not act on an answer that takes no rows of the pack.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    question
        What decides the answer.
    """
    rows = in_words(city, question.state(city), page_of(question)) if question.layers else None
    acting_ = [each for each in (rows, question.narrowed) if each]
    if not acting_:
        return None
    return Bilingual(
        *(speaker(lang)("view.comma").join(each.of(lang) for each in acting_) for lang in LANGS)
    )


def in_words(city: City, state: ViewState, page: str = "explore") -> Bilingual | None:
    """Return everything that narrows the rows of a page in one line; None if nothing does.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    page
        Name of the screen, as in its address.
    """
    told = []
    for lang in LANGS:
        words = [each.words for each in acting(city, state, page, lang)]
        told.append(speaker(lang)("view.comma").join(words))
    return Bilingual(*told) if told[0] else None
