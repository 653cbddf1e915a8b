"""Say which files tell catalogues and machines what is handed over, and write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from layers.handover.contents import Contents
from layers.handover.metadata.dcat import dcat
from layers.handover.metadata.dictionary_workbook import dictionary_workbook
from layers.handover.metadata.iso19115 import iso19115
from layers.handover.metadata.table_schema import data_package

ISO: Final = ".iso19115.xml"
TABLE_SCHEMA: Final = "datapackage.json"
CATALOGUE: Final = "dcat.jsonld"
DICTIONARY_WORKBOOK: Final = "字段说明_dictionary.xlsx"
UNDESCRIBED: Final = frozenset({"xlsx", "json"})
"""Formats for a reader or a program that asked for one file."""


def metadata_files(contents: Contents, data: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the metadata as files.

    Parameters
    ----------
    contents
        What is handed over.
    data
        Its data by file name.

    Returns
    -------
    dict
        Content by file name: ISO 19115-3 for each table (a GeoPackage holds it inside), DCAT-AP,
        Table Schema, and the field dictionary as a workbook. Nothing for a workbook or JSON,
        and where there is no table.
    """
    if contents.form.fmt in UNDESCRIBED or not contents.sheets:
        return {}
    beside = contents.sheets if contents.form.fmt != "gpkg" else ()
    return {
        **{f"{sheet.id}{ISO}": iso19115(contents, sheet).encode() for sheet in beside},
        CATALOGUE: dcat(contents, data),
        TABLE_SCHEMA: data_package(contents, data),
        DICTIONARY_WORKBOOK: dictionary_workbook(contents),
    }
