"""Hand out a map as PNG, SVG and PDF, the same bytes each time."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from layers.map.plate import Sign
from layers.present.static_map.furniture import Bar
from layers.present.static_map.ink.boxes import Box
from layers.present.static_map.marks import Stand
from layers.present.static_map.names import Label
from layers.present.static_map.window import Windows

_SETTINGS: Final[dict[str, Any]] = {
    "svg.hashsalt": "atlas",
    "svg.fonttype": "path",
    "pdf.fonttype": 3,
    "text.hinting": "none",
    "text.usetex": False,
    "axes.unicode_minus": False,
}
"""An SVG carries its glyphs as outlines, so that it looks the same where the font is not there; of
our font matplotlib embeds the outlines in a PDF, and its text can still be searched."""
_LOCK: Final = threading.RLock()


@contextmanager
def drawing_alone() -> Iterator[None]:
    """Let one thread draw at a time: matplotlib's settings and font cache are shared by all."""
    with _LOCK, rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield


@dataclass(frozen=True, eq=False)
class StaticMap:
    """A map on paper.

    Parameters
    ----------
    figure
        As drawn; nobody changes it.
    date
        Day of the data, which every file carries as its date.
    alt
        One sentence in the place of the picture.
    scale
        One to how many the map is: a round number.
    windows
        What stands where on the sheet.
    labels
        The names that have found their place.
    stands
        The marks.
    numbered
        Number and name of the places whose name has found no room.
    bars
        The scale bar of each window, by its id.
    panels
        What legend, list and heading take up, millimetres.
    signs
        The rows of its legend, whether they stand on the sheet or beside it.
    remarks
        What the legend says besides.
    """

    figure: Figure
    date: str
    alt: str
    scale: int
    windows: Windows
    labels: tuple[Label, ...]
    stands: tuple[Stand, ...]
    numbered: tuple[tuple[int, str], ...]
    bars: Mapping[str, Bar]
    panels: tuple[Box, ...]
    signs: tuple[Sign, ...]
    remarks: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names on the map, those of numbers aside."""
        return tuple(each.name.text for each in self.labels if each.name.kind != "number")

    def png(self, dpi: int = 150) -> bytes:
        """Return the map as pixels.

        Parameters
        ----------
        dpi
            Dots per inch: 150 for a screen, 300 for print.
        """
        # Flat colours: the usual level takes twice as long for one per cent less.
        return self._saved("png", dpi, {"Software": None}, pil_kwargs={"compress_level": 3})

    def svg(self) -> bytes:
        """Return the map as SVG, its text as outlines."""
        return self._saved("svg", 300, {"Date": self.date, "Creator": None})

    def pdf(self) -> bytes:
        """Return the map as PDF, its fonts embedded."""
        made = datetime.fromisoformat(self.date).replace(tzinfo=UTC)
        return self._saved("pdf", 300, {"CreationDate": made, "Creator": None, "Producer": None})

    def _saved(self, form: str, dpi: int, metadata: dict[str, Any], **how: Any) -> bytes:
        file = io.BytesIO()
        with drawing_alone():
            self.figure.savefig(file, format=form, dpi=dpi, metadata=metadata, **how)
        return file.getvalue()


def bound(maps: Sequence[StaticMap]) -> bytes:
    """Return maps as one PDF, a page each, their fonts embedded.

    Parameters
    ----------
    maps
        Of one city; the date is that of the first.
    """
    made = datetime.fromisoformat(maps[0].date).replace(tzinfo=UTC)
    file = io.BytesIO()
    about = {"CreationDate": made, "Creator": None, "Producer": None}
    with drawing_alone(), PdfPages(file, metadata=about) as pages:
        for each in maps:
            pages.savefig(each.figure)
    return file.getvalue()
