"""Run a screen of the atlas without a browser and read what it holds."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from pages.shell.navigation import SCREENS
from tests import ROOT

ENTRY = str(ROOT / "streamlit_app.py")
WAIT_S = 60
AROUND = "circle_117.2_39.1_20000"
"""A shape as an address says it, in the middle of Tianjin."""


@cache
def _components() -> BidiComponentManager:
    """Look for components in the installed packages once, as a server does: AppTest does each time.

    That takes four times as long as a screen.
    """
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


def app(page: str = SCREENS[0], **query: str) -> AppTest:
    """Open a screen in a session of its own, as its address does; no other screen runs first."""
    at = AppTest.from_file(ENTRY, default_timeout=WAIT_S)
    at._bidi_component_manager = _components()
    for key, value in query.items():
        at.query_params[key] = value
    if page != SCREENS[0]:
        at.switch_page(f"pages/{page}.py")
    return at.run()


@cache
def shown(page: str = SCREENS[0], **query: str) -> AppTest:
    """Open a screen once for all tests that only read it.

    Whoever touches a control, sets an environment variable or patches a module takes :func:`app`.
    """
    at = app(page, **query)
    at.run = _refuse  # type: ignore[method-assign]
    return at


def _refuse(*_: object, **__: object) -> AppTest:
    raise AssertionError("a screen that is shared is only read: take app() instead of shown()")


def map_arguments(at: AppTest) -> dict[str, Any]:
    """Return what the page hands to the map."""
    arguments: dict[str, Any] = json.loads(at.get("component_instance")[0].proto.json_args)
    return arguments


def scene(at: AppTest) -> dict[str, Any]:
    """Return what the map is told to paint."""
    group = map_arguments(at)["feature_group"]
    start = group.index("ATLAS.paint(")
    body = group[group.index("{", start) :]
    painted: dict[str, Any] = json.JSONDecoder().raw_decode(body)[0]
    return painted


def asked_shape(at: AppTest) -> bool:
    """Tell whether the map draws the shape of the address."""
    ids = [f["id"] for look in scene(at)["drawing"]["shapes"] for f in look["features"]]
    return ids.count("shape") == 1


def drawn(at: AppTest) -> list[str]:
    """Return the ids of the marks on the map."""
    return [f["id"] for features in scene(at)["layers"].values() for f in features]


def page_text(at: AppTest) -> str:
    """Return all that the page says in HTML of ours."""
    return " ".join(element.proto.body for element in at.get("html"))
