"""Break a change of files off at every step, and find the older set or the new one, never both."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.base.errors import DataError
from layers.file_set import replace as delivery
from layers.file_set import standing
from layers.file_set.exchange import exchange, offered
from layers.file_set.replace import deliver, hold, undo
from layers.file_set.standing import steadily
from tests import ROOT
from tests.attack.files import hostile_journals
from tests.attack.means.kills import FOREIGN, NEW, OLD, plain, put

WAYS = ["whole", "one by one"]


def held(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, those of a work folder too: none may be left."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk: nobody pulls the plug here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "set", OLD | FOREIGN)
    return tmp_path / "set"


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of a change: by exchange of the folder, and file by file."""
    if request.param == "whole" and not offered():
        pytest.skip("this system cannot let folders change places")
    if request.param == "one by one":
        monkeypatch.setattr("layers.file_set.exchange._call", lambda: None)
    return str(request.param)


def test_the_older_set_goes_the_new_one_comes_and_others_stay(folder: Path, way: str) -> None:
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("notes.txt")
    (folder / "nowhere").symlink_to("/nowhere")
    before = {name: (folder / name).stat().st_ino for name in FOREIGN}
    deliver(folder, NEW, old=OLD, seal="seal")
    assert held(folder) == NEW | FOREIGN | {"link": b"mine"}
    assert (folder / "empty").is_dir()
    assert (folder / "nowhere").readlink() == Path("/nowhere")
    assert {name: (folder / name).stat().st_ino for name in FOREIGN} == before
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_is_made_and_a_set_that_is_listed_but_gone_is_no_fault(
    tmp_path: Path, way: str
) -> None:
    deliver(tmp_path / "x/y", NEW, old=OLD, seal="seal")
    assert held(tmp_path / "x/y") == NEW


def test_a_file_of_others_is_never_overwritten(folder: Path, way: str) -> None:
    with pytest.raises(FileExistsError, match=r"notes\.txt"):
        deliver(folder, NEW | {"notes.txt": b"ours"}, old=OLD, seal="seal")
    assert held(folder) == OLD | FOREIGN


def test_rights_of_a_folder_and_of_those_in_it_are_kept(folder: Path) -> None:
    folder.chmod(0o2750)
    (folder / "b").chmod(0o711)
    deliver(folder, NEW, old=OLD, seal="seal")
    assert folder.stat().st_mode & 0o7777 == 0o2750
    assert (folder / "b").stat().st_mode & 0o7777 == 0o711


def test_a_link_to_a_folder_stays_a_link(folder: Path, tmp_path: Path, way: str) -> None:
    (tmp_path / "latest").symlink_to(folder)
    deliver(tmp_path / "latest", NEW, old=OLD, seal="seal")
    assert (tmp_path / "latest").is_symlink()
    assert held(folder) == NEW | FOREIGN


def test_nothing_is_written_through_a_link_in_the_folder(folder: Path, way: str) -> None:
    outside = folder.parent / "outside"
    put(outside, {"c": b"theirs"})
    (folder / "d").symlink_to(outside)
    with pytest.raises(DataError, match=r"file_set\.outside"):
        deliver(folder, NEW, old={*OLD, "d/c"}, seal="seal")
    assert held(outside) == {"c": b"theirs"}


def test_what_others_write_during_the_change_is_carried_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(one: Path, other: Path) -> None:
        put(folder, {"late": b"mine", "f/late": b"mine"})
        (folder / "notes.txt").unlink()
        (folder / "notes.txt").write_bytes(b"saved again")
        exchange(one, other)

    monkeypatch.setattr(delivery, "exchange", late)
    deliver(folder, NEW, old=OLD, seal="seal")
    told = {"late": b"mine", "f/late": b"mine", "notes.txt": b"saved again"}
    assert held(folder) == NEW | FOREIGN | told


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EINVAL, errno.ENOSYS, errno.EXDEV])
def test_a_folder_that_cannot_change_places_takes_the_files_one_by_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(delivery, "exchange", refuse)
    deliver(folder, NEW, old=OLD, seal="seal")
    assert held(folder) == NEW | FOREIGN
    assert list(folder.parent.iterdir()) == [folder]


def test_whoever_works_in_the_folder_stays_in_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "b")
    deliver(folder, NEW, old=OLD, seal="seal")
    assert held(folder) == NEW | FOREIGN
    assert Path.cwd().samefile(folder / "b")


def breaking(at: int, method: Callable[..., object]) -> Callable[..., object]:
    """Let a function work until its call number ``at``, which fails as a broken disk does."""
    calls = iter(range(10_000))

    def call(*arguments: object, **named: object) -> object:
        if next(calls) == at:
            raise OSError(errno.EIO, "Input/output error")
        return method(*arguments, **named)

    return call


@pytest.mark.parametrize(("owner", "method"), [(Path, "replace"), (Path, "open"), (os, "link")])
@pytest.mark.parametrize("at", range(9))
def test_a_fault_at_any_step_leaves_the_older_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch, way: str, owner: object, method: str, at: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, method, breaking(at, getattr(owner, method)))
        try:
            deliver(folder, NEW, old=OLD, seal="seal")
        except OSError as error:
            assert error.errno == errno.EIO
    if plain(folder) != NEW | FOREIGN:
        assert held(folder) == OLD | FOREIGN
    deliver(folder, NEW, old={**OLD, **NEW}, seal="seal")
    assert held(folder) == NEW | FOREIGN
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.slow
def test_a_process_killed_at_any_step_leaves_a_set_whole_and_does_not_block_the_next(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.attack.means.kills", str(tmp_path), "3"]
    out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    found = json.loads(out)
    assert {next_ for rows in found.values() for *_, next_ in map(tuple, rows)} == {"set"}
    whole, moved = (Counter(tuple(row[:4]) for row in found[way]) for way in WAYS)
    seals = ("old", "seal", "old", "new"), ("new", "seal", "new", "new")
    assert offered() is False or set(whole) == set(seals)
    # File by file: a mixture has no seal, and the atlas reads a whole set at any moment.
    assert set(moved) == {*seals, ("torn", "none", "old", "new"), ("new", "seal", "old", "new")}


def test_a_reader_at_work_finds_a_set_whole(folder: Path) -> None:
    @steadily("seal")
    def read(folder: Path) -> dict[str, bytes]:
        try:
            return {name: path.read_bytes() for name, path in standing.files(folder).items()}
        except FileNotFoundError as error:
            raise DataError("pack_refused", []) from error

    seen: list[dict[str, bytes]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(read(folder))

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(10):
        deliver(folder, NEW, old=OLD, seal="seal")
        deliver(folder, OLD, old=NEW, seal="seal")
    done.set()
    reader.join()
    assert all(found in (OLD | FOREIGN, NEW | FOREIGN) for found in seen)


def test_a_reader_whose_set_is_replaced_reads_again_and_no_more_often_than_it_helps(
    folder: Path,
) -> None:
    looks = []

    @steadily("seal")
    def read(folder: Path) -> bytes:
        looks.append(1)
        if len(looks) == 1:
            deliver(folder, NEW, old=OLD, seal="seal")
            raise DataError("pack_refused", [])
        return (folder / "a").read_bytes()

    @steadily("seal")
    def fail(folder: Path) -> bytes:
        looks.append(1)
        raise DataError("pack_refused", [])

    assert read(folder) == NEW["a"]
    assert len(looks) == 2
    with pytest.raises(DataError):
        fail(folder)
    assert len(looks) == 3


# --- Two at once


def test_a_second_run_is_told_and_the_first_goes_on(folder: Path, way: str) -> None:
    with hold(folder) as first:
        with pytest.raises(DataError, match=r"file_set\.busy") as caught, hold(folder):
            pass
        assert caught.value.key == "folder_refused"
        first.replace(NEW, old=OLD, seal="seal")
        with pytest.raises(DataError, match=r"file_set\.busy"):
            deliver(folder, OLD, old=NEW, seal="seal")
    assert held(folder) == NEW | FOREIGN
    deliver(folder, OLD, old=NEW, seal="seal")
    assert held(folder) == OLD | FOREIGN


def test_the_lock_of_a_killed_process_is_free(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from layers.file_set.replace import hold\n"
        "with hold(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(DataError, match=r"file_set\.busy"):
            deliver(folder, NEW, old=OLD, seal="seal")
        other.kill()
    deliver(folder, NEW, old=OLD, seal="seal")
    assert held(folder) == NEW | FOREIGN


# --- Journals


def test_hostile_journals_are_told_and_harm_nothing(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    assert list(hostile_journals(tmp_path, counts)) == []
    assert counts["journals told"] == counts["journals"] > 20


def test_undo_does_nothing_where_nothing_was_broken_off(folder: Path) -> None:
    undo(folder / "nowhere")
    undo(folder)
    assert held(folder) == OLD | FOREIGN
