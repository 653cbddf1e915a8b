"""Order the tests, keep a skipped browser test from passing unseen, and load what is shared."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Playwright, sync_playwright

from layers.command_line import arguments
from layers.pack.city import City, load_city
from layers.store.settings import STORE_VARIABLE
from pages.shell.ahead import VARIABLE
from tests import CI, ROOT, examples

TIANJIN, TOY = ROOT / "data" / "tianjin", ROOT / "tests" / "toy"

os.environ.setdefault(VARIABLE, "no")  # a screen under test computes what it shows, no more
os.environ[STORE_VARIABLE] = "/nonexistent"  # and no test sees what was ever entered here

# The same examples every time, and no failure because a machine is busy.
settings.register_profile(
    "atlas",
    max_examples=examples(100),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("atlas")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what stands in tests/browser and tests/office, and say which tests one worker keeps.

    A module stays on one worker, for it shares what it has set up; those that need a dask cluster
    share one. The browser tests have one Chromium and one server, so one worker has them all, and
    another those of an office. On its own, pytest runs these tests last: the quick ones speak
    first. With several workers they take longest, so two begin with them.
    """
    slow = ("browser", "office")
    with_cluster = {item.path for item in items if "cluster" in getattr(item, "fixturenames", ())}
    for item in items:
        group = "cluster" if item.path in with_cluster else str(item.path.relative_to(ROOT))
        for folder in set(slow) & set(item.path.relative_to(ROOT).parts):
            item.add_marker(getattr(pytest.mark, folder))
            group = folder
        if config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group(group))
    alone = not config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    items.sort(key=lambda item: any(map(item.get_closest_marker, slow)) == alone)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop where xdist deals out the tests one by one, with every module set up on every worker.

    It writes the group into a test's id, which pytest 9.2 no longer lets it do
    (https://github.com/pytest-dev/pytest-xdist/issues/1386): everything passes, in twice the time.
    """
    ungrouped = [item.nodeid for item in session.items if "@" not in item.nodeid]
    if hasattr(session.config, "workerinput") and ungrouped:
        raise pytest.UsageError(f"xdist knows no group of {len(ungrouped)} tests: {ungrouped[0]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a browser test that is skipped has failed."""
    report = yield
    if report.skipped and CI and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI=true: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that browser tests were skipped."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "browser" in report.keywords
    ]
    if skipped:
        terminalreporter.write_sep("!", f"{len(skipped)} BROWSER TESTS WERE SKIPPED", red=True)
        terminalreporter.write_line(str(skipped[0].longrepr[-1]))
    office = {
        str(report.longrepr[-1])
        for report in terminalreporter.stats.get("skipped", [])
        if "office" in report.keywords
    }
    for reason in sorted(office):
        terminalreporter.write_line(f"A test of an office's server was {reason}", yellow=True)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers; there can be but one in a process."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def tianjin() -> City:
    """The shipped city."""
    return _of_the_repository(TIANJIN)


@pytest.fixture(scope="session")
def toy() -> City:
    """A city of squares on a metre grid, small enough to check in the head."""
    return _of_the_repository(TOY)


_of_the_repository = cache(load_city)


@pytest.fixture(scope="session", autouse=True)
def packs_of_the_repository_are_read_once() -> Iterator[None]:
    """A command reads its pack at each start; these two do not change while tests run."""

    def read(folder: Path) -> City:
        own = folder.resolve()
        return _of_the_repository(own) if own in (TIANJIN, TOY) else load_city(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arguments, "load_city", read)
        yield


@pytest.fixture(autouse=True)
def nothing_unforeseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the last catch caught something, unless it is marked so.

    A page shows an unforeseen error as a sentence: without this, no test would notice one.
    """
    caught: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: caught.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    logs = [logging.getLogger(name) for name in ("pages.shell.failure", "layers.pack.city")]
    for log in logs:
        log.addHandler(handler)
    yield
    for log in logs:
        log.removeHandler(handler)
    if caught and request.node.get_closest_marker("unforeseen") is None:
        pytest.fail("\n".join(caught), pytrace=False)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a dask scheduler with one worker in this process."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0"
    ) as started:
        yield started.scheduler_address
