"""Filter a reader's own points by the values of one of their columns, and say so."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from geo.point_files.bin import Columns
from geo.point_files.categories import BLANK
from geo.point_files.tally import tally
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, Say, display, speaker
from layers.own_points.reading import Progress, Stopped, go_on
from layers.own_points.source import Source, form_of, require_files
from layers.view.codecs import token

MOST_VALUES: Final = 50
"""A column of more values is no list to choose from."""
MOST_NAMED: Final = 3
"""Values that a sentence names; of more it says how many there are."""
LONGEST: Final = 30
"""Characters of a value or of a column in a sentence."""


@dataclass(frozen=True)
class Values:
    """The values of a column.

    Parameters
    ----------
    column
        Its name.
    counts
        Rows by value, the most frequent first; empty where they are more than ``MOST_VALUES``.
    """

    column: str
    counts: Mapping[str, int] = field(default_factory=dict)

    def among(self, tokens: frozenset[str]) -> tuple[str, ...]:
        """Return the values that some tokens stand for.

        Parameters
        ----------
        tokens
            As :func:`layers.view.codecs.token` makes them of values; those of none are passed over.
        """
        return tuple(value for value in self.counts if token(value) in tokens)


def values_key(source: Source, column: str) -> Hashable:
    """Return what the values of a column depend on.

    Parameters
    ----------
    source
        The file.
    column
        Name of the column.
    """
    return ("values", source.paths, source.size, source.stamp, source.said, column)


def list_values(source: Source, column: str, progress: Progress, stopped: Stopped) -> Values:
    """Count the rows of each value of a column.

    Parameters
    ----------
    source
        The file.
    column
        Name of the column.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Returns
    -------
    Values
        Reading ends as soon as there are too many.

    Raises
    ------
    AtlasError
        A file cannot be read, the column holds lists, or ``stopped`` returned True.
    """
    require_files(source)
    go_on(progress, stopped, "values")
    found = tally(source.paths, column, most=MOST_VALUES, cancel=stopped, form=form_of(source))
    return Values(column, found or {})


def only(columns: Columns, values: Values, tokens: frozenset[str]) -> Columns:
    """Return where a file holds its points, with the rows that are wanted.

    Parameters
    ----------
    columns
        Where it holds them; not changed.
    values
        The values of the column that decides.
    tokens
        Those of the values wanted; all rows count where there is none.
    """
    wanted = values.among(tokens)
    return replace(columns, filter_by=values.column, wanted=wanted) if wanted else columns


def value_words(value: str, say: Say) -> str:
    """Return a value as a sentence can hold it.

    Parameters
    ----------
    value
        As a row has it; it may hold anything, and is not escaped.
    say
        Speaks the reader's language.
    """
    return say("points_page.blank") if value == BLANK else display(value, longest=LONGEST)


def chip_words(columns: Columns, value: str, say: Say) -> str:
    """Return the column of a filter with one of its values.

    Parameters
    ----------
    columns
        Where the file holds its points; it filters.
    value
        One of ``columns.wanted``.
    say
        Speaks the reader's language.
    """
    column = display(columns.filter_by or "", longest=LONGEST)
    return say("points_page.filter_words", column=column, values=value_words(value, say))


def filter_words(columns: Columns, say: Say) -> str:
    """Return the column of a filter with its values; empty where nothing is filtered.

    Parameters
    ----------
    columns
        Where the file holds its points.
    say
        Speaks the reader's language.
    """
    if not columns.wanted:
        return ""
    named = [value_words(value, say) for value in columns.wanted[:MOST_NAMED]]
    listed, n = say("view.comma").join(named), len(columns.wanted)
    if n > MOST_NAMED:
        listed = say("points_page.filter_many", values=listed, count=n)
    column = display(columns.filter_by or "", longest=LONGEST)
    return say("points_page.filter_words", column=column, values=listed)


def filtered_in_both(columns: Columns) -> Bilingual | None:
    """Return the filter of a file in both languages; None where all its rows count.

    Parameters
    ----------
    columns
        Where the file holds its points.
    """
    found = Bilingual(*(filter_words(columns, speaker(lang)) for lang in LANGS))
    return found if found.zh else None
