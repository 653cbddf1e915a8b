"""Draw on a sheet whose coordinates are millimetres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import BboxImage
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from shapely.geometry.base import BaseGeometry

from layers.present.static_map.ink.boxes import Box, Spot
from layers.present.static_map.ink.paper import MM_PER_POINT, Paper
from layers.present.static_map.ink.type import FEATURES, drawable

WHITE = "#FFFFFF"
HALO_PT = 1.5


def polygons_path(areas: Iterable[BaseGeometry]) -> Path:
    """Return polygons as one path, holes turning against their rings.

    Parameters
    ----------
    areas
        Polygons, multipolygons or empty geometries, on the sheet.
    """
    parts = [
        Path(shapely.get_coordinates(ring), closed=True)
        for area in areas
        for polygon in shapely.get_parts(area)
        if polygon.geom_type == "Polygon" and not polygon.is_empty
        for ring in shapely.get_rings(shapely.orient_polygons(polygon))
    ]
    return joined(parts)


def lines_path(lines: Iterable[BaseGeometry]) -> Path:
    """Return lines as one path.

    Parameters
    ----------
    lines
        Lines, or collections of lines, on the sheet.
    """
    parts = [
        Path(shapely.get_coordinates(part))
        for line in lines
        for part in shapely.get_parts(line)
        if not part.is_empty
    ]
    return joined(parts)


def joined(parts: Iterable[Path]) -> Path:
    """Return paths as one.

    Parameters
    ----------
    parts
        Paths on the sheet, also empty ones, or none.
    """
    held = [part for part in parts if len(part)]
    return Path.make_compound_path(*held) if held else Path(np.empty((0, 2)))


class _Line(Text):
    """One line of type from the left end of its base line.

    Matplotlib's own way measures each line anew for each file, to place what is centred, turned or
    broken into rows: a fourth of what it takes to save a map.
    """

    def draw(self, renderer: RendererBase) -> None:
        # docstring inherited
        x, y = self.get_transform().transform(self.get_position())
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        renderer.open_group("text", self.get_gid())
        look = renderer.new_gc()
        look.set_foreground(to_rgba(self.get_color()), isRGBA=True)
        font = self.get_fontproperties()
        renderer.draw_text(look, x, y, self.get_text(), font, 0.0, mtext=self)
        look.restore()
        renderer.close_group("text")


class Sheet:
    """A figure of the size of the paper, in millimetres from its lower left corner.

    Parameters
    ----------
    paper
        The size.
    lang
        Language of its texts, ``zh`` or ``en``.
    """

    def __init__(self, paper: Paper, lang: str) -> None:
        self.paper, self.lang = paper, lang
        inches = paper.width_mm / 25.4, paper.height_mm / 25.4
        self.figure = Figure(figsize=inches, facecolor=WHITE)
        FigureCanvasAgg(self.figure)
        # Without axes: these would have each artist ask for their own limits and clip again.
        scale = Affine2D().scale(1 / paper.width_mm, 1 / paper.height_mm)
        self.millimetres = scale + self.figure.transFigure

    def path(self, path: Path, clip: Box | None = None, **look: Any) -> None:
        """Draw a path.

        Parameters
        ----------
        path
            In millimetres.
        clip
            Beyond this box nothing is drawn; None for no limit.
        **look
            As ``matplotlib.patches.PathPatch`` takes it; widths are points.
        """
        if not np.asarray(path.vertices).size:
            return
        look = {"facecolor": "none", "edgecolor": "none", "linewidth": 0.0} | look
        self._add(PathPatch(path, **look), clip)

    def _add(self, artist: Artist, clip: Box | None = None) -> None:
        artist.set_transform(self.millimetres)
        if clip is not None:
            artist.set_clip_box(TransformedBbox(Bbox.from_extents(*clip), self.millimetres))
        self.figure.add_artist(artist)

    def box(self, box: Box, **look: Any) -> None:
        """Draw a box.

        Parameters
        ----------
        box
            In millimetres.
        **look
            As for :meth:`path`.
        """
        left, low, right, high = box
        corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
        self.path(Path(np.array(corners), closed=True), **look)

    def line(self, spots: Sequence[Spot], clip: Box | None = None, **look: Any) -> None:
        """Draw a line through spots.

        Parameters
        ----------
        spots
            In millimetres.
        clip
            Beyond this box nothing is drawn; None for no limit.
        **look
            As for :meth:`path`.
        """
        self.path(Path(np.array(spots)), clip, capstyle="butt", **look)

    def text(
        self,
        spot: Spot,
        text: str,
        points: float,
        *,
        colour: str = "#14171A",
        bold: bool = False,
        halo: str = "",
        order: float = 0,
    ) -> None:
        """Write one line.

        Parameters
        ----------
        spot
            Its left end on the base line.
        text
            What is written, as it stands: nothing in it is read as a formula.
        points
            Size of the type.
        colour
            Of the type.
        bold
            Whether it is bold.
        halo
            Colour of the rim that sets it off from the ground; empty for none.
        order
            What is higher lies above.
        """
        text, look = drawable(text, bold=bold)
        if halo:
            # A rim drawn by matplotlib itself would turn the text into a picture of text.
            placed = Affine2D().scale(points * MM_PER_POINT).translate(*spot)
            outline = placed.transform_path(_outline(text, bold))
            rim: dict[str, Any] = {"edgecolor": halo, "linewidth": HALO_PT, "alpha": 0.85}
            self.path(outline, zorder=order, joinstyle="round", **rim)
        self._add(
            _Line(
                *spot,
                text,
                fontproperties=look,
                fontsize=points,
                color=colour,
                parse_math=False,
                fontfeatures=FEATURES[self.lang],
                zorder=order + 0.1,
            )
        )

    def picture(self, rgba: np.ndarray, box: Box, order: float) -> None:
        """Lay a picture into a box.

        Parameters
        ----------
        rgba
            Rows of pixels from the top, four channels of 0 to 255.
        box
            In millimetres.
        order
            What is higher lies above.
        """
        left, low, right, high = box
        corners = Bbox.from_extents(left, low, right, high)
        shown = BboxImage(
            TransformedBbox(corners, self.millimetres), interpolation="nearest", zorder=order
        )
        shown.set_data(rgba)
        self.figure.add_artist(shown)


@lru_cache(maxsize=2048)
def _outline(text: str, bold: bool) -> Path:
    """Return the outline of a line of type of size 1; names come back on every map."""
    found: Path = TextPath((0, 0), text, size=1, prop=drawable(text, bold=bold)[1])
    return found
