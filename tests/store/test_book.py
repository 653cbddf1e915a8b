"""Show that SQLite and PostgreSQL keep the same entries, whole, and let nobody change them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Timer

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from geo.base.errors import DataError
from layers.store.book import Book
from layers.store.chain import chain_problems
from layers.store.database import _MIGRATIONS, Database, _engine, migrate
from layers.store.entries import Conflict, row_of, standing
from layers.store.settings import Settings
from layers.store.tables import ENTRY, LATEST, METADATA
from tests.attack.means.savers import Kill, kill_many, race
from tests.store.conftest import emptied
from tests.store.script import draft, play, ticking
from tests.store.test_entries import chained


def test_both_databases_hold_the_same_to_the_last_digest(postgres_url: str, tmp_path: Path) -> None:
    entries, refused = play(Settings(f"sqlite:///{tmp_path / 'entries.sqlite'}"))
    assert play(Settings(emptied(postgres_url))) == (entries, refused)
    assert refused == ["2: 3.2", "5: 5"]  # the second of a pair saw that the first had gone
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 1]
    assert [entry.after for entry in standing(entries[:5]).values()] == ["3.1", "2"]


def test_what_is_saved_is_read_back(where: Settings) -> None:
    book = ticking(where)
    assert (book.entries("toy"), book.heads(), book.rows()) == ((), {}, [])
    first, second = book.append("toy", draft("1"), draft("2", kind="task_state"))
    assert book.entries("toy") == (first, second)
    assert book.entries("toy", "task_state") == (second,)
    assert book.entries("other") == ()
    assert book.heads() == {"toy": (2, second.digest)}
    assert second.previous == first.digest


def test_of_two_who_save_the_same_value_the_second_sees_the_first(where: Settings) -> None:
    book = ticking(where)
    (first,) = book.append("toy", draft("1", who="甲"))
    with pytest.raises(Conflict) as told:
        book.append("toy", draft("2", who="乙"))
    assert told.value.entry == first
    assert book.append("toy", draft("2", "1", who="乙"))[0].number == 2


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ({"who": " "}, "value.blank"),
        ({"subject": ""}, "value.blank"),
        ({"kind": "rumour"}, "value.not_one_of"),
        ({"who": "x" * 81}, "value.too_long"),
        ({"why": "a\0b"}, "value.control"),
        ({"source": "\ud800"}, "value.surrogate"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, fault: dict[str, str], key: str) -> None:
    book = Book(Settings(f"sqlite:///{tmp_path / 'entries.sqlite'}"))
    with pytest.raises(DataError) as told:
        book.append("toy", draft("1"), draft("1", **({"subject": "4"} | fault)))
    assert [problem.key for problem in told.value.problems] == [key]
    assert list(tmp_path.iterdir()) == []


def test_where_writing_is_off_nothing_is_saved(where: Settings) -> None:
    closed = Book(Settings(where.url, writable=False))
    with pytest.raises(DataError) as told:
        closed.append("toy", draft("1"))
    assert told.value.problems[0].key == "store.closed"
    assert closed.entries("toy") == ()


def test_reading_makes_no_file(tmp_path: Path) -> None:
    book = Book(Settings(f"sqlite:///{tmp_path / 'deep' / 'entries.sqlite'}"))
    assert (book.entries("toy"), book.heads()) == ((), {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("mysql://a/b", "store.address"),
        ("nonsense://", "store.address"),
        ("sqlite:////dev/null/entries.sqlite", "store.unreachable"),
        ("postgresql://nobody@/x?host=%2Fnowhere", "store.unreachable"),
    ],
)
def test_a_database_that_does_not_answer_is_told(url: str, key: str) -> None:
    with pytest.raises(DataError) as told:
        Book(Settings(url)).append("toy", draft("1"))
    assert told.value.problems[0].key == key
    assert "nowhere" not in str(told.value)


def test_entries_cannot_be_changed_or_deleted(where: Settings) -> None:
    ticking(where).append("toy", draft("1"))
    for change in ("UPDATE entry SET who = 'x'", "DELETE FROM entry"):
        with pytest.raises(DBAPIError, match="only ever added"), _engine(where.url).begin() as c:
            c.execute(sa.text(change))


def test_sqlite_writes_to_the_disk_and_waits_for_others(tmp_path: Path) -> None:
    with _engine(f"sqlite:///{tmp_path / 'entries.sqlite'}").connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 2, 1, 20_000]


def test_an_empty_database_comes_to_the_latest_form(where: Settings) -> None:
    assert ScriptDirectory(str(_MIGRATIONS)).get_current_head() == LATEST
    with Database(where).writing() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, METADATA)
    assert [each[0] for each in differences] == ["remove_index"]  # which no query names


def test_the_previous_version_comes_to_the_latest_form(where: Settings) -> None:
    if where.file is not None:
        where.file.parent.mkdir()
    kept = chained(draft("1"), draft("2", "1"))
    with _engine(where.url).execution_options(writes=True).begin() as connection:
        migrate(connection, "0001")
        connection.execute(sa.insert(ENTRY), [row_of(entry) for entry in kept])
    assert Book(where).entries("toy") == tuple(kept)
    with pytest.raises(DBAPIError, match="only ever added"), _engine(where.url).begin() as c:
        c.execute(sa.text("DELETE FROM entry"))


def test_a_later_version_is_left_alone(where: Settings) -> None:
    ticking(where).append("toy", draft("1"))
    with _engine(where.url).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (lambda: Book(where).entries("toy"), lambda: Book(where).append("toy", draft("2"))):
        with pytest.raises(DataError) as told:
            act()
        assert told.value.problems[0].key == "store.newer"


@pytest.mark.slow
def test_who_is_killed_while_saving_loses_nothing(where: Settings) -> None:
    kills = kill_many(where, 4, longest_s=0.02)
    assert [kill for kill in kills if kill.lost] == []
    assert all(kill.told for kill in kills)
    assert [each.lost for each in (Kill(2, 1, True), Kill(1, 3, True), Kill(1, 1, False))] == [
        True
    ] * 3


def test_who_saves_first_waits_for_another_who_does(tmp_path: Path) -> None:
    file = tmp_path / "entries.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = Timer(0.1, other.execute, ["COMMIT"])
    done.start()
    assert Book(Settings(f"sqlite:///{file}")).append("toy", draft("1"))[0].number == 1
    done.join()
    other.close()


@pytest.mark.slow
def test_eight_who_save_at_once_lose_nothing(where: Settings) -> None:
    result = race(where, writers=8, each=3)
    assert (result.told, result.kept, result.value, result.sound) == (24, 24, 24, True)
    assert not list(chain_problems(Book(where).rows()))
