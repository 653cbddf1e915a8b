"""Hold that a list that reports what it does not offer changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
import streamlit as st

from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.state import default_state
from pages.panels import own_points, plate, scenario
from pages.panels.deck import desk
from pages.panels.intake import district_table, proposal, whose, without_place
from pages.panels.intake import held as own_files
from pages.panels.plan import indicators, tasks
from pages.shell import session, widgets
from pages.shell.frame import Screen
from pages.shell.widgets import is_offered

GONE = "Tianjin Economic-Technological Development Area"
"""What is reported: a word of another language, or what is no longer there."""
Report = Callable[[Screen], object]
REPORTS: dict[str, tuple[tuple[str, ...], Report]] = {
    "scenario, map": (("scn_map",), lambda _: scenario._turn_map()),
    "scenario, pair": (("scn_first", "scn_second"), lambda _: scenario._set_apart(["A", "B"])),
    "deck, story": (("deck_story",), lambda _: desk._turn_to(["own"])),
    "deck, district": (("deck_district",), lambda _: desk._set_district(["120116"])),
    "plan, indicator": (("plan_indicator",), lambda _: indicators._set([10])),
    "plan, task": (("plan_task",), lambda _: tasks._set_task(["c5.1.1"])),
    "own points, part": (("density_part",), lambda _: whose._change_part()),
    "table by district": (
        ("district_table_column",),
        lambda _: district_table._set("column", "district_table_column", ["a"]),
    ),
    "own points, file": (("points_file",), lambda _: own_points._change_file(["", "a"])),
    "own points, column": (("points_x",), lambda _: own_points._change("x", "points_x", ["a"])),
    "own points, radius": (("points_within_m",), lambda _: own_points._change_radius([3000])),
    "own points, parks": (("points_parks",), lambda _: own_points._change_parks(["park"])),
    "own points, values": (("points_values",), lambda _: own_points._change_values(["a"])),
    "intake, question": (("q",), lambda screen: proposal._answered(screen, "crs", "q", ["a"])),
    "intake, district": (
        ("intake_district",),
        lambda screen: without_place._placed_in(screen, 0, "intake_district"),
    ),
}
"""By name of a list: its keys in the session, and what hears that it has changed."""
SEVERAL = {"points_parks", "points_values"}


@pytest.mark.parametrize("name", REPORTS)
def test_what_a_list_does_not_offer_changes_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, toy: City
) -> None:
    keys, report = REPORTS[name]
    held: dict[str, object] = {key: [GONE] if key in SEVERAL else GONE for key in keys}
    before = dict(held)
    monkeypatch.setattr(st, "session_state", held)
    changed: list[object] = []

    def note(*values: object, **named: object) -> None:
        changed.append((values, named))

    monkeypatch.setattr(session, "change", note)
    for deed in ("answer", "place"):
        monkeypatch.setattr(own_files, deed, note)
    report(cast(Any, SimpleNamespace(city=toy)))
    assert changed == []
    assert held == before


def test_the_fill_of_the_districts_is_said_anew_in_another_language(
    monkeypatch: pytest.MonkeyPatch, toy: City
) -> None:
    class Session(dict[str, object]):
        written: list[str]

        def __setitem__(self, key: str, value: object) -> None:
            self.written.append(key)
            super().__setitem__(key, value)

    held = Session()
    monkeypatch.setattr(st, "session_state", held)
    monkeypatch.setattr(st, "selectbox", lambda *_, **__: None)
    state, sent = default_state(toy), []
    for lang in ("zh", "zh", "en"):
        held.written = []
        held.pop(widgets._WRITTEN, None)  # the run before came to its end
        plate.ground(cast(Any, SimpleNamespace(city=toy, state=state, say=speaker(lang))))
        sent.append("ground" in held.written)
    assert sent == [True, False, True]


@pytest.mark.parametrize(
    ("held", "offered"),
    [("a", True), ("b", False), (None, False), (["a"], True), (["a", "b"], False), ([], True)],
)
def test_of_several_each_must_be_offered(
    held: object, offered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "session_state", {"list": held})
    assert is_offered("list", ["a"]) is offered
