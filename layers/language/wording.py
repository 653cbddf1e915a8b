"""Say what every answer says in the reader's language: sentence, account, tables, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd


class Wording(Protocol):
    """An answer in words; each analysis adds what its own page shows.

    What takes long may be worded when it is first read: a page shows sentence and map before.
    """

    @property
    def sentence(self) -> str:
        """The result as one says it aloud, or why there is none."""

    @property
    def account(self) -> tuple[str, ...]:
        """Which rows enter and which do not, and what else stands beside the result."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Results as read on screen, by name; frames are read-only."""

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was measured, and what goes with every number."""
