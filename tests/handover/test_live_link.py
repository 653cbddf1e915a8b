"""Show that paper leads back to the live view where its address is known, and else says nothing."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from pptx import Presentation

from layers.handover.live_link import LONGEST, VARIABLE, live_link, public, qr_png, qr_svg
from layers.language.bilingual import Bilingual
from layers.pack.city import City
from layers.present.sheet.basis import basis
from layers.present.sheet.content import overview
from layers.present.showing import Shown
from layers.present.slides import slides
from layers.present.story import Scene
from layers.present.telling import tell
from layers.view.state import default_state

OFFICE = {VARIABLE: "https://atlas.bureau.test/innov/"}
LINK = "https://atlas.bureau.test/innov/explore?v=3&level=national"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "atlas.bureau.test",
        "javascript:alert(1)",
        'https://a/"><script>',
        "https://a b",
        "file:///etc/passwd",
        "https://user:pass@a",
    ],
)
def test_what_is_no_plain_address_counts_as_none(given: str) -> None:
    assert public({VARIABLE: given}) == ""
    assert live_link("explore", {}, {VARIABLE: given}) == ""


def test_a_view_has_its_address_and_a_code() -> None:
    assert live_link("explore", {"v": "3", "level": "national"}, OFFICE) == LINK
    assert live_link("explore", {"v": "x" * LONGEST}, OFFICE) == "", "no phone reads it"
    assert qr_png(LINK) == qr_png(LINK)
    assert qr_png(LINK)[:4] == b"\x89PNG"
    root = ElementTree.fromstring(qr_svg(LINK))
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    # 58 bytes at level M need version 4 (62 bytes): 17 + 4·4 modules, two white ones each side.
    assert wide == high == 17 + 4 * 4 + 2 * 2


@pytest.mark.slow
def test_slides_and_sheets_print_it_only_where_it_is_set(
    tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene("a", Bilingual("甲", "A"), "explore", {"v": "3", "level": "national"})
    shown = Shown(tell(scene, tianjin, default_state(tianjin)))
    on = basis(tianjin, default_state(tianjin), "zh", None)
    assert not [text for text in _texts(slides([shown], "x")) if "http" in text]
    assert overview(on)["live"] == {"link": "", "code": ""}
    monkeypatch.setenv(VARIABLE, OFFICE[VARIABLE])
    link = LINK.replace("?v=3", "?v=3&city=tianjin")
    assert link in _texts(slides([shown], "x"))
    assert overview(on)["live"]["code"].startswith("<svg")


def _texts(deck: bytes) -> list[str]:
    slide = Presentation(io.BytesIO(deck)).slides[0]
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
