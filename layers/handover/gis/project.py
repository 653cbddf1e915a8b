"""Make the QGIS project of a GeoPackage: groups, order, titles, styles, and layouts to print."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

import geopandas as gpd
from pyproj import CRS

from layers.handover.contents import Contents, Raster, Sheet
from layers.handover.gis.layout import MapLayer, layouts
from layers.handover.gis.style import VERSION, shades_into, style_into
from layers.handover.look import Looks
from layers.language.bilingual import Bilingual, pair
from layers.pack.city import NOTICES

_GEOMETRY: Final = {"Point": "Point", "LineString": "Line", "Polygon": "Polygon"}
_DRAWN_FIRST: Final = ("Point", "LineString", "Polygon")
"""From the top of the list of layers to its bottom: areas lie under lines, lines under points."""
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
COVERAGE: Final = "district"
"""The layer whose rows are the pages of the atlas."""


def project(contents: Contents, file: str) -> bytes:
    """Return the project that opens all tables of a GeoPackage, as ``.qgz``.

    Parameters
    ----------
    contents
        What is handed over.
    file
        Name of the GeoPackage; it and rasters lie in one folder.

    Returns
    -------
    bytes
        The same contents give the same bytes. The project's plane is the city's where coordinates
        are degrees, so that scale and scale bar are true.
    """
    root = Xml.Element("qgis", projectname=_title(contents), version=VERSION)
    Xml.SubElement(root, "homePath", path="")
    Xml.SubElement(root, "title").text = _title(contents)
    plane = contents.form.epsg if contents.form.projected else contents.city.metric_epsg
    _system(Xml.SubElement(root, "projectCrs"), plane)
    layers = _layers(contents, file, plane)
    _tree(root, layers)
    holder = Xml.SubElement(root, "projectlayers")
    for layer in layers:
        _map_layer(holder, contents, layer)
    order = Xml.SubElement(root, "layerorder")
    for layer in layers:
        Xml.SubElement(order, "layer", id=layer.id)
    _properties(root)
    about = Xml.SubElement(root, "projectMetadata")
    Xml.SubElement(about, "title").text = _title(contents)
    Xml.SubElement(about, "abstract").text = _lines(_notes(contents))
    layouts(root, layers, title=_title(contents), notes=_notes(contents), coverage=COVERAGE)
    Xml.indent(root)
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return _zipped(f"{contents.name}.qgs", head + Xml.tostring(root, encoding="unicode"))


def _title(contents: Contents) -> str:
    title = " ".join(pair("export.title_short", city=contents.city.name))
    group = contents.sheets[0].group if contents.sheets else None
    return f"{title} · {' '.join(group)}" if group and contents.name != contents.city.id else title


def _notes(contents: Contents) -> tuple[Bilingual, ...]:
    """Return what a printed map must say: what is shown, of what age, and the terms of use."""
    city = contents.city
    dated = pair("export.data_date", date=city.data_date)
    return (contents.sentence, dated, *(city.notices[n] for n in NOTICES if n in city.notices))


def _lines(texts: Sequence[Bilingual]) -> str:
    return "\n".join(" ".join(dict.fromkeys(each)) for each in texts)


def _layers(contents: Contents, file: str, plane: int) -> tuple[MapLayer, ...]:
    """Return all layers from the top to the bottom."""
    shaped = [sheet for sheet in contents.sheets if sheet.geometry]
    ordered = sorted(shaped, key=lambda sheet: _DRAWN_FIRST.index(_shape(sheet)))
    found = [_vector(contents, sheet, file, plane) for sheet in ordered]
    return (*found, *(_raster(contents, each) for each in contents.rasters))


def _shape(sheet: Sheet) -> str:
    """Return the plain type of a table: the first that it may hold."""
    plain = {name.removeprefix("Multi") for name in sheet.geometry}
    return next(name for name in reversed(_DRAWN_FIRST) if name in plain)


def _vector(contents: Contents, sheet: Sheet, file: str, plane: int) -> MapLayer:
    frame = gpd.GeoDataFrame(sheet.frame)
    located = frame.geometry.notna().any()
    many = any(name.startswith("Multi") for name in sheet.geometry)
    looks = sheet.look.rows if isinstance(sheet.look, Looks) else {}
    return MapLayer(
        id=f"{sheet.id}_{uuid5(NAMESPACE_URL, f'{contents.name}/{sheet.id}').hex}",
        name=sheet.id,
        title=sheet.title,
        group=sheet.group,
        source=f"./{file}|layername={sheet.id}",
        epsg=contents.form.epsg,
        shape=_GEOMETRY[_shape(sheet)],
        type=f"Multi{_shape(sheet)}" if many else _shape(sheet),
        bounds=_bounds(frame.to_crs(plane)) if located else None,
        classes=tuple(looks),
        page_name="name_zh" if "name_zh" in sheet.names else sheet.key,
        key=sheet.key,
    )


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = map(float, frame.total_bounds)
    return west, south, east, north


def _raster(contents: Contents, raster: Raster) -> MapLayer:
    return MapLayer(
        id=f"{raster.id}_{uuid5(NAMESPACE_URL, f'{contents.name}/{raster.id}.tif').hex}",
        name=raster.id,
        title=raster.title,
        group=raster.title,
        source=f"./{raster.id}.tif",
        epsg=raster.epsg,
        shape="",
        type="",
        bounds=raster.bounds,
    )


def _system(parent: Xml.Element, epsg: int) -> None:
    """Add a coordinate system by its code, which QGIS looks up, and in full beside it."""
    crs = CRS.from_epsg(epsg)
    own = Xml.SubElement(parent, "spatialrefsys", nativeFormat="Wkt")
    Xml.SubElement(own, "wkt").text = crs.to_wkt("WKT2_2019")
    Xml.SubElement(own, "proj4").text = ""
    Xml.SubElement(own, "srsid").text = "1"  # any of QGIS's own: the code decides then
    Xml.SubElement(own, "srid").text = str(epsg)
    Xml.SubElement(own, "authid").text = f"EPSG:{epsg}"
    Xml.SubElement(own, "description").text = crs.name
    Xml.SubElement(own, "geographicflag").text = str(crs.is_geographic).lower()


def _tree(root: Xml.Element, layers: Sequence[MapLayer]) -> None:
    """Add the list of layers, in groups, in the order in which they are drawn."""
    tree = Xml.SubElement(root, "layer-tree-group")
    for group in dict.fromkeys(layer.group for layer in layers):
        shown = {"name": " ".join(group), "checked": "Qt::Checked", "expanded": "1"}
        own = Xml.SubElement(tree, "layer-tree-group", shown)
        for layer in layers:
            if layer.group == group:
                layer.into(own)
    Xml.SubElement(tree, "custom-order", enabled="0")


def _map_layer(parent: Xml.Element, contents: Contents, layer: MapLayer) -> None:
    given = {"type": "vector", "geometry": layer.shape, "wkbType": layer.type}
    if not layer.shape:
        given = {"type": "raster"}
    own = Xml.SubElement(parent, "maplayer", {**given, "autoRefreshEnabled": "0"})
    Xml.SubElement(own, "id").text = layer.id
    Xml.SubElement(own, "datasource").text = layer.source
    Xml.SubElement(own, "layername").text = layer.words
    _system(Xml.SubElement(own, "srs"), layer.epsg)
    Xml.SubElement(own, "provider", encoding="UTF-8").text = layer.provider
    about = Xml.SubElement(own, "resourceMetadata")
    Xml.SubElement(about, "title").text = layer.words
    if layer.shape:
        sheet = next(each for each in contents.sheets if each.id == layer.name)
        Xml.SubElement(about, "abstract").text = _lines(sheet.facts)
        style_into(own, sheet)
    else:
        raster = next(each for each in contents.rasters if each.id == layer.name)
        if raster.shades:
            shades_into(own, raster.shades)


def _properties(root: Xml.Element) -> None:
    """Let paths be relative, so that the file may be moved, and distances be true."""
    own = Xml.SubElement(root, "properties")
    system = Xml.SubElement(own, "SpatialRefSys")
    Xml.SubElement(system, "ProjectionsEnabled", type="int").text = "1"
    paths = Xml.SubElement(own, "Paths")
    Xml.SubElement(paths, "Absolute", type="bool").text = "false"
    measure = Xml.SubElement(own, "Measure")
    Xml.SubElement(measure, "Ellipsoid", type="QString").text = "EPSG:1024"
    units = Xml.SubElement(own, "Measurement")
    Xml.SubElement(units, "DistanceUnits", type="QString").text = "km"
    Xml.SubElement(units, "AreaUnits", type="QString").text = "km2"


def _zipped(name: str, text: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text.encode(), zipfile.ZIP_DEFLATED)
    return target.getvalue()
