"""Take the picture that opens the README from the running atlas: ``make picture``."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests import ROOT
from tests.browser import chromium
from tests.browser.harness import Watch, map_frame, open_at, serve, settle

PICTURE = ROOT / "tests" / "browser" / "picture.png"
WIDTH, HEIGHT = 1600, 1000


def main() -> None:
    """Open the atlas on a fresh server and photograph what a reader sees first."""
    with sync_playwright() as playwright, serve() as server:
        path = chromium.find(playwright)
        if path is None:
            raise SystemExit(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        watch = Watch()
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
        watch.attach(context)
        page = context.new_page()
        open_at(page, f"{server.url}/?lang=zh")
        map_frame(page)
        settle(page)
        page.wait_for_timeout(2_000)  # the flight to the first view
        page.screenshot(path=PICTURE)
        browser.close()
    watch.check()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
