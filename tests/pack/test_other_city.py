"""Show that a city other than Tianjin is shown in its own words, on every screen and in files."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

import layers.pack.shelf
from layers.handover.view_export import package
from layers.language.values import month
from layers.pack.city import City, load_city
from layers.view.search import find
from layers.view.state import default_state
from pages.shell.navigation import SCREENS
from tests.hostile import TOY
from tests.screens import app

pytestmark = pytest.mark.screen

OF_TIANJIN = re.compile(
    "天津|津城|滨城|滨海|京津|津冀|通武廊|海河|塘沽|宁河|天开|北京|河北|英译|据译文|津南|津政|2021年8月|2021-08"
    "|tianjin|jincheng|bincheng|binhai|beijing|tongzhou|haihe|tanggu|ninghe|tiankai|hebei|teda\\b"
    "|langfang|english text|from a translation|translation of the plan|august 2021|8 august",
    re.IGNORECASE,
)
VIEWS = (
    *((screen, {}) for screen in SCREENS),
    *(("coverage", {"cpart": part}) for part in ("pairing", "scenario", "siting")),
    *(("district", {"sel": code}) for code in ("990101", "990104")),
    ("explore", {"present": "1"}),
    ("explore", {"period": "2020", "level": "national", "subkind": "national"}),
)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy city in a folder of its own: one for all, so that the app reads it once."""
    return copy_of_toy(tmp_path_factory.mktemp("toy"))


def copy_of_toy(folder: Path) -> Path:
    """Copy the toy city below a folder, and return where it is."""
    ours = shutil.ignore_patterns("*.py", "__pycache__")
    return Path(shutil.copytree(TOY, folder / "toy", ignore=ours))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, copied: Path) -> Path:
    """The toy city, and no other in the app."""
    monkeypatch.setattr(layers.pack.shelf, "DATA_FOLDER", copied.parent / "none")
    monkeypatch.setenv("ATLAS_PACKS", str(copied))
    return copied


def said(screen: str, **query: str) -> str:
    """Return all that a screen sends to the browser, as one text."""
    at = app(screen, **query)
    assert not at.exception
    assert not at.error
    protos = [node.proto for node in at if getattr(node, "proto", None) is not None]
    assert len(protos) > 5
    # The bytes hold every text as it is, those of tables and of the map's script too.
    text = "\n".join(proto.SerializeToString().decode("utf-8", "ignore") for proto in protos)
    return re.sub(r"\\\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)


def foreign(text: str) -> list[str]:
    return [text[max(0, m.start() - 60) : m.end() + 30] for m in OF_TIANJIN.finditer(text)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("screen", "query"), VIEWS)
def test_no_screen_speaks_of_tianjin(
    alone: Path, screen: str, query: dict[str, str], lang: str
) -> None:
    text = said(screen, city="toy", lang=lang, **query)
    assert re.search("玩具|Toy|甲区|Alpha|试验草场|Trial meadows", text)
    assert foreign(text) == []


def test_the_net_catches_tianjin_itself() -> None:
    for lang, words in (("zh", ("津城", "据译文")), ("en", ("Jincheng", "from a translation"))):
        text = said("explore", city="tianjin", lang=lang, sel="node-binhai-zgc")
        caught = " ".join(foreign(text))
        assert all(word in caught or word in said("district", lang=lang) for word in words)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_card_speaks_of_tianjin(alone: Path, toy: City, lang: str) -> None:
    places = [
        str(id_)
        for layer in toy.layers.values()
        if layer.spec.is_places
        for id_ in layer.frame.index
    ]
    for id_ in places[::4]:
        assert foreign(said("explore", city="toy", lang=lang, sel=id_)) == []


@pytest.mark.parametrize(("fmt", "epsg"), [("geojson", 4326), ("csv", 4548)])
def test_no_file_of_an_export_speaks_of_tianjin(toy: City, fmt: str, epsg: int) -> None:
    parcel = package(toy, default_state(toy), fmt=fmt, epsg=epsg, layers=tuple(toy.layers))
    for name, data in parcel.files.items():
        assert foreign(_text(name, data)) == [], name


def _text(name: str, data: bytes) -> str:
    if not name.endswith(".xlsx"):
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "".join(book.read(part).decode() for part in book.namelist())


def test_the_month_of_issue_comes_from_the_plan(alone: Path) -> None:
    assert "显示规划印发（2022年3月）后新增" in said("explore", lang="zh")
    assert "issued (March 2022)" in said("explore", lang="en")
    assert (month("2021-08-08", "en"), month("2021-08", "zh")) == ("August 2021", "2021年8月")
    assert month("2021", "zh") == "2021年"


def test_the_halves_are_those_of_the_pack(alone: Path, toy: City) -> None:
    assert toy.halves == ("front", "back")
    assert [hit.target for hit in find(toy, "前城")] == ["half:front"]
    for screen in ("density", "coverage", "district"):
        assert "前城" in said(screen, lang="zh")
        assert "front town" in said(screen, lang="en").lower()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_city_without_halves_is_not_seen_in_halves(
    alone: Path, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of_toy(tmp_path)
    drop_halves(folder)
    monkeypatch.setenv("ATLAS_PACKS", str(folder))
    city = load_city(folder)
    assert city.halves == ()
    for screen in SCREENS:
        text = said(screen, city="toy", lang=lang)
        assert foreign(text) == []
        for word in ("前城", "ront town", "片区不详", "art not known", "nan"):
            assert word not in text, (screen, word)


def drop_halves(pack: Path) -> None:
    """Take the halves out of the toy city."""
    settings = (pack / "city.toml").read_text("utf-8")
    (pack / "city.toml").write_text(
        re.sub(r"\n\[half\.\w+\]\nzh = .*\nen = .*\n", "", settings), "utf-8"
    )
    path = pack / "district.geojson"
    tree = json.loads(path.read_text("utf-8"))
    for feature in tree["features"]:
        feature["properties"] |= {"half": None, "half_status": None}
    path.write_text(json.dumps(tree), "utf-8")
