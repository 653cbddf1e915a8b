"""Show that every row of a verification sheet ends in one account; what is accepted is saved."""

from __future__ import annotations

import io
import math
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from geo.base.errors import DataError, UnfitError
from layers.pack.catalogue import VERIFIED
from layers.pack.city import City
from layers.present.sheet.verification import printed
from layers.store.book import Book
from layers.store.cities import with_entries
from layers.store.settings import Settings
from layers.verification.coordinates import read_coordinates
from layers.verification.read_back import Answer, read_back, save
from layers.verification.sheet import ASKED, KNOWN, lines
from layers.verification.waiting import unsettled_km2, waiting
from layers.verification.workbook import choices, workbook

BINHAI = "120116"
TODAY = date(2026, 11, 29)
SIGNED: dict[str, object] = {"who": "张三", "when": date(2026, 11, 20)}
POINT: dict[str, object] = {"east": "117.7000", "north": "39.0000", "datum": "WGS 84"}


@pytest.fixture(scope="module")
def blank(tianjin: City) -> bytes:
    """The sheet of Binhai as it goes out."""
    return workbook(tianjin, lines(tianjin, (), "zh", BINHAI), "zh", "点位核实单：滨海新区")


def filled(data: bytes, *rows: dict[str, object]) -> bytes:
    """Fill in the first rows of a sheet."""
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3]}
    for number, row in enumerate(rows, start=5):
        for name, value in row.items():
            sheet.cell(number, columns[name]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(city: City, data: bytes, entries=()) -> tuple[Answer, ...]:
    return read_back(data, city, entries, file="s.xlsx", today=TODAY)


def test_places_wait_in_the_order_of_what_an_answer_settles(tianjin: City) -> None:
    found = waiting(tianjin)
    counted = [each for each in found if each.row["counted"]]
    assert found[: len(counted)] == tuple(counted)
    settled = [each.unsettled_km2 for each in counted]
    assert settled == sorted(settled, reverse=True)
    assert {each.row["location_class"] for each in found} == {"proxy", "knowledge", "none"}
    disc = math.pi * 25
    assert settled[0] == pytest.approx(disc)
    # Two discs of radius R at the distance R share R² (2π/3 − √3/2).
    row = found[0].row.copy()
    row["location_class"], row["uncertainty_m"] = "proxy", 5_000.0
    assert unsettled_km2(row) == pytest.approx(disc - 25 * (2 * math.pi / 3 - math.sqrt(3) / 2))
    row["uncertainty_m"] = 10_000.0
    assert unsettled_km2(row) == pytest.approx(disc)


def test_a_sheet_locks_what_is_known_and_offers_lists(blank: bytes, tianjin: City) -> None:
    assert blank == workbook(
        tianjin, lines(tianjin, (), "zh", BINHAI), "zh", "点位核实单：滨海新区"
    )
    sheet = load_workbook(io.BytesIO(blank)).worksheets[0]
    assert sheet.protection.sheet
    locked = [cell.protection.locked for cell in sheet[5]]
    assert locked == [True] * len(KNOWN) + [False] * len(ASKED)
    lists = {
        sheet.cell(3, next(iter(each.sqref.ranges)).min_col).value: each.formula1
        for each in sheet.data_validations.dataValidation
    }
    assert lists.keys() == choices("zh").keys()
    assert "已建成或已认定" in lists["status"]
    assert sheet.max_row - 4 == len(waiting(tianjin, BINHAI)) == 17


def test_every_row_ends_in_one_account(blank: bytes, tianjin: City) -> None:
    rows: list[dict[str, object]] = [
        POINT | SIGNED,
        {"verdict": "无法核实"},
        {"verdict": "现有位置无误", "accuracy": "150", **SIGNED},
        {"verdict": "现有位置无误", **SIGNED},
        POINT,  # nobody signs
        {"east": "39.0", "north": "117.7", "datum": "WGS 84", **SIGNED},
        {"east": "117.7", "north": "39.0", **SIGNED},
        {"east": "121.5", "north": "31.2", "datum": "WGS 84", **SIGNED},
        {"status": "极好", **SIGNED},
        {"lead_unit": "某局", "who": "张三", "when": "2027-01-01"},
        {"accuracy": "很准", **POINT, **SIGNED},
        {"lead_unit": "某局", **SIGNED},
    ]
    answers = read(tianjin, filled(blank, *rows))
    found = [(each.account, *(problem.key for problem in each.problems)) for each in answers]
    assert found[:12] == [
        ("accepted",),
        ("unchanged",),
        ("accepted",),
        ("refused", "verification.how_exact"),
        ("refused", "verification.unsigned"),
        ("refused", "verification.swapped"),
        ("refused", "verification.datum"),
        ("refused", "verification.outside"),
        ("refused", "verification.choice"),
        ("refused", "verification.future"),
        ("refused", "verification.accuracy"),
        ("accepted",),
    ]
    assert {each.account for each in answers[12:]} == {"unchanged"}
    assert len(answers) == 17
    assert [each.number for each in answers] == list(range(5, 22))
    (draft,) = answers[0].drafts
    assert (draft.after, draft.source) == (
        "117.700000 39.000000 ±100 m (WGS 84)",
        "(张三 2026-11-20)",
    )


def test_what_is_accepted_raises_the_class_and_leaves_the_list(
    blank: bytes, tianjin: City, tmp_path: Path
) -> None:
    where = Settings(f"sqlite:///{tmp_path / 'entries.sqlite'}")
    book = Book(where)
    data = filled(blank, POINT | SIGNED | {"status": "在建", "address": "第一大街"})

    def append(*drafts):
        return book.append("tianjin", *drafts)

    answers = read(tianjin, data)
    done = save(answers, append, file="s.xlsx", signed="李工")
    assert [each.account for each in done] == [each.account for each in answers]
    entries = book.entries("tianjin")
    assert [(e.field, e.who, e.verified) for e in entries] == [
        ("position", "李工", True),
        ("address", "李工", True),
        ("current_status", "李工", True),
    ]
    city = with_entries(tianjin, where)
    place = answers[0].place
    assert len(waiting(city, BINHAI)) == 16
    assert place not in {each.place for each in waiting(city)}
    kind = waiting(tianjin, BINHAI)[0].kind
    assert city.layers[kind].frame.loc[place, "location_class"] == VERIFIED

    # The same sheet again: the values have changed since it was made.
    (again, *_) = read(city, data, entries)
    assert [problem.key for problem in again.problems] == ["verification.changed"]
    # Two who hand in the same sheet at once: the second sees what the first has saved.
    (second, *_) = save(answers, append, file="s.xlsx")
    assert (second.account, second.problems[0].key) == ("refused", "store.conflict")
    assert book.entries("tianjin") == entries


def test_a_row_that_stands_twice_or_names_nobody_is_refused(blank: bytes, tianjin: City) -> None:
    book = load_workbook(io.BytesIO(blank))
    other = book.worksheets[0].cell(6, 1).value
    data = filled(
        blank, POINT | SIGNED | {"id": other}, POINT | SIGNED, POINT | SIGNED | {"id": "x"}
    )
    assert [each.problems[0].key for each in read(tianjin, data)[:3]] == [
        "verification.twice",
        "verification.twice",
        "verification.no_place",
    ]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_sheet_is_refused(data: bytes, tianjin: City) -> None:
    with pytest.raises(DataError) as told:
        read(tianjin, data)
    assert told.value.key == "sheet_refused"


def test_a_workbook_that_is_not_ours_is_refused(blank: bytes, tianjin: City, toy: City) -> None:
    book = load_workbook(io.BytesIO(blank))
    del book["_atlas"]
    target = io.BytesIO()
    book.save(target)
    for data, city, key in (
        (target.getvalue(), tianjin, "verification.no_sheet"),
        (blank, toy, "verification.other_city"),
        (blank[: len(blank) // 2], tianjin, "intake.no_zip"),
    ):
        with pytest.raises(DataError) as told:
            read(city, data)
        assert told.value.problems[0].key == key


@pytest.mark.parametrize(
    ("east", "north", "told", "expected"),
    [
        ("117.20000", "39.10000", {}, (117.2, 39.1, 100)),
        ("117.2", "39.10000", {"doubt_m": 20.0}, (117.2, 39.1, 20)),
        ("117.2", "39.1", {}, (117.2, 39.1, 5550)),
        ("117°12′0″E", "北纬39°6′0″", {}, (117.2, 39.1, 100)),
        ("117度12分", "39度6分", {}, (117.2, 39.1, 2000)),
        ("117.20000", "39.10000", {"datum": "GCJ-02", "doubt_m": 5.0}, (117.2, 39.1, 600)),
        ("117.20000", "39.10000", {"datum": "BD-09"}, (117.2, 39.1, 1500)),
        # On the central meridian the easting is 500 km by definition.
        ("500000", "4328000", {"datum": "CGCS2000"}, (117.0, 39.0846, 100)),
        ("39500000", "4328000", {"datum": "CGCS2000"}, (117.0, 39.0846, 100)),
    ],
)
def test_positions_are_read_as_people_write_them(
    east: str, north: str, told: dict[str, object], expected: tuple[float, float, float]
) -> None:
    asked = {"form": "", "datum": "WGS 84", "doubt_m": None, "plane": 4548} | told
    found = read_coordinates(east, north, **asked)  # type: ignore[arg-type]
    assert found[:2] == pytest.approx(expected[:2], abs=1e-3)
    assert found.doubt_m == expected[2]


@pytest.mark.parametrize(
    ("east", "north", "told", "key"),
    [
        ("here", "39.1", {}, "verification.form"),
        ("117.2", "39°6′", {}, "verification.form"),
        ("117.2", "39.1", {"form": "dms"}, "verification.form"),
        ("117°72′", "39°6′", {}, "verification.form"),
        ("500000", "4328000", {}, "verification.metres"),
        ("117.2", "39.1", {"datum": "Xian 1980"}, "verification.datum"),
        ("117.2", "", {}, "verification.form"),
    ],
)
def test_what_is_no_position_is_refused(
    east: str, north: str, told: dict[str, object], key: str
) -> None:
    asked = {"form": "", "datum": "WGS 84", "doubt_m": None, "plane": 4548} | told
    with pytest.raises(UnfitError) as refused:
        read_coordinates(east, north, **asked)  # type: ignore[arg-type]
    assert refused.value.key == key


def test_the_sheet_is_printed_in_both_languages(tianjin: City) -> None:
    for lang in ("zh", "en"):
        asked = lines(tianjin, (), lang, "120110")
        made = printed(tianjin, asked, lang, "Dongli <b>")
        assert made.startswith(b"%PDF")
        assert made == printed(tianjin, asked, lang, "Dongli <b>")
