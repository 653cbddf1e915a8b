"""Say of the positions of a file whence their doubt is known; it goes with what was written."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.base.arrays import Floats
from layers.intake.formats.georeference import doubt_of, is_given_back
from layers.intake.formats.headings import GIVEN_BACK
from layers.intake.formats.table import Table
from layers.intake.read import USED, Reading
from layers.language.messages import LANGS, speaker

KEY: Final = b"atlas_doubts"
"""Under which a file of own points says what is known of its positions."""
_AT_THE_END: Final = 6
"""Last rows of a table among which notes stand."""
_DATED: Final = re.compile(
    r"(?:截至|截止|时点|as of)\D{0,8}((?:19|20)\d\d)(?:\s*[年./-]\s*(1[0-2]|0?[1-9])(?!\d))?",
    re.IGNORECASE,
)
_BESIDE_A_TITLE: Final = re.compile(r"\s+\S*[：:].*$", re.DOTALL)
"""What follows a title in the rows above a table: who has filled it in, the unit."""


@dataclass(frozen=True)
class Certainty:
    """Of how many positions the doubt is known, whence, and how large it is.

    Parameters
    ----------
    stated, rounded, shifted, placed, unknown
        Rows whose doubt the file states; that is estimated from the rounding of the coordinates, or
        from the datum; of those that the reader has placed, now or before the file was handed
        back; and of which nothing is known.
    rounded_m
        The least and the largest doubt by rounding, metres; 0 for none.
    shifted_m, datum, is_back
        The least doubt by the datum, which datum that is, and whether positions were set back.
    median_m
        Half of all rows are at least so far off, metres; one that is not known counts as none.
    title
        What stands above the table as its title; empty for none.
    dated
        Of when the data are by a note beside the table, ISO 8601; empty for none.
    """

    stated: int = 0
    rounded: int = 0
    shifted: int = 0
    placed: int = 0
    unknown: int = 0
    rounded_m: tuple[float, float] = (0.0, 0.0)
    shifted_m: float = 0.0
    datum: str = ""
    is_back: bool = False
    median_m: float = 0.0
    title: str = ""
    dated: str = ""

    @property
    def known(self) -> int:
        """Of how many rows the doubt is known, whatever tells it."""
        return self.stated + self.estimated + self.placed

    @property
    def estimated(self) -> int:
        """Of how many rows it is estimated: neither file nor reader has said it."""
        return self.rounded + self.shifted


def certainty(
    tables: Sequence[Table],
    reading: Reading,
    rows: pd.DataFrame | None = None,
    *,
    status: Collection[str] = (USED,),
    placed: Collection[int] = (),
) -> Certainty:
    """Return what is known of the positions of a file.

    Parameters
    ----------
    tables, reading
        The file as it was opened, and as it was read.
    rows
        The rows with what the reader has done since; None for those of the reading.
    status
        Which rows count: those within the city, or also those beyond.
    placed
        Numbers of the rows that the reader has placed.
    """
    rows = reading.rows if rows is None else rows
    there = rows["status"].isin(status).to_numpy()
    by_hand = np.isin(np.arange(len(rows)), list(placed)) | _placed_before(tables)
    doubt, rounded = (rows[name].to_numpy(dtype=float) for name in ("uncertainty_m", "rounded_m"))
    stated, known = _stated(tables), np.isfinite(doubt)
    datums = np.array([bool(one) for one in reading.datums], dtype=bool)
    turned = datums[rows["part"].to_numpy(dtype=int)] if len(rows) else there
    with np.errstate(invalid="ignore"):
        turned = turned & known & (doubt > np.fmax(np.nan_to_num(stated), np.nan_to_num(rounded)))
    told = np.select(
        [~there, by_hand, turned, np.isfinite(stated), known],
        ["", "placed", "shifted", "stated", "rounded"],
        "unknown",
    )
    each: dict[str, Any] = {name: int((told == name).sum()) for name in _SORTS}
    some = rounded[told == "rounded"]
    return Certainty(
        **each,
        rounded_m=(float(some.min()), float(some.max())) if len(some) else (0.0, 0.0),
        shifted_m=float(doubt[told == "shifted"].min(initial=np.inf)) if each["shifted"] else 0.0,
        datum=next((one for one in reading.datums if one), ""),
        is_back=reading.mended("set_back") > 0,
        median_m=float(np.median(np.nan_to_num(doubt[there]))) if there.any() else 0.0,
        title=_title(tables),
        dated=_dated(tables),
    )


_SORTS: Final = ("stated", "rounded", "shifted", "placed", "unknown")


def _stated(tables: Sequence[Table]) -> Floats:
    """Return the doubts that the file states, in the order of the reading; NaN for none."""
    parts = [[doubt_of(table)[0], np.full(len(table.torn), np.nan)] for table in tables]
    return np.concatenate([np.zeros(0), *(one for part in parts for one in part)])


def _placed_before(tables: Sequence[Table]) -> NDArray[np.bool_]:
    """Tell which rows the reader had placed when the file was handed back; torn ones are last."""
    words = {speaker(lang)("intake.done.placed") for lang in LANGS}
    placed = [np.zeros(table.rows, dtype=bool) for table in tables]
    for table, told in zip(tables, placed, strict=True):
        if is_given_back(table):
            told[: len(table.lines)] = [one in words for one in table.texts(GIVEN_BACK[2])]
    return np.concatenate([np.zeros(0, dtype=bool), *placed])


def _title(tables: Sequence[Table]) -> str:
    """Return what stands above a table; of several tables none speaks for all."""
    found = [str(one.values.get("value", "")) for t in tables for one in t.found
             if one.key == "title"]  # fmt: skip
    return _BESIDE_A_TITLE.sub("", found[0]).strip() if len(tables) == 1 and found else ""


def _dated(tables: Sequence[Table]) -> str:
    """Return of when the data are, by a note above or below a table."""
    texts: list[str] = []
    for table in tables[:1]:
        texts += [str(one.values.get("value", "")) for one in table.found if one.key == "title"]
        last = table.cells.slice(max(table.cells.num_rows - _AT_THE_END, 0))
        texts += [str(cell) for name in table.names[:3] for cell in last.column(name).to_pylist()]
    for text in texts:
        if found := _DATED.search(text):
            year, month = found.groups()
            return f"{year}-{int(month):02}" if month else year
    return ""


def as_metadata(told: Certainty) -> Mapping[bytes, bytes]:
    """Return what is known as a Parquet file holds it.

    Parameters
    ----------
    told
        As :func:`certainty` returns it.
    """
    return {KEY: json.dumps(asdict(told)).encode()}


def certainty_of(path: Path) -> Certainty | None:
    """Return what is known of the positions of a file that was taken in; None of any other.

    Parameters
    ----------
    path
        As :func:`layers.intake.outcome.write_points` has written it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file() or path.suffix != ".parquet":
        return None
    try:
        told = (pq.read_schema(path).metadata or {}).get(KEY)
    except (
        OSError,
        pa.ArrowException,
    ):  # what is wrong with it is said elsewhere
        return None
    if told is None:
        return None
    values = json.loads(told)
    return Certainty(**{**values, "rounded_m": tuple(values["rounded_m"])})
