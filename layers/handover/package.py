"""Hold the files that are handed over together, and zip them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

UNIX, REGULAR_FILE = 3, 0o100644
WORKBOOK = ".xlsx"
SMALL = (".png", WORKBOOK, ".docx", ".zip", ".kmz", ".qgz")
"""Files that are compressed already: to try it again takes long and gains nothing."""


@dataclass(frozen=True)
class Package:
    """Files that are handed over together.

    Parameters
    ----------
    name
        Stem for a file that holds them all; ASCII but for what a reader's own file brings.
    stamp
        Date of the data; the date of every file in the zip.
    files
        Content by file name, in order: data, dictionary, sources, manifest.
    """

    name: str
    stamp: date
    files: Mapping[str, bytes]

    def whole(self) -> bytes:
        """Return what a reader takes away as one file: a workbook that comes first, or a zip."""
        name, data = next(iter(self.files.items()))
        return data if name.endswith(WORKBOOK) else self.zip()

    def zip(self) -> bytes:
        """Return all files as one zip; the same files give the same bytes.

        File names with Chinese carry the UTF-8 flag, which Windows has honoured since version 8.
        """
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, data in self.files.items():
                moment = (self.stamp.year, self.stamp.month, self.stamp.day, 0, 0, 0)
                entry = zipfile.ZipInfo(name, moment)
                entry.create_system = UNIX
                entry.external_attr = REGULAR_FILE << 16
                how = zipfile.ZIP_STORED if name.endswith(SMALL) else zipfile.ZIP_DEFLATED
                archive.writestr(entry, data, how, compresslevel=6)
        return target.getvalue()
