"""Show the indicators: lights, one chart, every value with its source, and what feeds it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from layers.language.values import cell, row_of
from layers.plan.chart import NARROW, said, uri
from layers.plan.indicator import Progress
from layers.plan.wording import observations, standing
from pages.panels.plan import tasks
from pages.panels.plan.chosen import Chosen, open_indicator, open_task
from pages.shell import html
from pages.shell.labels import literal, short
from pages.shell.widgets import is_echo, is_offered, sync


def on_map(of: Chosen) -> tuple[str, ...]:
    """Return the places that feed the indicator, by themselves or through its tasks.

    Parameters
    ----------
    of
        What the page shows.
    """
    if of.indicator is None:
        return ()
    tied, through = of.web.feeding(of.indicator.no)
    return (*tied, *through)


def choice(of: Chosen) -> None:
    """Offer the indicators with their lights.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, lang = of.screen.say, of.screen.state.lang
    words = {
        each.no: say(
            "plan.task_option",
            title=short(each.name.of(lang)),
            state=say(f"plan.light.{each.light}"),
        )
        for each in of.indicators
    }
    if not words or of.indicator is None:
        html.small(say("plan.indicators.none"))
        return
    numbers = list(words)
    st.radio(
        say("plan.parts.indicators"),
        numbers,
        index=numbers.index(sync("plan_indicator", of.indicator.no, words)),
        key="plan_indicator",
        format_func=lambda no: literal(words.get(no, "")),
        on_change=_set,
        args=(numbers,),
    )


def _set(offered: Sequence[int]) -> None:
    if not is_echo("plan_indicator") and is_offered("plan_indicator", offered):
        open_indicator(st.session_state["plan_indicator"])


def chart(of: Chosen, shown: Progress) -> None:
    """Show the chart of an indicator, and how it stands in sentences.

    Parameters
    ----------
    of
        What the page shows.
    shown
        The indicator.
    """
    say, lang = of.screen.say, of.screen.state.lang
    lamp = Markup('<span class="light {}">{}</span>').format(
        shown.light, say(f"plan.light.{shown.light}")
    )
    lines = html.join(Markup("<li>{}</li>").format(html.text(t)) for t in standing(shown, lang))
    st.html(
        Markup(
            '<div class="indicator"><figure><img class="wide" src="{0}" alt="{2}">'
            '<img class="narrow" src="{1}" alt="{2}"></figure>'
            "<div><h2>{3}</h2><p>{4} <small>{5}</small></p><ul>{6}</ul></div></div>"
        ).format(
            uri(shown, lang),
            uri(shown, lang, NARROW),
            html.text(said(shown, lang)),
            html.text(shown.name.of(lang)),
            lamp,
            html.text(shown.unit.of(lang)),
            lines,
        )
    )


def behind(of: Chosen, shown: Progress) -> None:
    """Offer the tasks and places behind an indicator.

    Parameters
    ----------
    of
        What the page shows.
    shown
        The indicator.
    """
    say, lang = of.screen.say, of.screen.state.lang
    ties = [tie for tie in of.web.of_indicator(shown.no) if tie.task]
    if ties:
        html.small(say("plan.feeds_title"))
    for tie in ties:
        title = short(cell(row_of(of.plan.clauses, tie.task), "title", lang))
        st.button(
            literal(say("plan.task_button", title=title)),
            key=f"plan_feeds_{tie.task}",
            on_click=open_task,
            args=(tie.task,),
        )
        if tie.reason.of(lang):
            html.small(say("plan.reason", reason=tie.reason.of(lang)))
    tasks.places(of, "plan.places_title", on_map(of))


def values(of: Chosen, shown: Progress) -> None:
    """Fold every dated value away, with definition and source, and how lights are set.

    Parameters
    ----------
    of
        What the page shows.
    shown
        The indicator.
    """
    say, lang = of.screen.say, of.screen.state.lang
    title = say("plan.observations_title", count=len(shown.observations))

    def draw() -> None:
        st.html(html.grid(observations(shown, lang)))
        html.small(say("plan.chart.key"))
        html.small(say("plan.rule_light"))

    html.drawer(title, "plan_values", draw)
