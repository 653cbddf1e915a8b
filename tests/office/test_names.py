"""Show in a browser whose name an entry carries: the gateway's, or that of a real OpenID login."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.store.entries import Entry
from layers.store.settings import STORE_VARIABLE
from pages.shell.entering.identity import HEADER_VARIABLE
from tests.browser.harness import WAIT_MS, Watch, free_port, open_at, serve, settle
from tests.office import gateway as office
from tests.office.blocks import NAME, options, put, site

pytestmark = pytest.mark.thorough
INDICATOR = "plan?v=3&gpart=indicators&gind=10"
PROVIDER = os.environ.get("ATLAS_OIDC_PROVIDER") or shutil.which("oidc-provider-mock")
MISSING = 'pip install "streamlit[auth]==1.67.0" oidc-provider-mock'
HEADER = "X-Remote-User"
CLAIMS = {"sub": "li", "name": "李工", "email": "li@bureau.test"}


def enter(page: Page) -> None:
    """Save a value of the indicator that is shown; the form asks for no name."""
    box = page.locator(".st-key-plan_enter_value_box")
    if not box.locator(".st-key-enter_value").count():
        box.locator("summary").click()
    box.locator(".st-key-enter_value input").fill("8")
    box.locator(".st-key-enter_source input").fill("认定文件")
    settle(page)
    assert not page.locator(".st-key-enter_who").count()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".light")).to_have_class("light on_track", timeout=WAIT_MS)


def saved(store: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Entry, ...]:
    from layers.store.book import open_book

    monkeypatch.setenv(STORE_VARIABLE, str(store))
    return open_book().entries("tianjin")


@pytest.mark.skipif(not office.found(), reason=office.MISSING)
def test_the_name_of_the_gateway_counts_and_not_the_browsers(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the README says: nginx asks who it is, and overwrites the header that a browser sends."""
    users = tmp_path / "users"
    users.write_text("zhao:{PLAIN}secret\n", encoding="ascii")
    users.chmod(0o644)
    asks = f'location / {{ auth_basic "atlas"; auth_basic_user_file {users};'
    asks += f" proxy_set_header {HEADER} $remote_user;"

    def asking(ports: Sequence[int], *, listen: int, certificate: Path, base: str = "") -> str:
        written = site(ports, listen=listen, certificate=certificate, base=base)
        return put(written, "location / {", asks)

    monkeypatch.setattr("tests.office.gateway.site", asking)
    store = tmp_path / "store"
    env = {STORE_VARIABLE: str(store), HEADER_VARIABLE: HEADER}
    with serve(options=options(NAME=NAME), env=env) as server:
        port = int(server.url.rpartition(":")[2])
        with office.gateway([port], tmp_path) as listen:
            context = browser.new_context(
                ignore_https_errors=True,
                http_credentials={"username": "zhao", "password": "secret"},
                extra_http_headers={HEADER: "Mayor"},
                locale="zh-CN",
            )
            page = context.new_page()
            open_at(page, f"https://{NAME}:{listen}/{INDICATOR}")
            enter(page)
            page.goto("about:blank")
            context.close()
    assert [(each.who, each.verified) for each in saved(store, monkeypatch)] == [("zhao", True)]


@contextmanager
def provider() -> Iterator[int]:
    """Run an OpenID provider that knows one person; give its port."""
    port = free_port()
    asked = ["-p", str(port), "--require-nonce", "true", "--user-claims", json.dumps(CLAIMS)]
    process = subprocess.Popen([str(PROVIDER), *asked], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                urlopen(f"http://127.0.0.1:{port}/.well-known/openid-configuration", timeout=2)
                break
            except URLError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.skipif(PROVIDER is None or find_spec("authlib") is None, reason=MISSING)
def test_who_signs_in_by_openid_is_named_and_may_sign_out(
    browser: Browser, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del watch  # the provider's own pages are no pages of ours
    store, secrets, own = tmp_path / "store", tmp_path / "secrets.toml", free_port()
    with provider() as port:
        secrets.write_text(
            f"""[auth]
redirect_uri = "http://127.0.0.1:{own}/oauth2callback"
cookie_secret = "{os.urandom(16).hex()}"
client_id = "atlas"
client_secret = "secret"
server_metadata_url = "http://127.0.0.1:{port}/.well-known/openid-configuration"
""",
            encoding="utf-8",
        )
        # Authlib may lie beside the atlas, in a folder that only this test knows.
        env = {STORE_VARIABLE: str(store), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        given = ("--secrets.files", str(secrets))
        with serve(env=env, options=given, port=own) as server:
            page = browser.new_context(locale="zh-CN").new_page()
            open_at(page, f"{server.url}/{INDICATOR}")
            page.locator(".st-key-plan_enter_value_box summary").click()
            page.locator(".st-key-sign_in button").click()
            page.wait_for_url(f"**:{port}/**", timeout=WAIT_MS)
            page.locator("input[name=sub]").fill(CLAIMS["sub"])
            page.locator("button").first.click()
            page.wait_for_url(f"**:{own}/**", timeout=WAIT_MS)
            open_at(page, f"{server.url}/{INDICATOR}")
            enter(page)
            page.locator(".st-key-sign_out button").click()
            page.wait_for_url(lambda url: "gind" not in url, timeout=WAIT_MS)
            open_at(page, f"{server.url}/{INDICATOR}")
            page.locator(".st-key-plan_enter_value_box summary").click()
            expect(page.locator(".st-key-sign_in button")).to_be_visible(timeout=WAIT_MS)
            page.goto("about:blank")
    assert [(each.who, each.verified) for each in saved(store, monkeypatch)] == [("李工", True)]
