"""Order the tests, keep a skipped browser test from passing unseen, and load the packs once."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from layers.city import City, load_city

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in tests/browser and tests/office, and run it last: quick tests first."""
    slow = ("browser", "office")
    for item in items:
        for folder in set(slow) & set(item.path.relative_to(ROOT).parts):
            item.add_marker(getattr(pytest.mark, folder))
    items.sort(key=lambda item: any(map(item.get_closest_marker, slow)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a browser test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and item.get_closest_marker("browser"):
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
def tianjin() -> City:
    """The shipped city."""
    return load_city(ROOT / "data" / "tianjin")


@pytest.fixture(scope="session")
def toy() -> City:
    """A city of squares on a metre grid, small enough to check in the head."""
    return load_city(ROOT / "tests" / "toy")


@pytest.fixture(autouse=True)
def nothing_unforeseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the last catch caught something, unless it is marked so.

    A page shows an unforeseen error as a sentence: without this, no test would notice one.
    """
    caught: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: caught.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    log = logging.getLogger("pages.shell.failure")
    log.addHandler(handler)
    yield
    log.removeHandler(handler)
    if caught and request.node.get_closest_marker("unforeseen") is None:
        pytest.fail("\n".join(caught), pytrace=False)
