"""Put malformed packs beside a sound one, and hostile files into the upload of scenarios.

An attempt fails when anything but a refusal comes of it: the sound pack is no longer served, the
malformed one is served or is not told of by the file at fault, something unforeseen was raised, or
a path of the server is told.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo.base.errors import DataError
from geo.coverage.scenario import Scenario, from_file, to_file
from layers.pack import shelf as packs
from layers.pack.shelf import Shelf
from tests.attack import Outcome
from tests.hostile import TOY

PLAN = "plans/2021-2025"
FILES = (
    *("city.toml", "district.geojson", "science_park.geojson", "base/sea.geojson"),
    *(f"{PLAN}/plan.toml", f"{PLAN}/clauses.csv", "aliases.csv"),
)
"""One file of each kind of a pack, in each of its folders."""
DISTRICTS = "district.geojson"
SECRET = "a-secret-place"
"""Folder of the packs: readers must never see its name."""
UNFORESEEN = "pack.unforeseen"

Spoil = Callable[[Path], object]


def _spoilt_files() -> Iterator[tuple[str, str, Spoil]]:
    """Yield what can stand in the place of any file."""
    whole: dict[str, Callable[[bytes], bytes]] = {
        "empty": lambda data: b"",
        "cut in half": lambda data: data[: len(data) // 2],
        "binary": lambda data: bytes(range(256)) * 16,
        "UTF-16": lambda data: data.decode().encode("utf-16"),
        "GB 18030": lambda data: ("#" + data.decode() + "天津").encode("gb18030"),
        "NULs": lambda data: b"\0" * 4096,
        "a surrogate in UTF-8": lambda data: data[:40] + b"\xed\xa0\x80" + data[40:],
        "brackets": lambda data: b"[" * 100_000,
    }
    there: dict[str, Callable[[Path], object]] = {
        "missing": lambda path: None,
        "a folder": lambda path: path.mkdir(),
        "a pipe": lambda path: os.mkfifo(path),
        "a link in a ring": lambda path: path.symlink_to(path.name),
        "a link to nothing": lambda path: path.symlink_to("nothing"),
        "a link out of the pack": lambda path: path.symlink_to(TOY / path.name),
        "a link to the machine's own files": lambda path: path.symlink_to("/proc/self/environ"),
    }
    for name in FILES:
        for what, turn in whole.items():
            yield f"{name}: {what}", name, _write(name, turn)
        for what, put in there.items():
            yield f"{name}: {what}", name, _instead(name, put)


def _write(name: str, turn: Callable[[bytes], bytes]) -> Spoil:
    return lambda pack: (pack / name).write_bytes(turn((pack / name).read_bytes()))


def _instead(name: str, put: Callable[[Path], object]) -> Spoil:
    def spoil(pack: Path) -> None:
        (pack / name).unlink()
        put(pack / name)

    return spoil


SETTINGS: dict[str, tuple[str, str]] = {
    "5,000 digits": ("zoom = 10", "zoom = " + "9" * 5_000),
    "a number of 20,000 bits": ("zoom = 10", "zoom = 0x" + "f" * 5_000),
    "an id of 20,000 bits": ('id = "', "id = 0x" + "f" * 5_000 + ' # "'),
    "deep lists": ("zoom = 10", "zoom = " + "[" * 5_000),
    "deep lists that are closed": ("zoom = 10", "zoom = " + "[" * 400 + "]" * 400),
    "a deep key": ("zoom = 10", "zoom." + "a." * 350 + "a = 1"),
    "a key that takes hours": ("zoom = 10", "zoom." + "a." * 200_000 + "a = 1"),
    "deep tables": ("zoom = 10", "zoom = " + "{a=" * 600 + "1" + "}" * 600),
    "nan": ("bbox = [", "bbox = [nan, "),
    "infinite": ("centre = [", "centre = [inf, "),
    "a huge bbox": ("bbox = [", "bbox = [" + "9" * 400 + ", "),
    "twice": ("zoom = 10", "zoom = 10\nzoom = 10"),
    "a control character": ('name_en = "', 'name_en = "\\u0007'),
    "a text of 10,001": ('name_en = "', 'name_en = "' + "x" * 10_001),
    "a path as id": ('id = "', 'id = "../'),
    "a path as plan": ('plan = "', 'plan = "../'),
    "a long id": ('id = "', 'id = "' + "x" * 10_000),
    "a plane in degrees": ("metric_epsg = 4548", "metric_epsg = 4326"),
    "a plane of nowhere": ("metric_epsg = 4548", "metric_epsg = 32767"),
    "a layer of a long name": ("[layer.axis]", f"[layer.{'x' * 9_000}]"),
    "a list for a table": ("[layer.axis]", "[[layer.axis]]"),
    "dates": ('data_date = "2026-11-22"', "data_date = 2026-11-22"),
}


def _settings() -> Iterator[tuple[str, str, Spoil]]:
    for what, (old, new) in SETTINGS.items():

        def spoil(pack: Path, old: str = old, new: str = new) -> None:
            text = (pack / "city.toml").read_text("utf-8")
            assert old in text
            (pack / "city.toml").write_text(text.replace(old, new, 1), "utf-8")

        yield f"city.toml: {what}", "city.toml", spoil


def _ring(*corners: tuple[Any, Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*map(list, corners), list(corners[0])]]}


def _box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(shapely.box(west, south, east, north)))


SHAPES: dict[str, Any] = {
    "a bow tie": _ring((117.0, 38.9), (117.1, 39.0), (117.1, 38.9), (117.0, 39.0)),
    "a line for an area": {"type": "LineString", "coordinates": [[117, 38.9], [117.1, 39]]},
    "an open ring": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
    "no ring": {"type": "Polygon", "coordinates": []},
    "a polygon without a ring": {"type": "MultiPolygon", "coordinates": [[]]},
    "a point in a ring's place": {"type": "Polygon", "coordinates": [117, 39]},
    "a collection": {"type": "GeometryCollection", "geometries": []},
    "a type of 10,000": {"type": "P" * 10_000, "coordinates": []},
    "a type that is a list": {"type": [], "coordinates": []},
    "no coordinates": {"type": "Polygon"},
    "text for numbers": _ring(("117", "38"), ("118", "38"), ("118", "39")),
    "400 digits": _ring((10**400, 38), (118, 38), (118, 39)),
    "heights of 400 digits": {"type": "Point", "coordinates": [117, 38.9, 10**400]},
    "heights in part": {
        "type": "Polygon",
        "coordinates": [[[117, 38.9], [117.1, 38.9, 5], [117.1, 39], [117, 38.9]]],
    },
    "latitude first": _ring((38.9, 117.0), (38.9, 117.1), (39.0, 117.1)),
    "metres": _ring((500_000, 4_300_000), (510_000, 4_300_000), (510_000, 4_310_000)),
    "on another district": _box(117.1153, 38.833, 117.23, 38.92),
    "beyond the bbox": _box(110, 30, 111, 31),
    "round the world": _box(-180, -90, 180, 90),
    "at the pole": _box(-170, -90, -160, -89),
    "null": None,
}


def _change(name: str, change: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change the first feature of a layer."""

    def spoil(pack: Path) -> None:
        tree = json.loads((pack / name).read_bytes())
        change(tree["features"][0])
        (pack / name).write_text(json.dumps(tree), "utf-8")

    return spoil


def _shapes() -> Iterator[tuple[str, str, Spoil]]:
    for what, shape in SHAPES.items():
        yield what, DISTRICTS, _change(DISTRICTS, partial(_put, {"geometry": shape}))
    for name in ("geometry", "properties", "type"):
        yield f"no {name}", DISTRICTS, _change(DISTRICTS, partial(_drop, name))


def _put(values: dict[str, Any], feature: dict[str, Any]) -> None:
    feature.update(values)


def _put_values(values: dict[str, Any], feature: dict[str, Any]) -> None:
    feature["properties"].update(values)


def _drop(name: str, feature: dict[str, Any]) -> None:
    del feature[name]


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


VALUES: dict[str, dict[str, Any]] = {
    "400 digits": {"area_km2_reference": 10**400},
    "65 bits": {"population_2020_territorial": 2**64},
    "fewer than no people": {"population_2020_territorial": -5},
    "another area": {"area_km2_polygon": 9_999},
    "another deviation": {"polygon_deviation_pct": 40.0},
    "a huge area": {"area_km2_polygon": 1e308},
    "depth": {"name_zh": _deep(900)},
    "a little depth": {"name_zh": _deep(40)},
    "a table for a text": {"name_zh": {"a": 1}},
    "a surrogate": {"name_zh": "\ud800"},
    "10,001 characters": {"name_zh": "长" * 10_001},
    "a column too many": {"x" * 200_000: 1},
    "a column called geometry": {"geometry": None},
    "the id of another": {"id": "990102"},
    "an id that is a list": {"id": []},
    "no id": {"id": None},
    "a half of nowhere": {"half": "moon"},
}

TEXTS: dict[str, tuple[str, str, str]] = {
    "a key twice": (DISTRICTS, '"name_zh":"甲区"', '"name_zh":"甲区","name_zh":"冒名区"'),
    "NaN": (DISTRICTS, '"area_km2_polygon":100.0', '"area_km2_polygon":NaN'),
    "Infinity": (DISTRICTS, '"area_km2_polygon":100.0', '"area_km2_polygon":-Infinity'),
    "1e999": (DISTRICTS, '"area_km2_polygon":100.0', '"area_km2_polygon":1e999'),
    "5,000 digits": (DISTRICTS, '"area_km2_polygon":100.0', f'"area_km2_polygon":{"9" * 5000}'),
    "features twice": (DISTRICTS, '"features":', '"features":[],"features":'),
    "a name's own CRS": (DISTRICTS, '"bbox":', '"crs":{"properties":{"name":"EPSG:4548"}},"bbox":'),
    "a CRS of 10,000": (DISTRICTS, '"bbox":', f'"crs":{{"properties":{{"name":"{"E" * 9999}"}}}},'),
    "a crowd": (DISTRICTS, '"features":[', '"features":[' + "1," * 300_000),
    "a header of 200,000": ("aliases.csv", "term", "t" * 200_000),
    "a header of 100,000": ("aliases.csv", "term", "t" * 100_000),
    "a field of 140,000": ("aliases.csv", "老园", "老" * 140_000),
    "two columns of one name": ("aliases.csv", "term,target", "term,term"),
    "a cell too many": ("aliases.csv", "老园", "老,园"),
    "a stray quote": ("aliases.csv", "老园", '"老园'),
    "semicolons": ("aliases.csv", "term,target,note_zh,note_en", "term;target;note_zh;note_en"),
    "a NUL": ("aliases.csv", "老园", "老\0园"),
    "a bell": ("aliases.csv", "老园", "老\a园"),
    "a line of 5,000 digits": (f"{PLAN}/clauses.csv", "\n", "\n" + "9" * 5000 + ","),
    "a day that is none": (f"{PLAN}/plan.toml", 'issued = "2022-03-01"', 'issued = "2022-02-30"'),
}


def _values() -> Iterator[tuple[str, str, Spoil]]:
    for what, values in VALUES.items():
        change = _change(DISTRICTS, partial(_put_values, values))
        yield f"a value: {what}", DISTRICTS, change
    for what, (name, old, new) in TEXTS.items():

        def spoil(pack: Path, name: str = name, old: str = old, new: str = new) -> None:
            text = (pack / name).read_bytes().decode()
            assert old in text, (name, old)
            (pack / name).write_bytes(text.replace(old, new, 1).encode())

        yield f"in {name}: {what}", name, spoil


def _folders() -> Iterator[tuple[str, str, Spoil]]:
    """Yield what can become of a whole folder."""

    def led_out(name: str) -> Spoil:
        def spoil(pack: Path) -> None:
            shutil.rmtree(pack / name)
            (pack / name).symlink_to(TOY / name)

        return spoil

    def ring(pack: Path) -> None:
        shutil.rmtree(pack / "base")
        (pack / "base").symlink_to("base")

    def broken_off(pack: Path) -> None:
        (pack / ".replacing").mkdir()
        (pack / ".replacing" / "journal.json").write_text("{}")

    def twin(pack: Path) -> None:
        settings = pack / "city.toml"
        settings.write_text(settings.read_text("utf-8").replace('"rotten"', '"good"', 1), "utf-8")

    yield "a base that leads out", "base/sea.geojson", led_out("base")
    yield "plans that lead out", "plan.toml", led_out("plans")
    yield "a base in a ring", "base/sea.geojson", ring
    yield "no plans", "plan.toml", lambda pack: shutil.rmtree(pack / "plans")
    yield "a build broken off", ".replacing", broken_off
    yield "two packs of one city", "city.toml", twin
    yield (
        "a link for a table that may lack",
        "sources.csv",
        lambda pack: (pack / "sources.csv").symlink_to("/etc/passwd"),
    )
    yield (
        "a folder for a table that may lack",
        "park_links.csv",
        lambda pack: (pack / "park_links.csv").mkdir(),
    )
    yield (
        "a layer that nobody describes",
        "\N{REPLACEMENT CHARACTER}",
        lambda pack: (pack / "a\N{RIGHT-TO-LEFT OVERRIDE}\n.geojson").write_text("{}"),
    )


def malformed() -> Iterator[tuple[str, str, Spoil]]:
    """Yield every malformed pack: what it is, the file that must be told of, and how to make it."""
    for make in (_spoilt_files, _settings, _shapes, _values, _folders):
        yield from make()


class Bench:
    """A folder with a sound pack, beside which malformed ones are put one after another."""

    def __init__(self, home: Path) -> None:
        self.home, self.shelf = home / SECRET, Shelf()
        self._copy("good")

    def _copy(self, name: str) -> Path:
        pack = self.home / name
        shutil.copytree(TOY, pack, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        settings = pack / "city.toml"
        settings.write_text(settings.read_text("utf-8").replace('"toy"', f'"{name}"', 1), "utf-8")
        return pack

    def attempt(self, file: str, spoil: Spoil, *, serving: bool = False) -> str:
        """Return what gave way, or an empty text; ``serving``: the pack was sound and is served."""
        pack = self._copy("rotten")
        try:
            fault = self._fault(pack, file, spoil, serving=serving)
        except Exception as error:
            fault = f"{type(error).__name__}: {str(error)[:200]}"
        shutil.rmtree(pack, ignore_errors=True)
        if fault or serving:  # what was served once would be served on
            self.shelf = Shelf()
        return fault

    def _fault(self, pack: Path, file: str, spoil: Spoil, *, serving: bool) -> str:
        if serving:
            self.shelf.packs(str(self.home))
        spoil(pack)
        found = self.shelf.packs(str(self.home))
        told_of = {pack.name: pack.problems for pack in found.refused}
        told_of |= {pack.name: pack.problems for pack in found.served.values()}
        told = "\n".join(map(str, told_of.get("rotten", ())))
        if {"tianjin", "good"} - set(found.served):
            return "a sound pack is not served"
        if ("rotten" in found.served) != serving:
            return "it is served" if not serving else "the last sound version is not served"
        if file not in told or UNFORESEEN in told:
            return f"told: {told[:300]!r}"
        return "a path is told" if SECRET in told or "/tmp" in told else ""


def scenarios() -> Iterator[tuple[str, bytes]]:
    """Yield hostile files of scenarios."""
    good = to_file(Scenario("甲案").added(117.2, 39.1, kind="platform", name="新").closed("a"))
    at = b'"coordinates":[117.2'
    for what, turn in {
        "empty": b"",
        "half": good[: len(good) // 2],
        "binary": bytes(range(256)),
        "UTF-16": good.decode().encode("utf-16"),
        "GB 18030": good.decode().encode("gb18030"),
        "NULs": b"\0" * 999,
        "brackets": b"[" * 500_000,
        "objects": b'{"a":' * 100_000,
        "too large": good + b" " * 1_000_000,
        "a number": b"7",
        "5,000 digits": good.replace(at, at[:-5] + b"9" * 5_000, 1),
        "400 digits": good.replace(at, at[:-5] + b"9" * 400, 1),
        "NaN": good.replace(at, at[:-5] + b"NaN", 1),
        "1e999": good.replace(at, at[:-5] + b"1e999", 1),
        "a key twice": good.replace(b'"action":', b'"action":"add","action":', 1),
        "the member twice": good.replace(b'"features"', b'"atlas_scenario":{},"features"', 1),
        "a surrogate": good.replace("新".encode(), b"\\ud800"),
        "a CESU surrogate": good.replace("新".encode(), b"\xed\xa0\x80"),
    }.items():
        yield what, turn
    for what, change in _changes().items():
        tree = json.loads(good)
        change(tree)
        yield what, json.dumps(tree).encode()


def _changes() -> dict[str, Callable[[dict[str, Any]], object]]:
    def first(tree: dict[str, Any]) -> dict[str, Any]:
        added: dict[str, Any] = tree["features"][-1]
        assert added["id"] == "new-1"
        return added

    changes: dict[str, Callable[[dict[str, Any]], object]] = {
        "no geometry": lambda tree: first(tree).pop("geometry"),
        "no properties": lambda tree: first(tree).pop("properties"),
        "no features": lambda tree: tree.pop("features"),
        "features of text": lambda tree: tree.update(features=["x"]),
        "501 changes": lambda tree: tree.update(features=[first(tree)] * 501),
        "one site twice": lambda tree: tree.update(features=[first(tree)] * 2),
        "deep": lambda tree: first(tree)["properties"].update(name=_deep(900)),
        "deep member": lambda tree: tree["atlas_scenario"].update(order=_deep(900)),
        "a huge version": lambda tree: tree["atlas_scenario"].update(version=10**400),
        "an order of numbers": lambda tree: tree["atlas_scenario"].update(order=[10**400]),
        "a name of 100,000": lambda tree: tree["atlas_scenario"].update(name="x" * 100_000),
        "a layer of nowhere": lambda tree: first(tree)["properties"].update(kind="nonsense"),
        "a site far away": lambda tree: first(tree)["geometry"].update(coordinates=[100.2, 39.1]),
        "a line": lambda tree: first(tree)["geometry"].update(type="LineString"),
        "another CRS": lambda tree: tree.update(crs={"properties": {"name": "EPSG:4490"}}),
        "another site": lambda tree: tree["features"][0]["properties"].update(id="nowhere"),
    }
    return changes


def gave_way(data: bytes) -> str:
    """Return what gave way when a file was read as a scenario, or an empty text."""
    sites = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(0, 0)], crs=4548)
    try:
        from_file(
            data,
            sites=sites.set_index("id"),
            kinds=("platform",),
            bbox=(116.7, 38.55, 118.06, 40.25),
        )
    except DataError as error:
        return "" if error.problems else "nothing is told"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return "it was read"


def attack() -> Outcome:
    """Try every malformed pack, some of them while they are served, and every hostile file."""
    failures, tried, wait = [], 0, packs.LOOK_AGAIN_S
    packs.LOOK_AGAIN_S = 0.0
    try:
        with tempfile.TemporaryDirectory() as name:
            bench = Bench(Path(name))
            for number, (what, file, spoil) in enumerate(malformed()):
                for serving in (False, True) if number % 8 == 0 else (False,):
                    tried += 1
                    if fault := bench.attempt(file, spoil, serving=serving):
                        failures.append(f"{what}{' while serving' if serving else ''}: {fault}")
            tried += 1
            if fault := bench.attempt("city.toml", shutil.rmtree, serving=True):
                failures.append(f"deleted while serving: {fault}")
    finally:
        packs.LOOK_AGAIN_S = wait
    files = [(what, gave_way(data)) for what, data in scenarios()]
    failures += [f"scenario, {what}: {fault}" for what, fault in files if fault]
    note = f"{tried} packs, {len(files)} scenario files; the rest served each time"
    return Outcome("malformed packs and scenarios", tried + len(files), tuple(failures), note)
