"""Write how a table or a raster is drawn in the words of OGC (SLD), for servers and other GIS."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as Xml

from layers.handover.contents import Sheet
from layers.handover.gis.style import FONTS, INK, PAPER, SHAPES
from layers.handover.look import Labels, Look, Looks, Shades

MARK_PX: Final = "12"
_SLD, _SE, _OGC = (
    "http://www.opengis.net/sld",
    "http://www.opengis.net/se",
    "http://www.opengis.net/ogc",
)
_DASH: Final = "4 3"
_KNOWN: Final = {"cross_fill": "cross"}
"""QGIS's names of marks that the standard calls otherwise; those it lacks keep QGIS's name, which
other programs draw as a square."""


def sld(sheet: Sheet) -> str:
    """Return the style of a table as SLD 1.1 with Symbology Encoding.

    Parameters
    ----------
    sheet
        The table; with a look.
    """
    root, rules = _head(sheet.id, " ".join(sheet.title))
    if isinstance(sheet.look, Looks):
        for value, (words, own) in sheet.look.rows.items():
            rule = _rule(rules, " ".join(words))
            _filter(rule, sheet.look.column, value)
            _symbolizer(rule, own)
    elif sheet.look is not None:
        rule = _rule(rules, " ".join(sheet.title))
        if sheet.look.hidden:
            _filter(rule, sheet.look.hidden, "true", unlike=True)
        _symbolizer(rule, sheet.look)
    if sheet.labels is not None:
        _label(_rule(rules, sheet.labels.column), sheet.labels)
    return _document(root)


def raster_sld(name: str, shades: Shades) -> str:
    """Return the style of a raster as SLD 1.0, whose colour map servers and QGIS read.

    Parameters
    ----------
    name
        Of the layer.
    shades
        Its classes.
    """
    root = Xml.Element("StyledLayerDescriptor", xmlns=_SLD, version="1.0.0")
    layer = Xml.SubElement(root, "NamedLayer")
    Xml.SubElement(layer, "Name").text = name
    type_style = Xml.SubElement(Xml.SubElement(layer, "UserStyle"), "FeatureTypeStyle")
    symbol = Xml.SubElement(Xml.SubElement(type_style, "Rule"), "RasterSymbolizer")
    Xml.SubElement(symbol, "Opacity").text = f"{shades.opacity:g}"
    table = Xml.SubElement(symbol, "ColorMap", type="intervals")
    uppers = [*shades.bounds, 1e30]
    below = f"< {shades.bounds[0]:.3g}"
    rows = zip(uppers, (PAPER, *shades.colours), (below, *shades.labels), strict=True)
    for number, (upper, colour, label) in enumerate(rows):
        told = {"color": colour, "quantity": repr(upper), "label": label}
        Xml.SubElement(table, "ColorMapEntry", told | {"opacity": "1" if number else "0"})
    return _document(root)


def _document(root: Xml.Element) -> str:
    Xml.indent(root)
    text = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _head(name: str, title: str) -> tuple[Xml.Element, Xml.Element]:
    spaces = {"xmlns": _SLD, "xmlns:se": _SE, "xmlns:ogc": _OGC, "version": "1.1.0"}
    root = Xml.Element("StyledLayerDescriptor", spaces)
    layer = Xml.SubElement(root, "NamedLayer")
    Xml.SubElement(layer, "se:Name").text = name
    style = Xml.SubElement(layer, "UserStyle")
    Xml.SubElement(style, "se:Name").text = name
    told = Xml.SubElement(style, "se:Description")
    Xml.SubElement(told, "se:Title").text = title
    return root, Xml.SubElement(style, "se:FeatureTypeStyle")


def _rule(parent: Xml.Element, title: str) -> Xml.Element:
    rule = Xml.SubElement(parent, "se:Rule")
    Xml.SubElement(rule, "se:Name").text = title
    return rule


def _filter(rule: Xml.Element, column: str, value: str, *, unlike: bool = False) -> None:
    """Keep the rows of a value; or all others, those without one too."""
    holder = Xml.SubElement(rule, "ogc:Filter")
    if unlike:
        holder = Xml.SubElement(holder, "ogc:Not")
    holder = Xml.SubElement(holder, "ogc:PropertyIsEqualTo")
    Xml.SubElement(holder, "ogc:PropertyName").text = column
    Xml.SubElement(holder, "ogc:Literal").text = value


def _symbolizer(rule: Xml.Element, look: Look) -> None:
    if look.shape == "line":
        _stroke(Xml.SubElement(rule, "se:LineSymbolizer"), look)
    elif look.shape == "area":
        symbol = Xml.SubElement(rule, "se:PolygonSymbolizer")
        if look.opacity:
            _fill(symbol, look)
        _stroke(symbol, look)
    else:
        _mark(rule, SHAPES[look.mark], MARK_PX, look)
        if look.tick:
            _mark(rule, "line", "4", look)


def _mark(rule: Xml.Element, name: str, size: str, look: Look) -> None:
    graphic = Xml.SubElement(Xml.SubElement(rule, "se:PointSymbolizer"), "se:Graphic")
    mark = Xml.SubElement(graphic, "se:Mark")
    Xml.SubElement(mark, "se:WellKnownName").text = _KNOWN.get(name, name)
    _fill(mark, look)
    _stroke(mark, look)
    Xml.SubElement(graphic, "se:Size").text = size


def _fill(parent: Xml.Element, look: Look) -> None:
    fill = Xml.SubElement(parent, "se:Fill")
    _told(fill, "fill", look.fill)
    _told(fill, "fill-opacity", f"{look.opacity:g}")


def _stroke(parent: Xml.Element, look: Look) -> None:
    stroke = Xml.SubElement(parent, "se:Stroke")
    _told(stroke, "stroke", look.line)
    _told(stroke, "stroke-width", f"{look.weight:g}")
    if look.dash != "solid":
        _told(stroke, "stroke-dasharray", _DASH)


def _told(parent: Xml.Element, name: str, value: str) -> None:
    Xml.SubElement(parent, "se:SvgParameter", name=name).text = value


def _label(rule: Xml.Element, labels: Labels) -> None:
    if labels.only is not None:
        _filter(rule, *labels.only)
    symbol = Xml.SubElement(rule, "se:TextSymbolizer")
    text = Xml.SubElement(symbol, "se:Label")
    Xml.SubElement(text, "ogc:PropertyName").text = labels.column
    font = Xml.SubElement(symbol, "se:Font")
    _told(font, "font-family", FONTS[0])
    _told(font, "font-size", f"{labels.size * 4 / 3:.0f}")
    rim = Xml.SubElement(symbol, "se:Halo")
    Xml.SubElement(rim, "se:Radius").text = "1.5"
    _told(Xml.SubElement(rim, "se:Fill"), "fill", PAPER)
    _told(Xml.SubElement(symbol, "se:Fill"), "fill", INK)
