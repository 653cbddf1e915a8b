"""Show how places are spread and where they crowd: sentences, tables, pictures, choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo.base.errors import AtlasError
from layers.analysis import ANALYSES
from layers.balance.drawing import HATCH as HATCHED
from layers.balance.drawing import LINE
from layers.balance.wording import HATCH, BalanceWording
from layers.density.drawing import pictures
from layers.density.files import geotiff
from layers.density.wording import DensityWording
from layers.map.colours import OPACITY
from layers.map.overlay import Drawing
from layers.map.symbols import data_uri
from layers.map.symbols import swatch as surface_swatch
from layers.map.thumbnail import Small
from layers.pack.city import City
from layers.view.codecs import choices
from layers.view.filtered import acting
from layers.view.page_options import DensityOptions
from pages.panels import hand_over
from pages.panels.coverage import swatch
from pages.shell import cache, frame, html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal
from pages.shell.widgets import sync

DOT: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">'
    '<circle cx="10" cy="10" r="2.4" fill="#14171A"/></svg>'
)
"""A place above the surface, as ``layers.density.drawing`` draws it."""
ADVANCED: Final = ("cell_m", "kernel", "weight")
"""Options that need a statistician."""


def balance(screen: Screen) -> BalanceWording:
    """Return how the places chosen are spread; a pack that cannot be counted ends the run.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    words: BalanceWording = _worded(screen, "balance")
    return words


def density(screen: Screen) -> tuple[DensityWording, Drawing | None]:
    """Return where the places chosen crowd, in words and drawn.

    The reader is told meanwhile what is waited for.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    tuple
        Words, and the drawing, or None where there is nothing to draw. A pack that cannot be
        measured ends the run.
    """
    with st.spinner(screen.say("density_page.working")):
        words = _worded(screen, "density")
        asked = ANALYSES["density"].question(screen.state)
        return words, cache.drawing(screen.city, "density", asked, screen.state.lang)


def _worded(screen: Screen, name: str) -> Any:
    asked = ANALYSES[name].question(screen.state)
    try:
        return cache.wording(screen.city, name, asked, screen.state.lang)
    except AtlasError as error:
        _refuse(screen, error)
        raise


def _refuse(screen: Screen, error: AtlasError) -> None:
    st.error(screen.say(f"error.{error.key}"))
    html.faults("", error.problems, screen.state.lang)
    st.stop()


def balance_sentence(told: BalanceWording) -> None:
    """Say the split by half, and that it differs by the other way of counting.

    Parameters
    ----------
    told
        How the places chosen are spread, in words.
    """
    html.show('<p class="summary">{}</p>', told.sentence)
    for line in told.account:
        html.small(line)


def statement(screen: Screen, spread: BalanceWording, told: DensityWording) -> None:
    """Say what the map shows in one sentence, and in a second what that does not carry.

    Parameters
    ----------
    screen
        City, state and words of this run.
    spread
        How the places chosen are spread, in words.
    told
        Where the places chosen crowd, in words.
    """
    by_district = screen.state.density.fill == "districts"
    sentence = spread.sentence if by_district else told.sentence
    html.show('<p class="summary" role="status">{}</p>', sentence)
    for line in [spread.caution] if by_district else told.account[:1]:
        html.small(line)


def drawn(screen: Screen, surface: Drawing | None) -> Drawing | None:
    """Return what the map shows: the surface with its peaks, or the districts filled.

    Parameters
    ----------
    screen
        City, state and words of this run.
    surface
        The surface as drawn; its dots lie over either.
    """
    if screen.state.density.fill == "surface":
        return surface
    asked = ANALYSES["balance"].question(screen.state)
    filled = cache.drawing(screen.city, "balance", asked, screen.state.lang)
    return Drawing(
        shapes=[each for found in (filled, surface) if found is not None for each in found.shapes]
    )


def account(told: DensityWording) -> None:
    """Say which rows the surface rests on.

    Parameters
    ----------
    told
        Where the places chosen crowd, in words.
    """
    for line in told.account[1:]:
        html.small(line)


def legend(screen: Screen, spread: BalanceWording, told: DensityWording) -> None:
    """Show what each shade and the dots stand for, with the unit.

    Parameters
    ----------
    screen
        City, state and words of this run.
    spread
        How the places chosen are spread, in words.
    told
        Where the places chosen crowd, in words.
    """
    by_district = screen.state.density.fill == "districts"
    rows = spread.legend if by_district else told.legend
    if not rows:
        return
    title = screen.say("balance_page.fill_title") if by_district else told.legend_title
    signs = [*((_sign(colour), words) for colour, words in rows)]
    signs.append((data_uri(DOT), screen.say("density_page.dot")))
    shown = html.join(
        Markup('<span><img src="{}" alt="">{}</span>').format(sign, html.text(words))
        for sign, words in signs
    )
    st.html(Markup('<div class="legend"><span>{}</span>{}</div>').format(html.text(title), shown))


def _sign(colour: str) -> str:
    """Return the address of a legend's picture: a shade as it lies on the ground, or a hatch."""
    if colour == HATCH:
        return swatch({"fill": HATCHED, "line": LINE, "opacity": 0, "pattern": "hatch"})
    return data_uri(surface_swatch(colour, OPACITY))


def _set(name: str, key: str) -> None:
    value: Any = st.session_state[key]
    session.change(density=replace(session.state().density, **{name: value}))


def _choice(
    screen: Screen,
    name: str,
    label: str,
    values: Sequence[Any],
    words: Any,
    *,
    disabled: bool = False,
) -> None:
    key = f"density_{name}"
    now = getattr(screen.state.density, name)
    st.segmented_control(
        literal(label),
        values,
        default=sync(key, now if now in values else values[0]),
        key=key,
        required=True,
        format_func=lambda value: literal(words(value)),
        on_change=_set,
        args=(name, key),
        disabled=disabled,
    )


def controls(screen: Screen, told: DensityWording) -> None:
    """Offer the bandwidth, what fills the map, the files, and the way to other places.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    say = screen.say
    with st.container(horizontal=True, key="density_choices"):
        label = say("density_page.bandwidth")
        values = choices(DensityOptions, "bandwidth_km")
        shut = screen.state.density.fill == "districts"
        _choice(screen, "bandwidth_km", label, values, str, disabled=shut)
        _worded_choice(screen, "fill", "density_page.fill_{}")
    with st.container(horizontal=True, key="density_files", vertical_alignment="center"):
        if told.legend:
            hand_over.download(screen, "density", ANALYSES["density"].question(screen.state))
        frame.link(screen, "explore", say("density_page.change"))


def advanced(screen: Screen, told: DensityWording) -> None:
    """Offer, folded, what needs a statistician: cell, kernel, weight, and the raster.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    say, options = screen.say, screen.state.density
    changed = any(getattr(options, name) != getattr(DensityOptions(), name) for name in ADVANCED)
    with st.expander(
        literal(say("density_page.advanced")), expanded=changed, key="density_advanced"
    ):
        label = say("density_page.cell")
        _choice(screen, "cell_m", label, list(told.cells), told.cells.__getitem__)
        _worded_choice(screen, "kernel", "density.kernel.{}")
        _worded_choice(screen, "weight", "density_page.weight_{}")
        for rule in told.rules:
            html.small(rule)
        if told.legend:
            _raster(screen)


def _worded_choice(screen: Screen, name: str, words: str) -> None:
    label, values = screen.say(f"density_page.{name}"), choices(DensityOptions, name)
    _choice(screen, name, label, values, partial(_word, screen, words))


def _word(screen: Screen, key: str, value: str) -> str:
    return screen.say(key.format(value))


def _raster(screen: Screen) -> None:
    say, city, state = screen.say, screen.city, screen.state
    asked = ANALYSES["density"].question(state)
    st.download_button(
        literal(say("density_page.geotiff", epsg=city.metric_epsg)),
        partial(_geotiff, city, asked),
        file_name=_tif_name(screen),
        mime="image/tiff",
        on_click="ignore",
        key="density_geotiff",
    )


def _tif_name(screen: Screen) -> str:
    """Return the name of the raster, which says whether its rows are filtered."""
    city, state = screen.city, screen.state
    filtered = "filtered_" if acting(city, state, screen.name, state.lang) else ""
    return f"{city.id}_{city.data_date}_{filtered}density_{state.density.bandwidth_km}km.tif"


def _geotiff(city: City, asked: Any) -> bytes:
    return geotiff(cache.answer(city, "density", asked))


def firmness(screen: Screen, told: DensityWording) -> None:
    """Say, folded, how firm the highest peak is: on its spot, in its district, in its height.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if told.firmness:
        html.folded(screen.say("density_page.firmness"), "density_firmness", told.firmness)


def peaks(screen: Screen, told: DensityWording) -> None:
    """List, folded, the peaks with their ranges and what each is made of.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if told.peaks:
        html.drawer(
            screen.say("density_page.peaks"), "density_peaks", partial(_peaks, screen, told)
        )


def _peaks(screen: Screen, told: DensityWording) -> None:
    say = screen.say
    st.html(html.grid(told.tables["peaks"], say("density_page.peaks")))
    html.section(say("density_page.made_of"))
    for peak in told.peaks:
        notes = html.join(
            Markup('<p class="small">{}</p>').format(html.text(note)) for note in peak.notes
        )
        title = html.text(peak.title, 200)
        st.html(Markup('<p class="summary">{}</p>{}').format(title, notes))


def sums(screen: Screen, spread: BalanceWording, told: DensityWording) -> None:
    """Say, folded, how the counts of this page belong together.

    Parameters
    ----------
    screen
        City, state and words of this run.
    spread
        How the places chosen are spread, in words.
    told
        Where the places chosen crowd, in words.
    """
    if told.peaks or spread.n:
        html.folded(screen.say("sums.title"), "density_sums", [*told.sums, *spread.sums])


def halves(screen: Screen, told: BalanceWording) -> None:
    """Say how the places are spread over the city, and compare its parts, folded.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        How the places chosen are spread, in words.
    """
    html.section(screen.say("balance_page.heading"))
    balance_sentence(told)
    table, say = told.tables["halves"], screen.say
    if told.n and not table.empty and not screen.state.present:
        html.drawer(say("balance_page.halves"), "balance_halves", partial(_halves, screen, table))


def _halves(screen: Screen, table: pd.DataFrame) -> None:
    st.html(html.grid(table, screen.say("balance_page.column.half")))


def districts(screen: Screen, told: BalanceWording) -> None:
    """Show, folded, the districts, and by kind, field, level and status; say what they carry.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        How the places chosen are spread, in words.
    """
    say = screen.say
    html.drawer(
        say("balance_page.districts"), "balance_districts", partial(_districts, screen, told)
    )
    if told.n:
        for name in ("kinds", "fields", "sorts"):
            table = told.tables[name]
            html.drawer(
                say(f"balance_page.{name}"), f"balance_{name}", partial(_table, screen, table)
            )
    html.folded(say("balance_page.notes"), "balance_notes", told.notes)


def _districts(screen: Screen, told: BalanceWording) -> None:
    say = screen.say
    words = partial(_word, screen, "balance_page.by_{}")
    _choice(screen, "by", say("balance_page.by"), choices(DensityOptions, "by"), words)
    if told.n:
        st.html(html.grid(told.tables["districts"], say("filter.district")))
        for sentence in told.quotients:
            html.small(sentence)
    hand_over.download(screen, "balance", ANALYSES["balance"].question(screen.state))


def _table(screen: Screen, table: pd.DataFrame) -> None:
    st.html(html.grid(table, screen.say("filter.district")))
    html.small(screen.say("balance_page.zero"))


def shares(screen: Screen, told: DensityWording) -> None:
    """Show, folded, how much of the surface lies in each district.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if told.peaks:
        html.drawer(
            screen.say("density_page.districts"), "density_shares", partial(_shares, screen, told)
        )


def _shares(screen: Screen, told: DensityWording) -> None:
    st.html(html.grid(told.tables["districts"], screen.say("filter.district")))
    html.small(screen.say("density_page.spill"))


def beside(screen: Screen, told: DensityWording) -> None:
    """Set the surface at half, once and twice the bandwidth side by side, under the verdict.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if not told.beside:
        return
    html.section(screen.say("density_page.beside"))
    html.small(told.verdict)
    found = pictures(
        cache.answer(screen.city, "density", ANALYSES["density"].question(screen.state))
    )
    shown = html.join(
        Markup(
            '<figure class="{}"><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>'
        ).format("here" if here else "", found[at], html.text(told.captions[at]), html.text(words))
        for at, words, here in told.beside
    )
    st.html(Markup('<div class="strip three">{}</div>').format(shown))


def strip(screen: Screen, told: DensityWording) -> None:
    """Set, folded, the same surface at other bandwidths and grids side by side.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if told.captions:
        html.drawer(
            screen.say("density_page.strip"), "density_strip", partial(_strip, screen, told)
        )


def _strip(screen: Screen, told: DensityWording) -> None:
    for words in (told.verdict, told.moves):
        html.small(words)
    found = cache.answer(screen.city, "density", ANALYSES["density"].question(screen.state))
    html.strip([Small(*each) for each in zip(pictures(found), told.captions, strict=True)])
    html.small(screen.say("density_page.small_note"))


def method(screen: Screen, told: DensityWording) -> None:
    """Say how it was measured, what goes with the numbers, and what was refused.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    say = screen.say
    html.folded(say("density_page.method"), "density_method", [*told.method, *told.notes])
    html.folded(say("density_page.too_few"), "density_too_few", told.too_few)
