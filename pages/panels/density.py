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
from layers.balance.wording import BalanceWording
from layers.density.drawing import pictures
from layers.density.files import geotiff
from layers.density.wording import DensityWording
from layers.map.colours import OPACITY
from layers.map.overlay import Drawing
from layers.map.symbols import data_uri
from layers.map.thumbnail import Small
from layers.pack.city import City
from layers.view.codecs import choices
from layers.view.filtered import is_filtered
from layers.view.page_options import DensityOptions
from pages.panels import hand_over
from pages.shell import cache, frame, html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal
from pages.shell.widgets import sync

SWATCH: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">'
    '<rect x="1" y="4" width="18" height="12" fill="#F7F5F0"/>'
    '<rect x="1" y="4" width="18" height="12" fill="{colour}" fill-opacity="{opacity}"/></svg>'
)


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


def density_sentence(told: DensityWording) -> None:
    """Say where it is densest, and what that does not carry.

    Parameters
    ----------
    told
        Where the places chosen crowd, in words.
    """
    html.show('<p class="summary" role="status">{}</p>', told.sentence)
    for line in told.account[:1]:
        html.small(line)


def account(told: DensityWording) -> None:
    """Say which rows the surface rests on.

    Parameters
    ----------
    told
        Where the places chosen crowd, in words.
    """
    for line in told.account[1:]:
        html.small(line)


def legend(told: DensityWording) -> None:
    """Show what each shade stands for, with its unit.

    Parameters
    ----------
    told
        Where the places chosen crowd, in words.
    """
    if not told.legend:
        return
    shown = html.join(
        Markup('<span><img src="{}" alt="">{}</span>').format(
            data_uri(SWATCH.format(colour=colour, opacity=OPACITY)), html.text(words)
        )
        for colour, words in told.legend
    )
    st.html(
        Markup('<div class="legend"><span>{}</span>{}</div>').format(
            html.text(told.legend_title), shown
        )
    )


def _set(name: str, key: str) -> None:
    value: Any = st.session_state[key]
    session.change(density=replace(session.state().density, **{name: value}))


def _choice(screen: Screen, name: str, label: str, values: Sequence[Any], words: Any) -> None:
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
    )


def controls(screen: Screen, told: DensityWording) -> None:
    """Offer bandwidth, cell, kernel and weight, the way to other places, and the files.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    say = screen.say
    frame.link(screen, "explore", say("density_page.change"))
    st.subheader(say("density_page.controls"))
    label = say("density_page.bandwidth")
    _choice(screen, "bandwidth_km", label, choices(DensityOptions, "bandwidth_km"), str)
    _choice(screen, "cell_m", say("density_page.cell"), list(told.cells), told.cells.__getitem__)
    for rule in told.rules:
        html.small(rule)
    for name, words in (("kernel", "density.kernel.{}"), ("weight", "density_page.weight_{}")):
        _choice(
            screen,
            name,
            say(f"density_page.{name}"),
            choices(DensityOptions, name),
            partial(_word, screen, words),
        )
    if told.legend:
        _downloads(screen)


def _word(screen: Screen, key: str, value: str) -> str:
    return screen.say(key.format(value))


def _downloads(screen: Screen) -> None:
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
    hand_over.download(screen, "density", asked)


def _tif_name(screen: Screen) -> str:
    """Return the name of the raster, which says whether its rows are filtered."""
    city, state = screen.city, screen.state
    filtered = "filtered_" if is_filtered(city, state, screen.name) else ""
    return f"{city.id}_{city.data_date}_{filtered}density_{state.density.bandwidth_km}km.tif"


def _geotiff(city: City, asked: Any) -> bytes:
    return geotiff(cache.answer(city, "density", asked))


def firmness(screen: Screen, told: DensityWording) -> None:
    """Say how firm the highest peak is: on its spot, in its district, in its height.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if told.firmness:
        html.section(screen.say("density_page.firmness"))
    for sentence in told.firmness:
        html.small(sentence)


def peaks(screen: Screen, told: DensityWording) -> None:
    """List the peaks with their ranges, and folded what each is made of.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if not told.peaks:
        return
    say = screen.say
    html.section(say("density_page.peaks"))
    st.html(html.grid(told.tables["peaks"], say("density_page.peaks")))
    with st.expander(say("density_page.made_of"), key="density_made_of", on_change="rerun") as box:
        if not box.open:
            return
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
    """Show the halves beside the city.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        How the places chosen are spread, in words.
    """
    html.section(screen.say("balance_page.heading"))
    balance_sentence(told)
    if not told.n:
        return
    if not told.tables["halves"].empty:
        st.html(html.grid(told.tables["halves"], screen.say("balance_page.column.half")))


def districts(screen: Screen, told: BalanceWording) -> None:
    """Show the districts, and by kind, field, level and status; say what the counts carry.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        How the places chosen are spread, in words.
    """
    say = screen.say
    _choice(
        screen, "by", say("balance_page.by"), choices(DensityOptions, "by"),
        partial(_word, screen, "balance_page.by_{}"),
    )  # fmt: skip
    corner = say("filter.district")
    if told.n:
        st.html(html.grid(told.tables["districts"], corner))
        for sentence in told.quotients:
            html.small(sentence)
        for name in ("kinds", "fields", "sorts"):
            table = told.tables[name]
            _folded(say(f"balance_page.{name}"), f"balance_{name}", table, corner, screen)
    html.folded(say("balance_page.notes"), "balance_notes", told.notes)
    hand_over.download(screen, "balance", ANALYSES["balance"].question(screen.state))


def _folded(title: str, key: str, table: pd.DataFrame, corner: str, screen: Screen) -> None:
    with st.expander(literal(title), key=key, on_change="rerun") as box:
        if box.open:
            st.html(html.grid(table, corner))
            html.small(screen.say("balance_page.zero"))


def shares(screen: Screen, told: DensityWording) -> None:
    """Show how much of the surface lies in each district.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if told.peaks:
        html.section(screen.say("density_page.districts"))
        st.html(html.grid(told.tables["districts"], screen.say("filter.district")))
        html.small(screen.say("density_page.spill"))


def strip(screen: Screen, told: DensityWording) -> None:
    """Set the same surface at other bandwidths and grids side by side, under the verdict.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        Where the places chosen crowd, in words.
    """
    if not told.captions:
        return
    say, asked = screen.say, ANALYSES["density"].question(screen.state)
    html.section(say("density_page.strip"))
    html.show('<p class="summary">{}</p>', told.verdict)
    found = cache.answer(screen.city, "density", asked)
    html.strip([Small(*each) for each in zip(pictures(found), told.captions, strict=True)])
    html.small(say("density_page.small_note"))


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
