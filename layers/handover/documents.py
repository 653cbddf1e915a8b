"""Write what goes with handed-over data: the field dictionary, the sources, the manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyproj import CRS

from geo.base.schema import Field
from geo.formats.write_geopackage import GEOMETRY_COLUMN
from layers import __version__
from layers.handover.selection import WGS84, ZONE_ZERO, Selection, Sheet, numbered_zone
from layers.language.bilingual import Bilingual, both, column, pair
from layers.pack.city import NOTICES, City

DICTIONARY = "字段说明_dictionary.csv"
SOURCES = "来源与说明_sources.md"
MANIFEST = "manifest.json"

DEGREES = ("经度_lon", "纬度_lat")
METRES = ("东坐标_E", "北坐标_N")
"""Named by meaning: the registers of China define X as north, GIS takes it for east."""

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


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel opens with its Chinese intact: UTF-8 with BOM, CRLF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def coordinate_columns(selection: Selection) -> tuple[str, str]:
    """Return the names of a point's two columns in CSV, east first."""
    return METRES if selection.projected else DEGREES


def dictionary(selection: Selection) -> bytes:
    """Return the field dictionary: one row per layer and field, in both languages.

    Parameters
    ----------
    selection
        What is handed over.

    Returns
    -------
    bytes
        CSV. ``values`` lists the closed values of a field with their words.
    """
    rows = [[both(f"dictionary.{name}") for name in _HEAD]]
    for sheet in selection.sheets:
        for field in sheet.layer.spec.schema.fields:
            rows.append(_row(selection.city, sheet, field))
        rows += [_shape_row(sheet, *names) for names in _shape_fields(selection, sheet)]
    return to_csv(rows)


def _row(city: City, sheet: Sheet, field: Field) -> list[str]:
    return [
        sheet.id,
        " ".join(sheet.layer.title),
        field.name,
        *column(field.name),
        both(f"dictionary.types.{field.type}"),
        field.unit,
        both("dictionary.yes" if field.required else "dictionary.no"),
        "; ".join(_value(city, field.name, value) for value in _values(city, field)),
        *column(field.name, "note"),
    ]


def _values(city: City, field: Field) -> Sequence[str]:
    """Return the closed values of a column, or those that the pack itself names."""
    return city.halves if field.name == "half" else sorted(field.allowed or ())


def _value(city: City, name: str, value: str) -> str:
    own = city.layers[value].title if name == "kind" else city.words.get(f"{name}.{value}")
    words = " ".join(own) if own else both(f"{name}.{value}")
    return f"{value} = {words}"


def _shape_fields(selection: Selection, sheet: Sheet) -> list[tuple[str, str, str]]:
    """Return name, key of the title, and unit of the columns that hold the geometry."""
    if selection.fmt != "csv":
        name = GEOMETRY_COLUMN if selection.fmt == "gpkg" else "geometry"
        return [(name, "geometry", "")]
    if not is_points(sheet):
        return []
    east, north = coordinate_columns(selection)
    if selection.projected:
        return [(east, "east", "m"), (north, "north", "m")]
    return [(east, "lon", "°"), (north, "lat", "°")]


def is_points(sheet: Sheet) -> bool:
    """Return whether every geometry of a layer is a point, so that two columns can hold it."""
    return sheet.layer.spec.schema.geometry == {"Point"}


def _shape_row(sheet: Sheet, name: str, key: str, unit: str) -> list[str]:
    kind = both(f"dictionary.types.{'number' if unit else 'geometry'}")
    required = sheet.layer.spec.schema.geometry_required
    return [
        sheet.id,
        " ".join(sheet.layer.title),
        name,
        *column(key),
        kind,
        unit,
        both("dictionary.yes" if required else "dictionary.no"),
        "",
        *column(key, "note"),
    ]


def sources(selection: Selection) -> bytes:
    """Return the sources, terms and caveats in Markdown, everything in Chinese, then English."""
    blocks = [
        _heading("#", pair("export.title", city=selection.city.name)),
        _list(_head(selection)),
        _heading("##", pair("export.terms")),
        _list(_terms(selection)),
        _heading("##", pair("export.caveats")),
        _list(_caveats(selection)),
        _heading("##", pair("export.layers")),
    ]
    for sheet in selection.sheets:
        title = sheet.layer.title
        blocks.append(_heading("###", Bilingual(title.zh, f"{title.en} ({sheet.id})")))
        blocks.append(_list(_facts(sheet)))
    return ("\n\n".join(blocks) + "\n").encode()


def _heading(level: str, text: Bilingual) -> str:
    return f"{level} {text.zh} · {text.en}"


def _list(texts: Iterable[Bilingual]) -> str:
    return "\n".join(f"- {zh}" if zh == en else f"- {zh}\n  {en}" for zh, en in texts)


def _head(selection: Selection) -> Iterator[Bilingual]:
    plan = selection.city.plan
    yield pair("export.data_date", date=selection.city.data_date)
    yield pair("export.plan", title=plan.title, number=plan.number, issued=plan.issued)
    yield pair("export.filter", words=selection.words)
    yield pair("export.crs", name=crs_name(selection.epsg), epsg=selection.epsg)
    yield pair("export.made_by", version=__version__)


def _terms(selection: Selection) -> Iterator[Bilingual]:
    """Yield the words that every map carries, and those on a district where districts are in."""
    notices = selection.city.notices
    yield from (notices[name] for name in NOTICES)
    for sheet in selection.sheets:
        if sheet.id == "district":
            yield from (notices[adcode] for adcode in sheet.frame.index if adcode in notices)


def _caveats(selection: Selection) -> Iterator[Bilingual]:
    for key in ("location", "no_outline", "unmapped", "counted"):
        yield pair(f"export.{key}")
    yield from selection.gaps
    if selection.fmt == "csv":
        yield pair("export.raw")
        if not all(is_points(sheet) for sheet in selection.sheets):
            yield pair("export.attributes_only")
        if selection.projected:
            yield pair("export.projected")
    if selection.epsg != WGS84:
        yield pair("export.same_datum")
    plain = selection.city.metric_epsg
    numbered = numbered_zone(plain)
    if selection.projected and numbered:
        zone = numbered - ZONE_ZERO
        yield pair("export.zoned", numbered=numbered, zone=zone, plain=plain)


def _facts(sheet: Sheet) -> Iterator[Bilingual]:
    origin, total, mapped = sheet.layer.provenance, len(sheet.frame), sheet.mapped
    yield pair("export.rows", rows=total, mapped=mapped, unmapped=total - mapped)
    yield pair("export.source", text=origin.source)
    yield pair("export.licence", text=origin.licence, note=origin.licence_note)
    yield pair("export.citation", text=origin.citation)
    yield pair("export.dates", retrieved=origin.retrieved, verified=origin.verified_on)
    yield pair("export.method", text=origin.method)
    yield pair("export.limits", text=origin.limits)


def crs_name(epsg: int) -> str:
    """Return the register's name of a coordinate system."""
    return str(CRS.from_epsg(epsg).name)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def manifest(selection: Selection, files: Mapping[str, bytes]) -> bytes:
    """Return the manifest: what was asked, of what age, and the digest of each file.

    Parameters
    ----------
    selection
        What is handed over.
    files
        All other files by name.

    Returns
    -------
    bytes
        JSON in UTF-8, keys in a fixed order, no clock time.
    """
    city, state = selection.city, selection.state
    content = {
        "product": {**_both("app.name"), "version": __version__},
        "city": {"id": city.id, **city.name._asdict(), "pack_sha256": city.digest},
        "plan": {"period": city.plan.period, "number": city.plan.number},
        "data_date": city.data_date,
        "period": {"id": state.period, **_both(f"period.{state.period}"), "later": state.later},
        "filter": {"query": selection.query, **selection.words._asdict()},
        "format": selection.fmt,
        "crs": {"epsg": selection.epsg, "name": crs_name(selection.epsg)},
        "terms": {name: city.notices[name]._asdict() for name in NOTICES},
        "layers": [_sheet_entry(sheet) for sheet in selection.sheets],
        "files": [
            {"name": name, "bytes": len(data), "sha256": sha256(data)}
            for name, data in files.items()
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def files_listed(data: bytes) -> frozenset[str] | None:
    """Return the names of the files that a manifest of ours lists, or None if it is none of ours.

    A name that leads out of the folder is in no manifest of ours.
    """
    try:
        content = json.loads(data)
        names = frozenset(str(entry["name"]) for entry in content["files"])
        ours = content["product"]["en"] == pair("app.name").en
    except (ValueError, TypeError, KeyError):
        return None
    plain = all(name not in ("", ".", "..") and not set(name) & set("/\\:") for name in names)
    return names if ours and plain else None


def _both(key: str) -> dict[str, str]:
    return pair(key)._asdict()


def _sheet_entry(sheet: Sheet) -> dict[str, object]:
    return {
        "id": sheet.id,
        **sheet.layer.title._asdict(),
        "rows": len(sheet.frame),
        "mapped": sheet.mapped,
        "unmapped": len(sheet.frame) - sheet.mapped,
        "latest_as_of": max(sheet.frame["as_of"].dropna(), default=None),
        "verified_on": sheet.layer.provenance.verified_on,
        "retrieved": sheet.layer.provenance.retrieved,
        "pack_sha256": sheet.layer.digest,
    }
