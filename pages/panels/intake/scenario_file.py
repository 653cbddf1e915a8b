"""Load a scenario from a file: GeoJSON by its own strict rules, a table by the one way in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import geopandas as gpd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo.base.errors import AtlasError, DataError, ParameterError, Problem
from geo.coverage.scenario import MOST_BYTES, Loaded, Scenario, load
from layers.intake.features import changes, found_in
from layers.intake.formats.open_file import SUFFIXES
from layers.intake.outcome import NO_PLACES
from layers.intake.report import Report, sentence
from layers.intake.scenarios.rows import in_its_words
from layers.intake.scenarios.workbook import template
from layers.language.problems import worded
from layers.language.values import count
from pages.browser.scenarios import draft, keep, work_on
from pages.panels.intake import proposal
from pages.shell import failure, html
from pages.shell.frame import Screen
from pages.shell.widgets import is_offered

UPLOAD: Final = "scn_upload"
LOADED: Final = "atlas.scenario_file"
"""What came of the file that the uploader holds."""
ANSWERS: Final = "atlas.scenario_answers"
"""The file that something was asked about, and what the reader has said of it."""


@dataclass(frozen=True)
class _Read:
    """What came of one file, for the sites that were shown when it was read."""

    file: str
    sites: tuple[object, ...]
    loaded: Loaded | None = None
    error: Exception | None = None
    report: Report | None = None
    """Of a table, what was found in it."""
    at_work: Scenario | None = None
    """The scenario that was at work when a file with faults was read."""
    answers: Mapping[str, str] = field(default_factory=dict)

    def holds(self, file: str, sites: tuple[object, ...]) -> bool:
        """Tell whether this still is what comes of a file; other sites may mend its faults."""
        return file == self.file and (self.loaded is not None or sites == self.sites)


def upload(screen: Screen, sites: gpd.GeoDataFrame) -> None:
    """Offer to load a scenario, and say what came of the file.

    Parameters
    ----------
    screen
        City, state and words of this run.
    sites
        The present ones: what the file changes must be among them.
    """
    say, faulty = screen.say, refused(screen)
    if faulty is not None:  # above the field, where the reader looks: below it nobody scrolls
        _tell_refusal(screen, faulty)
    given = st.file_uploader(
        say("scenario_page.upload"),
        type=[suffix.removeprefix(".") for suffix in SUFFIXES],
        key=UPLOAD,
        max_upload_size=MOST_BYTES // 1_000_000,
        help=say("scenario_page.upload_help"),
    )
    if given is None:
        st.session_state.pop(LOADED, None)
        st.session_state.pop(ANSWERS, None)
        st.download_button(
            say("scenario_page.template"),
            partial(template, screen.city, screen.state.lang),
            file_name=say("scenario_page.template_file"),
            key="scn_template",
            type="tertiary",
            on_click="ignore",
        )
        return
    read: _Read | None = st.session_state.get(LOADED)
    if read is None or not read.holds(given.file_id, tuple(sites.index)):
        read = st.session_state[LOADED] = _read(screen, given, sites)
        if read.loaded is not None:
            work_on(read.loaded.scenario)
        if read.loaded is not None or read.error is not None:
            st.rerun()  # the first line, which is written by now, tells of it
    if read.error is not None and draft(screen) != read.at_work:
        # The reader has gone on by other means: what was wrong with the file is of the past.
        read = st.session_state[LOADED] = replace(read, error=None, report=None, at_work=None)
    _tell(screen, read)


def _read(screen: Screen, given: UploadedFile, sites: gpd.GeoDataFrame) -> _Read:
    """Read a file once for the sites that are shown; one with faults stays out."""
    city, ids, report, known = screen.city, tuple(sites.index), None, None
    file, answers = st.session_state.get(ANSWERS, ("", {}))
    answers = answers if file == given.file_id else {}
    kinds = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
    try:
        if given.size > MOST_BYTES:
            problem = Problem("scenario.too_large", "scenario", n=given.size, most=MOST_BYTES)
            raise DataError("scenario.file", [problem])
        data, report, known = changes(given.name, given.getvalue(), city, answers)
        if report is not None and report.questions:
            return _Read(given.file_id, ids, report=report, answers=answers)
        if report is not None and report.status != "read":
            raise DataError("scenario.file", report.problems)
        name = given.name.rpartition(".")[0]
        loaded = load(data, sites=sites, kinds=kinds, bbox=city.bbox, name=name)
        if not keep(loaded.scenario):
            raise ParameterError("scenario.kept", [])
    except Exception as error:  # shown on every run that still has the file, and read once
        if known is not None and isinstance(error, DataError):
            error = DataError(error.key, in_its_words(error.problems, known, given.name))
        return _Read(given.file_id, ids, error=error, answers=answers, at_work=draft(screen))
    return _Read(given.file_id, ids, loaded, report=report, answers=answers)


def refused(screen: Screen) -> Exception | None:
    """Return what is wrong with the file that the uploader holds, until the reader goes on.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    given, read = st.session_state.get(UPLOAD), st.session_state.get(LOADED)
    if given is None or read is None or read.file != given.file_id:
        return None
    return read.error if draft(screen) == read.at_work else None


def refusal_words(screen: Screen) -> tuple[str, ...]:
    """Return that a file was not loaded, and what is first wrong with it; empty where all is well.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    error = refused(screen)
    if not isinstance(error, AtlasError) or screen.state.present:
        return ()
    told = [screen.say("scenario_page.refused")]
    told += [worded(one, screen.state.lang) for one in error.problems[:1]]
    if (more := len(error.problems) - 1) > 0:
        told.append(screen.say("scenario_page.more_faults", n=more))
    return tuple(told)


def _tell_refusal(screen: Screen, error: Exception) -> None:
    if isinstance(error, AtlasError):
        st.error(screen.say(f"error.{error.key}"))
        html.faults("", error.problems, screen.state.lang)
    else:
        failure.show(error)


def _tell(screen: Screen, read: _Read) -> None:
    """Say what came of a file: what is asked, or what it is called and had lost."""
    lang = screen.state.lang
    if read.loaded is not None:
        name = read.loaded.scenario.name
        html.small(screen.say("scenario_page.loaded", name=name))
        if read.loaded.bare and read.report is None:
            html.small(screen.say("scenario_page.loaded_bare", name=name))
        for one in found_in(read.loaded, screen.city):
            html.small(sentence(one, lang))
    if read.report is not None:
        _tell_table(screen, read, read.report)


def _tell_table(screen: Screen, read: _Read, report: Report) -> None:
    """Say what was found in a table, and ask what only the reader knows."""
    say = screen.say
    if report.questions:
        html.section(say("intake_page.answer_first"))
    for question in report.questions:
        key = f"scn_ask_{question.key}"
        offered = [*(one.value for one in question.options), None]
        proposal.ask_one(screen, question, key, _answered, (read, question.key, key, offered))
    if report.status == "refused":
        return
    proposal.found_in(report, screen.state.lang)
    rows = [(why, n) for why, n in report.rows.not_used.items() if why in ("torn", *NO_PLACES)]
    for why, n in rows:
        reason = say(f"intake.reason.{why}")
        html.small(say("scenario_page.not_a_change", n=count(n), reason=reason))


def _answered(read: _Read, name: str, key: str, offered: Collection[str | None]) -> None:
    """Read the file anew with one more answer."""
    if is_offered(key, offered) and (value := st.session_state[key]):
        st.session_state[ANSWERS] = (read.file, {**read.answers, name: str(value)})
        st.session_state.pop(LOADED, None)
