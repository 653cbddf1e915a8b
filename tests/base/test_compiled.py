"""Hold that compiled code stays where no one else can write, and that its loss costs time only."""

from __future__ import annotations

import logging
import os
import runpy
from pathlib import Path

import numba
import pytest
from numba.core.caching import FunctionCache

from geo.grid import compiled

posix = pytest.mark.skipif(os.name != "posix", reason="modes of folders mean something on POSIX")
NOWHERE = Path("/proc/nowhere")
"""Cannot be made, by nobody."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of our own; what lies above it is not looked at, for pytest chose that."""
    monkeypatch.setenv("HOME", str(tmp_path))
    tmp_path.chmod(0o700)
    return tmp_path


@posix
def test_the_folders_named_come_before_those_guessed(home: Path) -> None:
    every = {name: str(home / name) for name in (*compiled.FOLDERS, "XDG_CACHE_HOME")}
    tree = home / "tree"
    for name in compiled.FOLDERS:
        assert compiled.choose(every, tree) == home / name
        assert (home / name).stat().st_mode & 0o777 == 0o700
        del every[name]
    assert compiled.choose(every, tree) == tree
    assert compiled.choose(every, NOWHERE) == home / "XDG_CACHE_HOME" / "innovation-space-atlas"
    assert compiled.choose({}, NOWHERE) == home / ".cache" / "innovation-space-atlas"


@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707, 0o1777])
def test_a_folder_that_others_can_write_is_refused_and_said(
    mode: int, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = home / "shared"
    shared.mkdir()
    shared.chmod(mode)
    with caplog.at_level(logging.WARNING):
        assert compiled.choose({"ATLAS_CACHE": str(shared)}, home / "tree") == home / "tree"
    assert "ATLAS_CACHE" in caplog.text


@posix
def test_a_folder_that_others_can_put_another_in_the_place_of_is_refused(home: Path) -> None:
    place = home / "place"
    place.mkdir()
    place.chmod(0o777)
    asked = {"ATLAS_CACHE": str(place / "cache")}
    assert compiled.choose(asked, home / "tree") == home / "tree"
    place.chmod(0o1777)  # as /tmp: only the owner can take a folder away
    assert compiled.choose(asked, home / "tree") == place / "cache"


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can give a folder to another user"
)
def test_a_folder_of_another_user_is_refused(home: Path) -> None:
    theirs = home / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    assert compiled.choose({"ATLAS_CACHE": str(theirs)}, home / "tree") == home / "tree"
    assert compiled.choose({"ATLAS_CACHE": str(theirs / "ours")}, home / "tree") == home / "tree"


@posix
def test_a_user_without_any_folder_compiles_at_every_start(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(NOWHERE))
    assert compiled.choose({"XDG_CACHE_HOME": str(NOWHERE)}, NOWHERE) is None


SQUARE = """
from geo.grid.compiled import compiled

@compiled()
def square(x):
    return x * x
"""


def _square(script: Path) -> tuple[int, int]:
    """Return 3², worked out as in a new process, and how often kept code was used for it."""
    square = runpy.run_path(str(script))["square"]
    return square(3), sum(square.stats.cache_hits.values())


@pytest.mark.slow
def test_kept_code_is_used_and_torn_code_costs_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiled, "_settled", lambda: True)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kept"))
    script = tmp_path / "square.py"
    script.write_text(SQUARE, encoding="utf-8")
    assert [_square(script), _square(script)] == [(9, 0), (9, 1)]
    for suffix in ("nbi", "nbc"):
        (torn,) = (tmp_path / "kept").rglob(f"*.{suffix}")
        torn.write_bytes(b"")  # as a power cut leaves it
        caplog.clear()
        assert _square(script) == (9, 0)
        assert "cannot be read" in caplog.text
        assert _square(script) == (9, 1)


@posix
def test_a_full_disk_costs_time_only(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled, "_settled", lambda: True)
    monkeypatch.setattr(FunctionCache, "save_overload", full)

    @compiled.compiled()
    def double(x: int) -> int:
        return x + x

    with caplog.at_level(logging.WARNING):
        assert double(4) == 8
    assert "No space left" in caplog.text
