"""Write in QGIS's words (QML) how a table or a raster is drawn, as the atlas draws it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as Xml

from layers.handover.contents import Sheet
from layers.handover.look import LATER_OPACITY, Labels, Look, Looks, Shades
from layers.pack.layer_spec import Shape

VERSION: Final = "3.22.0"
"""The oldest QGIS that is asked to read what we write."""
MARK_MM: Final = "3.2"
PX_MM: Final = 0.26
"""Millimetres of a pixel of the map at 96 to the inch."""
FONTS: Final = ("Microsoft YaHei", "Noto Sans CJK SC", "PingFang SC", "SimHei")
"""The first of these that a machine has writes the names."""
INK: Final = "#14171A"
PAPER: Final = "#FFFFFF"
TIP_FIELDS: Final = 4

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
_NOT_NULL, _UNIQUE = 1, 2


def qml(sheet: Sheet) -> str:
    """Return the QML style of a table: symbols, names, coded values, map tip, constraints.

    Parameters
    ----------
    sheet
        The table; with a look.

    Returns
    -------
    str
        QML as QGIS 3.22 and later reads it, with both languages in legend and field aliases.
    """
    parts = "Symbology|Labeling|Fields|Forms|MapTips"
    given = {"version": VERSION, "styleCategories": parts, "labelsEnabled": _labelled(sheet)}
    root = Xml.Element("qgis", given)
    style_into(root, sheet)
    return _document(root)


def raster_qml(shades: Shades) -> str:
    """Return the QML style of a raster.

    Parameters
    ----------
    shades
        Its classes.
    """
    root = Xml.Element("qgis", version=VERSION, styleCategories="Symbology")
    shades_into(root, shades)
    return _document(root)


def _document(root: Xml.Element) -> str:
    Xml.indent(root)
    return _DOCTYPE + Xml.tostring(root, encoding="unicode") + "\n"


def style_into(parent: Xml.Element, sheet: Sheet) -> None:
    """Add all that QGIS is told of a table, in a style or in a project.

    Parameters
    ----------
    parent
        ``qgis`` of a style or ``maplayer`` of a project; changed.
    sheet
        The table; with a look.
    """
    parent.set("labelsEnabled", _labelled(sheet))
    if sheet.look is not None:
        _renderer(parent, sheet.look)
    if sheet.labels is not None:
        _labelling(parent, sheet.labels)
    _widgets(parent, sheet)
    aliases = Xml.SubElement(parent, "aliases")
    for index, name in enumerate(sheet.names, start=1):  # 0 is the fid
        told = {"index": str(index), "field": name, "name": " ".join(sheet.title_of(name))}
        Xml.SubElement(aliases, "alias", told)
    _constraints(parent, sheet)
    Xml.SubElement(parent, "previewExpression").text = _quoted(_name_column(sheet))
    Xml.SubElement(parent, "mapTip").text = _tip(sheet)


def shades_into(parent: Xml.Element, shades: Shades) -> None:
    """Add how a raster is drawn, in a style or in a project.

    Parameters
    ----------
    parent
        ``qgis`` of a style or ``maplayer`` of a project; changed.
    shades
        Its classes.
    """
    pipe = Xml.SubElement(parent, "pipe")
    renderer = Xml.SubElement(
        pipe,
        "rasterrenderer",
        type="singlebandpseudocolor",
        band="1",
        opacity=f"{shades.opacity:g}",
        classificationMin=repr(shades.bounds[0]),
        classificationMax=repr(shades.bounds[-1]),
    )
    shader = Xml.SubElement(renderer, "rastershader")
    ramp = Xml.SubElement(shader, "colorrampshader", colorRampType="DISCRETE", clip="0")
    # A discrete class holds what lies below its value: the first is what is not drawn.
    uppers = [*map(repr, shades.bounds), "inf"]
    below = f"< {shades.bounds[0]:.3g}"
    rows = zip(uppers, (PAPER, *shades.colours), (below, *shades.labels), strict=True)
    for number, (upper, colour, label) in enumerate(rows):
        told = {"value": upper, "color": colour.lower(), "label": label}
        Xml.SubElement(ramp, "item", told | {"alpha": "255" if number else "0"})


def _labelled(sheet: Sheet) -> str:
    return str(int(sheet.labels is not None))


def _renderer(parent: Xml.Element, look: Look | Looks) -> None:
    if isinstance(look, Look):
        renderer = Xml.SubElement(parent, "renderer-v2", type="singleSymbol")
        symbols = Xml.SubElement(renderer, "symbols")
        _symbol(symbols, "0", look)
        return
    given = {"type": "categorizedSymbol", "attr": look.column}
    renderer = Xml.SubElement(parent, "renderer-v2", given)
    categories = Xml.SubElement(renderer, "categories")
    symbols = Xml.SubElement(renderer, "symbols")
    for number, (value, (words, own)) in enumerate(look.rows.items()):
        told = {"value": value, "type": "string", "label": " ".join(words)}
        Xml.SubElement(categories, "category", told | {"symbol": str(number), "render": "true"})
        _symbol(symbols, str(number), own, look.status)


def _symbol(parent: Xml.Element, name: str, look: Look, status: str = "") -> None:
    kind = {"area": "fill", "line": "line"}.get(look.shape, "marker")
    symbol = Xml.SubElement(parent, "symbol", type=kind, name=name, alpha="1")
    if status:
        _fade_later_facts(symbol, status)
    if look.hidden:
        rule = f"if({_quoted(look.hidden)}, 0, 100)"
        _decided(Xml.SubElement(symbol, "data_defined_properties"), "alpha", rule)
    width = f"{look.weight * PX_MM:.2f}"
    line = {"outline_style": look.dash, "outline_width": width, "outline_width_unit": "MM"}
    line["outline_color"] = _rgba(look.line)
    if kind == "line":
        _part(symbol, "SimpleLine", line_color=_rgba(look.line), line_style=look.dash,
              line_width=width)  # fmt: skip
    elif kind == "fill":
        style = "f_diagonal" if look.hatched else "solid" if look.opacity else "no"
        _part(symbol, "SimpleFill", color=_rgba(look.fill, look.opacity), style=style, **line)
    else:
        dot = {"name": SHAPES[look.mark], "color": _rgba(look.fill, look.opacity)}
        _part(symbol, "SimpleMarker", **dot, size=MARK_MM, **line)
    if look.tick:
        # The tick of a stand-in, as on the map: QGIS's "line" stands upright.
        _part(symbol, "SimpleMarker", name="line", size="1.1", **line)


def _rgba(colour: str, opacity: float = 1.0) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _part(symbol: Xml.Element, kind: str, **options: str) -> None:
    """Add a symbol layer; ``class`` is a Python word, so it travels in a mapping."""
    part = Xml.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0"})
    _options(part, **options)


def _options(parent: Xml.Element, **options: str) -> None:
    table = Xml.SubElement(parent, "Option", type="Map")
    for name, value in options.items():
        Xml.SubElement(table, "Option", name=name, type="QString", value=value)


def _fade_later_facts(symbol: Xml.Element, status: str) -> None:
    """Let the plan status decide the opacity of each mark."""
    rule = f"if({_quoted(status)} = 'later_fact', {LATER_OPACITY}, 100)"
    _decided(Xml.SubElement(symbol, "data_defined_properties"), "alpha", rule)


def _decided(holder: Xml.Element, name: str, expression: str) -> None:
    """Let an expression decide a property."""
    table = Xml.SubElement(holder, "Option", type="Map")
    Xml.SubElement(table, "Option", name="name", type="QString", value="")
    properties = Xml.SubElement(table, "Option", name="properties", type="Map")
    own = Xml.SubElement(properties, "Option", name=name, type="Map")
    Xml.SubElement(own, "Option", name="active", type="bool", value="true")
    Xml.SubElement(own, "Option", name="expression", type="QString", value=expression)
    Xml.SubElement(own, "Option", name="type", type="int", value="3")
    Xml.SubElement(table, "Option", name="type", type="QString", value="collection")


def _labelling(parent: Xml.Element, labels: Labels) -> None:
    settings = Xml.SubElement(Xml.SubElement(parent, "labeling", type="simple"), "settings")
    text_style(settings, labels.size, fieldName=labels.column, isExpression="0")
    # Over a point beside it, over an area within it: what QGIS takes for 0 and 1.
    Xml.SubElement(settings, "placement", placement="1" if labels.only is None else "0",
                   priority=str(labels.priority), dist="1", distUnits="MM")  # fmt: skip
    Xml.SubElement(settings, "rendering", drawLabels="1", obstacle="1")
    if labels.only is not None:
        column, value = labels.only
        rule = f"{_quoted(column)} = '{value}'"
        _decided(Xml.SubElement(settings, "dd_properties"), "Show", rule)


def text_style(parent: Xml.Element, size: float, **own: str) -> None:
    """Add how a text is set: size, fonts, a rim of paper.

    Parameters
    ----------
    parent
        Settings of labels, or an item of a layout; changed.
    size
        Points.
    **own
        Further attributes.
    """
    given = {
        "fontFamily": FONTS[0],
        "fontSize": f"{size:g}",
        "fontSizeUnit": "Point",
        "textColor": _rgba(INK),
        "textOpacity": "1",
        **own,
    }
    style = Xml.SubElement(parent, "text-style", given)
    families = Xml.SubElement(style, "families")
    for name in FONTS:
        Xml.SubElement(families, "family", name=name)
    rim = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM"}
    Xml.SubElement(style, "text-buffer", rim | {"bufferColor": _rgba(PAPER), "bufferOpacity": "1"})


def _widgets(parent: Xml.Element, sheet: Sheet) -> None:
    """Show the words of a coded value in tables and forms, and flags as boxes to tick."""
    holder = Xml.SubElement(parent, "fieldConfiguration")
    for field in sheet.fields:
        own = Xml.SubElement(holder, "field", name=field.name, configurationFlags="None")
        codes = sheet.codes.get(field.name, {})
        kind = "ValueMap" if codes else "CheckBox" if field.type == "flag" else ""
        config = Xml.SubElement(Xml.SubElement(own, "editWidget", type=kind), "config")
        if codes:
            table = Xml.SubElement(config, "Option", type="Map")
            listed = Xml.SubElement(table, "Option", name="map", type="List")
            for value, words in codes.items():
                pair = Xml.SubElement(listed, "Option", type="Map")
                Xml.SubElement(pair, "Option", name=words, type="QString", value=value)


def _constraints(parent: Xml.Element, sheet: Sheet) -> None:
    holder = Xml.SubElement(parent, "constraints")
    for number, field in enumerate(sheet.fields):
        bits = (_NOT_NULL if field.required else 0) | (0 if number else _UNIQUE)
        told = {
            "field": field.name,
            "constraints": str(bits),
            "notnull_strength": str(int(field.required)),
            "unique_strength": str(int(not number)),
        }
        Xml.SubElement(holder, "constraint", told | {"exp_strength": "0"})


def _tip(sheet: Sheet) -> str:
    """Return what QGIS shows beside the pointer: the name, then what is coded, in words.

    The values come from outside, and a map tip is HTML: they are escaped.
    """
    name = _name_column(sheet)
    others = [each for each in sheet.names if each != name]
    coded = [each for each in others if len(sheet.codes.get(each, {})) > 1] or others
    lines = [f"<b>[% {_escaped(_quoted(name))} %]</b>"]
    for each in coded[:TIP_FIELDS]:
        told = f"represent_value({_quoted(each)})" if each in sheet.codes else _quoted(each)
        lines.append(f"{_html(' '.join(sheet.title_of(each)))}: [% {_escaped(told)} %]")
    return "<br/>".join(lines)


def _name_column(sheet: Sheet) -> str:
    return "name_zh" if "name_zh" in sheet.names else sheet.names[0]


def _quoted(column: str) -> str:
    """Return a column as QGIS's expressions name it."""
    return '"' + column.replace('"', '""') + '"'


def _escaped(expression: str) -> str:
    text = f"to_string({expression})"
    for raw, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = f"replace({text}, '{raw}', '{safe}')"
    return f"coalesce({text}, '–')"


def _html(text: str) -> str:
    for raw, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("[%", "[ %")):
        text = text.replace(raw, safe)
    return text
