"""Read everything of a meeting pack back, and find the findings in all of it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
from docx import Document
from docx.shared import Emu, Pt
from pptx import Presentation
from pypdf import PdfReader

from layers.handover.documents import files_listed
from layers.pack.city import City
from layers.present import offline
from layers.present.brief import brief
from layers.present.pack import command, gis, meeting_pack
from layers.present.pack.findings import workbook
from layers.present.pack.meeting_pack import MeetingPack
from layers.present.showing import Shown
from layers.present.static_map import A4
from layers.present.static_map.picture import bound
from layers.present.story import Story, stories
from layers.view.rows import rows_in_view
from layers.view.state import Filters, ViewState, default_state
from tests.present.test_slides import NAMES, hostile

pytestmark = pytest.mark.slow
LIGHT = ("pptx", "html", "xlsx", "docx", "gis")
"""The parts but for the atlas of all districts, which is tested in tests/present/sheet."""
OVER = Filters(level=frozenset({"national"}))


@pytest.fixture(scope="module")
def over(tianjin: City) -> ViewState:
    return replace(default_state(tianjin), filters=OVER)


@pytest.fixture(scope="module")
def pack(tianjin: City, small: Story, over: ViewState, ask: Any) -> MeetingPack:
    told = replace(small, scenes=small.scenes[1:])
    return meeting_pack.meeting_pack(tianjin, told, over, parts=LIGHT, ask=ask)


@pytest.fixture(scope="module")
def findings(pack: MeetingPack) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(pack.package.files["manifest.json"])["findings"]
    assert all(each["sentence"] and each["doubt"] and each["filtered"] for each in found)
    return found


def of(pack: MeetingPack, ending: str) -> bytes:
    return next(data for name, data in pack.package.files.items() if name.endswith(ending))


class Reader(HTMLParser):
    """What a browser would show and ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def pptx_text(data: bytes) -> str:
    slides = Presentation(io.BytesIO(data)).slides
    return "\n".join(s.text_frame.text for x in slides for s in x.shapes if s.has_text_frame)


def html_text(data: bytes) -> str:
    return "\n".join(Reader(data.decode()).said)


def docx_text(data: bytes) -> str:
    return "\n".join(each.text for each in Document(io.BytesIO(data)).paragraphs)


def xlsx_text(data: bytes) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return "\n".join(str(cell.value) for row in sheet for cell in row)


READERS: Mapping[str, Callable[[bytes], str]] = {
    ".pptx": pptx_text,
    ".html": html_text,
    ".docx": docx_text,
    ".xlsx": xlsx_text,
}


@pytest.mark.parametrize("ending", READERS)
def test_every_finding_stands_in_every_file_with_doubt_and_filter(
    pack: MeetingPack, findings: list[dict[str, str]], ending: str
) -> None:
    said = READERS[ending](of(pack, ending))
    for each in findings:
        for part in ("sentence", "doubt", "filtered"):
            assert each[part].rstrip("。") in said


def test_the_tables_of_the_scenes_stand_whole_in_the_workbook(shown: list[Shown]) -> None:
    told = [each.told for each in shown]
    book = openpyxl.load_workbook(io.BytesIO(workbook(told[0].city, told[0].state, told)))
    for n, each in enumerate(told, start=1):
        sheet = next(s for s in book.worksheets if s.title.startswith(f"{n} "))
        rows = [*sheet.iter_rows(min_row=4, values_only=True)]
        assert each.table is not None
        wanted = [
            (name, *row) for name, row in zip(each.table.index, each.table.to_numpy(), strict=True)
        ]
        assert [[str(v) for v in row if v] for row in rows] == [
            [str(v) for v in row if str(v)] for row in wanted
        ]


def test_the_rows_of_the_gis_files_are_those_of_the_filter(
    pack: MeetingPack, tianjin: City, over: ViewState, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(of(pack, "_GIS.zip"))) as archive:
        assert all(name.isascii() for name in archive.namelist())
        archive.extractall(tmp_path)
        for folder in ("geopackage", "geojson"):
            about = json.loads(archive.read(f"{folder}/manifest.json"))
            assert about["filtered"]["acts"]
            for entry in about["files"]:
                data = archive.read(f"{folder}/{entry['name']}")
                assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    shown = rows_in_view(tianjin, over).layer("platform")
    file = next((tmp_path / "geopackage").glob("*.gpkg"))
    for found in (
        gpd.read_file(file, layer="platform"),
        gpd.read_file(tmp_path / "geojson" / "platform.geojson"),
    ):
        assert set(found["id"]) == set(shown.index)


def test_the_page_of_a_map_says_its_finding_with_doubt_and_filter(chinese: list[Shown]) -> None:
    told = chinese[1].told
    page = PdfReader(io.BytesIO(bound([chinese[1].sheet(A4)]))).pages[0]
    said = re.sub(r"\s", "", page.extract_text())
    for text in (told.title, told.sentence, told.doubt, told.filtered):
        assert re.sub(r"\s", "", text) in said


def test_the_names_are_for_people_and_say_the_filter(pack: MeetingPack) -> None:
    stem = "天津市科技创新空间布局_筛选后_20261128"
    assert {name.replace(stem, "") for name in pack.package.files} == {
        *(".pptx", ".html", ".xlsx", "_简报.docx", "_GIS.zip"),
        *("来源与说明_sources.md", "manifest.json"),
    }


def test_the_manifest_lists_every_other_file_with_its_digest(pack: MeetingPack) -> None:
    files = dict(pack.package.files)
    told = files.pop("manifest.json")
    assert files_listed(told) == files.keys()
    assert json.loads(told)["failed"] == {} == pack.failed
    for entry in json.loads(told)["files"]:
        assert entry["sha256"] == hashlib.sha256(files[entry["name"]]).hexdigest()


@pytest.mark.parametrize(
    "make", [brief, offline.page, lambda scenes, _: bound([each.map for each in scenes])]
)
def test_the_same_scenes_give_the_same_bytes(
    chinese: list[Shown], make: Callable[[Any, str], bytes]
) -> None:
    scenes = [*map(drawn_already, chinese[:1])]  # that a map has the same bytes is shown elsewhere
    assert make(scenes, "x") == make(scenes, "x")


def test_a_part_that_fails_is_named_and_nothing_else_is_lost(
    tianjin: City,
    small: Story,
    ask: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> bytes:
        raise OSError("no room")

    monkeypatch.setattr(gis, "zipped", broken)
    monkeypatch.setattr(
        command, "stories", lambda city: {"layout": replace(small, scenes=small.scenes[:1])}
    )
    out = tmp_path / "out"
    status = command.main(
        ["--city", "tianjin", "--lang", "en", "--parts", "gis,xlsx", "--out", str(out)]
    )
    assert status == command.INCOMPLETE
    assert "Not made: the data for GIS. OSError" in capsys.readouterr().err
    names = sorted(path.name for path in out.iterdir() if path.is_file())
    assert [name.rpartition(".")[2] for name in names] == ["xlsx", "json", "md"]
    assert json.loads((out / "manifest.json").read_text("utf-8"))["failed"] == {"gis": "OSError"}


def test_arguments_that_are_not_understood_are_all_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = command.main(
        [*("--city", "tianjin", "--story", "novel", "--parts", "pptx,film"),
         *("--show", "http://a/?level=nothing", "--out", "x")]
    )  # fmt: skip
    told = capsys.readouterr().err
    assert status == 2
    assert {"novel", "film", "nothing"} <= set(re.findall(r"\w+", told))


def test_what_is_shown_is_the_filter_of_the_pack(tianjin: City) -> None:
    address = "http://a.lan/coverage?v=3&level=national&d=120104"
    asked = command.read(
        [
            "--city",
            "tianjin",
            "--story",
            "district",
            "--show",
            address,
            "--out",
            "x",
            "--lang",
            "en",
        ]
    )
    assert (asked.over.filters, asked.over.lang) == (OVER, "en")
    told = meeting_pack.of_district(asked.story, tianjin, asked.over)
    assert told == stories(tianjin)["district"].of("120104")


def test_the_page_may_ask_for_nothing_and_runs_its_own_script_alone(chinese: list[Shown]) -> None:
    text = offline.page(chinese, "x").decode()
    tags = Reader(text).tags
    policy = next(
        a["content"] for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:")
    assert "unsafe" not in policy
    for name in ("style", "script"):
        body = re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert len(body) == 1
        digest = hashlib.sha256(body[0].encode()).digest()
        assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    asked = [v for _, a in tags for k, v in a.items() if k in ("src", "href") and v]
    assert all(value.startswith(("data:image/png", "#")) for value in asked)
    assert not any(k.startswith("on") or k == "style" for _, a in tags for k in a)


def test_a_strangers_text_does_nothing_in_page_and_brief(chinese: list[Shown]) -> None:
    made = [hostile(chinese[0], name) for name in NAMES]
    tags = Reader(offline.page(made, NAMES[0]).decode()).tags
    assert [tag for tag, _ in tags].count("script") == 1
    said = docx_text(brief([drawn_already(each) for each in made], NAMES[0]))
    assert "<script>alert(1)</script>" in said
    assert "=1+1" in said


def drawn_already(each: Shown) -> Shown:
    """The same scene, whose map is always the picture on its slide: to draw it takes a second."""
    drawn = SimpleNamespace(**{**vars(each.map), "png": lambda _: each.png})
    made = Shown(each.told)
    made.__dict__.update({"map": each.map, "png": each.png, "drawn": lambda *_: drawn})
    return made


def test_the_brief_keeps_to_the_standard_and_to_one_page(chinese: list[Shown]) -> None:
    document = Document(io.BytesIO(brief([*map(drawn_already, chinese[:1])], "x")))
    section = document.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(Emu(side or 0).mm) for side in sides] == [37, 35, 28, 26]
    assert "方正小标宋简体" in document.paragraphs[0]._p.xml
    assert document.paragraphs[0].runs[0].font.size == Pt(22)
    pictures = [*document.inline_shapes]
    assert len(pictures) == 1 + len([sign for sign, _ in chinese[0].map.signs if sign])
    assert all(each._inline.docPr.get("descr") for each in pictures)
    assert "PAGE" in section.footer._element.xml
