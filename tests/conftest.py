"""Order the tests, keep a skipped browser test from passing unseen, and load the packs once."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from layers.city import City, load_city
from tests import ROOT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in tests/browser and run it last: the quick tests speak first."""
    for item in items:
        if "browser" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


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


@pytest.fixture(scope="session")
def tianjin() -> City:
    """The shipped city."""
    return load_city(ROOT / "data" / "tianjin")


@pytest.fixture(scope="session")
def toy() -> City:
    """A city of squares on a metre grid, small enough to check in the head."""
    return load_city(ROOT / "tests" / "toy")
