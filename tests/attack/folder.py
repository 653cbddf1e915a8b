"""Put what nobody should put into the folder of own points, and look at it as the pages do."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from streamlit.testing.v1 import AppTest

from geo.base.errors import AtlasError
from layers.own_points.source import columns, layout, open_folder
from layers.view.codecs import token
from layers.view.page_options import PointsOptions
from tests.attack import Outcome

ENTRY: Final = Path(__file__).parents[2] / "streamlit_app.py"
PLANE, BBOX = 4548, (116.7, 38.55, 118.06, 40.25)
HANGS_S: Final = 60.0
CROWD: Final = 100_000
OUTSIDE: Final = "outside"
"""A folder beside that of own points, with a file that nothing may read."""

Put = Callable[[Path], None]


def _csv(folder: Path, name: str | bytes = "a.csv") -> None:
    with open(os.path.join(os.fsencode(folder), os.fsencode(name)), "wb") as file:  # noqa: PTH118, PTH123 (bytes)
        file.write(b"lon,lat\n117.2,39.1\n")


def _parquet(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"lon": [117.2], "lat": [39.1]}), path)


def _named(*names: str | bytes) -> Put:
    """Return what writes plain files of some names."""

    def put(folder: Path) -> None:
        for name in names:
            _csv(folder, name)

    return put


def _link(name: str, target: str) -> Put:
    return lambda folder: (folder / name).symlink_to(target)


def _folder(name: str, *inner: str) -> Put:
    def put(folder: Path) -> None:
        (folder / name).mkdir()
        for one in inner:
            _parquet(folder / name / one)

    return put


def _link_inside(name: str, target: str) -> Put:
    def put(folder: Path) -> None:
        _parquet(folder / "set" / "0.parquet")
        (folder / "set" / name).symlink_to(target)

    return put


def _all(*several: Put) -> Put:
    def put(folder: Path) -> None:
        for one in several:
            one(folder)

    return put


def _pipe(name: str) -> Put:
    def put(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        os.mkfifo(folder / name)

    return put


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        before = Path.cwd()
        os.chdir(folder)  # a socket's path may have 107 bytes
        try:
            one.bind("s.csv")
        finally:
            os.chdir(before)


def _device(folder: Path) -> None:
    os.mknod(folder / "zero.csv", 0o20666, os.makedev(1, 5))


def _chain(folder: Path) -> None:
    for k in range(60):
        (folder / f"{k}.csv").symlink_to(f"{k + 1}.csv")
    _csv(folder, "60.csv")


def _deep(folder: Path) -> None:
    inner = folder
    for k in range(200):
        inner = inner / f"d{k}.csv"
        inner.mkdir()


def _old(seconds: int) -> Put:
    def put(folder: Path) -> None:
        _csv(folder)
        os.utime(folder / "a.csv", (seconds, seconds))

    return put


def _locked(folder: Path) -> None:
    _csv(folder)
    (folder / "a.csv").chmod(0)
    _folder("locked.parquet", "0.parquet")(folder)
    (folder / "locked.parquet").chmod(0)


def _crowd(folder: Path) -> None:
    for k in range(CROWD):
        os.close(os.open(folder / f"{k:06d}.csv", os.O_CREAT))


def _crowded_set(folder: Path) -> None:
    (folder / "set").mkdir()
    for k in range(12_000):
        os.close(os.open(folder / "set" / f"{k}.parquet", os.O_CREAT))


def _many_folders(folder: Path) -> None:
    for k in range(3_000):
        (folder / f"{k}.csv").mkdir()


ENTRIES: Final[Mapping[str, Put]] = MappingProxyType(
    {
        "an empty folder named .csv": _folder("x.csv"),
        "an empty folder named .parquet": _folder("x.parquet"),
        "an empty folder named .txt": _folder("x.txt"),
        "a folder named .csv with CSV": _all(_folder("x.csv"), lambda f: _csv(f / "x.csv")),
        "a folder named .parquet with parts": _folder("x.parquet", "0.parquet", "1.parquet"),
        "a folder within a folder named .parquet": _folder("x.parquet", "y.parquet/0.parquet"),
        "hive folders": _folder("hive", "year=2024/0.parquet", "year=2025/0.parquet"),
        "200 folders deep": _deep,
        "a hidden part": _folder("set", "0.parquet", ".1.parquet", "_metadata.parquet"),
        "a link to an empty folder": _all(_folder("e.d"), _link("x.csv", "e.d")),
        "a link to a folder of parts": _all(_folder("d", "0.parquet"), _link("x.csv", "d")),
        "a link to itself": _link("x.csv", "x.csv"),
        "a link to itself without an ending": _link("x", "x"),
        "two links in a ring": _all(_link("a.csv", "b.csv"), _link("b.csv", "a.csv")),
        "a chain of 60 links": _chain,
        "a link to nothing": _link("x.parquet", "nothing"),
        "a link to the folder itself": _link("x.csv", "."),
        "a link to the folder above": _link("x.csv", ".."),
        "a link to the root": _link("x.parquet", "/"),
        "a link to a file outside": _link("x.csv", f"../{OUTSIDE}/secret.csv"),
        "a link to a folder outside": _link("x", f"../{OUTSIDE}"),
        "a link to the passwords": _link("x.csv", "/etc/passwd"),
        "a link to endless zeros": _link("x.csv", "/dev/zero"),
        "a link to the standard input": _link("x.csv", "/dev/stdin"),
        "a link to a file of the kernel": _link("x.csv", "/proc/self/mem"),
        "a part that leads outside": _link_inside("1.parquet", f"../../{OUTSIDE}/secret.csv"),
        "a part that leads nowhere": _link_inside("1.parquet", "nothing"),
        "a part that is its own folder": _link_inside("1.parquet", "."),
        "a part that is endless": _link_inside("1.parquet", "/dev/zero"),
        "a pipe": _pipe("pipe.csv"),
        "a pipe named .parquet": _pipe("pipe.parquet"),
        "a pipe as a part": _pipe("set/0.parquet"),
        "a link to a pipe": _all(_pipe("pipe"), _link("x.csv", "pipe")),
        "a socket": _socket,
        "a device": _device,
        "files without permission": _locked,
        "an empty file": lambda folder: (folder / "x.parquet").touch(),
        "a sparse file of 1 TB": lambda folder: os.truncate(_made(folder / "x.parquet"), 1 << 40),
        "written before the calendar": _old(-(1 << 40)),
        "written in the year 2446": _old((1 << 33) + (1 << 32)),
        "written at the end of time": _old((1 << 62) // 10**9),
        "names with line breaks": _named("a\nb.csv", "a\r\nb.csv", "\n.csv", "\t.csv"),
        "names that are no UTF-8": _named(b"\xff\xfe.csv", b"\xe4\xbd.csv", b"\xed\xa0\x80.csv"),
        "names of 255 bytes": _named("x" * 251 + ".csv", "汉" * 83 + "aa.csv"),
        "names from right to left": _named("a\u202evsc.csv", "\u200f.csv", "\u2066a\u2069.csv"),
        "names with markup": _named("<img src=x onerror=f()>.csv", "{{7*7}}.csv", "[a](b).csv"),
        "names with dots": _named("...csv", "..csv", ".csv", "... .csv", "a..csv", "-rf.csv"),
        "names of words of the address": _named("none.csv", "all.csv", "usual.csv"),
        "names alike but for the case": _named("a.csv", "A.csv", "a.CSV", "A.CSV"),
        "names alike but for the form": _named("\u00e9.csv", "e\u0301.csv", "\u212b.csv"),
        "names with invisible marks": _named("a\u200b.csv", "a.csv", "a\ufeff.csv", "a\u00ad.csv"),
        "names of formulas": _named("=1+1.csv", "@a.csv", "+1.csv", "%s%n.csv", "$(id).csv"),
        "12,000 parts": _crowded_set,
        "3,000 folders named .csv": _many_folders,
    }
)  # fmt: skip
"""What is put into the folder, by what it is."""


def _made(path: Path) -> Path:
    path.touch()
    return path


@contextmanager
def scene() -> Iterator[Path]:
    """Give an empty folder of own points, beside one with a file that nothing may read."""
    with tempfile.TemporaryDirectory(prefix="atlas-folder-") as name:
        outside = Path(name, OUTSIDE)
        outside.mkdir()
        _csv(outside, "secret.csv")
        _parquet(outside / "secret.parquet")
        folder = Path(name, "points")
        folder.mkdir()
        yield folder


def look(folder: Path, *, vanish: bool = False) -> str:
    """Look at a folder as the page of density does, and return what went wrong.

    Parameters
    ----------
    folder
        That of own points.
    vanish
        Whether all of it goes away between the list and the opening.
    """
    offered = open_folder(str(folder))
    if vanish:
        shutil.rmtree(folder)
    for one, source in list(offered.sources.items())[:20]:
        if one != token(source.name):
            return f"{source.name!r} has another token"
        if not all(path.is_relative_to(folder.resolve()) for path in source.paths):
            return f"{source.name!r} leads outside"
        try:
            columns(source, layout(source), PointsOptions(), plane=PLANE, bbox=BBOX)
        except AtlasError as error:
            if str(folder.parent) in str(error):
                return f"{source.name!r} tells the server's paths: {error}"
    return ""


def within(work: Callable[[], str]) -> str:
    """Return what a piece of work says, that it raised, or that it does not end."""
    said = ["hangs"]

    def run() -> None:
        try:
            said[0] = work()
        except Exception as error:  # whatever it is, it got through
            said[0] = f"{type(error).__name__}: {error}"[:200]

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(HANGS_S)
    return said[0]


def _page(folder: Path, *pages: str) -> str:
    """Open pages with that folder; those that do not need it must not notice it."""
    os.environ["ATLAS_POINTS"] = str(folder)
    try:
        at = AppTest.from_file(str(ENTRY), default_timeout=HANGS_S)
        at.query_params["pfile"] = "0" * 12
        at.query_params["dpart"] = "points"
        at.session_state["atlas.routed"] = True
        for page in pages:
            at.switch_page(f"pages/{page}.py").run()
            if at.exception or at.error or not at.get("html"):
                return f"the page {page} fails"
    finally:
        os.environ.pop("ATLAS_POINTS")
    return ""


def attempts(names: tuple[str, ...] = tuple(ENTRIES)) -> Iterator[tuple[str, str]]:
    """Yield, for each entry looked at, then opened after it has vanished, what went wrong."""
    for name in names:
        for vanish in (False, True):
            with scene() as folder:
                try:
                    ENTRIES[name](folder)
                except (OSError, ValueError):  # this system has no such thing
                    continue
                said = within(lambda folder=folder, vanish=vanish: look(folder, vanish=vanish))  # type: ignore[misc]
                yield f"{name}{', gone meanwhile' if vanish else ''}", said


def attack() -> Outcome:
    """Look at every entry, then at all of them from the pages, then at 100,000 files."""
    told = list(attempts())
    with scene() as folder:
        for k, put in enumerate(ENTRIES.values()):
            inner = folder / f"{k}.d"
            inner.mkdir()
            try:
                put(inner)
                for entry in inner.iterdir():
                    entry.rename(folder / entry.name)
            except (OSError, ValueError):
                continue
        told += [("all at once", within(lambda: look(folder)))]
        told += [("all at once, on pages", _page(folder, "sources", "density"))]
    with scene() as folder:
        _crowd(folder)
        begun, busy = time.perf_counter(), time.process_time()
        offered = open_folder(str(folder))
        once, worked = time.perf_counter() - begun, time.process_time() - busy
        told += [(f"{CROWD:,} files", "" if offered.is_cut else "are not said to be too many")]
        begun = time.perf_counter()
        told += [(f"{CROWD:,} files, on pages", _page(folder, "sources"))]
        page = time.perf_counter() - begun
    failures = tuple(f"{name}: {said}" for name, said in told if said)
    crowd = f"a look at {CROWD:,} files {once:.2f} s (CPU {worked:.2f} s)"
    note = f"{crowd}; Data and sources beside them {page:.1f} s"
    return Outcome("folder of own points: hostile entries", len(told), failures, note)
