"""Lay out what QGIS prints of a project: the whole city, and a page for each district."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from layers.handover.gis.style import FONTS, text_style
from layers.language.bilingual import Bilingual, both

WIDE, HIGH = 420.0, 297.0
"""A3 across, millimetres."""
EDGE, SIDE = 12.0, 92.0
"""Margin, and width of the column at the right."""
TOP, FOOT = 28.0, 42.0
_PAGE, _MAP, _PICTURE, _LABEL, _LEGEND, _SCALE, _SHAPE = (
    65638, 65639, 65640, 65641, 65642, 65646, 65643,
)  # fmt: skip
"""QGIS's numbers of the items of a layout (QgsLayoutItemRegistry::ItemType)."""
MARGIN: Final = 0.1
"""Of a page of the atlas, round its district."""
_ARROW: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 30"><path d="M10 9L17 29L10 24L3 29Z" '
    'fill="#14171A"/><text x="10" y="8" font-size="9" text-anchor="middle" '
    'font-family="sans-serif" fill="#14171A">N</text></svg>'
)


@dataclass(frozen=True)
class MapLayer:
    """One layer of a project.

    Parameters
    ----------
    id
        As the project names it.
    name
        Of the table or the raster.
    title, group
        For people.
    source
        Path and table, relative to the project.
    epsg
        System of its coordinates.
    shape, type
        ``Point``, ``Line`` or ``Polygon``, and the type in full; blank for a raster.
    bounds
        West, south, east, north on the project's plane; None where nothing has a place.
    classes
        Values by which its symbols differ, in order.
    page_name, key
        Columns that name a page of the atlas and put it in order.
    """

    id: str
    name: str
    title: Bilingual
    group: Bilingual
    source: str
    epsg: int
    shape: str
    type: str
    bounds: tuple[float, float, float, float] | None
    classes: tuple[str, ...] = ()
    page_name: str = ""
    key: str = ""

    @property
    def words(self) -> str:
        """The title in both languages."""
        return " ".join(dict.fromkeys(self.title))

    @property
    def provider(self) -> str:
        """QGIS's reader of its source."""
        return "ogr" if self.shape else "gdal"

    def into(self, parent: Xml.Element, **properties: str) -> None:
        """Add the layer to a tree of layers.

        Parameters
        ----------
        parent
            A group of the tree; changed.
        **properties
            How a legend shows it, dashes written for slashes: ``legend__title_style``.
        """
        given = {
            "id": self.id,
            "name": self.words,
            "source": self.source,
            "providerKey": self.provider,
            "checked": "Qt::Checked",
            "expanded": "0",
        }
        own = Xml.SubElement(parent, "layer-tree-layer", given)
        table = Xml.SubElement(Xml.SubElement(own, "customproperties"), "Option", type="Map")
        for name, value in properties.items():
            key = name.replace("__", "/").replace("_", "-")
            Xml.SubElement(table, "Option", name=key, value=value, type="QString")


def layouts(
    root: Xml.Element,
    layers: Sequence[MapLayer],
    *,
    title: str,
    notes: Sequence[Bilingual],
    coverage: str,
) -> None:
    """Add the layouts to a project.

    Parameters
    ----------
    root
        The project; changed.
    layers
        From the top to the bottom.
    title
        Of every sheet.
    notes
        What every sheet must say.
    coverage
        Name of the layer whose rows are pages; without it there is no atlas.
    """
    holder = Xml.SubElement(root, "Layouts")
    located = [layer.bounds for layer in layers if layer.bounds]
    if not located:
        return
    wests, souths, easts, norths = zip(*located, strict=True)
    frame = (min(wests), min(souths), max(easts), max(norths))
    _Sheet(holder, both("qgis.whole"), layers, frame, notes).write(title, None)
    pages = next((layer for layer in layers if layer.name == coverage and layer.bounds), None)
    if pages is not None:
        sheet = _Sheet(holder, both("qgis.atlas"), layers, frame, notes)
        sheet.write(f"{title} · [% @atlas_pagename %]", pages)


class _Sheet:
    """One layout while it is written."""

    def __init__(
        self,
        holder: Xml.Element,
        name: str,
        layers: Sequence[MapLayer],
        frame: tuple[float, float, float, float],
        notes: Sequence[Bilingual],
    ) -> None:
        given = {"name": name, "units": "mm", "printResolution": "300"}
        self.root = Xml.SubElement(holder, "Layout", given)
        self.name, self.layers, self.frame, self.notes = name, layers, frame, notes
        self.items = 0
        self.column = WIDE - EDGE - SIDE
        self.map = self._uuid("map")

    def write(self, title: str, pages: MapLayer | None) -> None:
        """Write all items, and the atlas where there are pages."""
        self._page()
        self._label(title, EDGE, 10, WIDE - 2 * EDGE, 14, size=20, name="title")
        wide, high = self.column - EDGE - 6, HIGH - TOP - FOOT
        self._map(EDGE, TOP, wide, high, driven=pages is not None)
        self._legend(self.column, TOP)
        self._arrow(EDGE + wide - 16, TOP + 4)
        self._scale(EDGE + 4, TOP + high - 16)
        slots = ("qgis.made_by", "qgis.checked_by", "qgis.review")
        told = "\n".join(f"{both(key)}：________________" for key in slots)
        self._label(told, self.column, HIGH - FOOT - 34, SIDE, 30, size=9, name="review")
        lines = "\n".join(" ".join(dict.fromkeys(each)) for each in self.notes)
        self._label(
            lines, EDGE, HIGH - FOOT + 4, WIDE - 2 * EDGE, FOOT - 8, size=7.5, name="sources"
        )
        if pages is not None:
            self._atlas(pages)

    def _uuid(self, name: str) -> str:
        return "{" + str(uuid5(NAMESPACE_URL, f"{self.name}/{name}")) + "}"

    def _page(self) -> None:
        pages = Xml.SubElement(self.root, "PageCollection")
        self._item(_PAGE, "page", 0, 0, WIDE, HIGH, parent=pages)

    def _item(
        self, kind: int, name: str, x: float, y: float, wide: float, high: float,
        parent: Xml.Element | None = None, **own: str,
    ) -> Xml.Element:  # fmt: skip
        uuid = self._uuid(name)
        given = {
            "type": str(kind),
            "id": name,
            "uuid": uuid,
            "templateUuid": uuid,
            "position": f"{x:g},{y:g},mm",
            "positionOnPage": f"{x:g},{y:g},mm",
            "size": f"{wide:g},{high:g},mm",
            "referencePoint": "0",
            "zValue": str(self.items),
            "visibility": "1",
            "opacity": "1",
            "frame": "false",
            "background": "false",
            "outlineWidthM": "0.2,mm",
            **own,
        }
        self.items += 1
        return Xml.SubElement(self.root if parent is None else parent, "LayoutItem", given)

    def _label(
        self, text: str, x: float, y: float, wide: float, high: float, *, size: float, name: str
    ) -> None:
        item = self._item(_LABEL, name, x, y, wide, high, labelText=text, htmlState="0",
                          halign="1", valign="32", marginX="0", marginY="0")  # fmt: skip
        Xml.SubElement(item, "LabelFont", description=_font(size), style="")
        text_style(item, size)

    def _map(self, x: float, y: float, wide: float, high: float, *, driven: bool) -> None:
        item = self._item(
            _MAP, "map", x, y, wide, high, frame="true", background="true",
            drawCanvasItems="true", keepLayerSet="false", followPreset="false", mapRotation="0",
        )  # fmt: skip
        west, south, east, north = _filled(self.frame, wide / high)
        extent = {"xmin": west, "ymin": south, "xmax": east, "ymax": north}
        Xml.SubElement(item, "Extent", {name: repr(at) for name, at in extent.items()})
        told = {"atlasDriven": str(int(driven)), "scalingMode": "2", "margin": str(MARGIN)}
        Xml.SubElement(item, "AtlasMap", told)

    def _legend(self, x: float, y: float) -> None:
        """List each kind once, and once how sure a place is: the project's list has both of all."""
        item = self._item(
            _LEGEND, "legend", x, y, SIDE, 120, title=both("qgis.legend"), map_uuid=self.map,
            resizeToContents="1", symbolWidth="6", symbolHeight="4", columnCount="1",
            lineSpacing="1", wmsLegendWidth="0", wmsLegendHeight="0",
        )  # fmt: skip
        styles = Xml.SubElement(item, "styles")
        sizes = {"title": 12, "group": 10, "subgroup": 9, "symbol": 8, "symbolLabel": 8}
        for name, size in sizes.items():
            style = Xml.SubElement(styles, "style", name=name, marginTop="1.5", marginLeft="0")
            Xml.SubElement(style, "styleFont", description=_font(size), style="")
        tree = Xml.SubElement(item, "layer-tree-group")
        for group in dict.fromkeys(layer.group for layer in self.layers):
            own = Xml.SubElement(tree, "layer-tree-group", name=" ".join(group))
            for layer in self.layers:
                if layer.group == group:
                    _listed(own, layer)
        sure = next((layer for layer in self.layers if "dataset" in layer.classes), None)
        if sure is not None:
            own = Xml.SubElement(tree, "layer-tree-group", name=both("qgis.sure"))
            drawn = [n for n, value in enumerate(sure.classes) if value not in ("verified", "host")]
            order = ",".join(map(str, drawn))
            sure.into(own, legend__title_style="hidden", legend__node_order=order)

    def _arrow(self, x: float, y: float) -> None:
        picture = "base64:" + base64.b64encode(_ARROW.encode()).decode()
        self._item(_PICTURE, "north", x, y, 12, 18, file=picture, mapUuid=self.map, northMode="0",
                   resizeMode="0", anchorPoint="4", mode="0", background="false")  # fmt: skip

    def _scale(self, x: float, y: float) -> None:
        item = self._item(
            _SCALE, "scale", x, y, 80, 12, style="Single Box", unitType="km", unitLabel="km",
            numMapUnitsPerScaleBarUnit="1", numSegments="2", numSegmentsLeft="0", height="2",
            segmentSizeMode="1", minBarWidth="40", maxBarWidth="80", mapUuid=self.map,
            numUnitsPerSegment="10", labelBarSpace="1.5", boxContentSpace="1", alignment="0",
        )  # fmt: skip
        text_style(item, 9)

    def _atlas(self, pages: MapLayer) -> None:
        told = {
            "enabled": "1",
            "coverageLayer": pages.id,
            "coverageLayerName": pages.words,
            "coverageLayerSource": pages.source,
            "coverageLayerProvider": pages.provider,
            "pageNameExpression": f'"{pages.page_name}"',
            "filenamePattern": f"\"{pages.key}\" || '_' || @atlas_pagename",
            "sortFeatures": "1",
            "sortKey": f'"{pages.key}"',
            "sortAscending": "1",
            "hideCoverage": "0",
            "filterFeatures": "0",
        }
        Xml.SubElement(self.root, "Atlas", told)


def _listed(parent: Xml.Element, layer: MapLayer) -> None:
    """List a layer under its title: where its symbols tell how sure, by that of a sure place."""
    if "dataset" not in layer.classes:
        layer.into(parent)
        return
    at = layer.classes.index("dataset")
    shown = {"legend__node_order": str(at), f"legend__label_{at}": layer.words}
    layer.into(parent, legend__title_style="hidden", **shown)


def _filled(
    frame: tuple[float, float, float, float], ratio: float
) -> tuple[float, float, float, float]:
    """Return a frame with a margin, as wide for its height as an item of a layout."""
    west, south, east, north = frame
    wide, high = max(east - west, 1.0) * 1.04, max(north - south, 1.0) * 1.04
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _font(size: float) -> str:
    """Return a font as Qt writes it."""
    return f"{FONTS[0]},{size:g},-1,5,50,0,0,0,0,0"
