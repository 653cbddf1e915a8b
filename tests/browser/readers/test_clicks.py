"""Hold that pages come to rest, and that no click is lost right after the page has turned."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.harness import TURN, WAIT_MS, Server, map_frame, open_at, settle, turn

LONGEST_PAUSE_MS = 800
"""Until so long after a turn a map may still have something to say."""
RIGHT_AFTER = f"""
([address, back, pause, control, patience]) => new Promise((done) => {{
  const press = () => {{
    const before = document.documentElement.lang + document.body.className;
    document.querySelector(control).click();
    const until = performance.now() + patience;
    const look = () => {{
      if (document.documentElement.lang + document.body.className !== before) done(true);
      else if (performance.now() > until) done(false);
      else setTimeout(look, 20);
    }};
    look();
  }};
  const turn = {TURN};
  turn([back ? null : address, patience]).then(() => setTimeout(press, pause));
}})
"""
"""JavaScript: turn the page, click so long after the run has ended, tell if the click was heard."""
RUNS = """
(ms) => new Promise((done) => {
  const app = document.querySelector('[data-testid=stApp]');
  let runs = 0;
  const begun = () => app.dataset.testScriptState !== 'notRunning';
  const watch = new MutationObserver(() => { runs += begun(); });
  watch.observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] });
  setTimeout(() => { watch.disconnect(); done(runs); }, ms);
})
"""
"""JavaScript: count the runs that begin within so long."""
LEFT_ALONE_MS = 1_500
LANGUAGE, PRESENT = ".st-key-language button", ".st-key-present button"


@pytest.mark.thorough
def test_a_page_that_is_left_alone_comes_to_rest(server: Server, page: Page) -> None:
    """What keeps a page running breaks off the runs that clicks begin, and with them the clicks."""
    open_at(page, server.url)
    map_frame(page)
    for address in ("/", "/deck", "/coverage?cpart=scenario"):
        turn(page, address)
        page.wait_for_timeout(LEFT_ALONE_MS)  # the browser may say once what it has kept
        assert page.evaluate(RUNS, LEFT_ALONE_MS) == 0, f"{address} does not come to rest"


@pytest.mark.thorough
@pytest.mark.parametrize(("slower", "clicks"), [(1, 48), (4, 24)])
def test_clicks_right_after_a_turn_and_after_a_back_all_count(
    atlas: Page, slower: int, clicks: int
) -> None:
    """On a quick machine, and on a slow one, whose browser is busy when the click comes."""
    turn(atlas, "/")
    map_frame(atlas)
    speed = atlas.context.new_cdp_session(atlas)
    speed.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    lost = []
    for n in range(clicks):
        pause = LONGEST_PAUSE_MS * n // clicks
        address = "/?at=39.1_117.4_9.5" if n % 4 < 2 else "/?sel=120116"
        control = LANGUAGE if n % 2 else PRESENT
        if not atlas.evaluate(RIGHT_AFTER, [address, n % 3 == 2, pause, control, WAIT_MS // 10]):
            lost.append((n, pause, control, atlas.url))
        settle(atlas)
        atlas.evaluate(TURN, ["/", WAIT_MS])
        settle(atlas)
    speed.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert lost == []
