"""Kill a process in the midst of a change of files, and say what a reader finds afterwards.

``python -m tests.attack.means.kills FOLDER STRIDE`` kills a change at each step that it takes on
the disk, or at each third, in a process without threads; it prints what stood afterwards as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from layers.file_set import exchange
from layers.file_set.replace import deliver
from layers.file_set.standing import WORK
from layers.file_set.standing import files as standing_files

Files = Mapping[str, bytes]

OLD = {"seal": b"1", "a": b"old a", "b/c": b"old c", "gone": b"old"}
NEW = {"seal": b"2", "a": b"new a", "b/c": b"new c", "d/e": b"new e"}
FOREIGN = {"notes.txt": b"mine", "b/mine": b"mine too", "raw/deep/er": b"mine three"}
STEPS = frozenset({"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"})
"""What Python tells before it does it."""


def put(folder: Path, files: Files) -> None:
    """Write files into a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def plain(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder, as any program finds it."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in sorted(found.items())
        if path.is_file() and not name.startswith(WORK)
    }


def told(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder, as the atlas finds it."""
    return {name: path.read_bytes() for name, path in standing_files(folder).items()}


def which(found: Files, sets: Mapping[str, Files]) -> str:
    """Return the name of the set that was found whole, or ``torn``."""
    return next((name for name, files in sets.items() if files == found), "torn")


def killed(act: Callable[[], object], *, step: int = -1, after_s: float = -1.0) -> bool:
    """Let a fork do something, kill it before a step on the disk or after a time.

    Returns
    -------
    bool
        False if it was done before.
    """
    if (child := os.fork()) == 0:
        if step >= 0:
            _die_at(step)
        try:
            act()
        finally:
            os._exit(0)
    if after_s >= 0:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _die_at(step: int) -> None:
    left = step

    def hook(event: str, _: object) -> None:
        nonlocal left
        if event in STEPS:
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(hook)


def every_step(folder: Path, stride: int) -> dict[str, list[list[str]]]:
    """Kill a change step by step, both ways; say what programs find, what the atlas, and next."""
    found: dict[str, list[list[str]]] = {}
    sets = {"old": OLD | FOREIGN, "new": NEW | FOREIGN}
    os.fsync = lambda _: None  # type: ignore[assignment]  # nobody pulls the plug here
    for way, call in (("whole", exchange._call), ("one by one", lambda: None)):
        exchange._call = call  # type: ignore[assignment]
        rows = found[way] = []
        for step in range(0, 10_000, stride):
            here = folder / way / str(step) / "set"
            put(here, OLD | FOREIGN)
            if not killed(lambda: deliver(here, NEW, old=OLD, seal="seal"), step=step):  # noqa: B023
                break
            seen = plain(here)
            row = [which(seen, sets), "seal" if "seal" in seen else "none", which(told(here), sets)]
            deliver(here, NEW, old=told(here).keys() - FOREIGN.keys(), seal="seal")
            left = sorted(path.name for path in (*here.parent.iterdir(), *here.glob(f"{WORK}*")))
            rows.append([*row, which(plain(here), sets), *left])
    return found


if __name__ == "__main__":
    print(json.dumps(every_step(Path(sys.argv[1]), int(sys.argv[2]))))
