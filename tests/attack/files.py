"""Kill exports and builds at random moments, run two at once, write journals of one's own."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from data import build
from geo.base.errors import DataError
from layers.file_set import exchange
from layers.file_set.replace import deliver, hold
from layers.file_set.standing import JOURNAL, WORK
from layers.handover import package
from layers.handover import view_export as export
from layers.handover.documents import MANIFEST, files_listed, sha256
from layers.handover.write_package import write_package
from layers.language.problems import lines
from layers.pack.city import SETTINGS, load_city
from layers.view.state import default_state
from tests.attack import Outcome
from tests.attack.means.kills import Files, killed, plain, put, told, which

EXPORT_KILLS, BUILD_KILLS, DOUBLES, IN_PLACE_KILLS = 450, 200, 150, 100
FORMATS = ("geojson", "csv")


def attack() -> Outcome:
    """Kill 450 exports and 200 builds, run 150 double exports, read all the while."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        parcels, folder = _parcels(), Path(name)
        write_package(parcels[FORMATS[0]], folder / "read" / "out", zipped=False)
        with _reader(folder / "read" / "out", counts, failures):
            failures += killed_exports(parcels, folder / "read", EXPORT_KILLS, counts)
            failures += double_exports(parcels, folder / "read", DOUBLES, counts)
        failures += killed_builds(folder / "build", BUILD_KILLS, counts)
        failures += killed_in_place(parcels, folder / "place", IN_PLACE_KILLS, counts)
        failures += hostile_journals(folder / "journals", counts)
    tried = EXPORT_KILLS + BUILD_KILLS + DOUBLES + IN_PLACE_KILLS + counts["journals"]
    note = ", ".join(f"{key}: {count}" for key, count in counts.items())
    return Outcome("exports and builds killed and doubled", tried, tuple(failures), note)


def _parcels() -> dict[str, package.Package]:
    city = load_city(Path("data/tianjin"))
    return {
        fmt: export.package(city, default_state(city), fmt=fmt, layers=tuple(city.layers))
        for fmt in FORMATS
    }


def _length_s(act: Callable[[], object]) -> float:
    """Return how long something takes, the middle of three."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[1]


def killed_exports(
    parcels: Mapping[str, package.Package], folder: Path, count: int, counts: Counter[str]
) -> Iterator[str]:
    """Kill exports of one format over the other; yield where no set stands whole, or none comes."""
    sets: dict[str, Files] = {fmt: parcel.files for fmt, parcel in parcels.items()}
    first, second = parcels
    out = folder / "out"
    write = {fmt: partial(write_package, parcels[fmt], out, zipped=False) for fmt in parcels}
    length = _length_s(lambda: (write[first](), write[second]())) / 2
    for _ in range(count):
        write[first]()
        killed(write[second], after_s=random.random() * length * 1.5)
        stands = which(plain(out), sets)
        counts[f"export killed, {stands}"] += 1
        if stands == "torn":
            yield f"export killed: {sorted(plain(out))}"
        write[second]()
        if plain(out) != sets[second]:
            yield "the export after a killed one is not whole"


def double_exports(
    parcels: Mapping[str, package.Package], folder: Path, count: int, counts: Counter[str]
) -> Iterator[str]:
    """Run two exports into one folder at once, a zip beside them each third time."""
    sets: dict[str, Files] = {fmt: parcel.files for fmt, parcel in parcels.items()}
    out = folder / "out"
    zipped = {f"{parcel.name}.zip": parcel.zip() for parcel in parcels.values()}
    for number in range(count):
        if number % 3 == 0:  # files of an export and a zip in one folder do not mix with files
            shutil.rmtree(folder / "zips", ignore_errors=True)
            codes = _both(parcels, folder / "zips", zipped=True)
            whole = all(zipped[name] == data for name, data in plain(folder / "zips").items())
            whole = whole and len(plain(folder / "zips")) == codes.count(0)
        else:
            codes = _both(parcels, out, zipped=False)
            whole = which(plain(out), sets) != "torn"
        counts[f"double export, {codes.count(0)} done"] += 1
        if not whole or not set(codes) <= {0, 2} or 0 not in codes:
            yield f"double export: codes {codes}, {sorted(plain(out))}"


def _both(parcels: Mapping[str, package.Package], out: Path, *, zipped: bool) -> list[int]:
    """Run both at once; return 0 for each that was done, 2 for each that was refused."""
    children = []
    for parcel in parcels.values():
        if (child := os.fork()) == 0:
            time.sleep(random.random() * 0.006)
            code = 1
            try:
                write_package(parcel, out, zipped=zipped)
                code = 0
            except DataError as error:
                code = 2 if "another run" in lines(error, "en") else 1
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def killed_builds(folder: Path, count: int, counts: Counter[str]) -> Iterator[str]:
    """Kill rebuilds of the shipped pack, its raw material beside it."""
    files = build.checked(Path("data/tianjin/raw"))
    before = {name: data + b"\n" for name, data in files.items()}
    raw = {"raw/places.csv": b"mine"}
    sets: dict[str, Files] = {"old": before | raw, "new": files | raw}
    pack = folder / "pack"
    put(pack, before | raw)

    def write(new: Files) -> None:
        deliver(pack, new, old=build._standing(pack), seal=SETTINGS)

    length = _length_s(partial(write, before))
    for _ in range(count):
        write(before)
        killed(partial(write, files), after_s=random.random() * length * 1.5)
        stands = which(plain(pack), sets)
        counts[f"build killed, {stands}"] += 1
        if stands == "torn":
            yield f"build killed: {sorted(plain(pack))}"
        write(files)
        if plain(pack) != sets["new"]:
            yield "the build after a killed one is not whole"


def killed_in_place(
    parcels: Mapping[str, package.Package], folder: Path, count: int, counts: Counter[str]
) -> Iterator[str]:
    """Kill exports where no folder can be swapped: what the atlas's own reader finds is whole."""
    with patch.object(exchange, "_call", lambda: None):
        sets: dict[str, Files] = {fmt: parcel.files for fmt, parcel in parcels.items()}
        first, second = parcels
        out = folder / "out"
        write = {f: partial(write_package, parcels[f], out, zipped=False) for f in parcels}
        length = _length_s(lambda: (write[first](), write[second]())) / 2
        for _ in range(count):
            write[first]()
            killed(write[second], after_s=random.random() * length * 1.5)
            stands = plain(out)
            counts[f"in place killed, {which(told(out), sets)}"] += 1
            if which(told(out), sets) == "torn":
                yield "in place: what the atlas reads is torn"
            if which(stands, sets) == "torn" and MANIFEST in stands:
                yield "in place: a mixture with a manifest"
            write[second]()
            if plain(out) != sets[second]:
                yield "the export after a killed one in place is not whole"


@contextmanager
def _reader(out: Path, counts: Counter[str], failures: list[str]) -> Iterator[None]:
    """Let another process read a folder by its manifest for the length of a block."""
    ours, theirs = os.pipe()
    stop = out.parent.parent / "stop"
    if (child := os.fork()) == 0:
        seen = {"whole": 0, "changed meanwhile": 0, "torn": 0}
        while not stop.exists():
            seen[_read(out)] += 1
        os.write(theirs, json.dumps(seen).encode())
        os._exit(0)
    try:
        yield
    finally:
        stop.touch()
        os.waitpid(child, 0)
        seen = json.loads(os.read(ours, 1000))
        for descriptor in (ours, theirs):
            os.close(descriptor)
        counts.update({f"read meanwhile, {key}": count for key, count in seen.items()})
        failures += ["a reader found a torn set"] * seen["torn"]


def _read(out: Path) -> str:
    """Check a folder's files against its manifest, as ``sha256sum -c`` would."""
    time.sleep(0.002)
    try:
        with (out / MANIFEST).open("rb") as manifest:  # what is read is what is compared below
            data, before = manifest.read(), os.fstat(manifest.fileno())
        listed = {entry["name"]: entry["sha256"] for entry in json.loads(data)["files"]}
        found = {n: sha256((out / n).read_bytes()) if (out / n).exists() else "" for n in listed}
        if found == listed and files_listed(data) == listed.keys():
            return "whole"
        after = (out / MANIFEST).stat()
        same = (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        return "torn" if same else "changed meanwhile"
    except FileNotFoundError:
        return "changed meanwhile" if (out / MANIFEST).exists() else "torn"


# Journals --------------------------------------------------------------------------------------


def journals(outside: Path) -> dict[str, str]:
    """Return journals that a stranger could write, by what is wrong with them."""

    def naming(*added: object, seal: object = "seal") -> str:
        return json.dumps({"seal": seal, "added": added})

    return {
        "a file above": naming("../victim.txt"),
        "above by a detour": naming("b/../../victim.txt"),
        "a file by its whole path": naming(str(outside / "victim.txt")),
        "through a link": naming("link/victim.txt"),
        "with Windows's signs": naming("..\\victim.txt"),
        "with a drive": naming("C:victim.txt"),
        "the journal's own folder": naming(".replacing/lock"),
        "nothing": naming(""),
        "a number": naming(3),
        "a seal above": naming(seal="../victim.txt"),
        "a seal of no text": naming(seal=None),
        "a sign that ends texts": naming("a\0b"),
        "a text for a list": '{"seal": "seal", "added": "victim.txt"}',
        "a list": "[]",
        "null": "null",
        "no JSON": "{",
        "nothing at all": "",
        "deep": "[" * 100_000,
        "no UTF-8": "\udcff",
        "long": naming("a" * 2_000_000),
    }


def hostile_journals(folder: Path, counts: Counter[str]) -> Iterator[str]:
    """Hold folders with hostile journals; yield those that harmed something or were not told."""
    outside = folder / "outside"
    cases = [*journals(outside), "journal is a link", "work folder is a link", "link set aside"]
    for number, case in enumerate(cases):
        outside = folder / str(number)
        here = outside / "set"
        put(here, {"seal": b"1", "mine": b"mine"})
        put(outside, {"victim.txt": b"mine"})
        (here / "link").symlink_to(outside)
        _lay(case, here, outside)
        before = plain(outside)
        counts["journals"] += 1
        try:
            with hold(here):
                yield f"{case}: was obeyed"
        except DataError:
            counts["journals told"] += 1
        if plain(outside) != before:
            yield f"{case}: changed {before.keys() ^ plain(outside).keys()}"


def _lay(case: str, here: Path, outside: Path) -> None:
    """Lay a hostile journal into a folder."""
    sound = json.dumps({"seal": "seal", "added": ["mine"]})
    work = here / WORK
    if case == "work folder is a link":
        put(outside / "elsewhere", {JOURNAL: sound.encode()})
        work.symlink_to(outside / "elsewhere")
        return
    work.mkdir()
    text = journals(outside).get(case, sound)
    (work / JOURNAL).write_bytes(text.encode("utf-8", "surrogateescape"))
    if case == "journal is a link":
        (work / JOURNAL).rename(outside / "journal.json")
        (work / JOURNAL).symlink_to(outside / "journal.json")
    if case == "link set aside":
        (work / "old").mkdir()
        (work / "old" / "mine").symlink_to(outside / "victim.txt")
