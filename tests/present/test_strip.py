"""Show that the strip of the belt's story goes to paper and slides with the whole corridor."""

from __future__ import annotations

import io
import struct
from dataclasses import replace

import pytest
from pptx import Presentation

from layers.corridor.strip import SLIDE
from layers.pack.city import City
from layers.present import offline, strip
from layers.present.showing import Shown
from layers.present.slides import slides
from layers.present.story import stories
from layers.present.telling import Ask, Told, tell
from layers.view.state import Filters, default_state


@pytest.fixture(scope="module")
def told(tianjin: City, ask: Ask) -> Told:
    """The scene of the corridor, in Chinese."""
    scene = next(s for s in stories(tianjin)["belt"].scenes if s.page == "corridor")
    return tell(scene, tianjin, default_state(tianjin), ask=ask)


def test_the_scene_says_the_sentence_of_the_page_and_keeps_its_filter(
    told: Told, tianjin: City, ask: Ask
) -> None:
    assert "63\u202f公里" in told.sentence
    assert "模拟区间" in told.doubt
    national = replace(default_state(tianjin), filters=Filters(level=frozenset({"national"})))
    fewer = tell(told.scene, tianjin, national, ask=ask)
    assert "筛选" in fewer.sentence
    assert fewer.strip is not None
    assert told.strip is not None
    assert fewer.strip(SLIDE).count("data-place") < told.strip(SLIDE).count("data-place")


@pytest.mark.slow
def test_the_strip_is_a_page_a_picture_and_a_slide_of_its_own(told: Told) -> None:
    assert strip.pdf(told) == strip.pdf(told)
    width, height = struct.unpack(">II", strip.png(told)[16:24])
    assert width / height == pytest.approx(SLIDE.width / SLIDE.height, rel=0.01)
    shown = Shown(told)
    # Frames Beijing too: the axis begins there, 60 km beyond the city.
    west, south, east, north = shown.map.windows.main.extent
    first = told.city.layers["axis"].frame.to_crs(told.city.metric_epsg).geometry["corridor"]
    assert west < first.bounds[0]
    assert north > first.bounds[3]
    assert south < first.bounds[1]
    assert east > first.bounds[2]
    deck = Presentation(io.BytesIO(slides([shown], "走廊")))
    assert len(deck.slides) == 2
    pictures = [s for s in deck.slides[1].shapes if s.shape_type == 13]
    assert [round(s.width / s.height, 2) for s in pictures] == [round(1210 / 470, 2)]
    page = offline.page([shown], "走廊").decode()
    assert "data:image/svg+xml;base64," in page
