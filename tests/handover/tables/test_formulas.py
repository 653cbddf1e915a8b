"""Show that no text of a CSV runs in a spreadsheet, and that numbers stay numbers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from layers.handover.build import build
from layers.handover.contents import Form
from layers.handover.package import Package
from layers.handover.selection import select
from layers.handover.view_export import contents
from layers.pack.city import City
from layers.view.state import default_state

HOSTILE = [
    '=HYPERLINK("http://x.invalid","点")', "+1+1", "-5", "@a", "\tb", "\rc", "\n=1", " =1", "＝1+1",
    "=cmd|' /C calc'!A0",
]  # fmt: skip


def exported(city: City, form: Form) -> Package:
    """Return the platforms of a city, their names hostile."""
    held = contents(select(city, default_state(city), layers=("platform",), form=form))
    (sheet,) = held.sheets
    names = (HOSTILE * len(sheet.frame))[: len(sheet.frame)]
    return build(replace(held, sheets=(replace(sheet, frame=sheet.frame.assign(name_zh=names)),)))


def cells(package: Package) -> list[dict[str, str]]:
    text = package.files["platform.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("raw", [False, True])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tianjin: City, raw: bool) -> None:
    package = exported(tianjin, Form("csv", raw=raw))
    rows = cells(package)
    expected = (HOSTILE * len(rows))[: len(rows)]
    mark = "" if raw else "'"
    assert [row["name_zh"] for row in rows] == [mark + name for name in expected]
    counted = json.loads(package.files["manifest.json"])["escaped_cells"]
    assert counted == (0 if raw else len(rows))


def test_a_number_below_zero_stays_one(tianjin: City) -> None:
    held = contents(select(tianjin, default_state(tianjin), layers=("platform",), form=Form("csv")))
    (sheet,) = held.sheets
    below = sheet.frame.assign(uncertainty_m=-5.0)
    package = build(replace(held, sheets=(replace(sheet, frame=below),)))
    assert {row["uncertainty_m"] for row in cells(package)} == {"-5.0"}
