"""Let the reader draw a shape on the map, and say what lies in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import streamlit as st

from geo.base.errors import DataError
from geo.formats import outline
from layers.inside.measure import InsideAnswer, question
from layers.inside.wording import InsideWording
from layers.language.messages import display
from layers.map.overlay import Drawing
from layers.view.page_options import InsideOptions
from pages.panels import hand_over
from pages.shell import cache, html, map_view, session
from pages.shell.frame import Screen

TOOL: Final = "inside_tool"
LOADED: Final = "inside_load"
BEGUN: Final = "atlas.inside_begun"
"""Whether the session began with a shape."""
OFF: Final = "off"
TOOLS: Final = (OFF, "rectangle", "circle", "polygon")


def tool() -> str:
    """Return what the next drag or clicks on the map draw; empty for nothing."""
    chosen = st.session_state.get(TOOL)
    return chosen if chosen in TOOLS and chosen != OFF else ""


def with_shape(screen: Screen, drawing: Drawing | None) -> Drawing | None:
    """Return what the map draws with the shape over it, and the tool that is chosen.

    Parameters
    ----------
    screen
        City, state and words of this run.
    drawing
        What it draws without them.
    """
    shapes = []
    if screen.state.inside.shape:
        asked = question(screen.state)
        drawn = cache.drawing(screen.city, "inside", asked, screen.state.lang)
        shapes = list(drawn.shapes) if drawn else []
    if not shapes and not tool():
        return drawing
    base = drawing or Drawing(subject=True)
    return replace(base, shapes=[*base.shapes, *shapes], tool=tool())


def act(event: map_view.Event) -> bool:
    """Take the shape that was drawn.

    Parameters
    ----------
    event
        What the reader did; true if it was that.
    """
    if event.did != "shape":
        return False
    found = outline.read(event.id)
    if found is not None:
        session.change(inside=InsideOptions(str(found)))
    return True


def folded(screen: Screen, own: Callable[[], None] | None = None) -> None:
    """Offer the tools, and tell what lies in the shape; open while there is one.

    Parameters
    ----------
    screen
        City, state and words of this run.
    own
        Says what else lies in it, before the places of the atlas; None for nothing.
    """
    say, shape = screen.say, screen.state.inside.shape
    # As it was first: another value would fold it while the reader is at it.
    begun = st.session_state.setdefault(BEGUN, bool(shape))
    with st.expander(
        say("inside_page.title"), expanded=begun, key="inside", on_change="rerun"
    ) as folds:
        if not folds.open:
            return
        st.segmented_control(
            say("inside_page.tool"),
            TOOLS,
            default=None if TOOL in st.session_state else OFF,
            key=TOOL,
            required=True,
            format_func=lambda each: say(f"inside_page.tools.{each}"),
        )
        html.small(say("inside_page.hint"))
        if shape and own is not None:
            own()
        if shape:
            _answer(screen)
        _load(screen)


def _answer(screen: Screen) -> None:
    """Say how many lie in the shape, by kind and one by one; offer files, shape and an end."""
    say, lang, asked = screen.say, screen.state.lang, question(screen.state)
    answer = cache.answer(screen.city, "inside", asked)
    words: InsideWording = cache.wording(screen.city, "inside", asked, lang)
    html.show('<p class="summary" role="status">{}</p>', words.sentence)
    for line in words.account:
        html.small(line)
    if not isinstance(answer, InsideAnswer):
        return
    kinds = words.tables["kinds"]
    html.section(say("inside_page.by_kind"))
    st.html(html.grid(kinds, str(kinds.index.name)))
    places = words.tables["places"]
    html.section(say("inside_page.table", n=len(places)))
    name = str(places.columns[0])
    st.html(html.grid(places.set_index(name), name))
    with st.container(horizontal=True, gap="small"):
        hand_over.download(screen, "inside", asked)
        st.download_button(
            say("inside_page.save"),
            outline.to_file(answer.outline, screen.city.metric_epsg),
            display(f"{screen.city.id}_shape.geojson"),
            "application/geo+json",
            on_click="ignore",
            key="inside_save",
        )
        st.button(say("inside_page.clear"), key="inside_clear", on_click=_clear)


def _clear() -> None:
    session.change(inside=InsideOptions())


def _load(screen: Screen) -> None:
    """Take a shape that was saved before, or by another program."""
    st.file_uploader(
        screen.say("inside_page.load"),
        type=["geojson", "json"],
        key=LOADED,
        max_upload_size=1,
        on_change=_loaded,
    )
    given = st.session_state.get(LOADED)
    if given is not None:
        try:
            outline.from_file(given.getvalue())
        except DataError as error:
            html.faults("", error.problems, screen.state.lang)


def _loaded() -> None:
    given = st.session_state.get(LOADED)
    if given is None:
        return
    try:
        session.change(inside=InsideOptions(str(outline.from_file(given.getvalue()))))
    except DataError:
        return  # told below the field
