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
from layers.balance.wording import BalanceTold
from layers.density.wording import DensityTold
from layers.map.colours import OPACITY
from layers.map.symbols import data_uri
from layers.view.page_options import DENSITY_BANDWIDTHS_KM, DENSITY_CHOICES
from layers.view.state import to_query
from pages.shell import cache, html, navigation, session
from pages.shell.frame import Screen
from pages.shell.labels import literal

SWATCH: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">'
    '<rect x="1" y="4" width="18" height="12" fill="#F7F5F0"/>'
    '<rect x="1" y="4" width="18" height="12" fill="{colour}" fill-opacity="{opacity}"/></svg>'
)


def balance(screen: Screen) -> BalanceTold:
    """Return how the places chosen are spread; a pack that cannot be counted ends the run."""
    try:
        return cache.balance_of(screen.city, screen.state)
    except AtlasError as error:
        _refuse(screen, error)
        raise


def density(screen: Screen) -> DensityTold:
    """Return where they crowd, saying meanwhile what the reader waits for."""
    try:
        with st.spinner(screen.say("density_page.working")):
            return cache.density_told(screen.city, screen.state)
    except AtlasError as error:
        _refuse(screen, error)
        raise


def _refuse(screen: Screen, error: AtlasError) -> None:
    st.error(screen.say(f"error.{error.key}"))
    html.faults("", error.problems, screen.state.lang)
    st.stop()


def balance_sentence(told: BalanceTold) -> None:
    """Say the split by half, and that it differs by the other way of counting."""
    html.show('<p class="summary" role="status">{}</p>', told.sentence)
    if told.other:
        html.small(told.other)


def density_sentence(told: DensityTold) -> None:
    """Say where it is densest and which rows that rests on."""
    html.show('<p class="summary" role="status">{}</p>', told.sentence)
    if told.account:
        html.small(told.account)


def legend(told: DensityTold) -> None:
    """Show what each shade stands for, with its unit."""
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
    st.session_state[key] = now if now in values else values[0]
    st.segmented_control(
        literal(label),
        values,
        key=key,
        required=True,
        format_func=lambda value: literal(words(value)),
        on_change=_set,
        args=(name, key),
    )


def controls(screen: Screen, told: DensityTold) -> None:
    """Offer bandwidth, cell, kernel and weight, the way to other places, and the files."""
    say, state = screen.say, screen.state
    navigation.link(to_query(state), "explore", say("density_page.change"))
    st.subheader(say("density_page.controls"))
    label = say("density_page.bandwidth")
    _choice(screen, "bandwidth_km", label, DENSITY_BANDWIDTHS_KM, str)
    _choice(screen, "cell_m", say("density_page.cell"), list(told.cells), told.cells.__getitem__)
    for rule in told.rules:
        html.small(rule)
    for name, words in (("kernel", "density.kernel.{}"), ("weight", "density_page.weight_{}")):
        _choice(
            screen,
            name,
            say(f"density_page.{name}"),
            DENSITY_CHOICES[name][1],
            partial(_word, screen, words),
        )
    if told.drawing.raster is not None:
        _downloads(screen)


def _word(screen: Screen, key: str, value: str) -> str:
    return screen.say(key.format(value))


def _downloads(screen: Screen) -> None:
    say, city, state = screen.say, screen.city, screen.state
    stem = f"{city.id}_{city.data_date}_density_{state.density.bandwidth_km}km"
    with st.container(horizontal=True, key="density_files"):
        st.download_button(
            literal(say("density_page.geotiff", epsg=city.metric_epsg)),
            partial(cache.density_geotiff, city, state),
            file_name=f"{stem}.tif",
            mime="image/tiff",
            on_click="ignore",
            key="density_geotiff",
        )
        st.download_button(
            say("density_page.package"),
            partial(cache.density_package, city, state),
            file_name=f"{stem}.zip",
            mime="application/zip",
            on_click="ignore",
            key="density_package",
        )
    html.small(say("density_page.package_note"))


def firmness(screen: Screen, told: DensityTold) -> None:
    """Say how firm the highest peak is: on its spot, in its district, in its height."""
    if told.firmness:
        html.section(screen.say("density_page.firmness"))
    for sentence in told.firmness:
        html.small(sentence)


def peaks(screen: Screen, told: DensityTold) -> None:
    """List the peaks with their ranges, and folded what each is made of."""
    if not told.peaks:
        return
    say = screen.say
    html.section(say("density_page.peaks"))
    st.html(html.grid(told.ranking, say("density_page.peaks")))
    with st.expander(say("density_page.made_of"), key="density_made_of", on_change="rerun") as box:
        if not box.open:
            return
        for peak in told.peaks:
            notes = html.join(
                Markup('<p class="small">{}</p>').format(html.text(note)) for note in peak.notes
            )
            title = html.text(peak.title, 200)
            st.html(Markup('<p class="summary">{}</p>{}').format(title, notes))


def sums(screen: Screen, spread: BalanceTold, told: DensityTold) -> None:
    """Say, folded, how the counts of this page belong together."""
    if told.peaks or spread.found.n:
        html.folded(screen.say("sums.title"), "density_sums", [*told.sums, *spread.sums])


def halves(screen: Screen, told: BalanceTold) -> None:
    """Show the halves beside the city."""
    if not told.found.n:
        return
    html.section(screen.say("balance_page.heading"))
    if not told.halves.empty:
        st.html(html.grid(told.halves, screen.say("balance_page.column.half")))


def districts(screen: Screen, told: BalanceTold) -> None:
    """Show the districts, and by kind, field, level and status; say what the counts carry."""
    say = screen.say
    _choice(
        screen, "by", say("balance_page.by"), DENSITY_CHOICES["by"][1],
        partial(_word, screen, "balance_page.by_{}"),
    )  # fmt: skip
    corner = say("filter.district")
    if told.found.n:
        st.html(html.grid(told.districts, corner))
        for sentence in told.measures:
            html.small(sentence)
        for name, table in (("kinds", told.kinds), ("fields", told.fields), ("sorts", told.sorts)):
            _folded(say(f"balance_page.{name}"), f"balance_{name}", table, corner, screen)
    html.folded(say("balance_page.notes"), "balance_notes", told.notes)
    st.download_button(
        say("balance_page.download"),
        partial(cache.balance_package, screen.city, screen.state),
        file_name=f"{screen.city.id}_{screen.city.data_date}_balance.zip",
        mime="application/zip",
        on_click="ignore",
        key="balance_package",
    )


def _folded(title: str, key: str, table: pd.DataFrame, corner: str, screen: Screen) -> None:
    with st.expander(literal(title), key=key, on_change="rerun") as box:
        if box.open:
            st.html(html.grid(table, corner))
            html.small(screen.say("balance_page.zero"))


def shares(screen: Screen, told: DensityTold) -> None:
    """Show how much of the surface lies in each district."""
    if told.peaks:
        html.section(screen.say("density_page.districts"))
        st.html(html.grid(told.districts, screen.say("filter.district")))
        html.small(screen.say("density_page.spill"))


def strip(screen: Screen, told: DensityTold) -> None:
    """Set the same surface at other bandwidths and grids side by side, under the verdict."""
    if not told.strip:
        return
    say = screen.say
    html.section(say("density_page.strip"))
    html.show('<p class="summary">{}</p>', told.verdict)
    html.strip(told.strip)
    html.small(say("density_page.small_note"))


def method(screen: Screen, told: DensityTold) -> None:
    """Say how it was measured, what goes with the numbers, and what was refused."""
    say = screen.say
    html.folded(say("density_page.method"), "density_method", [*told.method, *told.notes])
    html.folded(say("density_page.too_few"), "density_too_few", told.too_few)
