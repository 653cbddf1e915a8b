"""Attack the atlas as a stranger would, and count what gives way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What came of one attack.

    Parameters
    ----------
    what
        What was attacked, and how.
    tried
        How many attempts were made.
    failures
        One line for each attempt that got through; empty if the atlas stood.
    note
        Figures that belong to it, such as the peak of memory.
    """

    what: str
    tried: int
    failures: tuple[str, ...] = ()
    note: str = ""
