"""Hold the scenarios of a session, and keep them in the reader's browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from string import ascii_uppercase
from typing import Any, Final

import streamlit as st

from geo.base.errors import DataError, Problem
from geo.coverage.scenario import MOST_BYTES, Scenario, load, to_file
from layers.pack.city import City
from pages.browser import store
from pages.shell import session
from pages.shell.frame import Screen

DRAFT: Final = "atlas.scenario"
"""By city, the scenario at work."""
KEPT: Final = "atlas.scenarios"
"""By city, scenarios kept for later by name; nothing of them is ever part of the pack."""
FORGOTTEN: Final = "atlas.scenarios_forgotten"
"""By city, the names that this session has dropped."""
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
    current: Scenario | None = _of_city(DRAFT, dict).get("now")
    return current or fresh(screen)


def _of_city(name: str, made: Callable[[], Any]) -> Any:
    """Return what this session holds for the city shown."""
    by_city: dict[str, Any] = st.session_state.setdefault(name, {})
    return by_city.setdefault(session.state().city, made())


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
    _of_city(DRAFT, dict)["now"] = scenario


def kept() -> dict[str, Scenario]:
    """Return the scenarios kept in this session."""
    known: dict[str, Scenario] = _of_city(KEPT, dict)
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
    st.session_state.pop(REFUSED, None)
    if not full:
        kept()[scenario.name] = scenario
        _of_city(FORGOTTEN, set).discard(scenario.name)
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
    st.session_state.pop(REFUSED, None)
    if kept().pop(name, None) is not None:
        _of_city(FORGOTTEN, set).add(name)


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
    now: Scenario | None = _of_city(DRAFT, dict).get("now")
    at_work = now if now is not None and now.edits else None
    again, lost = store.exchange(
        f"scenario.{screen.city.id}",
        draft=to_file(at_work).decode() if at_work else "",
        kept={name: to_file(each).decode() for name, each in kept().items()},
        dropped=_of_city(FORGOTTEN, set),
        unsaved=at_work is not None and kept().get(at_work.name) != at_work,
        take=lambda found: _take_back(screen.city, found),
        silent=True,
    )
    if again:
        st.rerun()
    return lost


def _take_back(city: City, found: store.Stored) -> bool:
    """Take what the browser held into the session, under what this has already; tell if any."""
    problems: list[Problem] = []
    drafts = list(_read(city, [found.draft] if found.draft else [], problems))
    for scenario in _read(city, _files(found.kept), problems):
        if scenario.name not in kept() and len(kept()) < MOST_KEPT:
            kept()[scenario.name] = scenario
    if drafts and "now" not in _of_city(DRAFT, dict):
        work_on(drafts[0])
    st.session_state[REFUSED] = tuple(problems)
    return bool(found.draft or found.kept)


def _read(city: City, files: list[str] | None, problems: list[Problem]) -> Iterator[Scenario]:
    """Yield the scenarios of texts from outside, and note what is wrong with the others."""
    kinds = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
    if files is None:
        problems.append(Problem("scenario.stored", "scenario"))
    for file in files or ():
        try:
            yield load(file.encode(), kinds=kinds, bbox=city.bbox).scenario
        except DataError as error:
            problems += error.problems


def _files(text: str) -> list[str] | None:
    """Return the texts of what was kept; None where it is not what ``store.js`` makes."""
    if len(text) > MOST_KEPT * MOST_BYTES:
        return None
    try:
        files = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(files, dict) or not all(isinstance(each, str) for each in files.values()):
        return None
    return list(files.values())
