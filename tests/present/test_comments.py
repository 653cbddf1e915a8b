"""Show that what is said in a meeting is kept whole, and leaves as text in all three files."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from docx import Document

from geo.base.errors import DataError
from layers.language.bilingual import BLANK, Bilingual
from layers.pack.city import City
from layers.present.comments.comment import (
    Comment,
    anchor,
    clauses,
    made_with,
    ordered,
    read,
    spot,
    whole,
    write,
)
from layers.present.comments.files import package
from layers.present.comments.pins import PREFIX, with_pins
from layers.present.picture import Picture
from layers.view.rows import rows_in_view
from layers.view.state import default_state
from tests.hostile import HOSTILE_TEXTS
from tests.rfc7946 import check

HOSTILE = ("=1+1", "+A1", "-A1", "@SUM(A1)", *(text[:900] for text in HOSTILE_TEXTS))


def _comment(city: City, n: int, what: str, selected: str | None = None) -> Comment:
    pinned = anchor(city, selected) or whole(city)
    fields: dict[str, Any] = {**pinned._asdict(), **made_with(city)}
    return Comment(
        id=f"{n:032x}",
        said=f"2026-11-29T09:{n // 60:02d}:{n % 60:02d}",
        who="李处",
        what=what,
        clause="",
        clause_name=BLANK,
        page=Bilingual("地图", "Map"),
        address="explore?v=3",
        filtered=BLANK,
        **fields,
    )


@pytest.fixture(scope="module")
def said(tianjin: City) -> list[Comment]:
    """One of a place, a district, a part, a spot and the city each, and all that could do harm."""
    place = str(rows_in_view(tianjin, default_state(tianjin)).mapped.index[0])
    first = [_comment(tianjin, n, "好", on) for n, on in enumerate((place, "120104", None))]
    part = _comment(tianjin, 3, "好", "part:bincheng")
    at = replace(_comment(tianjin, 4, "好"), **spot(117.5, 39.5)._asdict())
    bad = [_comment(tianjin, 5 + n, text) for n, text in enumerate(HOSTILE)]
    return [*first, part, at, *bad]


def test_a_comment_comes_back_as_it_was(said: list[Comment]) -> None:
    assert [read(write(each)) for each in said] == said


@pytest.mark.parametrize(
    "harm",
    [
        {"id": "../../etc"},
        {"said": "today"},
        {"on": "planet"},
        {"lon": float("nan")},
        {"lat": None},
        {"lon": 181.0},
        {"what": "  "},
        {"what": "长" * 30_000},
        {"name": "no pair"},
        {"more": 1},
    ],
)
def test_what_is_none_of_ours_is_refused(said: list[Comment], harm: dict[str, object]) -> None:
    tree = {**json.loads(write(said[0])), **harm}
    with pytest.raises(DataError):
        read(json.dumps(tree))


def test_its_own_tasks_come_first(tianjin: City) -> None:
    rows = rows_in_view(tianjin, default_state(tianjin)).places
    place = rows.index[rows["clause_ids"].astype(str).str.len() > 3][0]
    pinned = anchor(tianjin, str(place))
    assert pinned is not None
    found = clauses(tianjin, pinned)
    assert found[0] in str(rows.loc[place, "clause_ids"])
    assert sorted(found) == sorted(clauses(tianjin, whole(tianjin)))


def test_hostile_text_stays_text_in_all_three_files(tianjin: City, said: list[Comment]) -> None:
    files = dict(package(tianjin, said[::-1], "zh").files)
    sheet = files["会议意见台账.csv"].decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(sheet, newline=""))
    assert len(rows) == len(said)
    assert all(len(row) == len(head) for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    tree = check(files["comments.geojson"])
    told = {f["id"]: f["properties"]["what"] for f in tree["features"]}
    document = Document(io.BytesIO(files["会议意见台账.docx"]))
    table = document.tables[0]
    cells = [row.cells[1].text for row in table.rows][1:]
    assert [told[each.id] for each in said] == cells, "in the order in which they were said"
    assert "=1+1" in cells
    assert "'=1+1" in [row[3] for row in rows]
    texts = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert tianjin.data_date in texts
    assert tianjin.digest[:12] in texts


def test_each_stands_where_it_was_pinned(tianjin: City, said: list[Comment]) -> None:
    tree = json.loads(package(tianjin, said[:5], "en").files["comments.geojson"])
    kinds = [(f["geometry"] or {}).get("type") for f in tree["features"]]
    assert kinds[0] == "Point"
    assert kinds[1] in ("Polygon", "MultiPolygon")
    assert kinds[2] is None, "what is said of the whole city has no point"
    assert kinds[3] in ("Polygon", "MultiPolygon")
    assert tree["features"][4]["geometry"]["coordinates"] == [117.5, 39.5]


def test_the_map_shows_notes_and_no_more_places(tianjin: City, said: list[Comment]) -> None:
    view = rows_in_view(tianjin, default_state(tianjin))
    drawn = Picture(view)
    assert with_pins(drawn, [], place=False) is drawn
    pinned = with_pins(drawn, said, place=True)
    assert pinned.drawing is not None
    assert pinned.drawing.place
    located = [each for each in ordered(said) if each.lon is not None]
    assert [h.id for h in pinned.drawing.handles] == [f"{PREFIX}{each.id}" for each in located]
    assert not any(handle.movable for handle in pinned.drawing.handles)
    assert len(pinned.view.mapped) == len(view.mapped)
    assert pinned.legend[-1][1] == "会议意见，不是场所"
