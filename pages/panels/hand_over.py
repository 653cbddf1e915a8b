"""Offer an answer as files, in a format and a coordinate system, and as a command."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st
from pyproj import CRS

from layers.analysis_command import command
from layers.handover.contents import FORMATS, WGS84, Form, systems
from layers.language.messages import display
from layers.view.question import Question
from pages.shell import cache, html
from pages.shell.frame import Screen

WITHOUT_SHAPES: Final = frozenset({"balance"})
"""Analyses whose answer is tables alone."""


def download(screen: Screen, analysis: str, asked: Question[Any]) -> None:
    """Offer the answer of an analysis as a zip of files, and the command that gives the same."""
    download_as(screen, analysis, asked, partial(cache.files, screen.city, analysis, asked))


def download_as(
    screen: Screen, analysis: str, asked: Question[Any], build: Callable[[Form], bytes]
) -> None:
    """Offer a zip of files that ``build`` makes in a form, and the command."""
    say, city = screen.say, screen.city
    with st.popover(say("coverage_page.download"), key=f"{analysis}_export"):
        form = Form("csv") if analysis in WITHOUT_SHAPES else _form(screen, analysis)
        st.download_button(
            say("coverage_page.download_button"),
            partial(build, form),
            file_name=f"{city.id}_{city.data_date}_{analysis}_{form.fmt}_{form.epsg}.zip",
            mime="application/zip",
            on_click="ignore",
            type="primary",
            key=f"{analysis}_download",
        )
        html.small(say("coverage_page.download_note"))
        html.small(say("coverage_page.command"))
        st.code(display(command(analysis, city, asked, form)), language=None, wrap_lines=True)


def _form(screen: Screen, analysis: str) -> Form:
    """Return the format and the coordinate system that the reader chooses."""
    say = screen.say
    fmt = st.segmented_control(
        say("coverage_page.download_format"),
        FORMATS,
        default=FORMATS[0],
        required=True,
        format_func=lambda each: say(f"coverage_page.format_{each}"),
        key=f"{analysis}_format",
    )
    codes = systems(screen.city) if fmt != "geojson" else (WGS84,)
    epsg = st.selectbox(
        say("explore.export_crs"),
        codes,
        format_func=lambda code: display(f"EPSG:{code} · {CRS.from_epsg(code).name}"),
        key=f"{analysis}_crs_{fmt}",
    )
    return Form(str(fmt), int(epsg))
