"""Write what goes with handed-over data: the field dictionary, the sources, the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyproj import CRS

from geo.base.schema import Field
from geo.formats.spreadsheet import safe_text
from geo.formats.write_geopackage import GEOMETRY_COLUMN
from geo.formats.write_gis import short_names
from layers import __version__
from layers.handover.contents import (
    GIS_FORMATS,
    WGS84,
    ZONE_ZERO,
    Chapter,
    Contents,
    Form,
    Sheet,
    numbered_zone,
)
from layers.handover.write_data import (
    coordinate_columns,
    escaped_cells,
    json_bytes,
    long_texts,
    to_csv,
)
from layers.language.bilingual import Bilingual, both, column, pair
from layers.pack.city import NOTICES, City

DICTIONARY = "字段说明_dictionary.csv"
SOURCES = "来源与说明_sources.md"
MANIFEST = "manifest.json"

_HEAD = (
    "layer",
    "layer_title",
    "field",
    "title_zh",
    "title_en",
    "type",
    "unit",
    "required",
    "values",
    "note_zh",
    "note_en",
)


def dictionary(contents: Contents) -> bytes:
    """Return the field dictionary: one row per table and field, in both languages.

    Parameters
    ----------
    contents
        What is handed over.

    Returns
    -------
    bytes
        CSV. ``values`` lists the closed values of a field with their words.
    """
    return to_csv([safe_text(cell) for cell in row] for row in dictionary_rows(contents))


def dictionary_rows(contents: Contents) -> list[list[str]]:
    """Return the cells of the field dictionary, the heading first.

    Parameters
    ----------
    contents
        What is handed over.
    """
    rows = [[both(f"dictionary.{name}") for name in _HEAD]]
    for sheet in contents.sheets:
        rows += [_row(sheet, field) for field in sheet.fields]
        rows += [_shape_row(sheet, *names) for names in _shape_fields(contents.form, sheet)]
    if contents.form.fmt == "shp":
        rows = _with_short_names(contents, rows)
    return rows


def _with_short_names(contents: Contents, rows: Sequence[list[str]]) -> list[list[str]]:
    """Add a last column: what a Shapefile calls each field; blank for a table without a shape."""
    called = {
        (sheet.id, name): short
        for sheet in contents.sheets
        if sheet.geometry
        for name, short in short_names(sheet.names).items()
    }
    head, *body = rows
    return [
        [*head, both("dictionary.short")],
        *([*row, called.get((row[0], row[2]), "")] for row in body),
    ]


def _row(sheet: Sheet, field: Field) -> list[str]:
    return [
        sheet.id,
        " ".join(sheet.title),
        field.name,
        *sheet.title_of(field.name),
        both(f"dictionary.types.{field.type}"),
        field.unit,
        both("dictionary.yes" if field.required else "dictionary.no"),
        "; ".join(f"{value} = {words}" for value, words in sheet.codes.get(field.name, {}).items()),
        *column(field.name, "note"),
    ]


def _shape_fields(form: Form, sheet: Sheet) -> list[tuple[str, str, str]]:
    """Return name, key of the title, and unit of the columns that hold the geometry."""
    if not sheet.geometry or form.fmt in ("json", "xlsx"):
        return []
    if form.fmt != "csv":
        name = GEOMETRY_COLUMN if form.fmt == "gpkg" else "geometry"
        return [(name, "geometry", "")]
    if not sheet.is_points:
        return []
    east, north = coordinate_columns(form)
    if form.projected:
        return [(east, "east", "m"), (north, "north", "m")]
    return [(east, "lon", "°"), (north, "lat", "°")]


def _shape_row(sheet: Sheet, name: str, key: str, unit: str) -> list[str]:
    kind = both(f"dictionary.types.{'number' if unit else 'geometry'}")
    required = sheet.geometry_required
    return [
        sheet.id,
        " ".join(sheet.title),
        name,
        *column(key),
        kind,
        unit,
        both("dictionary.yes" if required else "dictionary.no"),
        "",
        *column(key, "note"),
    ]


def sources(contents: Contents, files: tuple[Bilingual, ...] = ()) -> bytes:
    """Return the sources, terms and caveats in Markdown, everything in Chinese, then English.

    Parameters
    ----------
    contents
        What is handed over.
    files
        What is said of its files, see :func:`layers.handover.metadata.file_list.file_list`.

    Returns
    -------
    bytes
        UTF-8. Head, files and counting come first, then terms and sections, then the facts of each
        table that has any.
    """
    (title, head), *counted = counting(contents)
    blocks = [_heading("#", title), _list(head)]
    if files:
        blocks += [_heading("##", pair("export.files")), _list(files)]
    for heading, texts in (*counted, *notes(contents)):
        blocks += [_heading("##", heading), _list(texts)]
    facts = [*table_facts(contents)]
    if facts:
        blocks.append(_heading("##", pair("export.layers")))
    for heading, texts in facts:
        blocks += [_heading("###", heading), _list(texts)]
    return ("\n\n".join(blocks) + "\n").encode()


def counting(contents: Contents) -> Iterator[Chapter]:
    """Yield what is handed over, of what age and by which filters, and how it is counted.

    Parameters
    ----------
    contents
        What is handed over.

    Yields
    ------
    tuple
        Heading and sentences; the first is the title of the whole.
    """
    yield pair("export.title", city=contents.city.name), (*_head(contents),)
    if contents.counting:
        yield contents.counting


def notes(contents: Contents) -> Iterator[Chapter]:
    """Yield the terms of use, and what the reader must know.

    Parameters
    ----------
    contents
        What is handed over.

    Yields
    ------
    tuple
        Heading and sentences.
    """
    yield pair("export.terms"), (*_terms(contents),)
    if told := contents.city.entered.told:
        yield pair("export.entries", n=len(told)), told
    yield from contents.sections


def table_facts(contents: Contents) -> Iterator[Chapter]:
    """Yield what the sources say of each table, and of the layers that enter.

    Parameters
    ----------
    contents
        What is handed over.

    Yields
    ------
    tuple
        Title of the table or layer with its id, and sentences; only tables that have any.
    """
    for sheet in contents.sheets:
        if sheet.facts:
            yield Bilingual(sheet.title.zh, f"{sheet.title.en} ({sheet.id})"), sheet.facts
    yield from contents.origins


def _heading(level: str, text: Bilingual) -> str:
    return f"{level} {text.zh} · {text.en}"


def _list(texts: Iterable[Bilingual]) -> str:
    return "\n".join(f"- {zh}" if zh == en else f"- {zh}\n  {en}" for zh, en in texts)


def _head(contents: Contents) -> Iterator[Bilingual]:
    plan, epsg = contents.city.plan, contents.form.epsg
    yield contents.dated or pair("export.data_date", date=contents.city.data_date)
    yield pair("export.plan", title=plan.title, number=plan.number, issued=plan.issued)
    yield from contents.head
    if contents.form.fmt != "xlsx":
        local = contents.form.local is not None
        plain = pair("export.crs", name=crs_name(epsg), epsg=epsg)
        yield pair("export.crs_local") if local else plain
    yield pair("export.made_by", version=__version__)


def _terms(contents: Contents) -> Iterator[Bilingual]:
    """Yield the words that every map carries, and those on a district where districts are in."""
    notices = contents.city.notices
    yield from (notices[name] for name in NOTICES if name in notices)
    for sheet in contents.sheets:
        if sheet.id == "district":
            yield from (notices[adcode] for adcode in sheet.frame.index if adcode in notices)


def form_caveats(city: City, form: Form, sheets: Iterable[Sheet]) -> Iterator[Bilingual]:
    """Yield what a reader of this format and coordinate system must know.

    Parameters
    ----------
    city
        Its metric zone is explained where coordinates are metres.
    form
        Format and coordinate system, checked.
    sheets
        The tables; CSV holds no shapes but points.
    """
    if form.fmt == "csv":
        yield pair("export.raw" if form.raw else "export.escaped")
        yield pair("export.resaved")
        if not all(sheet.is_points for sheet in sheets if sheet.geometry):
            yield pair("export.attributes_only")
        if form.projected:
            yield pair("export.projected")
    if form.fmt == "geojson":
        yield pair("export.guessed")
    if form.fmt in GIS_FORMATS:
        yield pair(f"export.of_format.{form.fmt}")
    if form.local is not None:
        yield pair("export.local")
    elif form.epsg != WGS84:
        yield pair("export.same_datum")
    plain = city.metric_epsg
    numbered = numbered_zone(plain)
    if numbered and form.epsg in (plain, numbered):
        yield pair("export.zoned", numbered=numbered, zone=numbered - ZONE_ZERO, plain=plain)


def crs_name(epsg: int) -> str:
    """Return the register's name of a coordinate system.

    Parameters
    ----------
    epsg
        EPSG code.
    """
    return str(CRS.from_epsg(epsg).name)


def filter_lines(filtered: Bilingual | None, shown: Bilingual) -> tuple[Bilingual, Bilingual]:
    """Say first whether rows are filtered and by what, then what is shown.

    Parameters
    ----------
    filtered
        What keeps rows of the opening view away, in one line; None if nothing does.
    shown
        The sentence that says what is shown of what.
    """
    first = pair("export.filtered", words=filtered) if filtered else pair("export.unfiltered")
    return first, pair("export.filter", words=shown)


def filtered_entry(filtered: Bilingual | None) -> dict[str, object]:
    """Return what the manifest says of filters, for programs and for people.

    Parameters
    ----------
    filtered
        As in :func:`filter_lines`.
    """
    return {"acts": filtered is not None, **(filtered._asdict() if filtered else {})}


def mark_of(filtered: Bilingual | None) -> str:
    """Return the part of a package's name that says that its rows are filtered; else nothing.

    Parameters
    ----------
    filtered
        As in :func:`filter_lines`.
    """
    return "filtered_" if filtered else ""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal.

    Parameters
    ----------
    data
        Content of a file.
    """
    return hashlib.sha256(data).hexdigest()


def manifest(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """Return the manifest: what was asked, of what age, and the digest of each file.

    Parameters
    ----------
    contents
        What is handed over.
    files
        All other files by name.

    Returns
    -------
    bytes
        JSON in UTF-8, keys in a fixed order, no clock time.
    """
    form = contents.form
    crs: dict[str, object] = {"epsg": form.epsg, "name": crs_name(form.epsg)}
    if form.local is not None:
        crs = {"epsg": None, **pair("export.crs_local")._asdict()}
    return json_bytes(
        {
            **contents.about,
            "format": contents.form.fmt,
            "crs": crs,
            "escaped_cells": escaped_cells(contents),
            **({"cut_texts": long_texts(contents)} if contents.form.fmt == "shp" else {}),
            "layers": [_sheet_entry(sheet) for sheet in contents.sheets],
            "files": [
                {"name": name, "bytes": len(data), "sha256": sha256(data)}
                for name, data in files.items()
            ],
        }
    )


def about_city(city: City) -> dict[str, object]:
    """Return what every manifest says first: product, city, plan, age, terms.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    """
    named, entered = [name for name in NOTICES if name in city.notices], city.entered
    pack = entered.pack_digest or city.digest
    anchor = {"count": entered.count, "head": entered.head, "contained": entered.numbers}
    return {
        "product": {**_both("app.name"), "version": __version__},
        "city": {"id": city.id, **city.name._asdict(), "pack_sha256": pack},
        **({"entries": anchor} if entered.count else {}),
        "plan": {"period": city.plan.period, "number": city.plan.number},
        "data_date": city.data_date,
        "terms": {name: city.notices[name]._asdict() for name in named},
    }


def files_listed(data: bytes) -> frozenset[str] | None:
    """Return the names of the files that a manifest of ours lists.

    Parameters
    ----------
    data
        Content of what may be such a manifest.

    Returns
    -------
    frozenset or None
        None if it is none of ours. A name that leads out of the folder is in no manifest of ours.
    """
    try:
        content = json.loads(data)
        names = frozenset(str(entry["name"]) for entry in content["files"])
        ours = content["product"]["en"] == pair("app.name").en
    except (ValueError, TypeError, KeyError):
        return None
    return names if ours and all(map(_stays, names)) else None


def _stays(name: str) -> bool:
    """Tell whether a name, with ``/`` between folders, stays within its folder."""
    parts = name.split("/")
    return all(part not in ("", ".", "..") and not set(part) & set("\\:") for part in parts)


def _both(key: str) -> dict[str, str]:
    return pair(key)._asdict()


def _sheet_entry(sheet: Sheet) -> dict[str, object]:
    return {
        "id": sheet.id,
        **sheet.title._asdict(),
        "rows": len(sheet.frame),
        "mapped": sheet.mapped,
        "unmapped": len(sheet.frame) - sheet.mapped,
        **sheet.entry,
    }
