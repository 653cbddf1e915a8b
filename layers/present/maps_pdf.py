"""Bind the maps of a story as one PDF: a page a scene, with heading, legend and sources."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from matplotlib.backends.backend_pdf import PdfPages

from layers.present.showing import Shown
from layers.present.static_map import A4, Paper
from layers.present.static_map.picture import drawing_alone


def maps_pdf(scenes: Sequence[Shown], paper: Paper = A4) -> bytes:
    """Return the maps of scenes as PDF; the same scenes give the same bytes.

    Parameters
    ----------
    scenes
        Of one city.
    paper
        Size of the pages.
    """
    maps = [shown.drawn(paper, headed=True) for shown in scenes]
    made = datetime.fromisoformat(scenes[0].told.city.data_date).replace(tzinfo=UTC)
    about = {"CreationDate": made, "Creator": None, "Producer": None}
    target = io.BytesIO()
    with drawing_alone(), PdfPages(target, metadata=about) as pages:
        for each in maps:
            pages.savefig(each.figure)
    return target.getvalue()
