"""Say which files of a package belong to which table, and what each kind is for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from layers.handover.contents import Contents
from layers.language.bilingual import Bilingual, pair


def file_list(contents: Contents, names: Collection[str]) -> Iterator[Bilingual]:
    """Yield a line for each table that has files of its own, then what their ends mean.

    Parameters
    ----------
    contents
        What is handed over.
    names
        Names of its files.
    """
    several = False
    for sheet in contents.sheets:
        ends = [name.removeprefix(sheet.id) for name in names if name.startswith(f"{sheet.id}.")]
        if ends:
            several = several or len(ends) > 1
            told = {"stem": sheet.id, "ends": " ".join(ends), "n": len(sheet.frame)}
            yield pair("export.file_line", title=sheet.title, **told)
    if several:
        yield pair("export.file_ends")
        yield pair("export.file_papers")
