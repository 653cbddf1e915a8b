"""Show what lies within reach: sentence, map, tables, where the radius comes from, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

import streamlit as st

from geo.gaps import WEAK_BELOW
from layers import coverage_view as told
from layers.coverage_files import FORMATS
from layers.marks import data_uri
from layers.state import COVERAGE_NUMBERS, to_query
from layers.view import look
from pages.shell import cache, html, map_view, navigation, session
from pages.shell.frame import Screen

FLIGHT: Final = (1, None)
MINUTES: Final = (0, 30, 60)
SWATCH: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">'
    '<rect x="2" y="4" width="16" height="12" fill="{fill}" fill-opacity="{opacity}" '
    'stroke="{line}"/>{lines}</svg>'
)
HATCH: Final = '<path d="M2 10 8 4M2 16 14 4M8 16 18 6M14 16 18 12" stroke="{fill}"/>'
"""The swatch of a hatched area: the lines of ``atlas.js``, without its tint."""


class Part(Protocol):
    """One question of the page."""

    def __init__(self, screen: Screen) -> None: ...

    def statement(self) -> None:
        """Say the result."""

    def picture(self) -> None:
        """Draw the map."""

    def controls(self) -> None:
        """Offer what can be changed."""

    def below(self) -> None:
        """Show tables, method and files."""


def change(**values: Any) -> None:
    """Replace options of the coverage page."""
    session.change(coverage=replace(session.state().coverage, **values))


def from_widget(field: str, key: str, factor: float = 1) -> None:
    """Take what a widget holds into the options; nothing chosen changes nothing."""
    value = st.session_state[key]
    if value is not None:
        change(**{field: round(value * factor) if isinstance(value, int | float) else value})


def switch(screen: Screen, parts: Sequence[str]) -> None:
    """Offer the questions of the page."""
    say = screen.say
    st.session_state["cov_part"] = screen.state.coverage.part
    st.segmented_control(
        say("coverage_page.part"),
        parts,
        key="cov_part",
        required=True,
        format_func=lambda part: say(f"coverage_page.part_{part}"),
        on_change=from_widget,
        args=("part", "cov_part"),
    )


def radius(screen: Screen) -> None:
    """Offer the preset radii, one of the reader's own, and one from a stated travel time."""
    say, options = screen.say, screen.state.coverage
    presets = list(told.PRESETS_M)
    st.session_state["cov_preset"] = options.radius_m if options.radius_m in presets else None
    st.segmented_control(
        say("coverage_page.radius"),
        presets,
        key="cov_preset",
        format_func=lambda metres: f"{metres // 1000}",
        on_change=from_widget,
        args=("radius_m", "cov_preset"),
        disabled=bool(options.minutes),
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
    """Offer a radius from a travel time, its assumptions open to change."""
    say, options = screen.say, screen.state.coverage
    st.session_state["cov_minutes"] = options.minutes if options.minutes in MINUTES else None
    st.segmented_control(
        say("coverage_page.by_time"),
        MINUTES,
        key="cov_minutes",
        format_func=lambda minutes: say(f"coverage_page.by_time_{minutes}"),
        on_change=from_widget,
        args=("minutes", "cov_minutes"),
    )
    if options.minutes:
        number_field(screen, "speed_kmh", say("coverage_page.speed"), step=5.0)
        number_field(screen, "detour_percent", say("coverage_page.detour"), step=0.1, factor=100)


def number_field(
    screen: Screen,
    field: str,
    label: str,
    *,
    step: float,
    factor: float = 1,
    disabled: bool = False,
) -> None:
    """Offer one number of the options, ``factor`` of the option's units in one of the field's."""
    _, low, high = COVERAGE_NUMBERS[field]
    key = f"cov_{field}"
    st.session_state[key] = getattr(screen.state.coverage, field) / factor
    st.number_input(
        label,
        min_value=low / factor,
        max_value=high / factor,
        step=step,
        format="%g",
        key=key,
        on_change=from_widget,
        args=(field, key, factor),
        disabled=disabled,
    )


def enters(screen: Screen, asked: told.Asked) -> None:
    """Say which places enter, and lead to where that is changed."""
    mapped = len(asked.mapped)
    html.small(
        screen.say("coverage_page.enters", mapped=mapped, unmapped=len(asked.sites) - mapped)
    )
    navigation.link(to_query(screen.state), "explore", screen.say("coverage_page.change"))


def swatch(look_: Mapping[str, Any]) -> str:
    """Return the address of a small picture of a drawn area."""
    given = {name: look_[name] for name in ("fill", "opacity", "line")}
    if look_.get("pattern") != "hatch":
        return data_uri(SWATCH.format(**given, lines=""))
    lines = HATCH.format(fill=look_["fill"])
    return data_uri(SWATCH.format(**{**given, "opacity": 0}, lines=lines))


def legend(rows: Iterable[tuple[Mapping[str, Any], str]]) -> None:
    """Show drawn areas with their words."""
    html.legend((swatch(look_), words) for look_, words in rows)


def notes(title: str, lines: Iterable[str]) -> None:
    """Fold away method and caveats."""
    with st.expander(title, key="cov_notes", on_change="rerun") as box:
        if box.open:
            st.html(html.bullets([html.text(line) for line in lines]))


def download(screen: Screen, name: str, build: Callable[[str], bytes] | None = None) -> None:
    """Offer an answer as a zip of files; ``build`` makes it in a format."""
    say = screen.say
    build = build or partial(cache.analysis_package, screen.city, screen.state, name)
    with st.popover(say("coverage_page.download"), key="cov_export"):
        fmt = st.segmented_control(
            say("coverage_page.download_format"),
            FORMATS,
            default=FORMATS[0],
            required=True,
            format_func=lambda each: say(f"coverage_page.format_{each}"),
            key="cov_format",
        )
        st.download_button(
            say("coverage_page.download_button"),
            partial(build, fmt),
            file_name=f"{screen.city.id}_{screen.city.data_date}_{name}_{fmt}.zip",
            mime="application/zip",
            on_click="ignore",
            type="primary",
            key="cov_download",
        )
        html.small(say("coverage_page.download_note"))


class ReachPart:
    """What the places shown reach."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.answer = cache.coverage_of(screen.city, screen.state)

    def statement(self) -> None:
        """Say the result, or why there is none."""
        html.show('<p class="summary" role="status">{}</p>', told.sentence(self.answer))
        html.small(" ".join(told.further(self.answer)))

    def picture(self) -> None:
        """Draw what is reached, reached twice, and not reached."""
        screen = self.screen
        map_view.show(
            screen,
            look(screen.city, screen.state),
            name="coverage",
            flight=FLIGHT,
            follow=False,
            drawing=cache.coverage_drawing(screen.city, screen.state),
        )
        if self.answer.area is None:
            return
        within = told.km(self.answer.asked.radius_m)
        legend(
            [
                (told.REACHED, self.say("coverage_page.legend_reach", radius=within)),
                ({**told.DOUBLE, "opacity": 0.5}, self.say("coverage_page.legend_twice")),
                (told.UNREACHED, self.say("coverage_page.legend_open")),
            ]
        )

    def controls(self) -> None:
        """Offer the radius and the files; say what enters and where the radius comes from."""
        radius(self.screen)
        travel_time(self.screen)
        enters(self.screen, self.answer.asked)
        html.section(self.say("coverage_page.rules_title"))
        for line in told.rules(self.answer):
            html.small(line)
        download(self.screen, "coverage")

    def below(self) -> None:
        """Show the districts, the gaps, what one place alone covers, and the method."""
        answer, say = self.answer, self.say
        if answer.units is None or answer.gaps is None:
            return
        html.section(say("coverage_page.districts_title"))
        st.html(html.grid(told.unit_table(answer), say("coverage_page.units.unit")))
        html.small(say("coverage_page.three_things"))
        html.section(say("coverage_page.gaps_title"))
        if len(answer.gaps):
            st.html(html.grid(told.gap_table(answer).head(10), say("coverage_page.gaps.rank")))
        else:
            html.small(say("coverage_page.gaps_none"))
        lost = told.sole_table(answer)
        if len(lost):
            html.section(say("coverage_page.sole_title"))
            st.html(html.grid(lost, say("coverage_page.sole.place")))
        lines = [
            *told.caveats(tuple(answer.findings), self.screen.state.lang),
            say("coverage.verdict.not_covered"),
            say("coverage.verdict.weak_rule", weak_percent=100 * WEAK_BELOW),
            say("coverage.verdict.not_named"),
            say("coverage_page.unsettled_note"),
        ]
        notes(say("coverage_page.method_title"), lines)
