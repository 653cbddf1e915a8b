"""Hold that the README's gateway leads to the atlas, cold and deep, and lets in no one else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from websockets.exceptions import InvalidStatus

from tests.browser.harness import Server, Watch, free_port, map_frame, open_at, serve
from tests.office.blocks import NAME, options
from tests.office.gateway import MISSING, TRUSTING, fetch, found, gateway
from tests.office.pages import address, page_of
from tests.office.reader import reader

pytestmark = pytest.mark.skipif(not found(), reason=MISSING)
HOST = {"Host": NAME}


def port(server: Server) -> int:
    return int(server.url.split("/")[2].split(":")[1])


@pytest.fixture(scope="module")
def workers() -> Iterator[tuple[Server, Server]]:
    """Two workers that nobody has asked for anything."""
    with serve(options=options(NAME=NAME)) as one, serve(options=options(NAME=NAME)) as other:
        yield one, other


@pytest.fixture(scope="module")
def listen(
    workers: tuple[Server, Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The gateway before them: its port."""
    with gateway(list(map(port, workers)), tmp_path_factory.mktemp("gateway")) as listening:
        yield listening


def test_a_deep_link_paints_under_a_name_below_a_path(
    browser: Browser, watch: Watch, tmp_path: Path
) -> None:
    with (
        serve(options=options(NAME=NAME, BASE="innov"), base="innov") as server,
        gateway([port(server)], tmp_path, base="innov") as listen,
        page_of(browser, watch) as page,
    ):
        answer = page.goto(address(listen, "innov", "coverage?city=tianjin&lang=en"))
        assert answer
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert map_frame(page).locator(".atlas-mark").count() > 0
        assert page.locator("h1").inner_text().isascii()
        assert fetch(f"https://127.0.0.1:{listen}/innov/health", **HOST)[:2] == (200, "ok\n")
        # Without its slash the path leads to the atlas too.
        open_at(page, f"https://{NAME}:{listen}/innov")
        assert map_frame(page).locator(".atlas-mark").count() > 0
        assert "Traceback" not in server.printed()


def test_a_reader_stays_with_a_worker(listen: int) -> None:
    url, named = f"https://127.0.0.1:{listen}", f"https://{NAME}:{listen}"
    first, second = (fetch(f"{url}/", **HOST)[2][0].split(";")[0] for _ in range(2))
    assert {first, second} == {"atlas_worker=1", "atlas_worker=2"}, "in turn"
    for _ in range(3):
        assert fetch(f"{url}/", Cookie=second, **HOST)[2][0].startswith(second)
    with reader(named, origin=named, cookie=second, trust=TRUSTING) as session:
        assert session.read("explore", "city=tianjin") > 20
        (file,) = session.files
        made = session.make(file)
        assert not session.failures
        assert fetch(url + made, Cookie=second, **HOST)[1].startswith("PK")
        assert fetch(url + made, Cookie=first, **HOST)[0] == 404, "the other worker's"


def test_strangers_end_at_the_gateway_and_at_the_door(
    workers: tuple[Server, Server], listen: int
) -> None:
    url = f"https://127.0.0.1:{listen}"
    assert fetch(f"{url}/", Origin="https://evil.example", **HOST)[0] == 403
    assert fetch(f"{url}/_stcore/metrics", **HOST)[0] == 404
    assert fetch(f"{url}/", Host="rebound.evil.example")[0] == 421
    assert fetch(f"{url}/health", **HOST)[0] == 200
    for way, trust in ((url, TRUSTING), (workers[0].url, None)):
        refused = pytest.raises(InvalidStatus, match="403")
        with refused, reader(way, origin="http://evil.example", trust=trust):
            pass


def test_another_worker_takes_over(workers: tuple[Server, Server], tmp_path: Path) -> None:
    with gateway([free_port(), port(workers[1])], tmp_path) as before:
        named, mine = f"https://{NAME}:{before}", "atlas_worker=1"
        status, _, cookies = fetch(f"https://127.0.0.1:{before}/", Cookie=mine, **HOST)
        assert status == 200
        (cookie,) = cookies
        assert cookie.startswith("atlas_worker=2;")
        assert {"secure", "httponly"} <= set(cookie.lower().split("; "))
        with reader(named, origin=named, cookie=mine, trust=TRUSTING) as session:
            assert session.read("explore", "city=tianjin") > 20
            assert not session.failures
