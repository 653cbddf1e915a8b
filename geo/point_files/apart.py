"""Name the rows of long files that are not used, and what the first rows did not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.intake.columns import STATES, coordinates, pairs, turned, unfit
from geo.intake.notation import LONGEST
from geo.intake.numbers import is_text
from geo.intake.words import bare, stands_for_none
from geo.point_files import wkb
from geo.point_files.parquet import Heads
from geo.point_files.wkb import Points

REASONS: Final = (
    *("not_a_number", "swapped", "weight", "torn", "not_a_point", "empty_point", "blank"),
    *("placeholder", "half_pair", "nan", "zero", "total", "header_again", "out_of_range"),
)
"""Why a row is rejected; a row of CSV is torn if its cells are too few or too many, or a quote
is not closed. The kernels of :mod:`geo.grid.density_kernels` count the first three in this
order."""
BROKEN: Final = "broken_text"
"""Notes a row with bytes that are no text; it is used all the same."""
MOST_NAMED: Final = 200
"""Rows that are named one by one, for each reason."""
MOST_STRAYS: Final = 20_000
"""Rows outside whose position is kept."""
STRAYS_A_BATCH: Final = 20
"""As many of each batch at most."""
_LOOKED_AT: Final = 1000
"""Rows without a position at either end of a batch that may be totals."""
_KINDS: Final = ("", "empty_point", "not_a_point", "blank")
"""Why a value of well-known binary is none, by its kind in :mod:`geo.point_files.wkb`."""
Positions = NDArray[np.intp]


class Origin(Protocol):
    """Where the rows of a record batch come from."""

    def lines(self, at: Positions) -> NDArray[np.int64]:
        """Return the numbers of the lines, or of the rows, from 1.

        Parameters
        ----------
        at
            Places in the batch.
        """

    def heads(self, at: Positions) -> list[list[str]]:
        """Return the first cells of some rows; empty lists where they were not read.

        Parameters
        ----------
        at
            Places in the batch.
        """


class RowsFrom(NamedTuple):
    """Rows of Parquet that are counted from a number on; their first cells are read when asked."""

    first: int
    cells: Heads | None = None

    def lines(self, at: Positions) -> NDArray[np.int64]:
        """Return the numbers of the rows, from 1.

        Parameters
        ----------
        at
            Places in the batch.
        """
        return np.asarray(at, dtype=np.int64) + self.first

    def heads(self, at: Positions) -> list[list[str]]:
        """Return the first cells of some rows; empty lists where they cannot be read.

        Parameters
        ----------
        at
            Places in the batch, in rising order.
        """
        lines = self.lines(at).tolist()
        return [[] for _ in lines] if self.cells is None else self.cells.at(lines)


class Place(NamedTuple):
    """A row: its file and the number of its line, or of the row of a Parquet file, from 1."""

    file: str
    line: int


class Stray(NamedTuple):
    """A row outside, or beyond the range of its system, as the file has it."""

    file: str
    line: int
    x: float
    y: float


class Form(NamedTuple):
    """Rows that are written otherwise than plain numbers, and read all the same."""

    rows: int
    first: Place


@dataclass(eq=False)
class Apart:
    """Rows that stand apart. Parts add up, in any order, to the same whole.

    Parameters
    ----------
    named
        By reason, the first rows of each file that are not used for it.
    forms
        By the notation (``dms``, ``decimal_comma`` …), rows whose coordinates are written so; as
        ``BROKEN`` rows with bytes that are no text.
    strays
        Some of the rows outside, evenly from all batches.
    """

    named: dict[str, list[Place]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    strays: list[Stray] = field(default_factory=list)

    def name(self, reason: str, file: str, lines: NDArray[np.int64]) -> None:
        """Name rows that are not used.

        Parameters
        ----------
        reason
            Why, one of ``REASONS``.
        file
            Name of the file.
        lines
            Their numbers, in rising order.
        """
        known = self.named.get(reason, [])
        self._keep(reason, [*known, *(Place(file, n) for n in lines[:MOST_NAMED].tolist())])

    def note(self, form: str, file: str, lines: NDArray[np.int64]) -> None:
        """Note rows that are read although they are written otherwise.

        Parameters
        ----------
        form
            How they are written.
        file
            Name of the file.
        lines
            Their numbers, in rising order; not empty.
        """
        self._add(form, Form(len(lines), Place(file, int(lines[0]))))

    def add(self, other: Apart) -> None:
        """Add the rows of another part.

        Parameters
        ----------
        other
            Not changed.
        """
        for reason, places in other.named.items():
            self._keep(reason, [*self.named.get(reason, []), *places])
        for form, one in other.forms.items():
            self._add(form, one)
        self.strays = sorted([*self.strays, *other.strays])[:MOST_STRAYS]

    def _keep(self, reason: str, places: Iterable[Place]) -> None:
        kept = sorted(places)
        self.named[reason] = kept if len(kept) <= MOST_NAMED else kept[:MOST_NAMED]

    def _add(self, form: str, one: Form) -> None:
        known = self.forms.get(form, one)
        rows = one.rows + (known.rows if form in self.forms else 0)
        self.forms[form] = Form(rows, min(known.first, one.first))


def file_name(path: Path) -> str:
    """Return what a file is called in an account: parts of partitioned folders with their folder.

    Parameters
    ----------
    path
        Of the file.
    """
    return f"{path.parent.name}/{path.name}" if "=" in path.parent.name else path.name


class Sifted(NamedTuple):
    """Coordinates of rows, and which have none."""

    x: Floats
    y: Floats
    bad: Positions
    """Rows without a position, in rising order."""
    why: NDArray[Any]
    """Their reasons, one of ``REASONS`` each."""
    forms: Mapping[str, Positions]
    """Rows that are written in a notation other than plain numbers."""


def sift(
    cells: tuple[Any, Any],
    plain: tuple[Floats, Floats],
    names: Sequence[str],
    heads: Callable[[Positions], list[list[str]]],
) -> Sifted:
    """Tell which rows have a position; what is no plain number is read as people write it.

    Parameters
    ----------
    cells
        Two columns of coordinates as Arrow arrays, shape (n,).
    plain
        The same as numbers, see :func:`geo.intake.numbers.numbers`.
    names
        What the two columns are called.
    heads
        Returns the first cells of rows at some places.

    Returns
    -------
    Sifted
        Degrees, minutes and seconds, decimal commas and the like are numbers; a position of (0, 0)
        is none.
    """
    x, y = plain
    zero = (x == 0) & (y == 0)
    odd = np.flatnonzero(zero | ~(np.isfinite(x) & np.isfinite(y)))
    if not len(odd):
        return Sifted(x, y, odd, np.zeros(0, dtype=object), {})
    some = _readable(cells[0], odd), _readable(cells[1], odd)
    one, two = map(coordinates, some)
    why = unfit(STATES, one.states, two.states, (one.values, two.values))
    wrong = turned(one, two, north_first=False)
    x, y = x.copy(), y.copy()
    x[odd], y[odd] = np.where(wrong, (two.values, one.values), (one.values, two.values))
    read = odd[why == ""]
    forms = {form: read for form in {**one.forms, **two.forms} if len(read)}
    _name_others(why, odd, some[0], (names, heads))
    return Sifted(x, y, odd[why != ""], why[why != ""], forms)


def sift_pairs(
    cells: Any,
    name: str,
    heads: Callable[[Positions], list[list[str]]],
    *,
    north_first: bool,
) -> Sifted:
    """Tell which rows of a column of texts hold two coordinates.

    Parameters
    ----------
    cells
        Arrow array of texts, shape (n,).
    name
        What the column is called.
    heads
        Returns the first cells of rows at some places.
    north_first
        Whether the first of the two is the northing, where the text does not say which it is.
    """
    import pyarrow as pa

    texts = cells if _is_plain_text(cells) else _readable(cells, np.arange(len(cells)))
    one, two = pairs(texts)
    why = unfit(STATES, one.states, two.states, (one.values, two.values))
    wrong = turned(one, two, north_first=north_first)
    x, y = np.where(wrong != north_first, (two.values, one.values), (one.values, two.values))
    bad = np.flatnonzero(why != "")
    why = why[bad]
    _name_others(why, bad, texts.take(pa.array(bad)), ((name,), heads))
    return Sifted(x, y, bad, why, {})


def of_points(found: Points, heads: Callable[[Positions], list[list[str]]]) -> Sifted:
    """Tell which well-known binary is a point with coordinates.

    Parameters
    ----------
    found
        As :func:`geo.point_files.wkb.points` returns it.
    heads
        Returns the first cells of rows at some places.
    """
    x, y = found.x, found.y
    zero = (x == 0) & (y == 0)
    bad = np.flatnonzero(zero | (found.kind != wkb.POINT) | ~(np.isfinite(x) & np.isfinite(y)))
    why = np.array(_KINDS, dtype=object)[found.kind[bad]]
    why[why == ""] = np.where(zero[bad][why == ""], "zero", "not_a_number")
    _name_others(why, bad, None, ((), heads))
    return Sifted(x, y, bad, why, {})


def _is_plain_text(cells: Any) -> bool:
    """Tell whether cells are texts of which no byte is anything else."""
    import pyarrow as pa

    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return False
    try:
        cells.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _readable(column: Any, odd: Positions) -> Any:
    """Return some cells so that texts are texts, whatever bytes they hold, and no longer than told.

    Each text is made once: a dictionary may hold a long one for all rows.
    """
    import pyarrow as pa

    some = column.take(pa.array(odd))
    is_coded = pa.types.is_dictionary(some.type)
    kind = some.type.value_type if is_coded else some.type
    if not is_text(kind):
        return some
    if not is_coded:
        some = some.cast(pa.large_binary()).dictionary_encode()
    places = some.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    used, each = np.unique(places, return_inverse=True)
    texts = pa.array([_text(some.dictionary[int(k)]) if k >= 0 else "" for k in used], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(each, mask=places < 0), texts)


def _text(value: Any) -> str:
    if not value.is_valid:
        return ""
    begin = value.as_buffer()[: 4 * LONGEST + 4].to_pybytes()
    return str(begin.decode(errors="replace"))


def _name_others(
    why: NDArray[Any],
    odd: Positions,
    cells: Any,
    asked: tuple[Sequence[str], Callable[[Positions], list[list[str]]]],
) -> None:
    """Tell totals, notes and repeated names from rows whose position is missing."""
    names, heads = asked
    bad = np.flatnonzero(why != "")
    if not len(bad):
        return
    if len(bad) > 2 * _LOOKED_AT:
        bad = np.concatenate([bad[:_LOOKED_AT], bad[-_LOOKED_AT:]])
    known = {bare(name) for name in names}
    for k, head in zip(bad.tolist(), heads(odd[bad]), strict=True):
        cell = "" if cells is None else cells[k].as_py()
        placed = cell if isinstance(cell, str) else ""
        why[k] = stands_for_none(head, placed, known) or why[k]
