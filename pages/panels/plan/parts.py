"""Lay out the page of the plan: the switch between its parts, sentence, doubt and map."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from typing import get_args

import streamlit as st

from layers.language.messages import display
from layers.map import plate as layout
from layers.map.symbols import data_uri
from layers.pack.city import Plan
from layers.view.page_options import PlanPart
from layers.view.rows import without_titles
from layers.view.vague import is_vague, unknown_words
from pages.panels.inside.draw import Ask
from pages.panels.plan.chosen import Chosen, change, shown
from pages.shell import html
from pages.shell.frame import Scene
from pages.shell.labels import short
from pages.shell.widgets import is_echo, is_offered, sync


def switch(of: Chosen) -> None:
    """Offer the parts of the page, and the plans of the pack where it has several.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, asked, plans = of.screen.say, of.screen.state.plan, of.screen.city.plans

    def part_word(part: str) -> str:
        return say(f"plan.parts.{part}")

    if of.screen.state.present:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="plan_switch"):
        st.segmented_control(
            say("plan.part"),
            get_args(PlanPart),
            default=sync("plan_part", asked.part),
            key="plan_part",
            format_func=part_word,
            label_visibility="collapsed",
            on_change=_set_part,
        )
        if len(plans) > 1:
            _plans(of, plans)


def _plans(of: Chosen, plans: Sequence[Plan]) -> None:
    lang = of.screen.state.lang
    titles = {plan.period: plan.title.of(lang) for plan in plans}
    periods = list(titles)
    st.selectbox(
        of.screen.say("plan.period"),
        periods,
        index=periods.index(sync("plan_period", of.plan.period)),
        key="plan_period",
        format_func=lambda period: display(f"{period} {short(titles[period])}"),
        label_visibility="collapsed",
        width=420,
        on_change=_set_period,
        args=(periods,),
    )


def _set_part() -> None:
    if not is_echo("plan_part") and st.session_state["plan_part"]:
        change(part=st.session_state["plan_part"])


def _set_period(offered: Sequence[str]) -> None:
    if not is_echo("plan_period") and is_offered("plan_period", offered):
        change(period=st.session_state["plan_period"], task=None, indicator=0, chapter=0)


def statement(of: Chosen, sentence: str, doubt: str, places: Scene) -> None:
    """Say the result, and under it what stands against it.

    Parameters
    ----------
    of
        What the page shows: of a plan known from a translation that is said too.
    sentence, doubt
        In the reader's language; the doubt may be empty.
    places
        Where things stand on the page.
    """
    with places.sentence:
        translated = of.plan.text.of(of.screen.state.lang)
        html.show(
            '<p class="summary" role="status">{}</p><p class="small">{} {}</p>',
            sentence,
            doubt,
            of.screen.say("plan.translated") if translated else "",
        )


def earlier(of: Chosen) -> str:
    """Say how many indicators met their target in an earlier year.

    Parameters
    ----------
    of
        What the page shows.
    """
    met = sum(each.reached is not None and each.decisive is None for each in of.indicators)
    if not met:
        return of.screen.say("plan.indicators.doubt_none")
    return of.screen.say("plan.indicators.doubt_some", count=met)


def plate(of: Chosen, ids: Collection[str] | None, places: Scene) -> None:
    """Draw the map with the places that are about something.

    Parameters
    ----------
    of
        What the page shows.
    ids
        Ids of the places that stay; None for all.
    places
        Where things stand on the page.
    """
    screen, view = shown(of.screen, ids)
    lang = screen.state.lang
    with places.picture:
        if ids is not None and not len(view.places):
            html.small(screen.say("plan.no_places"))
            return
        ask = Ask.of(of.screen, view.state, places=ids)
        ask.show(
            screen,
            view,
            name="plan",
            flight=(zlib.crc32(of.screen.city.id.encode()), None),
            follow=False,
            plate=layout.plate(view, "parts", lang),
        )
        if not screen.state.present:  # there the map explains them itself
            signs = layout.shapes(screen.city, set(view.mapped["kind"]), lang)
            html.legend((data_uri(sign), words) for sign, words in signs)
        column = f"name_{lang}"
        vague = view.mapped[is_vague(view.mapped)]
        hidden = [short(name) for rows in (view.unmapped, vague) for name in rows[column]]
        if ids is not None and hidden:
            names = screen.say("plan.comma").join(hidden)
            html.small(screen.say("plan.unmapped", count=len(hidden), names=names))
        if words := unknown_words(without_titles(view.places), lang):
            html.small(words)
    if places.side is not None:
        with places.side:
            ask.folded()
