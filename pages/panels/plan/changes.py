"""Show what differs between two plans, or between this pack and another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from layers.language.messages import display
from layers.pack.city import City, Plan
from layers.plan.diff import Change, packs, plans
from layers.plan.scene import PlanScene
from layers.plan.shown import affected
from layers.plan.wording import change_table
from layers.present.pack.made import Kind, Made
from layers.view.codecs import token
from pages.panels import hand_over
from pages.panels.plan.chosen import Chosen, change
from pages.shell import cache, html
from pages.shell.labels import cells, short
from pages.shell.widgets import is_offered, sync

Other = Plan | City


def others(of: Chosen) -> Mapping[str, Other]:
    """Return what the plan or the pack can be compared with, by token: plans, then packs.

    Parameters
    ----------
    of
        What the page shows.
    """
    city = of.screen.city
    found: dict[str, Other] = {
        token(plan.period): plan for plan in city.plans if plan.period != of.plan.period
    }
    for id_, served in of.screen.packs.served.items():
        if id_ != city.id and served.city.districts.index.equals(city.districts.index):
            found[token(id_)] = served.city
    return found


def against(of: Chosen) -> Other | None:
    """Return what is compared with: what is chosen, else the first there is.

    Parameters
    ----------
    of
        What the page shows.
    """
    known = others(of)
    return known.get(of.screen.state.plan.against) or next(iter(known.values()), None)


def changes(of: Chosen, other: Other) -> tuple[str, str, tuple[Change, ...]]:
    """Return what the earlier and the later are called, and the differences between them.

    Parameters
    ----------
    of
        What the page shows.
    other
        See :func:`against`.
    """
    city = of.screen.city
    if isinstance(other, City):
        earlier, later = sorted((other, city), key=lambda each: each.data_date)
        return name(of, earlier), name(of, later), packs(earlier, later)
    first, last = sorted((other, of.plan), key=lambda each: each.baseline_year)
    return name(of, first), name(of, last), plans(city, first, city, last)


def name(of: Chosen, other: Other) -> str:
    """Return what a plan or a pack is called in a sentence.

    Parameters
    ----------
    of
        What the page shows.
    other
        A plan or a pack.
    """
    say = of.screen.say
    if isinstance(other, City):
        return say("plan.changes.pack", name=f"{short(other.id)} {other.data_date}")
    return say("plan.changes.plan", period=other.period)


def choice(of: Chosen) -> None:
    """Offer what to compare with.

    Parameters
    ----------
    of
        What the page shows.
    """
    known = others(of)
    if len(known) < 2:
        return
    now = of.screen.state.plan.against
    keys = list(known)
    st.selectbox(
        of.screen.say("plan.changes.against"),
        keys,
        index=keys.index(sync("plan_against", now if now in known else keys[0])),
        key="plan_against",
        format_func=lambda key: display(name(of, known[key])),
        on_change=_set,
        args=("plan_against", keys),
    )


def _set(key: str, offered: Sequence[str]) -> None:
    if is_offered(key, offered):
        change(against=st.session_state[key])


def picture(of: Chosen, other: Other, sentence: str, found: tuple[Change, ...]) -> None:
    """Offer what differs as a picture, a page, a slide or a workbook.

    Parameters
    ----------
    of
        What the page shows.
    other
        See :func:`against`.
    sentence
        What the page says of the differences.
    found
        See :func:`changes`.
    """
    screen = of.screen
    if isinstance(other, Plan):
        hand_over.picture(screen)
        return
    state, say = screen.state, screen.say

    def make(kind: Kind) -> Made:
        from layers.present.pack import on_screen  # no first view waits for it

        table = change_table(found, state.lang).set_index(say("plan.column.name"))
        told = PlanScene(sentence, "", (), table)
        return on_screen.changes_file(
            kind, screen.city, state, told, affected(found), ask=cache.answer
        )

    hand_over.picture_by(screen, ("changes", state, other.digest), make)


def show(of: Chosen, found: tuple[Change, ...]) -> None:
    """List the differences.

    Parameters
    ----------
    of
        What the page shows.
    found
        See :func:`changes`.
    """
    say = of.screen.say
    if not found:
        html.small(say("plan.changes.same"))
        return
    table = change_table(found, of.screen.state.lang)
    st.dataframe(cells(table), key="plan_changes", placeholder="", alt=say("plan.parts.changes"))
