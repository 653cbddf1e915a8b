"""Show a file of the reader's own points: choose it, watch it being read, see what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from geo.base.errors import AtlasError, DataError
from geo.coverage.simulation import resolution
from geo.point_files.bin import Columns
from layers.command_line.own_points import as_targets
from layers.coverage.measure import REFUSED
from layers.coverage.question import OwnPoints
from layers.handover.contents import Form
from layers.handover.documents import mark_of
from layers.intake.diagnose import described
from layers.intake.formats.table import Observation, Question
from layers.intake.report import ask, sentence
from layers.language.messages import display
from layers.language.problems import worded
from layers.language.values import count, number, paragraph
from layers.map.overlay import Drawing
from layers.map.symbols import data_uri, plain_mark
from layers.map.thumbnail import Small
from layers.own_points import answer as points_answer
from layers.own_points.answer import PointsAnswer
from layers.own_points.filtering import (
    MOST_VALUES,
    Values,
    chip_words,
    filter_words,
    list_values,
    only,
    value_words,
    values_key,
)
from layers.own_points.naming import date_words, file_words, title_words
from layers.own_points.one_by_one.dots import DOT
from layers.own_points.one_by_one.in_shape import csv_inside, table_inside, word_inside
from layers.own_points.own_list import list_name
from layers.own_points.parks import asked_kinds, park_kinds, parks_of
from layers.own_points.reading import FileQuestion, fitting_cell, read
from layers.own_points.source import MOST_ENTRIES, MOST_TAKEN_BYTES, Layout, Source, as_said
from layers.own_points.surface import PointsSurface
from layers.own_points.way_in import CHECKED, Decision, answered, as_text
from layers.own_points.wording import PointsWording, reasons, unused_rows
from layers.pack.catalogue import FIRM, ONLINE_BASE
from layers.present.pack.made import Kind, Made
from layers.view.codecs import NONE, choices, codec, token
from layers.view.page_options import PointsOptions
from layers.view.rows import View, rows_in_view
from layers.view.state import default_state
from pages.panels import hand_over
from pages.panels.inside.draw import Ask
from pages.panels.intake import held as own_files
from pages.panels.intake import proposal, whose, without_place
from pages.panels.intake.held import folder as offered_files
from pages.shell import cache, failure, html, session
from pages.shell.frame import Scene, Screen
from pages.shell.jobs import Task, Work
from pages.shell.labels import literal
from pages.shell.widgets import is_echo, is_offered, sync

TASK: Final = "atlas.points"
"""In the session, the work that is under way or has ended last."""
FOLLOW_S: Final = 0.5
"""Seconds between two looks at work that is under way."""
SOON_S: Final = 0.4
"""Seconds that the page waits for work that may be quick, rather than show its progress."""
LONGEST_NAME: Final = 60
HANDED_BACK_AS: Final = "xlsx"
"""Format of a list that a command names: the one that is offered first."""
MOST_UNUSED: Final = 200
"""Rows that are not used and are named one by one."""
MOST_LEFT_OUT: Final = 100
"""Entries of the folder that are named although they are not offered."""
LATER: Final = "later_park"
"""The kind whose marks are drawn lighter: facts later than the plan."""
MOST_USUAL: Final = 3
"""Layers that a field names before one is chosen."""


def title(screen: Screen) -> str:
    """Return the title of the part: the reader's file and its date, once one is chosen.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    options, city = screen.state.points, screen.city.name.of(screen.state.lang)
    offered = offered_files()
    # One that a link opens is taken in only later in this run.
    source = offered.sources.get(options.file) or offered.takeable.get(options.file)
    if source is None:
        return screen.say("points_page.title", city=city)
    dated = date_words(source, options.dated, screen.say)
    named = screen.say("points_page.title_file", file=title_words(source), dated=dated, city=city)
    filtered = options.column and options.values
    return screen.say("frame.filtered", title=named) if filtered else named


def show(screen: Screen, places: Scene) -> None:
    """Show the whole part: answer and map, choices beside them, tables and notes below.

    Parameters
    ----------
    screen
        City, state and words of this run.
    places
        Where each stands.
    """
    part = PointsPart(screen)
    # Each has its place, whatever stands in it: what runs beside the page writes there.
    with places.sentence:
        part.statement()
    with places.picture:
        part.picture()
    if places.side is None:
        return
    with places.side:
        whose.switch(screen)
        part.controls()
    part.below()


def loaded(screen: Screen) -> OwnPoints | None:
    """Return the reader's points, for another page, if they have been read; begin nothing.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    OwnPoints or None
        Some of the points within the city, or all; None where no file is chosen, or it has not
        been read or has had to make room.
    """
    options = screen.state.points
    source = offered_files().sources.get(options.file) if options.file else None
    if source is None:
        return None
    source = as_said(source, as_text(options))
    try:
        file = _known_file(screen, source)
    except Exception as error:  # whatever a file brings about stays in its own part
        if not isinstance(error, AtlasError):
            failure.words(error, screen.state.lang)  # into the log
        return None
    reading = None if file is None else cache.jobs().found(file.key)
    return None if reading is None else as_targets(reading.of_day(options.dated))


def _known_file(screen: Screen, source: Source) -> FileQuestion | None:
    """Return what has been read of a file, as far as the columns and the filter are known."""
    options, decision = screen.state.points, _decision(screen, source)
    columns = decision.columns
    if columns is None:
        return None
    if (name := cache.points_layout(source).of(options.column)) is not None:
        values = cache.jobs().found(values_key(source, name))
        columns = None if values is None else only(columns, values, options.values)
    return None if columns is None else _file_of(screen, source, decision, columns)


def _decision(screen: Screen, source: Source) -> Decision:
    taken = own_files.is_taken(source)
    return cache.points_decision(source, screen.state.points, screen.city, taken=taken)


def _file_of(screen: Screen, source: Source, how: Decision, columns: Columns) -> FileQuestion:
    cell = fitting_cell(screen.state.points) or choices(PointsOptions, "cell_m")[0]
    is_taken = own_files.is_taken(source)
    said = own_files.said() if is_taken else screen.state.points
    known = (how.is_declared, how.is_said, answered(said, is_taken=is_taken))
    is_changed = is_taken and own_files.is_changed()
    back = list_name(source.name, screen.city, HANDED_BACK_AS) if is_changed else ""
    how_read = (columns, cell, cache.scheduler(), *known, back, how.seen)
    return FileQuestion(screen.city, source, *how_read)


class PointsPart:
    """One file of points, as far as it has been read."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.folder = offered_files()
        self.source: Source | None = self.folder.sources.get(screen.state.points.file)
        if self.source is not None:
            self.source = as_said(self.source, as_text(screen.state.points))
        self.layout: Layout | None = None
        self.columns: Columns | None = None
        self.asked: Question | None = None
        self.found = tuple[Observation, ...]()
        self.values: Values | None = None
        self.task: Task | None = None
        self.shown: PointsAnswer | None = None
        self.told: PointsWording | None = None
        self.drawing, self.ask = Drawing(), Ask.of(self.screen)
        self.pictures: tuple[Small, ...] = ()
        self.problem, self.details = "", tuple[str, ...]()
        self._look()

    def _look(self) -> None:
        """Go as far as the choices allow, and note why not farther."""
        file = self.screen.state.points.file
        lies = self.source or self.folder.takeable.get(file)
        if lies is None and file:  # also where the server has no folder: a session is over
            self.problem = self.say("points_page.gone")
        elif self.folder.problem:
            self.problem = self.say(self.folder.problem)
        elif lies is None:
            self.problem = self.say("points_page.choose")
        else:
            try:
                self._open(lies) if self.source else self._bring(lies)
            except Exception as error:  # whatever a file brings about stays in this part
                self._failed(error)

    def _open(self, source: Source) -> None:
        how = _decision(self.screen, source)
        is_asked_whole = self.screen.state.points.taken and not own_files.is_taken(source)
        if how.is_taken_whole or (is_asked_whole and source.size <= MOST_TAKEN_BYTES):
            self._bring(source, without_asking=how.without_asking)
            return
        self.layout = cache.points_layout(source)
        self.columns, self.asked, self.found = how.columns, how.asked, how.found
        if self.asked is not None:
            self.problem = ask(self.asked, self.screen.state.lang)
        elif self.columns is None:
            names = ", ".join(display(name, longest=LONGEST_NAME) for name in how.unknown[:20])
            self.problem = self.say("points_page.columns_unknown", names=names)
        if self.columns is None or not self._filter(source, self.layout, self.columns):
            return
        file = _file_of(self.screen, source, how, self.columns)
        asked = points_answer.question(self.screen.state, file)
        reading = self._found(file.key, partial(read, file))
        if reading is None:
            return
        work = partial(points_answer.of_reading, reading, asked.options)
        self.shown = self._found(asked.key, work)
        if self.shown is not None:
            lang = self.screen.state.lang
            worded = cache.points_wording(asked.key, lang, self.shown)
            self.told, self.drawing, self.pictures = worded

    def _bring(self, source: Source, *, without_asking: bool = False) -> None:
        """Take in a file that is not counted as it lies, unless another waits to be accepted."""
        said = self.screen.state.points
        said = replace(said, taken=said.taken or without_asking)
        held = own_files.held()
        if held is None or (held.lies != source and not proposal.is_waiting()):
            own_files.bring_from_folder(source, self.screen.city, said)
            self.folder = offered_files()
            self.source = self.folder.sources.get(source.token)
            if self.source is not None and own_files.is_taken(self.source):  # as a link says
                self._open(self.source)

    def _filter(self, source: Source, layout: Layout, columns: Columns) -> bool:
        """Look which values the column of the filter has; return whether the reading may go on."""
        options = self.screen.state.points
        name = layout.of(options.column)
        if name is not None:
            look = partial(list_values, source, name)
            self.values = self._found(values_key(source, name), look)
            if self.values is None:
                return False
            self.columns = columns = only(columns, self.values, options.values)
        if options.column and options.values and not columns.wanted:
            self.problem = self.say("points_page.values_gone")
        return not self.problem

    def _found(self, key: Hashable, work: Work) -> Any:
        """Return what is found under a key, or see to it that it will be.

        Reading is work of its own: another choice of what to see does not begin it anew.
        """
        found = cache.jobs().found(key)
        if found is None:
            self.task = _task(key, work)
            if self.task.is_done(SOON_S):
                found = cache.jobs().found(key)
        if found is not None:
            self.task = None
        elif self.task is not None and self.task.error is not None:
            self._failed(self.task.error)
        return found

    def _failed(self, error: Exception) -> None:
        """Say why there is no answer; what nobody foresaw by its number in the log."""
        if isinstance(error, AtlasError):
            self._refuse(error)
        else:
            self.problem = failure.words(error, self.screen.state.lang)

    def _refuse(self, error: AtlasError) -> None:
        unreadable, lang = isinstance(error, DataError), self.screen.state.lang
        self.problem = self.say("points_page.unreadable" if unreadable else f"error.{error.key}")
        self.details = tuple(worded(problem, lang) for problem in error.problems)

    def statement(self) -> None:
        """Say the result; or how far the work is; or why there is none, and what to do."""
        if proposal.is_waiting():
            proposal.proposal(self.screen)
            return
        self._chips()
        if self.told is not None:
            html.show('<p class="summary" role="status">{}</p>', self.told.spoken)
            html.small(paragraph(self.told.account, self.screen.state.lang))
        elif self.problem:
            self._say_problem()
        elif self.task is not None and self.task.is_done():
            html.show('<p class="summary" role="status">{}</p>', self.say("points_page.cancelled"))
            st.button(self.say("points_page.again"), key="points_again", on_click=_forget)
        elif self.task is not None:
            _progress(self.screen, self.task)
        if self.folder.not_offered:
            self._not_offered()
        if self.folder.is_cut:
            html.small(self.say("points_page.is_cut", most=count(MOST_ENTRIES)))

    def _found_in(self) -> None:
        """Fold away what was found in a file that is counted as it lies."""
        if self.found:
            title = self.say("points_page.found_first", rows=count(CHECKED))
            lines = [sentence(one, self.screen.state.lang) for one in self.found]
            html.folded(title, "points_found", lines)

    def _unused(self) -> None:
        """Fold away the rows that are not used, by line and reason."""
        if self.shown is None:
            return
        rows = unused_rows(self.shown.reading, self.screen.state.lang)
        if rows.empty:
            return
        n = sum(self.shown.reading.binned.rejected.values())
        title = self.say("points_page.unused", n=count(n))
        lines = [self.say("points_page.unused_line", file=one.file, line=one.line, reason=one.words)
                 for one in rows.head(MOST_UNUSED).itertuples()]  # fmt: skip
        if n > len(lines):
            lines.append(self.say("points_page.unused_more", n=count(n - len(lines))))
        why = reasons(self.shown.reading, self.say)
        html.folded(title, "points_unused", [*why, *lines])

    def _by_row(self) -> None:
        """Offer to take the file in whole: a class for each row, and rows to be placed."""
        lies = self.source
        if lies is not None and own_files.is_taken(lies):
            lies = None if self.screen.state.points.taken else own_files.unasked()
        if lies is None or lies.size > MOST_TAKEN_BYTES:
            return
        st.button(
            self.say("points_page.by_row"),
            key="points_by_row",
            type="tertiary",
            help=literal(self.say("points_page.by_row_help")),
            on_click=own_files.bring_from_folder,
            args=(lies, self.screen.city, self.screen.state.points),
        )

    def _say_problem(self) -> None:
        """Say why there is no answer; what the reader must say first is asked right below."""
        html.show('<p class="summary" role="status">{}</p>', self.problem)
        if self.details:
            st.html(html.bullets([html.text(line) for line in self.details]))
        if self.asked is not None and self.asked.key == "datum":
            self._datum()
        elif self.asked is not None:
            self._system()

    def _not_offered(self) -> None:
        """List what else lies in the folder, each with the reason why it is not offered."""
        left = self.folder.not_offered
        lines = [
            self.say(
                "points_page.left_out_line",
                name=display(one.name, longest=LONGEST_NAME),
                reason=self.say(f"points_page.not_offered.{one.reason}"),
            )
            for one in left[:MOST_LEFT_OUT]
        ]
        html.folded(self.say("points_page.left_out", count=count(len(left))), "left_out", lines)

    def _chips(self) -> None:
        """Show a chip for each value that rows are filtered by; a click takes it away."""
        if self.columns is None or not self.columns.wanted:
            return
        with st.container(horizontal=True, vertical_alignment="center", key="chips"):
            label = Markup('<p class="small">{}</p>').format(self.say("view.filtered"))
            st.html(label, width="content")
            for value in self.columns.wanted:
                words = chip_words(self.columns, value, self.say)
                st.button(
                    literal(self.say("view.chip", words=words)),
                    key=f"points_chip_{token(value)}",
                    on_click=_unwant,
                    args=(token(value),),
                )

    def picture(self) -> None:
        """Draw what was found over the districts."""
        screen = self.screen
        kinds = frozenset(asked_kinds(screen.city, screen.state.points))
        layers = screen.state.layers & {"district", ONLINE_BASE} | kinds
        # Period and filters are about the plan's places elsewhere: here all parks stand.
        ground = replace(default_state(screen.city, screen.state.lang), layers=layers)
        view = rows_in_view(screen.city, ground)
        chosen = screen.state.selected if screen.state.selected in view.mapped.index else None
        # What waits to be accepted is what the page speaks of, whatever was counted before.
        waits = proposal.is_waiting()
        drawn = Drawing(shapes=proposal.preview()) if waits else self.drawing
        drawing = replace(drawn, place=without_place.placing() is not None)
        without_place.hint(screen)
        self.ask.show(
            replace(screen, state=replace(ground, selected=chosen, present=screen.state.present)),
            view,
            name="density",
            flight=(1, None),
            follow=False,
            drawing=drawing,
            act=without_place.act,
        )
        if waits:
            found = [(DOT, self.say("intake_page.legend"))] if drawn.shapes else []
            _legend("", [*found, *self._marks(view)])
            return
        own = tuple[tuple[str, str], ...]()
        if self.told is not None and self.shown is not None:
            own = points_answer.signs(self.shown, self.told, screen.state.lang)
        _legend(self.told.legend_title if self.told else "", [*own, *self._marks(view)])
        if self.shown is not None and self.source is not None:
            named = self._named(self.source)
            words = filter_words(self.shown.reading.asked.columns, self.say)
            key = "points_page.caption_filtered" if words else "points_page.caption"
            html.small(self.say(key, **named, words=words) + self.say("points_page.caption_parks"))

    def _marks(self, view: View) -> list[tuple[str, str]]:
        """Return the mark and the words of each kind of park, and of those drawn hollow."""
        city, lang = self.screen.city, self.screen.state.lang
        layers = [city.layers[kind] for kind in asked_kinds(city, self.screen.state.points)]
        marks = [
            (
                plain_mark(each.spec.style, firm=True, faded=each.spec.id == LATER),
                each.title.of(lang),
            )
            for each in layers
        ]
        if layers and not view.mapped["location_class"].isin(FIRM).all():
            hollow = plain_mark(layers[0].spec.style, firm=False)
            marks.append((hollow, self.say("points_page.legend_hollow")))
        return marks

    def _named(self, source: Source) -> dict[str, str]:
        """Return what every line about the file names: the file and its date."""
        dated = date_words(source, self.screen.state.points.dated, self.say)
        return {"file": file_words(source), "dated": dated}

    def controls(self) -> None:
        """Offer the file, its columns, what to see and how; and the files of the result."""
        proposal.upload(self.screen)
        without_place.without_place(self.screen)
        if not self.folder.sources:
            return
        self._file()
        if self.source is not None:
            self._date()
        if self.layout is not None:
            self._columns(self.layout)
            self._column(self.layout, "column", "no_filter")
            self._values()
        if self.source is None or self.columns is None:
            return
        _choice(self.screen, "show")
        self._how()
        self._parks()
        if self.shown is not None and points_answer.has_files(self.shown):
            _downloads(self.screen, self.shown)
        if self.shown is not None:
            _picture(self.screen, self.shown)
            self.ask.folded(partial(_in_shape, self.screen, self.shown), with_places=False)

    def _how(self) -> None:
        """Offer what decides the thing that is shown."""
        options = self.screen.state.points
        if options.show == "parks":
            self._radius()
        elif options.show == "surface":
            self._surface()
        elif options.show == "clusters":
            _choice(self.screen, "clusters", label="method", words="pattern.method.{}")
            if options.clusters == "dbscan":
                _number(self.screen, "reach_m", "reach", str)
            _number(self.screen, "least", "least_points", str)
        else:
            if options.show == "bins":
                _choice(self.screen, "shape")
            _choice(self.screen, "grain")

    def _surface(self) -> None:
        """Offer how a surface is measured, unless the points allow none, however that were."""
        if isinstance(self.shown, PointsSurface) and self.shown.why in ("few", "spot"):
            return
        _number(self.screen, "sigma_m", "bandwidth", lambda m: number(m / 1000))
        _choice(self.screen, "bandwidth", label="adaptive", words="adaptive")
        if self.screen.state.points.bandwidth == "fixed":
            _choice(self.screen, "kernel", words="density.kernel.{}")
        _number(self.screen, "cell_m", "cell", str)

    def _radius(self) -> None:
        """Offer the radii that are not below the median doubt of the parks; say why not others."""
        parks = parks_of(self.screen.city, self.screen.state.points)
        each = {
            metres: resolution(parks, radius_m=metres)
            for metres in choices(PointsOptions, "within_m")
        }
        offered = [metres for metres in each if each[metres].verdict != REFUSED]
        key, asked = "points_within_m", self.screen.state.points.within_m
        st.segmented_control(
            self.say("points_page.within"),
            offered,
            default=sync(key, asked if asked in offered else None),
            key=key,
            format_func=lambda metres: literal(number(metres / 1000)),
            on_change=_change_radius,
            args=(offered,),
        )
        for metres in each:
            if metres not in offered:
                html.small(self.say("coverage_page.radius_refused", **each[metres].parameters))

    def _parks(self) -> None:
        """Offer the layers whose places stand over the points as parks."""
        city, lang, key = self.screen.city, self.screen.state.lang, "points_parks"
        kinds = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
        usual = self.say("view.comma").join(
            display(city.layers[id_].title.of(lang), longest=LONGEST_NAME)
            for id_ in park_kinds(city)[:MOST_USUAL]
        )
        st.multiselect(
            self.say("points_page.parks"),
            kinds,
            default=sync(key, [id_ for id_ in kinds if id_ in self.screen.state.points.parks]),
            key=key,
            format_func=lambda id_: display(city.layers[id_].title.of(lang), longest=LONGEST_NAME),
            placeholder=display(usual),
            on_change=_change_parks,
            args=(kinds,),
        )

    def _file(self) -> None:
        sources = self.folder.sources
        words = _distinct({one: _file_words(self.screen, sources[one]) for one in sources})
        files = ["", *sources]
        st.selectbox(
            self.say("points_page.file"),
            files,
            index=files.index(sync("points_file", self.source.token if self.source else "")),
            key="points_file",
            format_func=partial(_word, words, self.say("points_page.file_none")),
            on_change=_change_file,
            args=(files,),
        )

    def _columns(self, layout: Layout) -> None:
        """Offer the columns: those that the names tell, or others."""
        unknown = self.columns is None
        with st.expander(self.say("points_page.columns"), expanded=unknown, key="points_columns"):
            is_taken = self.source is not None and own_files.is_taken(self.source)
            if not is_taken:  # there the proposal has settled them
                self._column(layout, "x", "column_auto")
                self._column(layout, "y", "column_auto")
            self._column(layout, "weight", "no_weight")
            if self.asked is None and not is_taken:
                self._system()
                self._datum()

    def _system(self) -> None:
        """Offer the reference system: as found, or one that is used here or would fit."""
        asked = [] if self.asked is None else [one.value for one in self.asked.options]
        offered = [int(one.removeprefix("EPSG:")) for one in asked]
        none = self.say("intake_page.please" if asked else "intake_page.as_found")
        own, chosen = self.screen.city.metric_epsg, self.screen.state.points.crs
        codes = [*dict.fromkeys((0, *offered, 4326, own, *proposal.SYSTEMS, chosen))]
        st.selectbox(
            self.say("intake_page.crs"),
            codes,
            index=codes.index(sync("points_crs", chosen)),
            key="points_crs",
            format_func=lambda code: display(described(f"EPSG:{code}") if code else none),
            on_change=_change,
            args=("crs", "points_crs", codes),
        )

    def _datum(self) -> None:
        """Offer the datum of longitude and latitude, as the reader knows it."""
        offered = choices(PointsOptions, "datum")
        st.selectbox(
            self.say("intake_page.datum"),
            offered,
            index=offered.index(sync("points_datum", self.screen.state.points.datum)),
            key="points_datum",
            format_func=lambda one: display(self.say(f"intake.option.{one}")),
            on_change=_change,
            args=("datum", "points_datum", offered),
        )

    def _column(self, layout: Layout, field: str, none: str) -> None:
        """Offer the columns of the file for one purpose."""
        names = {token(name): display(name, longest=LONGEST_NAME) for name in layout.names}
        words, columns, key = _distinct(names), ["", *names], f"points_{field}"
        chosen = getattr(self.screen.state.points, field)
        st.selectbox(
            self.say(f"points_page.column_{field}"),
            columns,
            index=columns.index(sync(key, chosen if chosen in names else "")),
            key=key,
            format_func=partial(_word, words, self.say(f"points_page.{none}")),
            on_change=_change,
            args=(field, key, columns),
        )

    def _values(self) -> None:
        """Offer the values of the column that rows are filtered by, the most frequent first."""
        if self.values is None:
            return
        counts, column = self.values.counts, display(self.values.column, longest=LONGEST_NAME)
        if not counts:
            html.small(self.say("points_page.too_many", column=column, most=MOST_VALUES))
            return
        words = _distinct(
            {
                token(value): self.say(
                    "points_page.value_rows", value=value_words(value, self.say), rows=count(n)
                )
                for value, n in counts.items()
            }
        )
        key, asked = "points_values", self.screen.state.points.values
        st.multiselect(
            literal(self.say("points_page.values", column=column)),
            list(words),
            default=sync(key, [one for one in words if one in asked]),
            key=key,
            format_func=partial(_word, words, ""),
            placeholder=self.say("points_page.values_all"),
            on_change=_change_values,
            args=(list(words),),
        )

    def _date(self) -> None:
        """Let the reader state of when the data are; what is no date changes nothing."""
        key, stated = "points_dated", self.screen.state.points.dated
        typed = str(st.session_state.get(key, stated)).strip()
        if _is_day(typed):
            sync(key, stated)
        st.text_input(
            self.say("points_page.dated"),
            stated,
            key=key,
            max_chars=10,
            placeholder="2026-06-30",
            on_change=_change_date,
            args=(key,),
        )
        if not _is_day(typed):
            html.small(self.say("points_page.dated_wrong"))

    def below(self) -> None:
        """Show further results, tables, pictures, and how it was measured."""
        told = self.told
        if told is None:
            return
        for finding in told.findings:
            html.show('<p class="summary">{}</p>', finding)
        for picture in self.pictures:
            html.show(
                '<figure class="plot"><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>',
                picture.uri, picture.caption, picture.caption,
            )  # fmt: skip
        for title, table in told.tables.items():
            html.section(title)
            st.html(html.grid(table, str(table.index.name)))
        self._unused()
        self._found_in()
        self._by_row()
        with st.expander(
            self.say("density_page.method"), key="points_method", on_change="rerun"
        ) as box:
            if box.open:
                lines = html.bullets([html.text(note) for note in told.notes])
                st.html(Markup('<div class="tasks">{}</div>').format(lines))


def _task(key: Hashable, work: Work) -> Task:
    """Return the session's work on a question; work on another question is no longer wanted."""
    known: Task | None = st.session_state.get(TASK)
    if known is not None and known.key == key:
        done = known.is_done()
        lost = done and not known.cancelled and known.error is None and _is_lost(key)
        if not lost:
            return known
    elif known is not None:
        known.cancel()
    task = Task(key).start(cache.jobs(), work)
    st.session_state[TASK] = task
    return task


def _is_lost(key: Hashable) -> bool:
    """Tell whether a result was found once and has had to make room since."""
    return cache.jobs().found(key) is None


def _forget() -> None:
    st.session_state.pop(TASK, None)


@st.fragment(run_every=FOLLOW_S)
@failure.guarded
def _progress(screen: Screen, task: Task) -> None:
    """Say what is being done and how far it is, and offer to stop it."""
    say = screen.say
    if task.is_done():
        st.rerun()
    stage, done, total = task.stage
    if stage == "points_page.stage.binning" and not total:
        stage = "points_page.stage.binning_open"
    words = say(stage, done=count(done), total=count(total))
    share = Markup(' value="{}" max="{}"').format(min(done, total), total) if total else Markup("")
    st.html(
        Markup(
            '<p class="summary">{}</p><progress class="wait" aria-label="{}"{}></progress>'
        ).format(html.text(words), html.text(say("points_page.progress")), share)
    )
    st.button(say("points_page.cancel"), key="points_cancel", on_click=task.cancel)
    html.small(say("points_page.kept_running"))


def _file_words(screen: Screen, source: Source) -> str:
    name = display(source.name, longest=LONGEST_NAME)
    if source.is_uploaded:  # the size is that of a copy, which the reader does not know
        return name
    size = (
        number(source.size / 1e6, "MB") if source.size >= 1e6 else number(source.size / 1e3, "kB")
    )
    if len(source.paths) > 1:
        files = count(len(source.paths))
        return display(screen.say("points_page.file_folder", name=name, files=files, size=size))
    return display(screen.say("points_page.file_label", name=name, size=size))


def _distinct(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words of things by token; those alike, but for what is cut, get their token.

    Streamlit tells options apart by their words alone: of two alike, one could not be chosen.
    """
    times = Counter(words.values())
    return {one: f"{said} · {one[:6]}" if times[said] > 1 else said for one, said in words.items()}


def _word(words: Mapping[str, str], none: str, one: str) -> str:
    return display(words.get(one, none))


def _change(name: str, key: str, offered: Collection[Any]) -> None:
    """Take what a widget holds; values of another column mean nothing in this one."""
    if not is_offered(key, offered):
        return
    changed: dict[str, Any] = {name: st.session_state[key]}
    if name == "column":
        changed["values"] = frozenset()
    session.change(points=replace(session.state().points, **changed))


def _is_day(typed: str) -> bool:
    """Tell whether a text is a date that the address can say, or none."""
    try:
        codec(PointsOptions, "dated").read([typed or NONE], {}, "")
    except LookupError:
        return False
    return True


def _change_date(key: str) -> None:
    typed = str(st.session_state[key]).strip()
    if _is_day(typed):
        session.change(points=replace(session.state().points, dated=typed))


def _change_radius(offered: Collection[int]) -> None:
    """Take another radius; a click on the one chosen chooses none, and changes nothing."""
    if is_offered("points_within_m", offered):
        metres = st.session_state["points_within_m"]
        session.change(points=replace(session.state().points, within_m=metres))


def _change_parks(offered: Collection[str]) -> None:
    if is_offered("points_parks", offered):
        kinds = frozenset(st.session_state["points_parks"])
        session.change(points=replace(session.state().points, parks=kinds))


def _change_values(offered: Collection[str]) -> None:
    if is_offered("points_values", offered):
        values = frozenset(st.session_state["points_values"])
        session.change(points=replace(session.state().points, values=values))


def _unwant(value: str) -> None:
    """Loosen the filter as it stands now: another chip may have been clicked since."""
    points = session.state().points
    session.change(points=replace(points, values=points.values - {value}))


def _change_file(offered: Collection[str]) -> None:
    """Take another file; what was chosen or stated of the last one means nothing in this one."""
    if not is_offered("points_file", offered):
        return
    file: Any = st.session_state["points_file"]
    # A file that was used a moment ago is chosen by the page: what the browser says of it is none.
    if is_echo("points_file") or file == session.state().points.file:
        return
    session.change(points=own_files.of_file(session.state().points, file))


def _segmented(
    screen: Screen, name: str, label: str, values: Sequence[Any], words: Callable[[Any], str]
) -> None:
    key = f"points_{name}"
    st.segmented_control(
        screen.say(f"points_page.{label}"),
        values,
        default=sync(key, getattr(screen.state.points, name)),
        key=key,
        required=True,
        format_func=lambda value: literal(words(value)),
        on_change=_change,
        args=(name, key, values),
    )


def _choice(screen: Screen, name: str, *, label: str = "", words: str = "") -> None:
    """Offer the values of an option, in the words of ``words``, a key or the stem of one."""
    key = words if "{}" in words else f"points_page.{words or name}_{{}}"
    values = choices(PointsOptions, name)
    _segmented(screen, name, label or name, values, lambda value: screen.say(key.format(value)))


def _number(screen: Screen, name: str, label: str, words: Callable[[int], str]) -> None:
    _segmented(screen, name, label, choices(PointsOptions, name), words)


def _legend(title: str, signs: Sequence[tuple[str, str]]) -> None:
    """Explain all that the map draws: what was found, the points, and the parks."""
    shown = html.join(
        Markup('<span><img src="{}" alt="">{}</span>').format(data_uri(svg), html.text(words))
        for svg, words in signs
    )
    head = Markup("<span>{}</span>").format(html.text(title)) if title else Markup("")
    st.html(Markup('<div class="legend">{}{}</div>').format(head, shown))


def _in_shape(screen: Screen, shown: PointsAnswer) -> None:
    """Say how many of the reader's points lie in the shape that is drawn, and which."""
    say, lang, reading = screen.say, screen.state.lang, shown.reading
    found = cache.points_inside(reading.asked.key, screen.state.inside.shape, reading)
    if found is None:
        return
    sentence, *account = word_inside(found, lang)
    html.show('<p class="summary" role="status">{}</p>', sentence)
    for line in (*account, say("inside_page.own_only")):
        html.small(line)
    rows = table_inside(found, lang)
    if rows.empty:
        return
    html.section(say("inside_page.own_table", n=count(len(rows))))
    st.html(html.grid(rows.head(MOST_UNUSED), str(rows.index.name)))
    if len(rows) > MOST_UNUSED:
        html.small(say("inside_page.own_more", n=count(len(rows) - MOST_UNUSED)))
    st.download_button(
        say("inside_page.own_save"),
        partial(csv_inside, found, lang),
        display(f"{points_answer.file_begin(shown)}_shape.csv"),
        "text/csv",
        on_click="ignore",
        key="inside_own",
    )


def _picture(screen: Screen, shown: PointsAnswer) -> None:
    """Offer what the points show as a picture, a page, a slide or a workbook."""
    city, state = screen.city, screen.state

    def make(kind: Kind) -> Made:
        from layers.present.own_points import told  # no first view waits for it
        from layers.present.pack.on_screen import file_of

        return file_of(kind, told(shown, city, state))

    hand_over.picture_by(screen, (state.lang, points_answer.asked_of(shown).key), make)


def _downloads(screen: Screen, shown: PointsAnswer) -> None:
    say, city = screen.say, screen.city
    begin, asked = points_answer.file_begin(shown), points_answer.asked_of(shown)
    if isinstance(shown, PointsSurface) and shown.surface is not None:
        st.download_button(
            literal(say("points_page.geotiff", epsg=city.metric_epsg)),
            partial(points_answer.geotiff, shown),
            file_name=f"{begin}_{mark_of(asked.narrowed)}{shown.options.show}.tif",
            mime="image/tiff",
            on_click="ignore",
            key="points_geotiff",
        )
    hand_over.download_as(screen, "own_points", asked, partial(_files, shown), begin)


def _files(shown: PointsAnswer, form: Form) -> bytes:
    return points_answer.hand_over(shown, form).whole()
