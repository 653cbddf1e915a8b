"""Hold that the atlas works for a user who owns nothing, and calls nobody."""

from __future__ import annotations

import pytest

from pages.shell.navigation import SCREENS
from tests.browser.harness import serve
from tests.office import nobody, sealed
from tests.office.reader import reader

# Conditions as texts are looked at before the test; else every worker would, as it collects.


@pytest.mark.thorough
@pytest.mark.skipif("nobody.as_nobody() is None", reason=nobody.MISSING)
def test_every_page_works_as_nobody_without_a_home() -> None:
    through = nobody.as_nobody() or ()
    home = {"HOME": None, "XDG_CACHE_HOME": None}
    with (
        nobody.warm() as kept,
        serve(env={**home, "ATLAS_CACHE": str(kept)}, through=through) as server,
        reader(server.url) as session,
    ):
        for page in SCREENS:
            # The deck opens with its wall, which the browser draws out of one component.
            assert session.read(page, "city=tianjin") > (3 if page == "deck" else 20), page
        assert session.failures == []
        log = server.printed()
        assert "Traceback" not in log
        assert "not kept" not in log
        assert "ATLAS_CACHE" not in log


@pytest.mark.skipif("not sealed.possible()", reason=sealed.MISSING)
def test_the_server_calls_nobody() -> None:
    called, waited = sealed.calls(("explore", "sources"))
    assert called == []
    assert waited < 5, "a stranger's knock held up the server"
