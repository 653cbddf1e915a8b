"""Show that tampering is found at its row, and that a backup brings everything back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.store.book import Book
from layers.store.chain import read_anchor
from layers.store.command import main
from layers.store.database import _engine
from layers.store.settings import STORE_VARIABLE, WRITE_VARIABLE, Settings, settings
from tests.store.script import draft, play, ticking


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database of its own, with entries of two cities."""
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path / "store"))
    there = settings({STORE_VARIABLE: str(tmp_path / "store")})
    play(there)
    return there


def tamper(where: Settings, *statements: str) -> None:
    """Change entries as one would who has the database to himself."""
    with _engine(where.url).begin() as connection:
        for change in ("update", "delete"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS entry_no_{change}"))
        for statement in statements:
            connection.execute(sa.text(statement))


def manifest(where: Settings, path: Path) -> str:
    count, head = Book(where).heads()["toy"]
    told = {"city": {"id": "toy"}, "entries": {"count": count, "head": head}}
    path.write_text(json.dumps(told), encoding="utf-8")
    return str(path)


def test_what_is_in_order_is_told_so(
    store: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--manifest", manifest(store, tmp_path / "m.json")]) == 0
    assert [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["other", "1"],
        ["toy", "5"],
    ]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE entry SET after = '8' WHERE city = 'toy' AND number = 3", "toy · #3: the entry"),
        ("UPDATE entry SET verified = 1 WHERE city = 'toy' AND number = 1", "toy · #1: the entry"),
        ("UPDATE entry SET who = X'00' WHERE city = 'toy' AND number = 4", "toy · #4: the entry"),
        ("DELETE FROM entry WHERE city = 'toy' AND number = 2", "toy · #3: number 2 should"),
        ("DELETE FROM entry WHERE city = 'other'", ""),
        ("DELETE FROM entry WHERE city = 'toy' AND number = 5", "toy · #5: the entry that the"),
        ("UPDATE entry SET at = 'x' WHERE city = 'other'", "other · #1: the entry"),
    ],
)
def test_tampering_is_found_at_the_row(
    store: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    statement: str,
    told: str,
) -> None:
    anchor = manifest(store, tmp_path / "m.json")
    tamper(store, statement)
    assert main(["verify", "--manifest", anchor]) == (1 if told else 0)
    said = capsys.readouterr().err
    assert told in said if told else said == ""


def test_a_chain_that_was_written_anew_does_not_fit_an_export(
    store: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor = manifest(store, tmp_path / "m.json")
    tamper(store, "DELETE FROM entry")
    ticking(store).append("toy", *(draft(str(k), subject=f"x{k}") for k in range(6)))
    assert main(["verify"]) == 0
    assert main(["verify", "--manifest", anchor]) == 1
    assert "rewritten" in capsys.readouterr().err


def test_an_export_without_entries_fits_any_store(store: Settings, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"city": {"id": "toy"}}', encoding="utf-8")
    assert read_anchor(tmp_path / "m.json").count == 0
    assert main(["verify", "--manifest", str(tmp_path / "m.json")]) == 0
    (tmp_path / "m.json").write_text("[]", encoding="utf-8")
    assert main(["verify", "--manifest", str(tmp_path / "m.json")]) == 2
    assert main(["verify", "--manifest", str(tmp_path / "nowhere.json")]) == 2


def test_a_backup_brings_everything_back_on_the_other_database(
    store: Settings, where: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, file = Book(store).rows(), str(tmp_path / "backup.jsonl")
    assert main(["backup", file]) == 0
    assert main(["backup", file]) == 2  # never over another
    monkeypatch.setenv(STORE_VARIABLE, where.url)
    assert main(["restore", file]) == 0
    assert Book(where).rows() == kept
    assert main(["verify"]) == 0
    assert main(["restore", file]) == 2  # never over entries
    assert Book(where).append("toy", draft("7", subject="new"))[0].number == 6


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda lines: [line.replace("3.1", "3.9") for line in lines], 1),
        (lambda lines: [*lines[:1], *lines[2:]], 1),
        (lambda lines: [*lines[:-1], lines[-1][:50]], 2),
        (lambda lines: ["[]", *lines], 2),
    ],
)
def test_a_backup_that_was_changed_is_not_restored(
    store: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[list[str]], list[str]],
    status: int,
) -> None:
    file = tmp_path / "backup.jsonl"
    main(["backup", str(file)])
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path / "new"))
    assert main(["restore", str(file)]) == status
    assert Book(settings({STORE_VARIABLE: str(tmp_path / "new")})).rows() == []


def test_a_store_that_was_changed_is_not_backed_up(store: Settings, tmp_path: Path) -> None:
    tamper(store, "UPDATE entry SET who = 'x' WHERE number = 2")
    assert main(["backup", str(tmp_path / "backup.jsonl")]) == 1
    assert not (tmp_path / "backup.jsonl").exists()


def test_entries_are_listed(store: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--city", "toy"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[0].split("\t")[3:] == [
        "李工 (unverified)",
        "observation",
        "3",
        "2025",
        "'' -> '3.1'",
    ]
    assert "Ms Zhao\t" in lines[1]


def test_where_entries_are_kept_is_a_setting(tmp_path: Path) -> None:
    server = "postgresql://atlas@db/atlas"
    assert settings({STORE_VARIABLE: server}) == Settings(server)
    assert settings({"STATE_DIRECTORY": "/var/lib/a:/b"}).file == Path("/var/lib/a/entries.sqlite")
    assert not settings({WRITE_VARIABLE: "no"}).writable
    own = settings({}).file
    assert own is not None
    assert not own.is_relative_to(Path(__file__).parents[2])
    assert settings({STORE_VARIABLE: server}).file is None
