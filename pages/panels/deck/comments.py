"""Write down what is said in a meeting, pinned to the map, and hand over the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4
from zlib import crc32

import streamlit as st

from layers.language.bilingual import BLANK, Bilingual, pair
from layers.language.messages import LANGS, LONGEST_LABEL, display
from layers.language.values import row_of
from layers.pack.city import City
from layers.places.citation import section_of
from layers.present.comments.comment import (
    LONGEST,
    MOST,
    Anchor,
    Comment,
    anchor,
    clauses,
    made_with,
    spot,
    whole,
)
from layers.present.comments.pins import PREFIX
from layers.view.filtered import in_words
from pages.browser import comments
from pages.shell import html, map_view
from pages.shell.frame import Screen
from pages.shell.labels import literal

PICKING: Final = "atlas.comment_picking"
"""Whether the next click on the ground of the map is the spot of a comment."""
SPOT: Final = "atlas.comment_spot"
"""Longitude and latitude of the spot that was picked."""
OPEN: Final = "atlas.comment_open"
"""Id of the comment whose mark was clicked last."""
EMPTY: Final = "atlas.comment_empty"
"""Whether a comment without words was to be kept."""
TURN: Final = "atlas.comment_turn"
"""How many have been kept: the next one has fields of its own, which are empty."""
WHO: Final = "comment_who"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Shown:
    """What is on the screen while a comment is made.

    Parameters
    ----------
    page
        What it is called.
    address
        Page and query that show it again.
    filtered
        What narrows its rows; None if nothing does.
    selected
        What is selected on it.
    """

    page: Bilingual
    address: str
    filtered: Bilingual | None
    selected: str | None


def picking() -> bool:
    """Tell whether the next click on the ground of the map is the spot of a comment."""
    return bool(st.session_state.get(PICKING))


def opened() -> str:
    """Return the id of the comment whose mark was clicked last; empty for none."""
    return str(st.session_state.get(OPEN, ""))


def open_at(id_: str) -> None:
    """Remember which comment was clicked.

    Parameters
    ----------
    id_
        Its id; empty for none.
    """
    st.session_state[OPEN] = id_


def line(screen: Screen, n: int, each: Comment) -> str:
    """Return a comment in one line.

    Parameters
    ----------
    screen
        City, state and words of this run.
    n
        Its number in the record.
    each
        The comment.
    """
    say = screen.say
    where, who = each.name.of(screen.state.lang), each.who or say("comments.somebody")
    return say("comments.line_where", n=n, who=who, where=where, what=each.what)


def act(event: map_view.Event) -> bool:
    """Take the spot that was picked on the map.

    Parameters
    ----------
    event
        What the reader did; true if it was that.
    """
    if event.did != "place":
        clicked = event.id.startswith(PREFIX)
        open_at(event.id.removeprefix(PREFIX) if clicked else "")
        return clicked
    if not picking():
        return False
    st.session_state[SPOT] = (event.lon, event.lat)
    st.session_state[PICKING] = False
    return True


def box(screen: Screen, shown: Shown) -> None:
    """Offer to write a comment, and list those that there are.

    Parameters
    ----------
    screen
        City, state and words of this run.
    shown
        What is on the screen.
    """
    say, city = screen.say, screen.city
    known = comments.all_of(city)
    found = _offered(city, shown)
    if not known and len(found) == 1 and not picking():
        html.small(say("comments.none"))
    pinned = _anchor(screen, found)
    st.button(
        say("comments.picking" if picking() else "comments.pick"),
        key="comment_pick",
        type="primary" if picking() else "secondary",
        on_click=_pick,
    )
    with st.form("comment_form", border=False, enter_to_submit=False):
        st.text_area(say("comments.what"), key=_field("what"), max_chars=LONGEST, height=96)
        st.text_input(say("comments.who"), key=WHO, max_chars=80)
        _clause(screen, pinned)
        st.form_submit_button(
            say("comments.keep"), on_click=_keep, args=(screen, shown, pinned), type="primary"
        )
    if st.session_state.pop(EMPTY, False):
        st.error(say("comments.empty"))
    if len(known) >= MOST:
        html.small(say("comments.full", most=MOST))
    _list(screen, known)


def store(screen: Screen) -> None:
    """Keep the comments in the browser, and say so where it cannot.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    if comments.exchange(screen.city) and comments.all_of(screen.city):
        st.error(screen.say("comments.not_stored"))


def _offered(city: City, shown: Shown) -> list[Anchor]:
    """Return what a comment may be pinned to, the nearest at hand first."""
    at = st.session_state.get(SPOT)
    picked = [spot(*at)] if at else []
    chosen = anchor(city, shown.selected)
    return [*picked, *([chosen] if chosen else []), whole(city)]


def _anchor(screen: Screen, found: list[Anchor]) -> Anchor:
    lang = screen.state.lang
    at = st.radio(
        screen.say("comments.pin_to"),
        range(len(found)),
        format_func=lambda n: literal(display(found[n].name.of(lang), longest=LONGEST_LABEL)),
        # Another thing at hand is another choice: the nearest is meant until the reader says so.
        key=f"comment_on_{crc32(repr(found).encode())}",
    )
    return found[int(at)]


def _clause(screen: Screen, pinned: Anchor) -> None:
    city, lang = screen.city, screen.state.lang
    st.selectbox(
        screen.say("comments.clause"),
        ("", *clauses(city, pinned)),
        format_func=lambda id_: (
            display(_clause_name(city, id_).of(lang), longest=LONGEST_LABEL)
            if id_
            else screen.say("comments.no_clause")
        ),
        key=_field("clause"),
    )


def _clause_name(city: City, id_: str) -> Bilingual:
    row = row_of(city.plan.clauses, id_)
    return Bilingual(*(f"{section_of(row, lang)} {row[f'title_{lang}']}" for lang in LANGS))


def _field(name: str) -> str:
    return f"comment_{name}_{st.session_state.get(TURN, 0)}"


def _pick() -> None:
    st.session_state[PICKING] = not picking()


def _keep(screen: Screen, shown: Shown, pinned: Anchor) -> None:
    words, who = (str(st.session_state.get(name) or "").strip() for name in (_field("what"), WHO))
    if not words or len(comments.all_of(screen.city)) >= MOST:
        st.session_state[EMPTY] = not words
        return
    id_ = str(st.session_state.get(_field("clause")) or "")
    known = id_ if id_ in screen.city.plan.clauses.index else ""
    comments.put(
        screen.city,
        Comment(
            id=uuid4().hex,
            said=datetime.now().isoformat(timespec="milliseconds"),
            who=who,
            what=words,
            on=pinned.on,
            target=pinned.target,
            name=pinned.name,
            lon=pinned.lon,
            lat=pinned.lat,
            clause=known,
            clause_name=_clause_name(screen.city, known) if known else BLANK,
            page=shown.page,
            address=shown.address,
            filtered=shown.filtered or BLANK,
            **made_with(screen.city),
        ),
    )
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.session_state.pop(SPOT, None)


def _list(screen: Screen, known: list[Comment]) -> None:
    say, lang = screen.say, screen.state.lang
    if not known:
        return
    html.small(say("comments.count", count=len(known)))
    for n, each in reversed([*enumerate(known, start=1)]):
        words, button = st.columns([5, 1], gap="small")
        with words:
            html.show('<p class="small">{}</p>', display(line(screen, n, each)))
        with button:
            st.button(
                say("comments.drop"),
                key=f"comment_drop_{each.id}",
                type="tertiary",
                on_click=comments.drop,
                args=(screen.city, each.id),
            )
    named = f"{screen.city.name.of(lang)}_{say('comments.record')}".replace(" ", "_")
    with st.container(horizontal=True, gap="small"):
        for ending, kind in (("docx", DOCX), ("zip", "application/zip")):
            st.download_button(
                say(f"comments.download_{ending}"),
                partial(_made, screen.city, known, lang, ending),
                f"{named}.{ending}",
                kind,
                on_click="ignore",
                key=f"comments_{ending}",
            )
    html.small(say("comments.kept"))


def _made(city: City, known: list[Comment], lang: str, ending: str) -> bytes:
    from layers.present.comments.files import package  # no first view waits for it

    made = package(city, known, lang)
    if ending == "zip":
        return made.zip()
    return next(data for name, data in made.files.items() if name.endswith(ending))


def folded(screen: Screen) -> None:
    """Offer the comments on a page of the desk, folded until they are wanted.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    city, state = screen.city, screen.state
    # A title with their number would be another one with each comment, and folded again.
    with st.expander(screen.say("comments.box"), key="comments", on_change="rerun") as folds:
        if not folds.open:
            return
        address = f"{screen.name}?{urlencode(screen.address())}"
        filtered = in_words(city, state, screen.name)
        box(screen, Shown(pair(f"nav.{screen.name}"), address, filtered, state.selected))
