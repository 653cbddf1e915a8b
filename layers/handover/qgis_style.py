"""Say in QGIS's words (QML) how a layer is drawn, so that an export opens as the atlas shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree import ElementTree as Xml

from layers.language.bilingual import Bilingual, both, column
from layers.map.symbols import LINES
from layers.pack.catalogue import LOCATION_CLASSES
from layers.pack.exchange import exchange_fields
from layers.pack.layer_spec import LayerSpec, Shape, Style

MARK_MM = "3.2"
OUTLINE_MM = "0.4"
LINE_MM = "0.7"
LATER_OPACITY = 62
"""Per cent; the map draws later facts as light."""

PX_MM = 0.26
"""Millimetres of a pixel of the map at 96 to the inch."""


@dataclass(frozen=True)
class Look:
    """How a table of an answer is drawn.

    Parameters
    ----------
    shape
        ``area``, ``line`` or ``point``.
    line, fill
        ``#RRGGBB``.
    opacity
        Of the fill, 0 to 1.
    weight
        Width of the line in pixels of the map.
    dash
        ``solid`` or ``dash``.
    hatched
        Whether the fill is hatched.
    """

    shape: str
    line: str
    fill: str = "#FFFFFF"
    opacity: float = 1.0
    weight: float = 1.0
    dash: str = "solid"
    hatched: bool = False


@dataclass(frozen=True)
class Looks:
    """How a table of an answer is drawn whose rows look different.

    Parameters
    ----------
    column
        The column that decides.
    rows
        By value of that column, its words in both languages and the look; all of one shape.
    """

    column: str
    rows: Mapping[str, tuple[Bilingual, Look]]


SHAPES: Mapping[Shape, str] = MappingProxyType(
    {
        "circle": "circle",
        "ring": "circle",
        "hexagon": "hexagon",
        "star": "star",
        "diamond": "diamond",
        "square": "square",
        "triangle": "triangle",
        "pentagon": "pentagon",
        "cross": "cross_fill",
        "dome": "semi_circle",
        "text": "circle",
    }
)
"""QGIS's names of our marks; a label has no mark of its own and gets a dot."""

_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def qml(spec: LayerSpec) -> str:
    """Return the QML style of a layer: places by location class, everything else in one symbol.

    Parameters
    ----------
    spec
        The layer; its shape and colour are the catalogue's, its fills and dashes the map's.

    Returns
    -------
    str
        QML as QGIS 3.18 and later reads it, with both languages in legend and field aliases.
    """
    root = Xml.Element("qgis", version="3.22.0", styleCategories="Symbology|Fields")
    if "location_class" in spec.schema.names and "Point" in spec.schema.geometry:
        _by_location_class(root, spec.style)
    else:
        renderer = Xml.SubElement(root, "renderer-v2", type="singleSymbol")
        _symbol(Xml.SubElement(renderer, "symbols"), "0", spec.style, "dataset")
    named = (field.name for field in exchange_fields(spec.schema.fields))
    return _finished(root, {name: " ".join(column(name)) for name in named})


def plain_qml(titles: Mapping[str, Bilingual], look: Look | Looks) -> str:
    """Return the QML style of a table of an answer, drawn as on the map.

    Parameters
    ----------
    titles
        By column, its name for people.
    look
        Line and fill of areas and lines; a point's colour is its fill. One symbol for all rows, or
        one for each value of a column.
    """
    root = Xml.Element("qgis", version="3.22.0", styleCategories="Symbology|Fields")
    if isinstance(look, Look):
        renderer = Xml.SubElement(root, "renderer-v2", type="singleSymbol")
        _plain_symbol(Xml.SubElement(renderer, "symbols"), "0", look)
    else:
        given = {"type": "categorizedSymbol", "attr": look.column}
        renderer = Xml.SubElement(root, "renderer-v2", given)
        categories = Xml.SubElement(renderer, "categories")
        symbols = Xml.SubElement(renderer, "symbols")
        for number, (value, (words, own)) in enumerate(look.rows.items()):
            _category(categories, value, " ".join(words), str(number))
            _plain_symbol(symbols, str(number), own)
    return _finished(root, {field: " ".join(title) for field, title in titles.items()})


def _plain_symbol(parent: Xml.Element, name: str, look: Look) -> None:
    kind = {"area": "fill", "line": "line"}.get(look.shape, "marker")
    symbol = Xml.SubElement(parent, "symbol", type=kind, name=name, alpha="1")
    width = {"outline_width": f"{look.weight * PX_MM:.2f}", "outline_width_unit": "MM"}
    line = {"outline_color": _rgba(look.line), "outline_style": look.dash, **width}
    if kind == "line":
        colour = {"line_color": _rgba(look.line), "line_style": look.dash}
        _part(symbol, "SimpleLine", **colour, line_width=f"{look.weight * PX_MM:.2f}")
    elif kind == "fill":
        style = "f_diagonal" if look.hatched else "solid"
        _part(symbol, "SimpleFill", color=_rgba(look.fill, look.opacity), style=style, **line)
    else:
        dot = {"name": "circle", "color": _rgba(look.fill, look.opacity), "size": MARK_MM}
        _part(symbol, "SimpleMarker", **dot, **line)


def _category(parent: Xml.Element, value: str, label: str, symbol: str) -> None:
    told = {"value": value, "type": "string", "label": label, "symbol": symbol, "render": "true"}
    Xml.SubElement(parent, "category", told)


def _finished(root: Xml.Element, titles: Mapping[str, str]) -> str:
    """Give the fields their names for people, and return the document."""
    aliases = Xml.SubElement(root, "aliases")
    for index, (field, name) in enumerate(titles.items(), start=1):  # 0 is the fid
        Xml.SubElement(aliases, "alias", index=str(index), field=field, name=name)
    Xml.indent(root)
    return _DOCTYPE + Xml.tostring(root, encoding="unicode") + "\n"


def _by_location_class(root: Xml.Element, style: Style) -> None:
    renderer = Xml.SubElement(root, "renderer-v2", type="categorizedSymbol", attr="location_class")
    categories = Xml.SubElement(renderer, "categories")
    symbols = Xml.SubElement(renderer, "symbols")
    drawn = [value for value in LOCATION_CLASSES if value != "none"]
    for number, value in enumerate(drawn):
        _category(categories, value, both(f"location_class.{value}"), str(number))
        _symbol(symbols, str(number), style, value)


def _symbol(parent: Xml.Element, name: str, style: Style, location_class: str) -> None:
    kind = {"area": "fill", "line": "line"}.get(style.shape, "marker")
    symbol = Xml.SubElement(parent, "symbol", type=kind, name=name, alpha="1")
    if kind == "fill":
        _part(symbol, "SimpleFill", style="no", **_outline(style.colour, dashed=False))
    elif kind == "line":
        # Every line of the atlas is a scheme, and a dashed line says so.
        line = {"line_color": _rgba(style.colour), "line_style": "dash", "line_width": LINE_MM}
        _part(symbol, "SimpleLine", **line)
    else:
        _fade_later_facts(symbol)
        _mark(symbol, style, location_class)


def _mark(symbol: Xml.Element, style: Style, location_class: str) -> None:
    opacity, dash = LINES[location_class]
    _part(
        symbol,
        "SimpleMarker",
        name=SHAPES[style.shape],
        color=_rgba(style.colour, opacity),
        size=MARK_MM,
        **_outline(style.colour, dashed=bool(dash)),
    )
    if location_class == "proxy":
        # The tick of a stand-in, as on the map: QGIS's "line" stands upright.
        tick = {"name": "line", "size": "1.1"}
        _part(symbol, "SimpleMarker", **tick, **_outline(style.colour, dashed=False))


def _outline(colour: str, *, dashed: bool) -> dict[str, str]:
    return {
        "outline_color": _rgba(colour),
        "outline_style": "dash" if dashed else "solid",
        "outline_width": OUTLINE_MM,
        "outline_width_unit": "MM",
    }


def _rgba(colour: str, opacity: float = 1.0) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _part(symbol: Xml.Element, kind: str, **options: str) -> None:
    """Add a symbol layer; ``class`` is a Python word, so it travels in a mapping."""
    part = Xml.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0"})
    table = Xml.SubElement(part, "Option", type="Map")
    for name, value in options.items():
        Xml.SubElement(table, "Option", name=name, type="QString", value=value)


def _fade_later_facts(symbol: Xml.Element) -> None:
    """Let the plan status decide the opacity of each mark."""
    holder = Xml.SubElement(symbol, "data_defined_properties")
    table = Xml.SubElement(holder, "Option", type="Map")
    Xml.SubElement(table, "Option", name="name", type="QString", value="")
    properties = Xml.SubElement(table, "Option", name="properties", type="Map")
    alpha = Xml.SubElement(properties, "Option", name="alpha", type="Map")
    rule = f"if(\"plan_status\" = 'later_fact', {LATER_OPACITY}, 100)"
    Xml.SubElement(alpha, "Option", name="active", type="bool", value="true")
    Xml.SubElement(alpha, "Option", name="expression", type="QString", value=rule)
    Xml.SubElement(alpha, "Option", name="type", type="int", value="3")
    Xml.SubElement(table, "Option", name="type", type="QString", value="collection")
