"""Show that what readers verified is seen at once, as theirs; an empty store changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.base.errors import DataError
from layers.handover import view_export
from layers.pack.catalogue import VERIFIED
from layers.pack.city import City
from layers.pack.shelf import PACKS_VARIABLE, Shelf
from layers.places.card import card
from layers.store.book import Book
from layers.store.chain import read_anchor
from layers.store.cities import EnteredCities, with_entries
from layers.store.database import _engine
from layers.store.entries import FIRST, Draft, undo
from layers.store.lay_over import fact
from layers.store.position import Position, read_position
from layers.store.settings import Settings
from layers.view.state import default_state

HERE = Position(117.7, 39.0, 600, "GCJ-02")


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    """An embedded database of its own."""
    return Settings(f"sqlite:///{tmp_path / 'entries.sqlite'}")


@pytest.fixture(scope="module")
def lost(tianjin: City) -> str:
    """A platform whose site is not known."""
    frame = tianjin.layers["platform"].frame
    return str(frame.index[frame["location_class"] == "none"][0])


def found(place: str, field: str, after: str, before: str = "", verified: bool = False) -> Draft:
    draft = Draft(
        kind="verification", subject=place, field=field, before=before, after=after, who="李工"
    )
    return replace(draft, source="现场踏勘", verified=verified)


@pytest.mark.slow
def test_without_entries_nothing_changes(tianjin: City, where: Settings) -> None:
    assert with_entries(tianjin, where) is tianjin
    Book(where).append("other", found("x", "position", str(HERE)))
    assert with_entries(tianjin, where) is tianjin
    files = view_export.package(tianjin, default_state(tianjin), fmt="geojson").files
    assert "entries" not in json.loads(files["manifest.json"])


@pytest.mark.slow
def test_a_verified_place_is_seen_as_what_it_is(
    tianjin: City, where: Settings, lost: str, tmp_path: Path
) -> None:
    before = fact(tianjin.layers["platform"].frame.loc[lost], "current_status")
    drafts = [
        found(lost, "position", str(HERE)),
        found(lost, "address", "洞庭路1号"),
        found(lost, "current_status", "existing", before, verified=True),
        Draft(kind="observation", subject="3", field="2025", before="", after="7", who="Zhao"),
    ]
    saved = Book(where).append("tianjin", *drafts)
    city = with_entries(tianjin, where)
    row = city.layers["platform"].frame.loc[lost]
    assert (row["location_class"], row["uncertainty_m"], row["source_datum"]) == (
        VERIFIED,
        600,
        "GCJ-02",
    )
    assert (row.geometry.x, row.geometry.y) == (117.7, 39.0)
    assert tianjin.layers["platform"].frame.loc[lost, "location_class"] == "none"
    told = card(city, lost, "zh")
    assert told is not None
    assert told.doubt.startswith("核实记录，±600")
    assert "李工（未经登录认证）" in told.doubt
    assert "洞庭路1号" in told.doubt
    assert any("核实记录" in source.text and ";" not in source.text for source in told.sources)
    files = view_export.package(city, default_state(city), fmt="geojson").files
    manifest = json.loads(files["manifest.json"])
    assert manifest["entries"] == {"count": 4, "head": saved[-1].digest, "contained": [1, 2, 3]}
    assert manifest["city"]["pack_sha256"] == tianjin.digest != city.digest
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"])
    assert read_anchor(tmp_path / "manifest.json").head == saved[-1].digest
    sources = next(data for name, data in files.items() if name.endswith(".md")).decode()
    assert "所含核实与修改记录（3 条，不是规划原文）" in sources
    assert b'"verified"' in files["platform.geojson"]


def test_what_is_undone_is_the_packs_own_again(tianjin: City, where: Settings, lost: str) -> None:
    book = Book(where)
    (entry,) = book.append("tianjin", found(lost, "position", str(HERE)))
    book.append("tianjin", undo(entry, who="Zhao", verified=True, why="wrong place"))
    city = with_entries(tianjin, where)
    assert city.layers["platform"].frame.loc[lost, "location_class"] == "none"
    assert (city.entered.count, city.entered.numbers) == (2, ())


@pytest.mark.parametrize(
    ("field", "after"),
    [("position", "here"), ("current_status", "splendid"), ("name_zh", "x"), ("geometry", "x")],
)
def test_an_entry_that_cannot_be_read_acts_on_nothing(
    tianjin: City, where: Settings, lost: str, field: str, after: str
) -> None:
    Book(where).append("tianjin", found(lost, field, after), found("gone", "address", "x"))
    city = with_entries(tianjin, where)
    assert city.entered.numbers == ()
    for kind, layer in city.layers.items():
        assert layer.frame.equals(tianjin.layers[kind].frame)


@pytest.mark.slow
def test_entries_that_somebody_changed_are_not_used(
    tianjin: City, where: Settings, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Book(where).append("tianjin", found(lost, "position", str(HERE)))
    with _engine(where.url).begin() as connection:
        connection.execute(sa.text("DROP TRIGGER entry_no_update"))
        connection.execute(sa.text("UPDATE entry SET who = 'somebody else'"))
    with pytest.raises(DataError) as told:
        with_entries(tianjin, where)
    assert (told.value.key, told.value.problems[0].row) == ("store_changed", "#1")
    monkeypatch.setenv(PACKS_VARIABLE, "")
    packs, cities = Shelf().packs(None), EnteredCities(where)
    assert cities.over(packs).served["tianjin"].city.digest == tianjin.digest
    assert cities.trouble == "store_changed"


@pytest.mark.slow
def test_what_is_saved_is_shown_to_the_next_who_asks(where: Settings, lost: str) -> None:
    packs, cities = Shelf().packs(None), EnteredCities(where)
    assert cities.over(packs) is packs
    cities.append("tianjin", found(lost, "position", str(HERE)))
    city = cities.over(packs).served["tianjin"].city
    assert city.entered.numbers == (1,)
    assert cities.version(city.digest) is city
    assert cities.version(packs.served["tianjin"].city.digest) is None
    assert cities.over(packs).served["tianjin"].city is city
    assert cities.entries("tianjin", "observation") == ()
    assert FIRST not in {entry.digest for entry in cities.entries("tianjin", "verification")}


def test_without_its_database_the_atlas_shows_the_pack() -> None:
    packs = Shelf().packs(None)
    cities = EnteredCities(Settings("postgresql://nobody@/x?host=%2Fnowhere"))
    assert cities.over(packs) is packs
    assert cities.trouble == "store_unreachable"


def test_a_position_is_read_back() -> None:
    for position in (HERE, Position(117.123456, -39.5, 50)):
        assert read_position(str(position)) == position
    for text in (
        "",
        "117.2 39.1",
        "190.0 39.0 ±5 m",
        "117.0 39.0 ±0 m",
        "a b ±5 m",
        "1.0 2.0 ±5 km",
    ):
        assert read_position(text) is None, text
