"""Hold that the table of the benchmarks says which targets are met, on the screen and on paper."""

from __future__ import annotations

import pytest

from tests.bench.table import Row, as_markdown, machine, print_table

QUICK = Row("binning", 1.25, "ms")
GOOD, BAD = Row("  / the usual", 0.5, "", 0.5), Row("memory", 1.2, "MB", 1.1)


def test_a_target_is_the_most_that_a_figure_may_be() -> None:
    assert [row.verdict for row in (QUICK, GOOD, BAD)] == ["", "met", "NOT MET"]
    assert [row.asked for row in (QUICK, GOOD, BAD)] == ["", "≤ 0.5", "≤ 1.1"]


def test_a_small_ratio_is_told_from_its_target() -> None:
    assert Row("ratio", 0.0032, "", 0.003).shown == "0.0032"
    assert Row("time", 12.3456, "ms").shown == "12.346 ms"


def test_the_page_names_the_machine_and_holds_every_row() -> None:
    page = as_markdown({"density": [QUICK, GOOD], "stream": [BAD]})
    assert all(f"- {name}: {said}" in page for name, said in machine().items())
    assert "| / the usual | 0.500 | ≤ 0.5 | met |" in page
    assert page.index("## Density") < page.index("| binning | 1.250 ms |  |  |")
    assert page.index("## Stream") < page.index("| memory | 1.200 MB | ≤ 1.1 | NOT MET |")
    assert "1 of 2 targets are met." in page


def test_the_screen_shows_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([QUICK, GOOD, BAD])
    shown = capsys.readouterr().out
    assert "1 of 2 targets are met." in shown
    assert "NOT MET" in shown
    assert "numba" in shown
