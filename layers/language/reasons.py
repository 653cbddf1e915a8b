"""Say in the reader's language what a library or the system gives as its reason, in English."""

from __future__ import annotations

import re
from typing import Final

from layers.language.messages import Say

_KNOWN: Final = (
    (re.compile(r"\bline (?P<line>\d+),? column (?P<column>\d+)"), "at"),
    (re.compile(r"at end of document"), "ends"),
    (re.compile(r"(?:Ring )?Self-intersection\[(?P<place>[^]]*)\]"), "crosses"),
    (re.compile(r"Hole lies outside shell\[(?P<place>[^]]*)\]"), "hole"),
    (re.compile(r"Too few points[^[]*\[(?P<place>[^]]*)\]"), "few"),
    (re.compile(r"(?:Interior is disconnected|Nested \w+|Duplicate \w+)\[(?P<place>[^]]*)\]"),
     "nested"),
    (re.compile(r"unexpected end of data"), "quote"),
    (re.compile(r"field larger than field limit"), "long"),
    (re.compile(r"No such file or directory"), "gone"),
    (re.compile(r"Permission denied"), "denied"),
    (re.compile(r"Is a directory"), "folder"),
    (re.compile(r"Too many (?:levels of )?symbolic links"), "links"),
    (re.compile(r"File name too long"), "name"),
    (re.compile(r"Cannot detect file format"), "format"),
)  # fmt: skip
"""What Python, its readers of JSON, TOML, XML and CSV, GEOS and the system say, each by its key."""


def reason(text: str, say: Say) -> str:
    """Return a reason in the reader's language; one that is not known as it is.

    Parameters
    ----------
    text
        As the library words it.
    say
        Words of the reader's language.

    Examples
    --------
    >>> from layers.language.messages import speaker
    >>> reason("Expecting value: line 2 column 1 (char 9)", speaker("en"))
    'at line 2, character 1'
    """
    for pattern, key in _KNOWN:
        if (found := pattern.search(text)) is not None:
            return say(f"outside_reason.{key}", **found.groupdict())
    return text
