"""Build the package of any hand-over: data, dictionary, sources with caveats, manifest."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from layers.handover.contents import Contents
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES, dictionary, manifest, sources
from layers.handover.gis.beside import rasters, styles
from layers.handover.metadata.file_list import file_list
from layers.handover.metadata.files import metadata_files
from layers.handover.package import Package
from layers.handover.workbook import workbook
from layers.handover.write_data import data_files


def build(contents: Contents) -> Package:
    """Return contents as files; the same contents give the same bytes.

    Parameters
    ----------
    contents
        A view or an answer. Every text is in Chinese and English; values are raw, coordinates
        true; rows without a geometry are kept.
    """
    write = workbook if contents.form.fmt == "xlsx" else data_files
    data = {**write(contents), **rasters(contents.rasters)}
    files = {
        **data,
        **styles(contents),
        **metadata_files(contents, data),
        **contents.files,
        DICTIONARY: dictionary(contents),
    }
    files[SOURCES] = sources(contents, tuple(file_list(contents, files)))
    files[MANIFEST] = manifest(contents, files)
    return Package(
        contents.stem, date.fromisoformat(contents.city.data_date), MappingProxyType(files)
    )
