"""Write the metadata of one table as XML of ISO 19115-3, which GB/T 19710 follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as Xml

import geopandas as gpd
from pyproj import CRS

from layers.handover.contents import WGS84, Contents, Sheet
from layers.language.bilingual import Bilingual, pair
from layers.pack.city import NOTICES

_ROOT: Final = "http://standards.iso.org/iso/19115/-3"
_SPACES: Final = {
    **{name: f"{_ROOT}/{name}/1.0" for name in ("gco", "gex", "lan", "mcc", "mco", "mri", "mrs")},
    **{name: f"{_ROOT}/{name}/2.0" for name in ("cit", "mdb", "mrl", "msr")},
}
_LISTS: Final = f"{_ROOT}/resources/Codelist/cat/codelists.xml"
_LANGUAGES: Final = {"zh": "zho", "en": "eng"}
TOPIC: Final = "planningCadastre"
_OBJECTS: Final = {"Point": "point", "LineString": "curve", "Polygon": "surface"}


def iso19115(contents: Contents, sheet: Sheet) -> str:
    """Return the metadata of a table.

    Parameters
    ----------
    contents
        What is handed over.
    sheet
        One of its tables.

    Returns
    -------
    str
        XML, Chinese first and English as its other language. It holds no time of the clock: the
        date is that of the data. The extent is that of the rows that have a place.
    """
    spaces = {f"xmlns:{name}": address for name, address in _SPACES.items()}
    root = Xml.Element("mdb:MD_Metadata", spaces)
    _identifier(root, "mdb:metadataIdentifier", _code(contents, sheet))
    _locale(root, "mdb:defaultLocale", "zh", id="zh")
    scope = _path(root, "mdb:metadataScope", "mdb:MD_MetadataScope")
    _listed(_path(scope, "mdb:resourceScope"), "mcc:MD_ScopeCode", "dataset")
    _responsible(root, "mdb:contact", "pointOfContact", pair("app.name"))
    _dated(root, "mdb:dateInfo", contents.city.data_date, "creation")
    standard = _path(root, "mdb:metadataStandard", "cit:CI_Citation", "cit:title")
    Xml.SubElement(standard, "gco:CharacterString").text = "ISO 19115-3 (GB/T 19710)"
    _locale(root, "mdb:otherLocale", "en", id="en")
    _representation(root, sheet)
    if sheet.geometry and contents.form.local is None:
        _system(root, contents.form.epsg)
    _identification(root, contents, sheet)
    _lineage(root, contents, sheet)
    Xml.indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
    )


def _code(contents: Contents, sheet: Sheet) -> str:
    return f"{contents.city.id}/{contents.city.data_date}/{sheet.id}"


def _path(parent: Xml.Element, *names: str) -> Xml.Element:
    """Add one element within the other, and return the innermost."""
    for name in names:
        parent = Xml.SubElement(parent, name)
    return parent


def _text(parent: Xml.Element, name: str, text: Bilingual) -> None:
    """Add a text in both languages; blank texts stay out."""
    if not text.zh:
        return
    own = _path(parent, name)
    own.set("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
    own.set("xsi:type", "lan:PT_FreeText_PropertyType")
    Xml.SubElement(own, "gco:CharacterString").text = text.zh
    group = _path(own, "lan:PT_FreeText", "lan:textGroup")
    Xml.SubElement(group, "lan:LocalisedCharacterString", locale="#en").text = text.en


def _listed(parent: Xml.Element, name: str, value: str) -> None:
    """Add a value of a code list of the standard."""
    listed = f"{_LISTS}#{name.partition(':')[2]}"
    Xml.SubElement(parent, name, codeList=listed, codeListValue=value).text = value


def _identifier(parent: Xml.Element, name: str, code: str, space: str = "") -> None:
    own = _path(parent, name, "mcc:MD_Identifier")
    _path(own, "mcc:code", "gco:CharacterString").text = code
    if space:
        _path(own, "mcc:codeSpace", "gco:CharacterString").text = space


def _locale(parent: Xml.Element, name: str, lang: str, **own: str) -> None:
    """Add a language; what texts refer to has an id."""
    locale = Xml.SubElement(_path(parent, name), "lan:PT_Locale", own)
    _listed(_path(locale, "lan:language"), "lan:LanguageCode", _LANGUAGES[lang])
    _listed(_path(locale, "lan:characterEncoding"), "lan:MD_CharacterSetCode", "utf8")


def _responsible(parent: Xml.Element, name: str, role: str, who: Bilingual) -> None:
    own = _path(parent, name, "cit:CI_Responsibility")
    _listed(_path(own, "cit:role"), "cit:CI_RoleCode", role)
    _text(_path(own, "cit:party", "cit:CI_Organisation"), "cit:name", who)


def _dated(parent: Xml.Element, name: str, date: str, kind: str) -> None:
    """Add a date; one of a month or a year alone stays as it is."""
    own = _path(parent, name, "cit:CI_Date")
    _path(own, "cit:date", "gco:Date").text = date
    _listed(_path(own, "cit:dateType"), "cit:CI_DateTypeCode", kind)


def _representation(root: Xml.Element, sheet: Sheet) -> None:
    if not sheet.geometry:
        return
    own = _path(root, "mdb:spatialRepresentationInfo", "msr:MD_VectorSpatialRepresentation")
    plain = {name.removeprefix("Multi") for name in sheet.geometry}
    for name, kind in _OBJECTS.items():
        if name in plain:
            objects = _path(own, "msr:geometricObjects", "msr:MD_GeometricObjects")
            code = _path(objects, "msr:geometricObjectType")
            _listed(code, "msr:MD_GeometricObjectTypeCode", kind)
            if len(plain) == 1 and sheet.mapped:
                count = _path(objects, "msr:geometricObjectCount", "gco:Integer")
                count.text = str(sheet.mapped)


def _system(root: Xml.Element, epsg: int) -> None:
    own = _path(root, "mdb:referenceSystemInfo", "mrs:MD_ReferenceSystem")
    holder = _path(own, "mrs:referenceSystemIdentifier", "mcc:MD_Identifier")
    _path(holder, "mcc:code", "gco:CharacterString").text = str(epsg)
    _path(holder, "mcc:codeSpace", "gco:CharacterString").text = "EPSG"
    name = CRS.from_epsg(epsg).name
    _path(holder, "mcc:description", "gco:CharacterString").text = name


def _identification(root: Xml.Element, contents: Contents, sheet: Sheet) -> None:
    own = _path(root, "mdb:identificationInfo", "mri:MD_DataIdentification")
    citation = _path(own, "mri:citation", "cit:CI_Citation")
    _text(citation, "cit:title", sheet.title)
    _dated(citation, "cit:date", contents.city.data_date, "creation")
    if sheet.provenance is not None:
        _dated(citation, "cit:date", sheet.provenance.verified_on, "revision")
    _identifier(citation, "cit:identifier", _code(contents, sheet))
    _text(own, "mri:abstract", _abstract(contents, sheet))
    _responsible(own, "mri:pointOfContact", "distributor", pair("app.name"))
    kind = "vector" if sheet.geometry else "textTable"
    _listed(
        _path(own, "mri:spatialRepresentationType"), "mcc:MD_SpatialRepresentationTypeCode", kind
    )
    _path(own, "mri:topicCategory", "mri:MD_TopicCategoryCode").text = TOPIC
    if sheet.mapped:
        _extent(own, sheet)
    words = _path(own, "mri:descriptiveKeywords", "mri:MD_Keywords")
    for each in (contents.city.name, sheet.title):
        _text(words, "mri:keyword", each)
    for text in _terms(contents, sheet):
        terms = _path(own, "mri:resourceConstraints", "mco:MD_LegalConstraints")
        _listed(_path(terms, "mco:useConstraints"), "mco:MD_RestrictionCode", "otherRestrictions")
        _text(terms, "mco:otherConstraints", text)
    _locale(own, "mri:defaultLocale", "zh")
    _locale(own, "mri:otherLocale", "en")


def _abstract(contents: Contents, sheet: Sheet) -> Bilingual:
    said = [contents.sentence]
    if sheet.provenance is not None:
        said += [sheet.provenance.method, sheet.provenance.limits]
    return Bilingual(*(" ".join(filter(None, texts)) for texts in zip(*said, strict=True)))


def _terms(contents: Contents, sheet: Sheet) -> Sequence[Bilingual]:
    city, origin = contents.city, sheet.provenance
    own = [origin.licence, origin.licence_note] if origin else []
    return [*own, *(city.notices[name] for name in NOTICES if name in city.notices)]


def _extent(parent: Xml.Element, sheet: Sheet) -> None:
    bounds = gpd.GeoDataFrame(sheet.frame).geometry.to_crs(WGS84).total_bounds.tolist()
    box = _path(parent, "mri:extent", "gex:EX_Extent", "gex:geographicElement",
                "gex:EX_GeographicBoundingBox")  # fmt: skip
    west, south, east, north = (f"{at:.7f}" for at in bounds)
    for name, value in (
        ("westBoundLongitude", west),
        ("eastBoundLongitude", east),
        ("southBoundLatitude", south),
        ("northBoundLatitude", north),
    ):
        _path(box, f"gex:{name}", "gco:Decimal").text = value


def _lineage(root: Xml.Element, contents: Contents, sheet: Sheet) -> None:
    own = _path(root, "mdb:resourceLineage", "mrl:LI_Lineage")
    origin = sheet.provenance
    told = [origin.source, origin.citation, origin.method] if origin else list(contents.head)
    joined = (" ".join(dict.fromkeys(filter(None, texts))) for texts in zip(*told, strict=True))
    _text(own, "mrl:statement", Bilingual(*joined))
    _listed(_path(own, "mrl:scope", "mcc:MD_Scope", "mcc:level"), "mcc:MD_ScopeCode", "dataset")
