"""Say from which years a pack's facts are: when they were compiled is not when they were stated."""

from __future__ import annotations

from collections import Counter
from itertools import combinations_with_replacement

from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.state import ViewState

MOST = 0.8
"""Part of the rows of which one may say "most"."""


def years(city: City) -> tuple[int, int] | None:
    """Return the first and the last year of most of the plan's sources.

    A row is dated by the newest date in its own evidence (``as_of``). The span is the shortest run
    of years that holds at least four fifths of the rows of the plan's layers; of equally short ones
    that which holds more, then the later.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    tuple of int or None
        None where the pack has no row of the plan's layers.
    """
    layers = (layer for layer in city.layers.values() if layer.spec.group == "plan")
    dated = Counter(int(str(day)[:4]) for layer in layers for day in layer.frame["as_of"])
    best: tuple[tuple[int, int, int], tuple[int, int]] | None = None
    for first, last in combinations_with_replacement(sorted(dated), 2):
        held = sum(n for year, n in dated.items() if first <= year <= last)
        if held >= MOST * dated.total():
            rank = (first - last, held, last)
            best = max(best, (rank, (first, last))) if best else (rank, (first, last))
    return best[1] if best else None


def compiled(city: City, lang: str) -> str:
    """Say when the pack was compiled, and from which years most of its sources are.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, span = speaker(lang), years(city)
    if span is None:
        return say("dating.compiled", date=city.data_date)
    key = "dating.years" if span[0] < span[1] else "dating.year"
    return say(key, date=city.data_date, first=span[0], last=span[1])


def dated(city: City, state: ViewState) -> str:
    """Return the line under every map's title: plan, period shown, and from when the facts are.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Its period and language.
    """
    say = speaker(state.lang)
    return say(
        "frame.subtitle",
        plan=city.plan.title.of(state.lang),
        period=say(f"period.{state.period}", **city.years),
        date=compiled(city, state.lang),
    )


def plan_years(city: City, lang: str) -> str:
    """Return the years of the plan as a title names them.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    first, dash, last = city.plan.period.partition("-")
    return speaker(lang)("sheet.years", first=first, last=last) if dash else first
