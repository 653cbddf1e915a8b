"""Hold who is let in, what a gateway is told, and that Streamlit is left nothing to ask about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from streamlit import config

from geo.base.errors import Problem
from layers.pack.city import load_city
from layers.pack.shelf import Packs, Refused, Served
from pages.shell import cache, door
from tests import ROOT, finished

TOY = ROOT / "tests" / "toy"
Option = Any


@pytest.fixture
def option() -> Iterator[Option]:
    """Set an option of Streamlit for one test."""
    before: dict[str, object] = {}

    def put(name: str, value: object) -> None:
        before.setdefault(name, config.get_option(name))
        config.set_option(name, value)

    yield put
    for name, value in before.items():
        config.set_option(name, value)


def passed_on(kind: str, path: str = "/", **headers: str) -> tuple[Scope | None, list[Any]]:
    """Knock; return what reached Streamlit, and what was answered in its stead."""
    reached: list[Scope] = []
    sent: list[Any] = []

    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        return {"type": f"{kind}.connect"}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "headers": raw, "method": "GET"}
    finished(door.Door(streamlit)(scope, receive, send))
    return (reached[0] if reached else None), sent


@pytest.mark.parametrize(
    ("origin", "host", "let_in"),
    [
        (None, "10.0.0.5:8501", True),
        ("http://10.0.0.5:8501", "10.0.0.5:8501", True),
        ("https://atlas.bureau.test", "atlas.bureau.test", True),
        ("https://atlas.bureau.test", "127.0.0.1:8501", True),  # a gateway that hides the name
        ("https://portal.bureau.test:8443", "127.0.0.1:8501", True),
        ("http://[::1]:8501", "[::1]:8501", True),
        ("http://localhost:3000", "127.0.0.1:8501", True),
        ("http://evil.example", "10.0.0.5:8501", False),
        ("http://atlas.bureau.test.evil.example", "10.0.0.5:8501", False),
        ("http://127.0.0.1.evil.example", "127.0.0.1:8501", False),
        ("null", "127.0.0.1:8501", False),
        ("file://", "127.0.0.1:8501", False),
        ("", "127.0.0.1:8501", False),
        ("http://[", "127.0.0.1:8501", False),
    ],
)
def test_a_page_of_another_server_opens_no_connection(origin, host, let_in, option):
    option("browser.serverAddress", "atlas.bureau.test")
    option("server.corsAllowedOrigins", ["https://portal.bureau.test:8443"])
    headers = {"host": host} if origin is None else {"host": host, "origin": origin}
    scope, sent = passed_on("websocket", "/_stcore/stream", **headers)
    assert (scope is not None) == let_in
    assert sent == ([] if let_in else [{"type": "websocket.close", "code": 1008}])
    # Without an Origin, Streamlit has no reason to look for its own address.
    assert scope is None or scope["headers"] == [(b"host", host.encode())]


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/metrics/", "/innov/_stcore/metrics"]
)
def test_the_numbers_of_streamlit_are_closed(path):
    scope, sent = passed_on("http", path, host="localhost")
    assert scope is None
    assert sent[0]["status"] == 404


@pytest.mark.parametrize("path", ["/", "/coverage", "/_stcore/health", "/static/js/a.js"])
def test_all_else_is_left_to_streamlit(path):
    scope, sent = passed_on("http", path, host="whatever.test")
    assert scope is not None
    assert not sent


def test_where_the_name_is_known_another_is_refused_in_words(option):
    option("server.allowedHosts", ["atlas.bureau.test"])
    option("browser.serverAddress", "atlas.bureau.test")
    scope, sent = passed_on("http", "/", host="rebound.evil.example")
    assert scope is None
    assert sent[0]["status"] == 421
    said = sent[1]["body"].decode()
    assert said.count("atlas.bureau.test") == 2
    assert "网址" in said
    assert "address" in said
    assert passed_on("http", "/health", host="10.0.0.5")[0] is not None
    assert passed_on("http", "/", host="atlas.bureau.test:8443")[0] is not None


def asked() -> tuple[int, str]:
    answer = door.health(Request({"type": "http"}))
    return answer.status_code, bytes(answer.body).decode()


def test_a_gateway_is_sent_on_while_one_pack_can_be_served(monkeypatch, caplog):
    torn = Refused("bad", "bad", (Problem("toml.nested", "city.toml"),))
    toy = Served(load_city(TOY), "toy", datetime.now().astimezone())
    monkeypatch.setattr(cache, "packs", lambda: Packs({"toy": toy}, (torn,)))
    assert asked() == (200, "ok\n")
    assert "nested too deep" in caplog.text
    monkeypatch.setattr(cache, "packs", lambda: Packs({}, (torn,)))
    code, text = asked()
    assert code == 503
    assert "nested" not in text
    assert str(TOY) not in text


def test_health_says_so_if_no_pack_can_even_be_found(monkeypatch):
    def gone() -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(cache, "packs", gone)
    code, text = asked()
    assert code == 503
    assert "disk" not in text


def test_where_a_login_is_configured_the_origin_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit holds the cookie of who has signed in against it; a stranger is refused as ever."""
    monkeypatch.setattr(door, "get_secrets_auth_section", lambda: {"client_id": "atlas"})
    reached, _ = passed_on("websocket", host="localhost", origin="http://localhost")
    assert reached is not None
    assert (b"origin", b"http://localhost") in reached["headers"]
    assert passed_on("websocket", host="localhost", origin="https://stranger.test")[0] is None
