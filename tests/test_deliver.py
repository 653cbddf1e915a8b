"""Break a change of files off at every step, and find the older set or the new one, never both."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from layers.deliver import WORK, deliver, undo
from tests import ROOT

OLD = {"seal": b"1", "a": b"old a", "b/c": b"old c", "gone": b"old"}
NEW = {"seal": b"2", "a": b"new a", "b/c": b"new c", "d/e": b"new e"}
FOREIGN = {"notes.txt": b"mine", "b/mine": b"mine too"}


def held(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, OLD | FOREIGN)
    return tmp_path


def test_the_older_set_goes_the_new_one_comes_and_others_stay(folder: Path) -> None:
    deliver(folder, NEW, old=OLD, seal="seal")
    assert held(folder) == NEW | FOREIGN


def test_a_folder_is_made_and_a_set_that_is_listed_but_gone_is_no_fault(tmp_path: Path) -> None:
    deliver(tmp_path / "x/y", NEW, old=OLD, seal="seal")
    assert held(tmp_path / "x/y") == NEW


def test_a_file_of_others_is_never_overwritten(folder: Path) -> None:
    with pytest.raises(FileExistsError, match=r"notes\.txt"):
        deliver(folder, NEW | {"notes.txt": b"ours"}, old=OLD, seal="seal")
    assert held(folder) == OLD | FOREIGN


def breaking(at: int, method: Callable[..., object]) -> Callable[..., object]:
    """Let a method work until its call number ``at``, which fails as a broken disk does."""
    calls = iter(range(10_000))

    def call(self: Path, *arguments: object) -> object:
        if next(calls) == at:
            raise OSError(5, "Input/output error", str(self))
        return method(self, *arguments)

    return call


@pytest.mark.parametrize("method", ["replace", "write_bytes"])
@pytest.mark.parametrize("at", range(9))
def test_a_fault_at_any_step_leaves_the_older_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch, method: str, at: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, method, breaking(at, getattr(Path, method)))
        try:
            deliver(folder, NEW, old=OLD, seal="seal")
            assert method == "write_bytes" and at >= len(NEW)
        except OSError:
            assert held(folder) == OLD | FOREIGN
    deliver(folder, NEW, old={**OLD, **NEW}, seal="seal")
    assert held(folder) == NEW | FOREIGN


KILLED = """
import json, os, sys
from pathlib import Path
from layers.deliver import deliver
whole, left = Path.replace, int(sys.argv[2])
def replace(self, target):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    return whole(self, target)
Path.replace = replace
old, new = (dict.fromkeys(names) for names in json.loads(sys.argv[3]))
files = {name: b"new " + name.encode() for name in new}
deliver(Path(sys.argv[1]), files, old=old, seal="seal")
"""


@pytest.mark.parametrize("at", [0, 1, 3, 5, 6, 8])
def test_a_killed_process_leaves_no_mixture_and_the_next_run_mends_it(
    folder: Path, at: int
) -> None:
    names = json.dumps([sorted(OLD), sorted(NEW)])
    command = [sys.executable, "-c", KILLED, str(folder), str(at), names]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    there = held(folder)
    rest = {name: data for name, data in there.items() if not name.startswith(WORK)}
    assert "seal" not in rest or rest == OLD | FOREIGN  # absent, or whole
    undo(folder)
    undo(folder)
    assert held(folder) == OLD | FOREIGN


def test_undo_does_nothing_where_nothing_was_broken_off(folder: Path) -> None:
    undo(folder / "nowhere")
    undo(folder)
    assert held(folder) == OLD | FOREIGN
