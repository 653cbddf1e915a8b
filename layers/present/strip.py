"""Put the strip of an axis on paper and on slides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from layers.corridor.strip import PAGE, SLIDE, Frame
from layers.present.sheet import typeset
from layers.present.telling import Told

TEMPLATE: Final = "strip.typ"
POINT_PX: Final = 0.75
"""Points of a pixel of 96 to the inch."""
PPI: Final = 300
_TEXT: Final = re.compile(r"<[^>]*>")


def pdf(told: Told) -> bytes:
    """Return the strip of a scene as a PDF of one page, with title, key and notices.

    Parameters
    ----------
    told
        A scene that has a strip.
    """
    return typeset.pdf(TEMPLATE, *_asked(told, PAGE), told.city.data_date)


def png(told: Told, frame: Frame = SLIDE) -> bytes:
    """Return the strip of a scene as pixels.

    Parameters
    ----------
    told
        A scene that has a strip.
    frame
        Its room.
    """
    return typeset.png(TEMPLATE, *_asked(told, frame), told.city.data_date, ppi=PPI)


def _asked(told: Told, frame: Frame) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
    """Return what the template prints, and the picture; its words say which fonts are needed."""
    assert told.strip is not None, "a scene without a strip is not asked for one"
    svg = told.strip(frame)
    data = {
        "width_pt": frame.width * POINT_PX,
        "height_pt": frame.height * POINT_PX,
        "alt": told.sentence,
        "words": _TEXT.sub(" ", svg),
    }
    return data, {"strip": svg.encode()}
