"""Name a file of a reader's own points, and say of when it is."""

from __future__ import annotations

import re
from typing import Final

from layers.intake.certainty import certainty_of
from layers.intake.formats.open_file import SUFFIXES
from layers.language.messages import Say, display
from layers.own_points.source import Source

LONGEST: Final = 32
"""Characters of a file's name in a sentence; of a longer one the middle is left out."""
_END: Final = 10
"""Characters kept at the end: what kind of file it is, and which of several."""
_LONGEST_STEM: Final = 40
_UNPLAIN: Final = re.compile(r"[^\w-]+")


def file_words(source: Source) -> str:
    """Return a file's name as a sentence can hold it: nothing hidden, the middle left out.

    Parameters
    ----------
    source
        The file; its name may hold anything. It is not escaped: whoever shows it does that.
    """
    name = display(" ".join(source.name.split()))
    return name if len(name) <= LONGEST else f"{name[: LONGEST - _END - 1]}…{name[-_END:]}"


def title_words(source: Source) -> str:
    """Return what a file calls itself in the rows above its table; else its name.

    Parameters
    ----------
    source
        As of :func:`file_words`.
    """
    told = certainty_of(source.paths[0]) if len(source.paths) == 1 else None
    title = display(told.title) if told is not None else ""
    return title if 0 < len(title) <= LONGEST else file_words(source)


def date_words(source: Source, dated: str, say: Say) -> str:
    """Say of when a file's data are; where nobody states it, when the file was written or came.

    Parameters
    ----------
    source
        The file.
    dated
        ISO date of the data as the reader states it; empty where that is not stated.
    say
        Speaks the reader's language.
    """
    if dated:
        return say("points_page.dated_stated", date=dated)
    key = "points_page.dated_uploaded" if source.is_uploaded else "points_page.dated_written"
    return say(key, date=source.day or say("points_page.dated_unknown"))


def bare_name(name: str) -> str:
    """Return the name of a file without its ending, where that is one of a table or of places.

    Parameters
    ----------
    name
        Of the file, or what it calls itself.

    Examples
    --------
    >>> bare_name("名录.2026.xlsx"), bare_name("园区一览表")
    ('名录.2026', '园区一览表')
    """
    end = next((one for one in SUFFIXES if name.lower().endswith(one)), "")
    return name[: len(name) - len(end)]


def file_stem(source: Source, dated: str) -> str:
    """Return how the names of files begin that hold what was found in a reader's file.

    Parameters
    ----------
    source
        The file.
    dated
        As in :func:`date_words`.

    Returns
    -------
    str
        Letters of any script, digits, hyphens and underscores: the name without its ending, then
        the date.
    """
    stem = _UNPLAIN.sub("_", bare_name(source.name))[:_LONGEST_STEM].strip("_") or "points"
    return f"{stem}_{dated or source.day or 'undated'}"
