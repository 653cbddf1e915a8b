"""Serve as offices do: behind a name and a path, as nobody, without a network, to many at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

from layers.language.messages import LANGS
from pages.shell.navigation import SCREENS
from tests.attack import Outcome
from tests.browser import chromium
from tests.browser.harness import Server, Watch, map_frame, open_at, serve
from tests.office import load, nobody, sealed
from tests.office.blocks import NAME, options
from tests.office.gateway import gateway
from tests.office.pages import address, page_of, path
from tests.office.reader import reader

MOST_OF_ONE = 0.6
"""Share of one worker's median wait that two may take."""
Result = tuple[str, str]
"""What was tried, and how it failed; empty if it did not."""


def attack() -> Outcome:
    """Try all pages in every place, and count what fails."""
    parts: list[Callable[[], Iterator[Result]]] = [_named, _as_nobody, _sealed, _many]
    results = [result for part in parts for result in part()]
    failures = tuple(f"{what}: {how}" for what, how in results if how)
    figures = [what for what, _ in results if "median" in what]
    return Outcome(
        "pages behind nginx by name, with and without a path, cold and deep; as nobody with three "
        "homes; sockets to others; 30 readers on two workers",
        len(results),
        failures,
        "; ".join(figures),
    )


def _named() -> Iterator[Result]:
    """Open every page in both languages behind nginx; the first of each server is cold."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = chromium.launch(playwright, chromium.find(playwright) or "chromium")
        for base in ("", "innov"):
            for turn, first in enumerate(SCREENS):
                set_up = options(NAME=NAME, BASE=base)
                place = Path(folder) / f"{base}{turn}"
                place.mkdir()
                with serve(options=set_up, base=base) as server:
                    port = int(server.url.split(":")[2].split("/")[0])
                    with gateway([port], place, base) as listen:
                        lang = LANGS[turn % len(LANGS)]
                        yield _open(browser, server, address(listen, base), first, lang, "cold")
                        if not turn:
                            for page in SCREENS:
                                for lang in LANGS:
                                    root = address(listen, base)
                                    yield _open(browser, server, root, page, lang, "warm")
        browser.close()


def _open(browser: Browser, server: Server, root: str, page: str, lang: str, state: str) -> Result:
    """Open a page on its own address and wait until its map is painted."""
    watch = Watch()
    what, how = f"{root}{page} in {lang}, {state}", ""
    try:
        with page_of(browser, watch) as shown:
            open_at(shown, f"{root}{path(page)}?city=tianjin&lang={lang}")
            if page != "sources":
                marks = map_frame(shown).locator(".atlas-mark, path, canvas")
                how = "" if marks.count() else "nothing is painted"
        watch.check()
    except (BrowserError, AssertionError) as error:
        how = str(error).splitlines()[0]
    return what, how or ("traceback in the log" if "Traceback" in server.printed() else "")


def _as_nobody() -> Iterator[Result]:
    """Read every page as nobody, with no home, a missing one and one that cannot be written."""
    through = nobody.as_nobody()
    if through is None:
        yield "as nobody", nobody.MISSING
        return
    for home in (None, "/nonexistent", "/usr"):
        with serve(env={"HOME": home, "XDG_CACHE_HOME": None}, through=through) as server:
            for page in SCREENS:
                with reader(server.url) as session:
                    count = session.read(page, "city=tianjin")
                    for file in session.files:
                        session.make(file)
                    empty = [] if count > 20 else ["the page is empty"]
                    yield f"{page} as nobody, HOME={home}", "; ".join(session.failures + empty)
            log = server.printed()
            yield f"the log of nobody, HOME={home}", log if "Traceback" in log else ""


def _sealed() -> Iterator[Result]:
    """Count the server's sockets to others than its clients."""
    if not sealed.possible():
        yield "sockets", sealed.MISSING
        return
    called, waited = sealed.calls(SCREENS)
    yield "sockets to others at start, pages, exports and a stranger's knock", ", ".join(called)
    yield "a stranger's knock", f"silent for {waited:.1f} s" if waited > 2 else ""


def _many() -> Iterator[Result]:
    share, one, two = load.ratio()
    said = " / ".join(
        ", ".join(f"{seconds:.2f}" for seconds in sorted(each)) for each in (one, two)
    )
    what = f"{load.READERS} readers: median filter of one worker / of two: {said} s = {share:.2f}"
    yield what, f"more than {MOST_OF_ONE}" if share > MOST_OF_ONE else ""
