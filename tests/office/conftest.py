"""Give the tests of an office's server the browser of the browser tests."""

from tests.browser.conftest import browser, watch

__all__ = ["browser", "watch"]
