"""Show what was found in a reader's file, what will be done, and what may be changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, get_args

import streamlit as st

from geo.base.errors import DataError
from layers.intake.certainty import certainty_of
from layers.intake.diagnose import described
from layers.intake.formats.table import Observation, Question
from layers.intake.outcome import NO_PLACES, Outcome, template
from layers.intake.report import DATUM_NAMES, Report, ask, sentence, system_words
from layers.intake.row_table import MOST_LISTED, odd_rows, row_table, words_instead
from layers.language.messages import Say, display
from layers.language.values import count
from layers.map.overlay import Shapes
from layers.own_points.one_by_one.dots import proposed_dots
from layers.view.codecs import token
from layers.view.page_options import Encoding, PointsOptions
from pages.panels.intake import held as own_files
from pages.panels.intake.held import Held, dropped, upload_key
from pages.shell import cache, html, session
from pages.shell.frame import Screen
from pages.shell.labels import cells, literal
from pages.shell.widgets import is_offered

IN_FOLDER: Final = "intake_folder"
GONE: Final = "atlas.own_file.gone"
"""Why a file of the folder could not be taken in, until it has been told."""
TURNED: Final = "atlas.own_file.turned"
"""How often a file came or was accepted: what is told of it stands at the top of the page."""
MOST_TOLD: Final = 8
LONGEST_LINE: Final = 400
"""Of what was found: five classes of positions in a line take 250 characters."""
MOST_WANTED: Final = frozenset(
    {"columns", "one_column", "columns_by_values", "north_first", "degrees", "zone", "mercator"}
    | {
        "degrees_open",
        "degrees_of_datum",
        "plane_named",
        "crs_said",
        "crs_declared",
        "datum_named",
        "datum_offset",
        "datum_position",
        "datum_district",
        "columns_swapped",
        "rows_swapped",
        "rows_exchanged",
        "other_district",
        "maybe_minutes",
        "formulas_without_result",
        "columns_twice",
        "second_pair",
        "broken_text",
        "metres_undeclared",
        "split_angles",
        "form_dms",
        "form_decimal_comma",
        "form_thousands",
    }
)
"""Where the positions stand and in which system: what a planner checks first."""
URGENT: Final = ("rows_swapped", "all_outside", "other_district")
"""What stands above everything else that was found: the reader must do something about it."""
POSITIONS: Final = "precision"
"""How finely positions are known: a paragraph of its own."""
BLANK: Final = ("blank", "placeholder", "empty_point")
"""Reasons of rows of which nobody has said a position: no other column or system finds one."""
LEAST_TOLD: Final = frozenset({"encoding", "separator", "datum_said", "title", "header_row"})
"""What a planner need not read first."""
MOST_HEADER: Final = 12
"""Rows of which one may be said to hold the names of the columns."""
AXES: Final = ("x", "y")
ENCODINGS: Final = get_args(Encoding)[1:]
SYSTEMS: Final = (4490, 4527, 3857)
"""Systems that may be chosen besides the city's plane and what a question offers."""


def upload(screen: Screen) -> None:
    """Offer to bring a file along, and a template to be filled in.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say = screen.say
    given = st.file_uploader(
        say("intake_page.upload"),
        # No list of endings: the browser would refuse by them and say nothing of a remedy.
        type=None,
        key=upload_key(),
        max_upload_size=own_files.MOST_MB,
        on_change=_brought,
        args=(screen,),
    )
    if given is None:
        told = say("intake_page.upload_help", most=own_files.MOST_MB)
        # On a telephone the field stands above the map until there is a file.
        first = own_files.held() is None and not screen.state.points.file
        html.show('<p class="small{}">{}</p>', " upload-first" if first else "", told)
    _in_folder(screen)
    if given is None and own_files.held() is None and not screen.state.points.file:
        st.download_button(
            say("intake_page.template"),
            partial(template, screen.state.lang),
            file_name=say("intake_page.template_file"),
            key="intake_template",
            type="tertiary",
            on_click="ignore",
        )


def _in_folder(screen: Screen) -> None:
    """Offer the files of the server's folder that are taken in like an upload."""
    takeable = cache.points_folder().takeable
    if not takeable:
        return
    st.selectbox(
        screen.say("intake_page.in_folder"),
        list(takeable),
        index=None,
        key=IN_FOLDER,
        format_func=lambda one: display(takeable[one].name, longest=60),
        placeholder=screen.say("intake_page.please"),
        on_change=_from_folder,
        args=(screen,),
    )
    if gone := st.session_state.pop(GONE, None):
        html.faults("", gone, screen.state.lang)


def _from_folder(screen: Screen) -> None:
    source = cache.points_folder().takeable.get(st.session_state.get(IN_FOLDER) or "")
    if source is None:
        return
    points = own_files.of_file(session.state().points, source.token)
    session.change(points=points)
    _turned()
    try:
        own_files.bring_from_folder(source, screen.city, points)
    except DataError as error:
        own_files.forget()
        st.session_state[GONE] = error.problems


def _brought(screen: Screen) -> None:
    given = st.session_state.get(upload_key())
    own_files.leave()
    if given is not None:
        _turned()
        own_files.bring(given.name, given.getvalue(), screen.city)


def is_waiting() -> bool:
    """Tell whether a file waits for the reader to accept what is proposed."""
    held = own_files.held()
    return held is not None and held.outcome is None


def proposal(screen: Screen) -> None:
    """Show what was found, what will be done, and what may be changed.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    held, say = own_files.held(), screen.say
    if held is None:
        return
    report = held.taken.report
    html.show('<p class="summary" role="status">{}</p>', _status(held, say))
    if lines := _to_heed(screen, held):
        _bullets(lines)
    if report.status == "refused":
        html.faults("", report.problems, screen.state.lang)
    for question in report.questions:
        _question(screen, question)
    # Above what is told at length: on a telephone that is two screens.
    with st.container(horizontal=True, gap="small"):
        if held.taken.tables or report.questions:
            st.button(
                say("intake_page.accept"),
                key="intake_accept",
                type="primary",
                disabled=held.taken.reading is None,
                on_click=_accepted,
            )
        st.button(say("intake_page.drop"), key="intake_drop", on_click=dropped)
    if held.taken.tables:
        _columns(screen, held)
        _rows_drawer(screen, held)
    to_the_top()


def preview() -> tuple[Shapes, ...]:
    """Return the positions that were found, for the map, while they wait to be accepted."""
    held = own_files.held()
    if held is None or held.outcome is not None or held.taken.reading is None:
        return ()
    return proposed_dots(held.taken.reading.rows)


def _status(held: Held, say: Say) -> str:
    """Return in one sentence what the file holds, and what the reader does next."""
    report, rows = held.taken.report, held.taken.report.rows
    values = {"name": display(held.name, longest=60), "read": count(rows.read)}
    values["used"] = count(rows.used)
    if report.status != "read":
        return say(f"intake_page.status_{report.status}", **values)
    left = sum(n for why, n in rows.not_used.items() if why not in NO_PLACES)
    values["left"] = count(left)
    if rows.used and left:
        return say("intake_page.status_left", **values)
    if rows.used:
        is_all = rows.used == rows.read
        return say("intake_page.status_all" if is_all else "intake_page.status_some", **values)
    if left and not rows.outside and rows.not_used.keys() <= {*BLANK, *NO_PLACES}:
        return say("intake_page.status_unplaced", **values)
    return say("intake_page.status_none", **values)


def _is_urgent(one: Observation) -> bool:
    return one.key in URGENT or (one.key == POSITIONS and bool(one.values["odd"]))


def _to_heed(screen: Screen, held: Held) -> list[str]:
    """Return what the reader must do something about, then what to heed."""
    report = held.taken.report
    found = [one for one in report.found if _is_urgent(one)]
    told = [sentence(one, screen.state.lang) for one in found if one.key != POSITIONS]
    # What was said by itself is not said again.
    rest = [one for one in found if one.key == POSITIONS
            and one.values["odd"] != one.values["other_district"]]  # fmt: skip
    return told + [sentence(one, screen.state.lang) for one in rest]


def _columns(screen: Screen, held: Held) -> None:
    """Show side by side what was found, what will be done, and what may be changed."""
    report, say = held.taken.report, screen.say
    columns = iter(st.columns(3, gap="medium"))
    rest = [one for one in report.found if not _is_urgent(one)]
    if _first(rest):
        with next(columns):
            html.section(say("intake_page.found"))
            found_in(replace(report, found=rest), screen.state.lang)
    if report.status != "refused":
        with next(columns):
            html.section(say("intake_page.done"))
            _bullets(_deeds(screen, held))
    with next(columns):
        html.section(say("intake_page.change"))
        _choices(screen, held)


def found_in(report: Report, lang: str) -> None:
    """Show what was found in a file, what a planner checks first at the top.

    Parameters
    ----------
    report
        What became of the file.
    lang
        Language of the words.
    """
    _bullets([sentence(one, lang) for one in _first(report.found)])


def _bullets(lines: Sequence[str]) -> None:
    st.html(html.bullets([html.text(line, longest=LONGEST_LINE) for line in lines]))


def _first(found: Sequence[Observation]) -> list[Observation]:
    """Return what a planner reads first."""
    # That the first row names the columns, and that the only sheet is read, everybody expects.
    keys = {one.key for one in found}
    is_one_sheet, is_doubt_told = "other_sheets" not in keys, "datum_doubt" in keys
    news = [one for one in found
            if (one.key, one.values.get("value")) != ("header_row", 1)
            and not (is_one_sheet and one.key == "sheet")
            and not (is_doubt_told and one.key == "datum_said")]  # fmt: skip
    order = sorted(news, key=lambda one: (one.key in LEAST_TOLD) - (one.key in MOST_WANTED))
    return order[:MOST_TOLD]


def _deeds(screen: Screen, held: Held) -> list[str]:
    say, rows = screen.say, held.taken.report.rows
    if held.taken.reading is None:
        return [say("intake_page.waits", read=count(rows.read))]
    told = [say("intake_page.used", used=count(rows.used), read=count(rows.read))]
    if rows.outside:
        told.append(say("intake_page.outside", outside=count(rows.outside)))
    no_places = {why: n for why, n in rows.not_used.items() if why in NO_PLACES}
    kept = {why: n for why, n in rows.not_used.items() if why not in NO_PLACES}
    for key, reasons in (("intake_page.left_out", no_places), ("intake_page.kept", kept)):
        if reasons:
            each = [_reason(screen, held, why) for why in reasons]
            if len(reasons) > 1:
                each = [f"{words} {count(n)}"
                        for words, n in zip(each, reasons.values(), strict=True)]  # fmt: skip
            words = say("view.comma").join(each)
            told.append(say(key, reason=words, n=count(sum(reasons.values()))))
    return told


def _reason(screen: Screen, held: Held, why: str) -> str:
    """Return why rows are not used; a word in the place of coordinates is quoted."""
    taken, say = held.taken, screen.say
    if why == "placeholder" and taken.reading is not None and taken.diagnosis is not None:
        columns = [one.columns for one in taken.diagnosis.placements]
        if words := words_instead(Outcome(taken.tables, taken.reading), columns):
            quoted = [say("intake_page.quoted", cell=display(one, longest=20)) for one in words]
            return say("intake_page.placeholder", cells=say("view.comma").join(quoted))
    return say(f"intake.reason.{why}")


def _question(screen: Screen, question: Question) -> None:
    key = f"intake_ask_{question.key}"
    offered = [*(one.value for one in question.options), None]
    ask_one(screen, question, key, _answered, (screen, question.key, key, offered))


def ask_one(
    screen: Screen,
    question: Question,
    key: str,
    on_change: Callable[..., None],
    args: tuple[object, ...],
) -> None:
    """Ask what only the reader knows; the likeliest answer stands first, none is chosen.

    Parameters
    ----------
    screen
        City, state and words of this run.
    question
        What is asked.
    key
        Of the field.
    on_change, args
        What is called with the answer.
    """
    options = {one.value: screen.say(one.key, **one.values) for one in question.options}
    st.selectbox(
        literal(ask(question, screen.state.lang)),
        [*options],
        index=None,
        key=key,
        format_func=lambda value: display(options[value], longest=60),
        placeholder=screen.say("intake_page.please"),
        on_change=on_change,
        args=args,
    )


def _answered(screen: Screen, name: str, key: str, offered: Collection[str | None]) -> None:
    if not is_offered(key, offered):
        return
    before = own_files.held()
    if before is None:
        return
    said = {name: str(st.session_state[key] or "")} | _beside(before, name, st.session_state[key])
    own_files.answer(said, screen.city)
    if before.lies is not None:
        options = {k: v for one in said.items() for k, v in own_files.in_the_address(*one).items()}
        session.change(points=replace(session.state().points, **options))


def _beside(held: Held, name: str, value: str | None) -> dict[str, str]:
    """Return what is said of the other axis with the column of one: what stands beside it."""
    if name == "x" and not value:
        return {"y": ""}
    if name not in AXES or not value:
        return {}
    ((other, column),) = ((axis, now) for axis, now in _pair(held).items() if axis != name)
    return {other: column} if column else {}


def _choices(screen: Screen, held: Held) -> None:
    """Offer the columns and the system, as they were found or chosen."""
    tables, say = held.taken.tables, screen.say
    asked = {question.key for question in held.taken.report.questions}
    if not tables or "sheet" in asked or "layer" in asked:
        return
    _axes(screen, held)
    if "crs" not in asked:
        codes = dict.fromkeys((4326, screen.city.metric_epsg, *SYSTEMS))
        _select(screen, "crs", ["", *(f"EPSG:{code}" for code in codes)],
                held.answers.get("crs", ""), say("intake_page.crs"))  # fmt: skip
    _further(screen, held)


def _axes(screen: Screen, held: Held) -> None:
    """Offer the columns of the coordinates, unless the format itself holds points."""
    placements = held.taken.diagnosis.placements if held.taken.diagnosis else []
    if placements and all(one.first is None for one in placements):
        return
    names = held.taken.tables[0].names
    for axis, now in _pair(held).items():
        _select(screen, axis, ["", *names], now, screen.say(f"intake_page.column_{axis}"))


def _pair(held: Held) -> dict[str, str]:
    """Return the columns of both axes, as they were found or chosen; empty where there are none."""
    placements = held.taken.diagnosis.placements if held.taken.diagnosis else []
    found = placements[0].columns if placements else ()
    pair = found if len(found) == len(AXES) else ("", "")
    if "north_first" in {one.key for one in held.taken.report.found}:
        pair = pair[::-1]
    return {axis: held.answers.get(axis, one) for axis, one in zip(AXES, pair, strict=True)}


def _further(screen: Screen, held: Held) -> None:
    """Offer what the file itself gives reason to change: sheet, names, encoding, turned rows."""
    noted = {one.key: one.values.get("value") for one in held.taken.report.found}
    say, answers = screen.say, held.answers
    if (others := noted.get("other_sheets")) and isinstance(others, tuple):
        sheets = dict.fromkeys((str(noted.get("sheet", "")), *map(str, others)))
        _select(screen, "sheet", ["", *sheets], answers.get("sheet", ""), say("intake_page.sheet"))
    if answers.get("datum"):
        _select(screen, "datum", list(DATUM_NAMES), answers["datum"], say("intake_page.datum"))
    if "rows_swapped" in noted or answers.get("swapped"):
        _select(screen, "swapped", ["", "repair"], answers.get("swapped", ""),
                say("intake_page.swapped"))  # fmt: skip
    if "maybe_minutes" in noted or answers.get("notation"):
        plain = "decimal" if answers.get("notation") else ""  # once asked, it stays answered
        _select(screen, "notation", [plain, "minutes"], answers.get("notation", ""),
                say("intake_page.notation"))  # fmt: skip
    if noted.keys() & {"title", "no_header", "header_goes_on"} or answers.get("header_row"):
        _select(screen, "header_row", ["", *map(str, range(MOST_HEADER + 1))],
                answers.get("header_row", ""), say("intake_page.header_row"))  # fmt: skip
    if noted.get("encoding", "utf-8") != "utf-8" or "broken_text" in noted:
        _select(screen, "encoding", ["", *ENCODINGS], answers.get("encoding", ""),
                say("intake_page.encoding"))  # fmt: skip


def _option(screen: Screen, name: str, found: str, value: str) -> str:
    """Return an option in words: what was found, a system by code and name, or a column."""
    if name == "swapped":
        return screen.say("intake_page.swapped_repair" if value else "intake_page.swapped_leave")
    if name == "datum":
        return screen.say(f"intake.option.{value}")
    if name == "notation":
        return screen.say(f"intake.option.{value or 'decimal'}")
    if name == "header_row" and value == "0":
        return screen.say("intake_page.header_none")
    if not value and found:
        return screen.say("intake_page.as_found_so", found=found)
    if not value:
        return screen.say("intake_page.as_found")
    return system_words(described(value), screen.say) if value.startswith("EPSG:") else value


def _found_so(report: Report, name: str, say: Say) -> str:
    """Return what was found of what may be chosen: the system, the sheet, the row, the encoding."""
    noted = {one.key: one.values.get("value") for one in report.found}
    if name == "crs" and "degrees_open" in noted:
        return say("intake_page.datum_open")
    if name == "crs" and "degrees_of_datum" in noted:
        return say("intake_page.datum_said", datum=DATUM_NAMES[str(noted["degrees_of_datum"])])
    if name == "crs":
        return ", ".join(system_words(one, say) for one in (report.crs or "").split(", "))
    return str(noted.get(name, ""))


def _select(screen: Screen, name: str, values: list[str], now: str, label: str) -> None:
    report = held.taken.report if (held := own_files.held()) else None
    found = _found_so(report, name, screen.say) if report and not now else ""
    # A field keeps the words that it was made with: with others it is another one.
    key = f"intake_{name}_{token(now + found)}"
    st.selectbox(
        literal(label),
        values,
        index=values.index(now) if now in values else 0,
        key=key,
        format_func=lambda value: display(_option(screen, name, found, value), longest=60),
        on_change=_answered,
        args=(screen, name, key, values),
    )


def _rows_drawer(screen: Screen, held: Held) -> None:
    """Fold away the rows that need a look."""
    taken = held.taken
    if taken.reading is None:
        return
    outcome = Outcome(taken.tables, taken.reading, classes=taken.classes)
    if n := len(odd_rows(outcome)):
        title = screen.say("intake_page.rows", n=count(n))
        html.drawer(title, "intake_rows", partial(_rows, screen, outcome, n))


def _rows(screen: Screen, outcome: Outcome, n: int) -> None:
    """List the rows that need a look."""
    table = row_table(outcome, screen.say)
    told = screen.say("intake_page.row.what")
    st.dataframe(cells(table), hide_index=True, placeholder="", alt=told)
    if n > MOST_LISTED:
        html.small(screen.say("intake_page.rows_cut", most=count(MOST_LISTED)))


def _turned() -> None:
    st.session_state[TURNED] = st.session_state.get(TURNED, 0) + 1


def to_the_top() -> None:
    """Bring the reader to the top of the page when a file has come or was accepted."""
    html.bring("top", str(st.session_state.get(TURNED, 0)))


def _accepted() -> None:
    own_files.accept()
    _turned()
    held = own_files.held()
    if held is None or held.source is None:
        return
    if held.lies is None:
        told = certainty_of(held.source.paths[0])
        points = PointsOptions(file=held.source.token, dated=told.dated if told else "")
    else:  # a link shows the same
        points = replace(session.state().points, file=held.source.token, taken=True)
    session.change(points=points)
