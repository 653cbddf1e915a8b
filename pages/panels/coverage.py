"""Show what lies within reach: sentence, map, tables, where the radius comes from, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

import streamlit as st

from geo.coverage.simulation import resolution
from layers.coverage import question, radii, reach
from layers.coverage.measure import REFUSED, ReachAnswer, ReachRefusal
from layers.language.messages import LONGEST_LABEL, display
from layers.map.plate import belt, dots
from layers.map.symbols import data_uri, look_sign
from layers.view.codecs import choices, limits
from layers.view.page_options import CoverageOptions
from layers.view.rows import View, rows_in_view
from layers.view.vague import doubt_words
from pages.panels import hand_over, own_points
from pages.panels.inside.draw import Ask
from pages.shell import cache, frame, html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal, short
from pages.shell.widgets import sync

FLIGHT: Final = (1, None)
MINUTES: Final = (0, *radii.MINUTES)
BELT: Final = "corridor_node"
"""The nodes of an innovation belt, from which travel times are asked."""


class Part(Protocol):
    """One question of the page."""

    ask: Ask
    """What lies in a shape that is drawn on the map; there once the map is drawn."""

    def __init__(self, screen: Screen) -> None: ...

    @property
    def own(self) -> question.OwnPoints | None:
        """The reader's own points, where those should be within reach."""

    def statement(self) -> None:
        """Say the result."""

    def picture(self) -> None:
        """Draw the map."""

    def controls(self) -> None:
        """Offer what can be changed."""

    def below(self) -> None:
        """Show tables, method and files."""


def title(screen: Screen, own: question.OwnPoints | None) -> str:
    """Return the title of the question shown; it names the reader's file where that is counted.

    Parameters
    ----------
    screen
        City, state and words of this run.
    own
        The reader's own points, where those should be within reach.
    """
    say, lang = screen.say, screen.state.lang
    city = screen.city.name.of(lang)
    told = say(f"coverage_page.title_{screen.state.coverage.part}", city=city)
    if own is None:
        return told
    return say("coverage_page.title_own", title=told, file=own.name.of(lang))


def change(**values: Any) -> None:
    """Replace options of the coverage page.

    Parameters
    ----------
    **values
        Options of :class:`layers.view.page_options.CoverageOptions` with their new values.
    """
    session.change(coverage=replace(session.state().coverage, **values))


def from_widget(field: str, key: str, factor: float = 1) -> None:
    """Take what a widget holds into the options; nothing chosen changes nothing.

    Parameters
    ----------
    field
        Name of the option in :class:`layers.view.page_options.CoverageOptions`.
    key
        Name of the widget in the session, which holds the value.
    factor
        Units of the option in one of the widget's, such as 1000 for metres and
        kilometres. A value that is no number is taken as it is.
    """
    value = st.session_state[key]
    if value is not None:
        change(**{field: round(value * factor) if isinstance(value, int | float) else value})


def switch(screen: Screen, parts: Sequence[str]) -> None:
    """Offer the questions of the page.

    Parameters
    ----------
    screen
        City, state and words of this run.
    parts
        Names of the questions, in the order in which they are offered.
    """
    say = screen.say
    st.segmented_control(
        say("coverage_page.part"),
        parts,
        default=sync("cov_part", screen.state.coverage.part),
        key="cov_part",
        required=True,
        format_func=lambda part: say(f"coverage_page.part_{part}"),
        on_change=from_widget,
        args=("part", "cov_part"),
    )


def radius(screen: Screen) -> None:
    """Offer the preset radii and one of the reader's own, shut where a travel time gives it.

    A preset below the median doubt of the places stands below, shut, with the reason beside it.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, options = screen.say, screen.state.coverage
    sites = question.inputs(screen.city, question.question(screen.state)).sites
    found = {metres: resolution(sites, radius_m=metres) for metres in question.PRESETS_M}
    too_fine = [metres for metres in found if found[metres].verdict == REFUSED]
    presets = [metres for metres in found if metres not in too_fine]
    preset = options.radius_m if options.radius_m in presets else None
    st.segmented_control(
        say("coverage_page.radius"),
        presets,
        default=sync("cov_preset", preset),
        key="cov_preset",
        format_func=lambda metres: literal(f"{metres // 1000}"),
        on_change=from_widget,
        args=("radius_m", "cov_preset"),
        disabled=bool(options.minutes),
    )
    for metres in too_fine:
        html.show(
            '<p class="small refused"><button disabled>{}</button> {}</p>',
            f"{metres // 1000}",
            say("coverage_page.radius_refused", **found[metres].parameters),
        )
    number_field(
        screen,
        "radius_m",
        say("coverage_page.typed"),
        step=0.5,
        factor=1000,
        disabled=bool(options.minutes),
    )


def travel_time(screen: Screen) -> None:
    """Offer a radius from a travel time, its assumptions open to change.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, options = screen.say, screen.state.coverage
    given = options.minutes if options.minutes in MINUTES else None
    st.segmented_control(
        say("coverage_page.by_time"),
        MINUTES,
        default=sync("cov_minutes", given),
        key="cov_minutes",
        format_func=lambda minutes: say(f"coverage_page.by_time_{minutes}"),
        on_change=from_widget,
        args=("minutes", "cov_minutes"),
    )
    if options.minutes:
        number_field(screen, "speed_kmh", say("coverage_page.speed"), step=5.0)
        number_field(screen, "detour_percent", say("coverage_page.detour"), step=0.1, factor=100)
        if BELT in screen.city.layers and options.sites != {BELT}:
            belt = short(screen.city.layers[BELT].title.of(screen.state.lang))
            st.button(
                literal(say("coverage_page.belt", layer=belt)),
                key="cov_belt",
                on_click=change,
                kwargs={"sites": frozenset({BELT})},
            )


def number_field(
    screen: Screen,
    field: str,
    label: str,
    *,
    step: float,
    factor: float = 1,
    disabled: bool = False,
) -> None:
    """Offer one number of the options.

    Parameters
    ----------
    screen
        City, state and words of this run.
    field
        Name of the option in :class:`layers.view.page_options.CoverageOptions`, a whole number.
    label
        Words of the interface, with the unit of the field.
    step
        By how much the buttons change it, in the unit of the field.
    factor
        Units of the option in one of the field's, such as 1000 for metres and kilometres.
    disabled
        Whether it is shown and cannot be changed.
    """
    low, high = limits(CoverageOptions, field)
    key = f"cov_{field}"
    st.number_input(
        literal(label),
        value=sync(key, getattr(screen.state.coverage, field) / factor),
        min_value=low / factor,
        max_value=high / factor,
        step=step,
        format="%g",
        key=key,
        on_change=from_widget,
        args=(field, key, factor),
        disabled=disabled,
    )


def from_layers(field: str, key: str) -> None:
    """Take the layers that a widget holds into the options.

    Parameters
    ----------
    field
        ``sites`` or ``targets``.
    key
        Name of the widget in the session, which holds the value.
    """
    change(**{field: frozenset(st.session_state[key])})


def layer_field(screen: Screen, field: str) -> None:
    """Offer the city's layers of places; none chosen stands for what its placeholder says.

    Parameters
    ----------
    screen
        City, state and words of this run.
    field
        ``sites`` or ``targets``.
    """
    say, lang, layers = screen.say, screen.state.lang, screen.city.layers
    kinds = [id_ for id_, layer in layers.items() if layer.spec.is_places]
    key = f"cov_{field}"
    chosen = [kind for kind in kinds if kind in getattr(screen.state.coverage, field)]
    st.multiselect(
        say(f"coverage_page.choose_{field}"),
        kinds,
        default=sync(key, chosen),
        key=key,
        format_func=lambda id_: display(layers[id_].title.of(lang), longest=LONGEST_LABEL),
        placeholder=say(f"coverage_page.choose_{field}_usual"),
        on_change=from_layers,
        args=(field, key),
    )


def enters(screen: Screen, given: question.Inputs) -> None:
    """Offer which layers are measured from, say which places enter, and lead to the filters.

    Parameters
    ----------
    screen
        City, state and words of this run.
    given
        What is measured: the places that enter, mapped or not.
    """
    layer_field(screen, "sites")
    say, mapped = screen.say, len(given.mapped)
    sizes = {"mapped": mapped, "unmapped": len(given.sites) - mapped}
    titles = say("coverage_page.enters_titles", count=given.titles) if given.titles else ""
    html.small(say("coverage_page.enters", **sizes, titles=titles))
    html.small(doubt_words(given.sites, screen.state.lang))
    frame.link(screen, "explore", screen.say("coverage_page.change"))


def swatch(look_: Mapping[str, Any]) -> str:
    """Return the address of a small picture of a drawn area or dot.

    Parameters
    ----------
    look_
        As :func:`layers.map.symbols.look_sign` takes it.

    Returns
    -------
    str
        A ``data:`` address.
    """
    return data_uri(look_sign(look_))


def legend(rows: Iterable[tuple[Mapping[str, Any], str]], view: View | None = None) -> None:
    """Show drawn areas with their words.

    Parameters
    ----------
    rows
        The look of each area, as for :func:`swatch`, and its words.
    view
        What the map shows, for the key of its places and lines; None where it shows neither.
    """
    areas = [(swatch(look_), words) for look_, words in rows]
    html.legend([*areas, *beside_key(view)])


def beside_key(view: View | None) -> list[tuple[str, str]]:
    """Return the signs of what stands beside an analysis, its places and lines, with their words.

    Parameters
    ----------
    view
        What the map shows; None where it shows neither.
    """
    if view is None:
        return []
    signs = (*dots(view, view.state.lang), *belt(view, view.state.lang))
    return [(data_uri(sign), words) for sign, words in signs]


def bullets(lines: Iterable[str]) -> None:
    """Show lines as a list.

    Parameters
    ----------
    lines
        Texts, each a line; they are escaped.
    """
    st.html(html.bullets([html.text(line) for line in lines]))


def notes(title: str, lines: Iterable[str]) -> None:
    """Fold away method and caveats; they are sent only when the box is open.

    Parameters
    ----------
    title
        Words of the interface, what opens it.
    lines
        Texts, each a line; they are escaped.
    """
    html.drawer(title, "cov_notes", lambda: bullets(lines))


def shown(screen: Screen) -> tuple[Screen, View]:
    """Return the screen and the view of its map, with the layers asked about where some were named.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    layers = question.drawn_layers(screen.city, screen.state)
    state = replace(screen.state, layers=layers)
    return replace(screen, state=state), rows_in_view(screen.city, state)


class ReachPart:
    """What the places shown reach."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        city, lang = screen.city, screen.state.lang
        own_asked = screen.state.coverage.counted == question.OWN
        self.loaded = own_points.loaded(screen)
        self.asked = reach.question(screen.state, self.loaded if own_asked else None)
        self.own = self.asked.own
        self.answer: ReachAnswer | ReachRefusal = cache.answer(city, "reach", self.asked)
        self.words: reach.ReachWording = cache.wording(city, "reach", self.asked, lang)

    def statement(self) -> None:
        """Say the result, or why there is none."""
        html.show('<p class="summary" role="status">{}</p>', self.words.spoken)
        for line in self.words.account[:1]:
            html.small(line)

    def picture(self) -> None:
        """Draw what is reached, reached twice, and not reached; or all radii nested."""
        screen, view = shown(self.screen)
        nested = screen.state.coverage.rings == "all"
        self.ask = Ask.of(self.screen, screen.state)
        drawing = cache.drawing(screen.city, "reach", self.asked, screen.state.lang, nested=nested)
        self.ask.show(screen, view, name="coverage", flight=FLIGHT, follow=False, drawing=drawing)
        legend(self.words.legend(nested=nested), view)

    def controls(self) -> None:
        """Offer radius, sites, targets and files; say where the radius comes from."""
        radius(self.screen)
        self._drawn()
        travel_time(self.screen)
        enters(self.screen, self.answer.inputs)
        self._counted()
        if self.asked.own is None:
            layer_field(self.screen, "targets")
            html.small(self.say("coverage_page.targets_note"))
        html.section(self.say("coverage_page.rules_title"))
        for line in self.words.rules:
            html.small(line)
        hand_over.download(self.screen, "reach", self.asked)

    def _counted(self) -> None:
        """Offer what should be within reach where own points have been read; else say so."""
        counted = self.screen.state.coverage.counted
        if self.loaded is None:
            if counted == question.OWN:
                html.small(self.say("coverage_page.own_gone"))
                frame.link(self.screen, "density", self.say("coverage_page.own_open"))
            return
        st.segmented_control(
            self.say("coverage_page.counted"),
            choices(CoverageOptions, "counted"),
            default=sync("cov_counted", counted),
            key="cov_counted",
            required=True,
            format_func=lambda value: self.say(f"coverage_page.counted_{value}"),
            on_change=from_widget,
            args=("counted", "cov_counted"),
        )

    def _drawn(self) -> None:
        st.segmented_control(
            self.say("coverage_page.drawn"),
            choices(CoverageOptions, "rings"),
            default=sync("cov_rings", self.screen.state.coverage.rings),
            key="cov_rings",
            required=True,
            format_func=lambda value: self.say(f"coverage_page.drawn_{value}"),
            on_change=from_widget,
            args=("rings", "cov_rings"),
        )

    def below(self) -> None:
        """Show radii and kinds side by side, then what the page's own radius means."""
        answer, say = self.answer, self.say
        if not answer.resolution.n:
            return
        if isinstance(answer, ReachRefusal):
            html.drawer(say("coverage_page.rings_title"), "cov_radii", self._radii)
            return
        if answer.served:
            html.section(say("coverage_page.targets_title"))
            self._table("targets")
            html.small(say("coverage_page.targets_itself"))
            if self.asked.own is None:
                html.drawer(
                    say("coverage_page.out_of_reach_title"), "cov_out_of_reach", self._out_of_reach
                )
        html.section(say("coverage_page.districts_title"))
        for line in self.words.account[1:]:
            html.small(line)
        self._table("districts", corner="units.unit")
        html.small(say("coverage_page.three_things"))
        html.drawer(say("coverage_page.rings_title"), "cov_radii", self._radii)
        html.drawer(say("coverage_page.gaps_title"), "cov_gaps", self._gaps)
        html.drawer(say("coverage_page.overlap_title"), "cov_overlap", self._overlap)
        html.drawer(say("coverage_page.distances_title"), "cov_distances", self._distances)
        html.drawer(say("coverage_page.method_title"), "cov_notes", self._notes)

    def _table(self, name: str, *, corner: str = "") -> None:
        title = self.say(f"coverage_page.{corner or f'{name}.corner'}")
        st.html(html.grid(self.words.tables[name], title))

    def _radii(self) -> None:
        self._table("rings", corner="rings_kind")
        html.small(self.say("coverage_page.rings_note"))

    def _out_of_reach(self) -> None:
        if not len(self.words.tables["out_of_reach"]):
            html.small(self.say("coverage_page.out_of_reach_none"))
            return
        self._table("out_of_reach", corner="out_of_reach.id")
        html.small(self.say("coverage_page.out_of_reach_note"))

    def _gaps(self) -> None:
        if not len(self.words.tables["gaps"]):
            html.small(self.say("coverage_page.gaps_none"))
            return
        self._table("gaps", corner="gaps.rank")
        html.small(self.say("coverage_page.gaps_note"))

    def _overlap(self) -> None:
        html.small(self.words.twice)
        left, right = st.columns([1, 2], gap="medium")
        with left:
            self._table("overlap")
        with right:
            html.section(self.say("coverage_page.sole_title"))
            self._table("sole")

    def _distances(self) -> None:
        html.small(self.words.worst)
        self._table("distances")

    def _notes(self) -> None:
        bullets(self.words.notes)
