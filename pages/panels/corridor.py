"""Show places along an axis: sentence, map and strip, which choose for each other, and tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from layers.corridor import drawing as drawn
from layers.corridor.measure import CorridorAnswer, axes, axis_name, question
from layers.corridor.strip import PAGE, PANEL, strip
from layers.corridor.tables import position
from layers.corridor.wording import CorridorWording
from layers.language.messages import LONGEST_LABEL, display
from layers.map.plate import marks
from layers.map.symbols import data_uri
from layers.view.codecs import choices
from layers.view.page_options import CorridorOptions
from layers.view.question import Refusal
from layers.view.rows import rows_in_view
from pages.panels import hand_over
from pages.panels.inside.draw import Ask
from pages.shell import cache, frame, html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal
from pages.shell.widgets import is_offered, sync

_BESIDE: Final = Path(__file__).parent
_STRIP: Final = st.components.v2.component(
    "atlas_strip",
    js=(_BESIDE / "strip.js").read_text(encoding="utf-8"),
    css=(_BESIDE / "strip.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)
TABLES: Final = ("cities", "gaps", "tens", "places")


def change(**values: Any) -> None:
    """Replace options of the corridor page.

    Parameters
    ----------
    **values
        Options of :class:`layers.view.page_options.CorridorOptions` with their new values.
    """
    options = {**vars(session.state().corridor), **values}
    session.change(corridor=CorridorOptions(**options))


def from_widget(field: str, key: str) -> None:
    """Take what a widget holds into the options; nothing chosen changes nothing.

    Parameters
    ----------
    field
        Name of the option.
    key
        Name of the widget in the session, which holds the value.
    """
    value = st.session_state[key]
    if value is not None:
        change(**{field: value})


def _set_axis(offered: Collection[str]) -> None:
    if is_offered("corridor_axis", offered):
        from_widget("axis", "corridor_axis")


class CorridorPart:
    """What lies along the axis that is chosen."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        lang = screen.state.lang
        self.asked = question(screen.state)
        self.answer: CorridorAnswer | Refusal = cache.answer(screen.city, "corridor", self.asked)
        self.words: CorridorWording = cache.wording(screen.city, "corridor", self.asked, lang)

    @property
    def chosen(self) -> str | None:
        """Id of the place that is selected, on the map or on the strip."""
        selected = self.screen.state.selected
        return None if selected is None else selected.removeprefix("@")

    def statement(self) -> None:
        """Say what lies along the axis, and how sure that is."""
        html.show('<p class="summary" role="status">{}</p>', self.words.sentence)
        if self.words.doubt:
            html.small(self.words.doubt)

    def picture(self) -> None:
        """Draw the axis, its empty stretch and the links under the places."""
        screen, lang = self.screen, self.screen.state.lang
        serial = 1
        if isinstance(self.answer, CorridorAnswer):
            serial += axes(screen.city).index(self.answer.axis_id)
        view = rows_in_view(screen.city, screen.state)
        self.ask = Ask.of(screen)
        self.ask.show(
            screen,
            view,
            name="corridor",
            flight=(serial, drawn.frame_of(self.answer)),
            follow=False,
            drawing=cache.drawing(screen.city, "corridor", self.asked, lang),
        )
        signs = (*drawn.legend(self.answer, lang), *marks(view, lang, kinds=True, sizes=False))
        html.legend((data_uri(sign), words) for sign, words in signs)

    def controls(self) -> None:
        """Offer axis and distance, then the strip, what is chosen on it, and the files."""
        if isinstance(self.answer, Refusal):
            return
        self._axis(self.answer)
        self._within()
        self._card(self.answer)
        self._strip(self.answer)
        hand_over.download(self.screen, "corridor", self.asked)
        lang = self.screen.state.lang
        st.download_button(
            self.say("corridor_page.download_strip"),
            lambda: strip(self.answer, lang, PAGE).encode(),  # type: ignore[arg-type]
            display(f"{self.screen.city.id}_corridor_{self.answer.axis_id}_{lang}.svg"),
            "image/svg+xml",
            on_click="ignore",
            key="corridor_strip",
        )

    def _axis(self, answer: CorridorAnswer) -> None:
        """Offer the axes of the pack."""
        city, lang = self.screen.city, self.screen.state.lang
        known = axes(city)
        names = {id_: axis_name(city, id_).of(lang) for id_ in known}
        st.selectbox(
            self.say("corridor_page.axis"),
            known,
            index=known.index(sync("corridor_axis", answer.axis_id)),
            key="corridor_axis",
            format_func=lambda id_: display(names[id_], longest=LONGEST_LABEL),
            on_change=_set_axis,
            args=(known,),
        )

    def _within(self) -> None:
        """Offer how far from the axis a place still belongs to it."""
        st.segmented_control(
            self.say("corridor_page.within"),
            choices(CorridorOptions, "within_km"),
            default=sync("corridor_within", self.screen.state.corridor.within_km),
            key="corridor_within",
            required=True,
            format_func=lambda km: literal(f"{km}"),
            on_change=from_widget,
            args=("within_km", "corridor_within"),
        )

    def _card(self, answer: CorridorAnswer) -> None:
        """Say where the chosen place lies along the axis, and lead to its card."""
        lines = position(answer, self.chosen, self.screen.state.lang)
        if not lines:
            html.small(self.say("corridor_page.choose"))
            return
        title, *rest = lines
        html.section(title)
        for line in rest:
            html.small(line)
        frame.link(self.screen, "explore", self.say("corridor_page.card"))

    def _strip(self, answer: CorridorAnswer) -> None:
        """Show the strip; a place that is clicked there is selected, as on the map."""
        _STRIP(
            key="strip",
            data={"svg": strip(answer, self.screen.state.lang, PANEL, selected=self.chosen)},
            on_chosen_change=self._choose,
        )

    def _choose(self) -> None:
        place = st.session_state["strip"]["chosen"]
        if isinstance(self.answer, CorridorAnswer) and place in self.answer.places.index:
            session.change(selected=str(place))

    def below(self) -> None:
        """Show what lies along the axis as tables, the links, and the method."""
        if isinstance(self.answer, Refusal):
            return
        say, tables = self.say, self.words.tables
        for line in self.words.account[1:]:
            html.small(line)
        for name in TABLES:
            html.drawer(
                say(f"corridor_page.table.{name}"),
                f"corridor_{name}",
                partial(_show, tables, name),
            )
        html.drawer(say("corridor_page.links_title"), "corridor_links", self._links)
        html.folded(say("corridor_page.method_title"), "corridor_notes", self.words.notes)

    def _links(self) -> None:
        """Show every link with its source, and who stands between others."""
        html.small(self.words.account[-1])
        if len(self.words.tables["links"]):
            _show(self.words.tables, "links")
            _show(self.words.tables, "nodes")


def _show(tables: Mapping[str, pd.DataFrame], name: str) -> None:
    """Show a table, which is laid out only now."""
    table = tables[name]
    st.html(html.grid(table, str(table.index.name or "")))
