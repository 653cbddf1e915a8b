"""Show where the data come from: overview, plan, one sheet per layer, base map."""

from __future__ import annotations

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from markupsafe import Markup

from layers.handover.contents import Form
from layers.language.bilingual import column
from layers.language.values import value_word
from layers.pack.city import Layer, Provenance
from layers.places.screen_tables import corrections_table, freshness, technical_table
from layers.present.pack.made import Kind, Made
from layers.view.state import default_state
from pages.panels import hand_over
from pages.shell import cache, html
from pages.shell.frame import Screen
from pages.shell.labels import cells, literal, short


def overview(rows: pd.DataFrame) -> None:
    """Show every layer and part of the base map in one table, every text in full.

    Parameters
    ----------
    rows
        Result of :func:`layers.places.screen_tables.sources_table`.
    """
    named, *told = rows.columns
    table = html.grid(rows.set_index(named)[told], named)
    st.html(Markup('<div class="sources">{}</div>').format(table))


def picture(screen: Screen, note: str, rows: pd.DataFrame) -> None:
    """Offer the table as a picture, a page, a slide or a workbook.

    Parameters
    ----------
    screen
        City, state and words of this run.
    note
        What stands below the title.
    rows
        As for :func:`overview`.
    """

    def make(kind: Kind) -> Made:
        from layers.present.listed import ListedPage, file_of  # no first view waits for it

        title = screen.say("present.sources_title", city=screen.city.name.of(screen.state.lang))
        return file_of(kind, ListedPage(screen.city, screen.state, title, note, rows))

    hand_over.picture_by(screen, ("sources", screen.state, note), make)


def packs(screen: Screen) -> None:
    """Show when the city's files were read, and which packs cannot be shown, with every fault.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, pack = screen.say, screen.packs.served[screen.city.id]
    time = pack.read.strftime("%Y-%m-%d %H:%M")
    html.small(say("packs.read_again" if pack.again else "packs.read", time=time))
    refused = [(pack.name, pack.problems) for pack in screen.packs.refused]
    broken = [(p.name, p.problems) for p in screen.packs.served.values() if p.problems]
    for title, listed in (("packs.broken_title", broken), ("packs.refused_title", refused)):
        if listed:
            html.section(say(title))
        for name, problems in listed:
            html.faults(name, problems, screen.state.lang)


def plan(screen: Screen) -> None:
    """Show the plan document and what its text lost.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, lang, document = screen.say, screen.state.lang, screen.city.plan
    html.section(say("sources.plan"))
    html.show(
        '<p class="summary">{}</p>',
        say(
            "sources.plan_line",
            title=document.title.of(lang),
            number=document.number,
            issued=document.issued,
            clauses=len(document.clauses),
            indicators=len(document.indicators),
            recorded=cache.headline_of(screen.city).recorded,
        ),
    )
    for sentence in document.gaps[f"sentence_{lang}"]:
        html.small(str(sentence))


def layer_sheet(screen: Screen, layer: Layer, today: date) -> None:
    """Show one layer's provenance, freshness, limits, field dictionary and download.

    Parameters
    ----------
    screen
        City, state and words of this run.
    layer
        One of the city's layers.
    today
        Day by which freshness is judged.
    """
    say, lang = screen.say, screen.state.lang
    stale = freshness(layer.provenance, today).stale
    title = f"{short(layer.title.of(lang))} · {len(layer.frame)}"
    if stale:
        title = f"{title} · {say('sources.stale')}"
    with st.expander(literal(title)):
        st.html(_provenance(screen, layer.provenance, today))
        st.dataframe(
            cells(_dictionary(layer, lang)),
            hide_index=True,
            placeholder="",
            alt=say("sources.dictionary"),
        )
        st.download_button(
            say("sources.download"),
            partial(_whole_layer, screen, layer.spec.id),
            file_name=f"{screen.city.id}_{layer.spec.id}.zip",
            mime="application/zip",
            on_click="ignore",
            key=f"download_{layer.spec.id}",
        )


def _whole_layer(screen: Screen, layer: str) -> bytes:
    city = screen.city
    return cache.package(city, default_state(city), (layer,), Form())


def base_map(screen: Screen) -> None:
    """Show the provenance of the base map's parts.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    html.section(screen.say("sources.base"))
    for name, provenance in screen.city.base_provenance.items():
        html.show("<p><strong>{}</strong></p>", value_word("table.base", name, screen.state.lang))
        st.html(_provenance(screen, provenance, None))


def technical(screen: Screen) -> None:
    """Show what the cards leave out: what was set right, and sources that are no publisher.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, lang = screen.say, screen.state.lang
    righted, recorded = corrections_table(screen.city, lang), technical_table(screen.city, lang)
    for title, about, rows in (
        (say("technical.corrections"), say("technical.corrections_about"), righted),
        (say("technical.note"), say("technical.note_about"), recorded),
    ):
        if len(rows):
            with st.expander(literal(f"{title} · {len(rows)}")):
                html.small(about)
                table = html.grid(rows, str(rows.index.name))
                st.html(Markup('<div class="recorded">{}</div>').format(table))


def _provenance(screen: Screen, found: Provenance, today: date | None) -> Markup:
    say, lang = screen.say, screen.state.lang
    rows = [
        (say("table.source"), found.source.of(lang), ""),
        (say("table.licence"), found.licence.of(lang), found.licence_note.of(lang)),
        (say("table.retrieved"), found.retrieved, ""),
        (say("table.verified"), found.verified_on, _age(screen, found, today)),
        (say("table.method"), found.method.of(lang), ""),
        (say("table.limits"), found.limits.of(lang), ""),
        (say("table.citation"), found.citation.of(lang), ""),
    ]
    return Markup('<div class="sheet">{}</div>').format(html.pairs(rows))


def _age(screen: Screen, found: Provenance, today: date | None) -> str:
    if today is None:
        return ""
    until, stale = freshness(found, today)
    return screen.say("table.stale" if stale else "table.fresh", date=until.isoformat())


def _dictionary(layer: Layer, lang: str) -> pd.DataFrame:
    names = ("field", "title_zh", "type", "unit", "values", "note_zh")
    rows = [
        (
            field.name,
            column(field.name).of(lang),
            value_word("dictionary.types", field.type, lang),
            field.unit,
            "、".join(sorted(field.allowed or ())),
            column(field.name, "note").of(lang),
        )
        for field in layer.spec.schema.fields
    ]
    titles = [value_word("dictionary", name.replace("_zh", f"_{lang}"), lang) for name in names]
    return pd.DataFrame(rows, columns=titles)
