"""Name the columns in which a layer leaves the atlas, written out by hand."""

from __future__ import annotations

from geo.base.schema import Schema

DARWIN_CORE = [
    "coordinateUncertaintyInMeters",
    "georeferenceProtocol",
    "georeferenceVerificationStatus",
    "georeferenceSources",
    "georeferencedDate",
    "georeferencedDate_precision",
]


def leaving(schema: Schema) -> list[str]:
    """Return its own columns, behind each date its precision, and for places Darwin Core."""
    names: list[str] = []
    for field in schema.fields:
        names += [field.name, f"{field.name}_precision"] if field.type == "date" else [field.name]
    return names + (DARWIN_CORE if "uncertainty_m" in schema.names else [])


def added(schema: Schema) -> set[str]:
    """Return the columns that the pack does not have."""
    return set(leaving(schema)) - set(schema.names)
