"""Let the reader draw a shape on the map, and say what lies in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from geo.base.errors import DataError
from geo.formats import outline
from layers.inside.measure import InsideAnswer, InsideQuestion, question
from layers.inside.wording import InsideWording
from layers.language.messages import display
from layers.map.overlay import Drawing
from layers.view.page_options import InsideOptions
from layers.view.rows import View
from layers.view.state import ViewState
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


@dataclass(frozen=True)
class Ask:
    """Ask what lies in a shape that the reader draws on one map.

    Parameters
    ----------
    screen
        City, state and words of this run.
    about
        The places that are on this map, and the shape.
    """

    screen: Screen
    about: InsideQuestion

    @classmethod
    def of(cls, screen: Screen, state: ViewState | None = None, **more: Any) -> Ask:
        """Ask about the places of a state.

        Parameters
        ----------
        screen
            City, state and words of this run.
        state
            State of the map; None for that of the page.
        **more
            As for :func:`layers.inside.measure.question`.
        """
        return cls(screen, question(state or screen.state, **more))

    def over(self, drawing: Drawing | None) -> Drawing | None:
        """Return what the map draws with the shape over it, and the tool that is chosen.

        Parameters
        ----------
        drawing
            What it draws without them.
        """
        shapes = []
        if self.about.options.shape:
            lang = self.screen.state.lang
            drawn = cache.drawing(self.screen.city, "inside", self.about, lang)
            shapes = list(drawn.shapes) if drawn else []
        if not shapes and not tool():
            return drawing
        base = drawing or Drawing(subject=True)
        # With a tool in hand a click on the ground draws, and does nothing else.
        place = base.place and not tool()
        return replace(base, shapes=[*base.shapes, *shapes], tool=tool(), place=place)

    def show(
        self,
        screen: Screen,
        view: View,
        *,
        drawing: Drawing | None = None,
        act: map_view.Act | None = None,
        **rest: Any,
    ) -> None:
        """Draw the map with the shape, and take the one that is drawn.

        Parameters
        ----------
        screen, view, drawing, act
            As for :func:`pages.shell.map_view.show`.
        **rest
            The rest of it.
        """
        map_view.show(
            screen,
            view,
            drawing=self.over(drawing),
            act=lambda event: taken(event) or (act is not None and act(event)),
            **rest,
        )

    def folded(self, own: Callable[[], None] | None = None, *, with_places: bool = True) -> None:
        """Offer the tools, and tell what lies in the shape; open while there is one.

        Parameters
        ----------
        own
            Says what else lies in it, before the places of the atlas; None for nothing.
        with_places
            Whether the places of the atlas are told: not on a map of a reader's own points.
        """
        say, shape = self.screen.say, self.about.options.shape
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
            if shape and with_places:
                _answer(self.screen, self.about)
            if shape:
                self._ends(with_places=with_places)
            _load(self.screen)

    def _ends(self, *, with_places: bool) -> None:
        """Offer the answer and the shape as files, and an end."""
        screen, one = self.screen, outline.read(self.about.options.shape)
        if one is None:
            return
        with st.container(horizontal=True, gap="small"):
            if with_places:
                hand_over.download(screen, "inside", self.about)
            st.download_button(
                screen.say("inside_page.save"),
                outline.to_file(one, screen.city.metric_epsg),
                display(f"{screen.city.id}_shape.geojson"),
                "application/geo+json",
                on_click="ignore",
                key="inside_save",
            )
            st.button(screen.say("inside_page.clear"), key="inside_clear", on_click=_clear)


def taken(event: map_view.Event) -> bool:
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


def _answer(screen: Screen, asked: InsideQuestion) -> None:
    """Say how many lie in the shape, by kind and one by one."""
    say, lang = screen.say, screen.state.lang
    answer = cache.answer(screen.city, "inside", asked)
    words: InsideWording = cache.wording(screen.city, "inside", asked, lang)
    html.show('<p class="summary" role="status">{}</p>', words.sentence)
    for line in words.account:
        html.small(line)
    if not isinstance(answer, InsideAnswer):
        return
    kinds, places = words.tables["kinds"], words.tables["places"]
    if len(kinds):
        html.section(say("inside_page.by_kind"))
        st.html(html.grid(kinds, str(kinds.index.name)))
    if len(places):
        html.section(say("inside_page.table", n=len(places)))
        name = str(places.columns[0])
        st.html(html.grid(places.set_index(name), name))


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
