"""Give an Office file the date of its data, so that the same contents have the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Final

from layers.handover.package import Package

CORE: Final = "docProps/core.xml"
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def settled(data: bytes, stamp: date) -> bytes:
    """Return the same file made on a given day, and so the workbooks within it.

    Parameters
    ----------
    data
        A .pptx, .docx or .xlsx.
    stamp
        The day.
    """
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            held = archive.read(name)
            if name.endswith(".xlsx"):
                held = settled(held, stamp)
            elif name == CORE:
                held = _MOMENT.sub(rb"\g<1>" + f"{stamp}T00:00:00Z".encode(), held)
            files[name] = held
    return Package("", stamp, files).zip()
