"""Hold the scenarios of a session, and keep them in the reader's browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from string import ascii_uppercase
from typing import Final

import streamlit as st

from geo.base.errors import DataError, Problem
from geo.coverage.scenario import MOST_BYTES, Scenario, load, to_file
from layers.pack.city import City
from pages.browser import store
from pages.shell.frame import Screen

DRAFT: Final = "atlas.scenario"
KEPT: Final = "atlas.scenarios"
"""Scenarios kept for later by name; nothing of them is ever part of the pack."""
MOST_KEPT: Final = 20
"""Scenarios that one session may keep: they are held in the server's memory."""
FULL: Final = "atlas.scenarios_full"
"""Whether a scenario was not kept because there are too many."""
REFUSED: Final = "atlas.scenarios_refused"
"""What was wrong with scenarios that the browser had kept."""


def draft(screen: Screen) -> Scenario:
    """Return the scenario at work.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    Scenario
        A fresh one, see :func:`fresh`, if none is at work.
    """
    current: Scenario | None = st.session_state.get(DRAFT)
    return current or fresh(screen)


def fresh(screen: Screen) -> Scenario:
    """Return a scenario without changes, of a name that is free.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    names = (screen.say("scenario_page.default_name", letter=letter) for letter in ascii_uppercase)
    return Scenario(next((name for name in names if name not in kept()), "–"))


def work_on(scenario: Scenario) -> None:
    """Make a scenario the one at work.

    Parameters
    ----------
    scenario
        The scenario; it is not changed.
    """
    st.session_state[DRAFT] = scenario


def kept() -> dict[str, Scenario]:
    """Return the scenarios kept in this session."""
    known: dict[str, Scenario] = st.session_state.setdefault(KEPT, {})
    return known


def keep(scenario: Scenario) -> bool:
    """Keep a scenario under its name, in place of an earlier one of that name.

    Parameters
    ----------
    scenario
        The scenario; it is not changed.

    Returns
    -------
    bool
        False if too many are kept already; the page says so then.
    """
    full = scenario.name not in kept() and len(kept()) >= MOST_KEPT
    st.session_state[FULL] = full
    if not full:
        kept()[scenario.name] = scenario
    return not full


def turn_to(screen: Screen, scenario: Scenario | None) -> None:
    """Go on with another scenario; what was at work is kept, or nothing happens.

    Parameters
    ----------
    screen
        City, state and words of this run.
    scenario
        The one to go on with; None for a fresh one.
    """
    now = draft(screen)
    if now.edits and not keep(now):
        return
    work_on(scenario or fresh(screen))


def forget(name: str) -> None:
    """Drop a kept scenario.

    Parameters
    ----------
    name
        Name of the scenario; of one that is not kept nothing happens.
    """
    st.session_state[FULL] = False
    kept().pop(name, None)


def exchange(screen: Screen) -> bool:
    """Keep the session's scenarios in the browser; in a new session, take back what it kept.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    bool
        Whether the browser cannot keep them. The run is begun anew when some have come back.
    """
    now: Scenario | None = st.session_state.get(DRAFT)
    at_work = now if now is not None and now.edits else None
    found, lost = store.exchange(
        f"scenario.{screen.city.id}",
        draft=_text([at_work] if at_work else []),
        kept=_text(list(kept().values())),
        unsaved=at_work is not None and kept().get(at_work.name) != at_work,
    )
    if found is not None and _take_back(screen.city, found):
        st.rerun()
    return lost


def _text(scenarios: list[Scenario]) -> str:
    return json.dumps([to_file(each).decode() for each in scenarios]) if scenarios else ""


def _take_back(city: City, found: store.Stored) -> bool:
    """Take what the browser held into the session, under what this has already; tell if any."""
    problems: list[Problem] = []
    drafts = list(_read(city, found.draft, problems))
    for scenario in _read(city, found.kept, problems):
        if scenario.name not in kept() and len(kept()) < MOST_KEPT:
            kept()[scenario.name] = scenario
    if drafts and DRAFT not in st.session_state:
        work_on(drafts[0])
    st.session_state[REFUSED] = tuple(problems)
    return bool(found.draft or found.kept)


def _read(city: City, text: str, problems: list[Problem]) -> Iterator[Scenario]:
    """Yield the scenarios of a text from outside, and note what is wrong with the others."""
    kinds = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
    files = _files(text)
    if files is None:
        problems.append(Problem("scenario.stored", "scenario"))
    for file in files or ():
        try:
            yield load(file.encode(), kinds=kinds, bbox=city.bbox).scenario
        except DataError as error:
            problems += error.problems


def _files(text: str) -> list[str] | None:
    """Return the files of a text; None where it is not what :func:`_text` makes."""
    if len(text) > MOST_KEPT * MOST_BYTES:
        return None
    try:
        files = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return None
    sound = isinstance(files, list) and all(isinstance(file, str) for file in files)
    return files if sound else None
