"""Say what every answer says in the reader's language: sentence, account, tables, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import pandas as pd


class LateTables(Mapping[str, pd.DataFrame]):
    """Tables by name, each laid out when it is first read.

    Parameters
    ----------
    laid_out
        By name what returns the table.
    """

    def __init__(self, laid_out: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        self._laid_out = laid_out
        self._known: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._known:
            self._known[name] = self._laid_out[name]()
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._laid_out  # a mapping of its own would lay it out to see

    def __iter__(self) -> Iterator[str]:
        return iter(self._laid_out)

    def __len__(self) -> int:
        return len(self._laid_out)


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
