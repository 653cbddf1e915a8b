"""Take a column of a foreign file for kinds of rows: which values it has, and who has some."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Flags
from geo.base.errors import UnfitError
from geo.intake.numbers import codes

BLANK: Final = ""
"""The value of a row that has none there, or only spaces."""
LONGEST: Final = 200
"""Characters of a value that are looked at."""


def coded(column: Any) -> tuple[NDArray[np.int64], list[str]]:
    """Return a column as positions in a list of texts.

    Parameters
    ----------
    column
        Arrow array of any plain type.

    Returns
    -------
    positions : array of int
        One per row.
    texts : list of str
        Without spaces around them, ``BLANK`` the last; one may stand twice.

    Raises
    ------
    UnfitError
        The column holds lists or structures.

    Examples
    --------
    >>> import pyarrow as pa
    >>> positions, texts = coded(pa.array(["a", None, " a"]))
    >>> [texts[k] for k in positions]
    ['a', '', 'a']
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_nested(kind):
        raise UnfitError("point_column.not_values", type=str(kind)[:60])
    if not pa.types.is_dictionary(kind):
        column = column.dictionary_encode()
    texts = [_text(value) for value in column.dictionary.to_pylist()]
    return codes(column), [*texts, BLANK]


def _text(value: object) -> str:
    shown = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return BLANK if value is None else shown[: 2 * LONGEST].strip()[:LONGEST]


def holds(column: Any, wanted: Collection[str]) -> Flags:
    """Tell which rows have one of some values.

    Parameters
    ----------
    column
        As in :func:`coded`.
    wanted
        The values, as :func:`coded` writes them.

    Raises
    ------
    UnfitError
        As :func:`coded`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> holds(pa.array([3, None, 4]), ("3", "")).tolist()
    [True, True, False]
    """
    positions, texts = coded(column)
    good = {*wanted}
    return np.array([text in good for text in texts])[positions]
