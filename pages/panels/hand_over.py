"""Hand the view over as a link and as files, and an answer as files and as a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from layers.command_line.analysis import command, needed_files
from layers.handover import view_export
from layers.handover.contents import FORMATS, WGS84, Form, Format, systems
from layers.handover.documents import crs_name, mark_of
from layers.language.bilingual import Bilingual
from layers.language.messages import display
from layers.pack.city import City
from layers.view.filtered import answer_in_words, in_words
from layers.view.question import Question
from pages.shell import cache, html
from pages.shell.frame import Screen

WITHOUT_SHAPES: Final = frozenset({"balance"})
"""Analyses whose answer is tables alone."""
PLAIN_FORMATS: Final[tuple[Format, ...]] = ("xlsx", "csv")
WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(screen: Screen, analysis: str, asked: Question[Any]) -> None:
    """Offer the answer of an analysis as files, and the command that gives the same.

    Parameters
    ----------
    screen
        City, state and words of this run.
    analysis
        Name of the analysis, a key of ``layers.analysis.ANALYSES``.
    asked
        What decides the answer; see :class:`layers.view.question.Question`.
    """
    download_as(screen, analysis, asked, partial(cache.files, screen.city, analysis, asked))


def download_as(
    screen: Screen,
    analysis: str,
    asked: Question[Any],
    build: Callable[[Form], bytes],
    begin: str = "",
) -> None:
    """Offer an answer as a workbook or a zip, made when it is asked for, and the command.

    Parameters
    ----------
    screen
        City, state and words of this run.
    analysis
        Name of the analysis, a key of ``layers.analysis.ANALYSES``.
    asked
        What decides the answer; see :class:`layers.view.question.Question`.
    build
        Takes a form and returns the bytes of the workbook or the zip.
    begin
        As for :func:`file_kind`.
    """
    say, city = screen.say, screen.city
    with st.popover(say("coverage_page.download"), key=f"{analysis}_export"):
        offered = PLAIN_FORMATS if analysis in WITHOUT_SHAPES else FORMATS
        form = choose_form(screen, analysis, offered)
        st.download_button(
            say("coverage_page.download_button"),
            partial(build, form),
            *file_kind(city, answer_in_words(city, asked), form, analysis, begin),
            on_click="ignore",
            type="primary",
            key=f"{analysis}_download",
        )
        html.small(say("coverage_page.download_note"))
        if getattr(asked, "own", None) is not None:
            html.small(say("coverage_page.own_no_command"))
            return
        html.small(say("coverage_page.command"))
        if needed_files(asked):
            html.small(say("coverage_page.command_files"))
        st.code(display(command(analysis, city, asked, form)), language=None, wrap_lines=True)


def file_kind(
    city: City, filtered: Bilingual | None, form: Form, analysis: str = "", begin: str = ""
) -> tuple[str, str]:
    """Return name and type of the one file that a reader takes away.

    Parameters
    ----------
    city
        Its id and date begin the name, unless something else does.
    filtered
        What narrows the rows: the name says that something does. None if nothing does.
    form
        A workbook is a file of its own; all else is a zip that says its format and system.
    analysis
        Its name; blank for the places shown.
    begin
        How the name begins, fit for a file; blank for id and date.
    """
    stem = f"{begin or f'{city.id}_{city.data_date}'}_{mark_of(filtered)}"
    stem += f"{analysis}_" if analysis else ""
    if form.fmt == "xlsx":
        return f"{stem}{form.lang}.xlsx", WORKBOOK_TYPE
    return f"{stem}{form.fmt}_{form.epsg}.zip", "application/zip"


def choose_form(screen: Screen, key: str, formats: tuple[Format, ...] = FORMATS) -> Form:
    """Return the format and the coordinate system that the reader chooses.

    Parameters
    ----------
    screen
        City, state and words of this run.
    key
        Name of what is handed over, unlike that of any other on the page.
    formats
        Those that are offered, the usual one first.

    Returns
    -------
    Form
        In the reader's language. GeoJSON is always in WGS 84, as its standard asks; a workbook
        holds no coordinates.
    """
    say = screen.say
    fmt = st.segmented_control(
        say("explore.export_format"),
        formats,
        default=formats[0],
        required=True,
        format_func=lambda each: say(f"explore.format_{each}"),
        key=f"{key}_format",
    )
    if fmt == "xlsx" or formats is PLAIN_FORMATS:
        return Form(str(fmt), lang=screen.state.lang)
    codes = systems(screen.city) if fmt != "geojson" else (WGS84,)
    epsg = st.selectbox(
        say("explore.export_crs"),
        codes,
        format_func=lambda code: display(f"EPSG:{code} · {crs_name(code)}"),
        key=f"{key}_crs_{fmt}",
    )
    if fmt == "geojson":
        html.small(say("explore.geojson_crs"))
    return Form(str(fmt), int(epsg), screen.state.lang)


def link(screen: Screen) -> None:
    """Offer to copy the address of this view; ``pages/shell/copy_link.js`` does it.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say = screen.say
    st.html(
        Markup(
            '<div class="copy-link">'
            '<button type="button" data-query="{}" data-done="{}">{}</button>'
            '<span role="status"></span><label hidden>{}<input readonly></label></div>'
        ).format(
            urlencode(screen.address()),
            say("explore.copied"),
            say("explore.copy"),
            say("explore.copy_note"),
        ),
        width="content",
    )


def download_view(screen: Screen) -> None:
    """Offer the places shown as a workbook, or as a zip of GeoJSON, GeoPackage or CSV.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, city, state = screen.say, screen.city, screen.state
    with st.popover(say("explore.export"), key="export"):
        form = choose_form(screen, "export")
        everything = st.radio(
            say("explore.export_layers"),
            (False, True),
            format_func=lambda whole: say(f"explore.export_{'all' if whole else 'shown'}"),
            key="export_layers",
        )
        layers = tuple(i for i in city.layers if everything or i in state.layers)
        held = view_export.size(city, state, layers=layers, fmt=form.fmt)
        narrowed = in_words(city, replace(state, layers=frozenset(layers)))
        html.show('<p class="amount" role="status">{}</p>', _amount(screen, held, narrowed))
        st.download_button(
            say("explore.export_button"),
            partial(cache.package, city, state, layers, form),
            *file_kind(city, narrowed, form),
            on_click="ignore",
            type="primary",
            key="export_button",
        )
        html.small(say("explore.export_note" if form.fmt != "xlsx" else "explore.export_book"))


def _amount(screen: Screen, held: view_export.Size, narrowed: Bilingual | None) -> str:
    """Say how many rows the button will hand over, which have no mark, and what narrows them."""
    say = screen.say
    parts = [
        *([say("explore.export_unmapped", count=held.unmapped)] if held.unmapped else []),
        *([say("explore.export_titles", count=held.titles)] if held.titles else []),
    ]
    key = "export_amount_unmapped" if parts else "export_amount"
    without = say("view.comma").join(parts)
    words = say(f"explore.{key}", count=held.rows, without=without, files=held.files)
    if narrowed:
        words += say("explore.export_filtered", words=narrowed.of(screen.state.lang))
    return words
