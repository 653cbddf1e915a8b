"""Hand the view over as a link, as files and as a picture, an answer as files and a command."""

from __future__ import annotations

import base64
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from layers.command_line.analysis import brought_files, command
from layers.handover import view_export
from layers.handover.contents import FORMATS, WGS84, Form, Format, systems
from layers.handover.documents import crs_name, mark_of
from layers.handover.selection import NO_SHAPES
from layers.handover.workbook import WORKBOOK_TYPE
from layers.language.bilingual import Bilingual
from layers.language.messages import display
from layers.language.values import paragraph
from layers.pack.city import City
from layers.present.options import Option
from layers.present.pack.made import KINDS, Kind, Made
from layers.present.story import Story, write
from layers.view.filtered import answer_in_words, in_words
from layers.view.question import Question
from layers.view.state import deciding
from pages.shell import cache, failure, html
from pages.shell.frame import Screen
from pages.shell.jobs import Progress, Task, Work

WITHOUT_SHAPES: Final = frozenset({"balance"})
"""Analyses whose answer is tables alone."""
PAPER: Final = "atlas.paper"
"""In the session, the file that is being made or has been made last."""
WANTED: Final = "atlas.paper_wanted"
"""In the session, page and name of the file that was just asked for, until a run has begun it."""
FOLLOW_S: Final = 0.5
"""Seconds between two looks at a file that is being made."""
MEETING_STORY: Final = "layout"
"""The story of the meeting pack that the map page offers."""
PLAIN_FORMATS: Final[tuple[Format, ...]] = ("xlsx", "csv")


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
        book = form.fmt == "xlsx"
        html.small(say("coverage_page.download_book" if book else "coverage_page.download_note"))
        html.small(say("coverage_page.command"))
        if files := brought_files(asked):
            names = say("view.comma").join(display(name, longest=60) for name in files)
            told = [say("coverage_page.command_files", names=names)]
            told += [say(f"coverage_page.command_{each}") for each in dict.fromkeys(files.values())]
            html.small(paragraph(told, screen.state.lang))
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
        if form.fmt not in NO_SHAPES:
            circles = st.checkbox(say("explore.export_circles"), key="export_circles")
            form = replace(form, circles=circles)
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


def picture(
    screen: Screen,
    options: tuple[Option, ...] = (),
    kinds: Sequence[Kind] = KINDS,
    **changes: Any,
) -> None:
    """Offer what is on the screen as a picture, a page, a slide or a workbook.

    The file is made beside the page, which says how far it is.

    Parameters
    ----------
    screen
        City, state and words of this run.
    options
        What the page sets side by side: changes to sites.
    kinds
        What is offered, the usual first.
    **changes
        Fields of the state with other values: those that the page shows and the address leaves out.
    """
    state, address = replace(screen.state, **changes), screen.address(**changes)

    def make(kind: Kind) -> Made:
        from layers.present.pack import on_screen  # no first view waits for it

        return on_screen.one_file(
            kind, screen.name, address, screen.city, state, ask=cache.answer, options=options
        )

    picture_by(screen, (state, screen.name, options), make, kinds)


def picture_by(
    screen: Screen, shows: Hashable, make: Callable[[Kind], Made], kinds: Sequence[Kind] = KINDS
) -> None:
    """Offer the kinds of files of what a page shows, and make the one that is asked for.

    Parameters
    ----------
    screen
        City, state and words of this run.
    shows
        What decides the files, besides the pack.
    make
        Makes one of a kind.
    kinds
        What is offered, the usual first.
    """
    say = screen.say
    with st.popover(say("present.picture"), key="picture_export"):
        kind: Kind = st.segmented_control(
            say("explore.export_format"),
            kinds,
            default=kinds[0],
            required=True,
            format_func=lambda each: say(f"present.kind.{each}"),
            key="picture_kind",
        )

        def work(progress: Progress, stopped: Callable[[], bool]) -> Made:  # noqa: ARG001
            progress("present.stage.drawing", 0, 0)
            return make(kind)

        made = _paper(screen, ("picture", screen.city.digest, shows, kind), work)
        if made is not None and kind == "copy":
            _copy(screen, made)
        html.small(say("present.picture_note"))


def meeting_pack(
    screen: Screen, story: str | Story = MEETING_STORY, district: str | None = None
) -> None:
    """Offer all that goes to a meeting as one zip, under the filters of the screen.

    Parameters
    ----------
    screen
        City, state and words of this run.
    story
        Name of one of the city's stories; where the city has none of this name nothing is offered.
        Or the reader's own.
    district
        Of which district a story is told that can be told of any; None for that of the screen.
    """
    say, city = screen.say, screen.city
    state = replace(screen.state, district=district or screen.state.district)
    if isinstance(story, str) and story not in city.stories:
        return
    content = story if isinstance(story, str) else write(story)
    with st.popover(say("present.pack"), key="meeting_pack"):
        html.small(say("present.pack_note"))
        if filtered := in_words(city, state):
            html.small(say("present.filtered", words=filtered.of(state.lang)))

        def work(progress: Progress, stopped: Callable[[], bool]) -> Made:
            from layers.present.pack import on_screen  # no first view waits for it

            return on_screen.pack(
                story, city, state, ask=cache.answer, progress=progress, stopped=stopped
            )

        _paper(
            screen,
            ("pack", city.digest, deciding(state), state.lang, state.district, content),
            work,
        )


def _copy(screen: Screen, made: Made) -> None:
    """Offer to copy a picture to the clipboard; ``pages/shell/copy_picture.js`` does it."""
    say = screen.say
    st.html(
        Markup(
            '<div class="copy-picture"><button type="button" data-done="{}" data-failed="{}">{}'
            '</button><p class="small" role="status"></p><img alt="{}" src="{}"></div>'
        ).format(
            say("present.copied"),
            say("present.not_copied"),
            say("present.copy"),
            say("present.preview"),
            f"data:image/png;base64,{base64.b64encode(made.data).decode()}",
        )
    )


def _paper(screen: Screen, key: Hashable, work: Work) -> Made | None:
    """Offer to make a file, say how far it is and stop it, and hand it over once it is there."""
    say, name = screen.say, str(key[0]) if isinstance(key, tuple) else ""
    made: Made | None = cache.papers().found(key)
    if st.session_state.get(WANTED) == (screen.name, name):
        if made is None:
            _begin(key, work)
        del st.session_state[WANTED]  # last: a run may be broken off at any of these lines
    task: Task | None = st.session_state.get(PAPER)
    if made is not None:
        for part, why in made.failed.items():
            html.small(say("present.failed", part=say(f"present.part.{part}"), why=why))
        st.download_button(
            say("explore.export_button"),
            made.data,
            made.name,
            made.type,
            on_click="ignore",
            type="primary",
            key=f"{name}_paper",
        )
    elif task is not None and task.key == key and not task.is_done():
        _progress(screen, task, name)
    else:
        if task is not None and task.key == key and task.error is not None:
            html.small(failure.words(task.error, screen.state.lang))
        st.button(
            say("present.make"),
            key=f"{name}_make",
            type="primary",
            on_click=_want,
            args=(screen.name, name),
        )
    return made


def _want(page: str, name: str) -> None:
    """Ask for a file; which one, the run that follows knows.

    The button may have been drawn by a run before the last choice: what it was drawn with would
    make the file of the choice before, and the click would seem lost.
    """
    st.session_state[WANTED] = (page, name)


def _begin(key: Hashable, work: Work) -> None:
    """Make a file; one that is being made for somebody's other click is no longer wanted."""
    known: Task | None = st.session_state.get(PAPER)
    if known is not None and not known.is_done():
        if known.key == key:
            return
        known.cancel()
    st.session_state[PAPER] = Task(key).start(cache.papers(), work)


@st.fragment(run_every=FOLLOW_S)
@failure.guarded
def _progress(screen: Screen, task: Task, name: str) -> None:
    """Say what is being done and how far it is, and offer to stop it."""
    say = screen.say
    if task.is_done():
        st.rerun()
    stage, done, total = task.stage
    share = Markup(' value="{}" max="{}"').format(done, total) if total else Markup("")
    st.html(
        Markup(
            '<p role="status">{}</p><progress class="wait" aria-label="{}"{}></progress>'
        ).format(html.text(say(stage)), html.text(say("present.progress")), share)
    )
    st.button(say("points_page.cancel"), key=f"{name}_cancel", on_click=task.cancel)


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
