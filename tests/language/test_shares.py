"""Show that a share that is said aloud never leaves its own interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.language.messages import LANGS
from layers.language.shares import FRACTIONS, fraction, tenths


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (0.62, 0.72, "六到七成", "six to seven in ten"),
        (0.58, 0.62, "约六成", "about six in ten"),
        (0.96, 1.0, "几乎全部", "nearly all"),
        (0.0, 0.03, "不到一成", "fewer than one in ten"),
        (0.02, 0.22, "至多二成", "at most two in ten"),
        (0.85, 0.99, "八到九成", "eight to nine in ten"),
    ],
)
def test_an_interval_is_said_in_tenths(low: float, high: float, zh: str, en: str) -> None:
    assert (tenths(low, high, "zh"), tenths(low, high, "en")) == (zh, en)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_fraction_lies_within_its_interval(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    for lang in LANGS:
        said = fraction(low, high, lang)
        names = [
            name for name in FRACTIONS if fraction(FRACTIONS[name], FRACTIONS[name], lang) == said
        ]
        assert not said or low <= FRACTIONS[names[0]] <= high
        assert tenths(low, high, lang)


def test_a_wide_interval_is_no_fraction() -> None:
    assert fraction(0.3, 0.6, "zh") == ""
