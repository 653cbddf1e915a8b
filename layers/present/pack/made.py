"""Hold a file that was made for a reader; what makes it draws and typesets, and loads late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

Kind = Literal["png", "copy", "svg", "pdf", "pptx", "xlsx", "sheet"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)[:-1]
"""What can be made of what is on any screen; ``copy`` is a picture of the size of a slide, for the
clipboard."""
OF_A_DISTRICT: Final[tuple[Kind, ...]] = ("sheet", *KINDS)
"""The same of a district, and before all its sheet."""


@dataclass(frozen=True, eq=False)
class Made:
    """A file for a reader.

    Parameters
    ----------
    name
        Of the file, for people.
    type
        Its media type.
    data
        Its content.
    failed
        By part of a meeting pack that could not be made, why.
    """

    name: str
    type: str
    data: bytes
    failed: Mapping[str, str] = field(default_factory=dict)
