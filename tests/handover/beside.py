"""Tell data and papers of a package from what stands beside them for a GIS and a catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from layers.handover.metadata.files import CATALOGUE, DICTIONARY_WORKBOOK, ISO, TABLE_SCHEMA

ENDS = (".qml", ".sld", ".csvt", ".prj", ISO, CATALOGUE, TABLE_SCHEMA, DICTIONARY_WORKBOOK)


def data_and_papers(names: Iterable[str]) -> list[str]:
    """Return the names of files that hold data, the dictionary, the sources and the manifest."""
    return [name for name in names if not name.endswith(ENDS)]
