"""Say what a view shows, which filters act, and what to loosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from layers.language.messages import Say, speaker
from layers.pack.catalogue import OUTSIDE, PLAN_KINDS
from layers.pack.city import City
from layers.view.rows import View, order_of, size_of
from layers.view.state import FILTER_KEYS, Filters, ViewState, default_state
from layers.view.vague import is_vague


@dataclass(frozen=True)
class FilterHint:
    """What to loosen so that places come back.

    Parameters
    ----------
    name
        ``layers``, ``period``, ``later``, a filter's name, or ``all`` for everything at once.
    state
        The loosened state.
    gain
        Places that it shows.
    """

    name: str
    state: ViewState
    gain: int


def summary(view: View, lang: str) -> str:
    """Return the one sentence that says what is shown of what, and under which filters.

    Parameters
    ----------
    view
        What is shown.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Parts joined by " · ": mapped of all places of the plan, places not mapped, titles, context
        layers, period, layers that are off, filters.
    """
    say = speaker(lang)
    parts = [shown_words(view, lang), say(f"period.{view.state.period}", **view.city.years)]
    parts += [*_later(view.state, say), *_layers(view, lang)]
    return " · ".join(parts + filter_words(view.city, view.state, lang))


def shown_words(view: View, lang: str) -> str:
    """Return how many rows are mapped of how many, and how many are shown without a point.

    Parameters
    ----------
    view
        What is shown.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    plan = [view.counts[id_] for id_ in _shown(view, "plan")]
    titles = sum(count.titles for count in plan)
    unmapped = sum(count.shown - count.mapped for count in plan) - titles
    parts = [say("view.shown", mapped=sum(count.mapped for count in plan), total=view.total)]
    if rough := int(is_vague(view.mapped[view.mapped["kind"].isin(PLAN_KINDS)]).sum()):
        parts.append(say("view.rough", count=rough))
    if unmapped:
        parts.append(say("view.unmapped", count=unmapped))
    if titles:
        parts.append(say("view.titles", count=titles))
    for id_ in _shown(view, "context"):
        count = view.counts[id_]
        title = view.city.layers[id_].title.of(lang)
        parts.append(say("view.context", title=title, mapped=count.mapped, total=count.total))
    return " · ".join(parts)


def _shown(view: View, group: str) -> list[str]:
    layers = view.city.layers
    return [id_ for id_ in layers if layers[id_].spec.group == group and id_ in view.state.layers]


def _later(state: ViewState, say: Say) -> list[str]:
    """Speak of later facts where the period alone would mislead."""
    if not state.later:
        return [say("view.later_off")]
    return [say("view.later_on")] if state.period != "now" else []


def _layers(view: View, lang: str) -> list[str]:
    """Name the plan's layers that are on, or those that are off, whichever list is shorter."""
    say, layers = speaker(lang), view.city.layers
    plan = [id_ for id_ in layers if layers[id_].spec.group == "plan"]
    on = _shown(view, "plan")
    off = [id_ for id_ in plan if id_ not in on]
    if not off:
        return []
    key, named = ("view.only", on) if on and len(on) <= len(off) else ("view.without", off)
    titles = say("view.comma").join(layers[id_].title.of(lang) for id_ in named)
    return [say(key, titles=titles)]


def filter_words(city: City, state: ViewState, lang: str) -> list[str]:
    """Return the chosen values of each filter in words, one text per filter.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        The state whose filters are worded.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    list of str
        Such as ``["国家级或市级", "滨海新区"]``; empty where nothing is filtered.
    """
    say = speaker(lang)
    return [
        say("view.or").join(
            value_words(city, name, value, lang)
            for value in order_of(city, name)
            if value in state.filters.of(name)
        )
        for name in FILTER_KEYS
        if state.filters.of(name)
    ]


def value_words(city: City, name: str, value: str, lang: str) -> str:
    """Return one value of a filter in words: a level, a status, the name of a district.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    name
        A column of :class:`~layers.view.state.Filters`.
    value
        One of its values.
    lang
        Language of the words, ``zh`` or ``en``.

    Raises
    ------
    KeyError
        If the value is not in the filter's closed set.
    """
    if name == "level":
        return speaker(lang)(f"filter_level.{value}")
    if name != "district":
        own = city.words.get(f"{name}.{value}")
        return own.of(lang) if own else speaker(lang)(f"{name}.{value}")
    if value == OUTSIDE:
        return speaker(lang)("filter.outside", city=city.name.of(lang))
    return str(city.districts.at[value, f"name_{lang}"])


def remedy(view: View) -> FilterHint | None:
    """Find the one thing whose loosening brings back most places, when nothing is shown.

    Parameters
    ----------
    view
        What is shown.

    Returns
    -------
    FilterHint or None
        None when something is shown or when the city has no places. Of equal gains the
        first counts: filters in the order of the address, period, later facts, layers.
        Where no single step helps, everything is loosened at once (``all``).
    """
    if len(view.places):
        return None
    state, rows = view.state, view.rows
    usual = default_state(view.city, state.lang).layers | state.layers
    steps = {
        **{
            name: replace(state, filters=replace(state.filters, **{name: frozenset()}))
            for name in FILTER_KEYS
        },
        "period": replace(state, period="now"),
        "later": replace(state, later=True),
        "layers": replace(state, layers=usual),
    }
    found = [FilterHint(name, to, size_of(rows, to)) for name, to in steps.items()]
    best = max(found, key=lambda step: step.gain)
    if not best.gain:
        every = replace(state, filters=Filters(), period="now", later=True, layers=usual)
        best = FilterHint("all", every, size_of(rows, every))
    return best if best.gain else None


def suggest_wider(view: View, lang: str) -> str:
    """Return the sentence that says what to loosen when nothing is shown; else an empty text.

    Parameters
    ----------
    view
        What is shown.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if len(view.places):
        return ""
    say, step = speaker(lang), remedy(view)
    if step is None:
        return say("view.nothing")
    if step.name == "all":
        return say("view.loosen_all", gain=step.gain)
    return say("view.loosen", name=say(f"filter.{step.name}"), gain=step.gain)
