"""Find the district that each row of a table means."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.base.errors import DataError, Problem
from geo.intake.words import bare
from layers.intake.formats.headings import district_column
from layers.intake.formats.table import Observation, Table
from layers.pack.city import City

JOIN_PROBLEMS = {
    "blank": "intake_row.no_district",
    "total": "intake_row.total",
    "ambiguous": "intake_row.ambiguous",
    "torn": "intake_row.torn",
}
"""Why a row is joined to no district, and the key of its problem."""
_ENDS = re.compile(r"(?:新区|区|县|市|district|newarea|county)$")
_TOTAL = re.compile(r"合计|总计|小计|全市|共计|天津市?$|total|sum$|whole", re.IGNORECASE)
MOST_TOLD = 200
MOST_SPELLINGS = 1000
"""Texts of a column of points' districts; one with more names something else."""


@dataclass(frozen=True, eq=False)
class Join:
    """A table by district, row by row.

    Parameters
    ----------
    column
        Name of the column that names the districts.
    lines
        Lines of the rows in the file, torn ones last; shape (n,).
    status
        ``used``, ``outside`` (no district of this city) or a key of ``JOIN_PROBLEMS``.
    adcodes
        The district of each row; empty where it has none.
    missing
        Adcodes of the districts that no row names.
    """

    column: str
    lines: NDArray[np.int64]
    status: NDArray[np.object_]
    adcodes: NDArray[np.object_]
    missing: tuple[str, ...]
    found: tuple[Observation, ...] = field(default=())

    def problems(self, where: str) -> list[Problem]:
        """Return the rows that are joined to no district.

        Parameters
        ----------
        where
            Name of the file.
        """
        told = []
        for reason in JOIN_PROBLEMS:
            for line in self.lines[self.status == reason][:MOST_TOLD].tolist():
                told.append(Problem(JOIN_PROBLEMS[reason], where, f"#{line}"))
        return told


def spelling(text: str) -> str:
    """Return a name of a district without what it may be written with or without.

    Parameters
    ----------
    text
        As a table has it.

    Examples
    --------
    >>> spelling("天津市 和平区"), spelling("Heping District"), spelling("滨海新区")
    ('和平', 'heping', '滨海')
    """
    plain = bare(unicodedata.normalize("NFKC", text)).replace("'", "")
    plain = re.sub(r"^.{2,4}市(?=.{2,})", "", plain)
    short = _ENDS.sub("", plain)
    return short if len(short) > 1 else plain


def spellings(city: City) -> Mapping[str, tuple[str, ...]]:
    """Return the districts by every way in which they may be written.

    Parameters
    ----------
    city
        The city.

    Returns
    -------
    dict
        By spelling the adcodes; more than one if it may mean several.
    """
    found: dict[str, list[str]] = {}
    frame = city.districts
    for adcode in frame.index.astype(str):
        names = [str(frame.at[adcode, column]) for column in ("name_zh", "name_en")
                 if column in frame]  # fmt: skip
        for written in {adcode, *map(spelling, names)}:
            found.setdefault(written, []).append(adcode)
    return {written: tuple(dict.fromkeys(codes)) for written, codes in found.items()}


def match(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the districts that a cell may mean: none, one, or several.

    Parameters
    ----------
    text
        A name in any usual form, or an adcode as text or as a number.
    known
        As :func:`spellings` returns them.
    """
    code = re.fullmatch(r"\s*(\d{6})(?:0{3}|0{6})?(?:\.0*)?\s*", text)
    if code is not None:
        return known.get(code[1], ())
    return known.get(spelling(text), ())


def join(table: Table, city: City, column: str = "") -> Join:
    """Return the district of each row of a table.

    Parameters
    ----------
    table
        As it was opened.
    city
        Whose districts are meant.
    column
        Name of the column of districts; empty to find it.

    Raises
    ------
    DataError
        No column names districts.
    """
    known = spellings(city)
    name = column or _column(table, known)
    if not name or name not in table.names:
        names = tuple(one[:40] for one in table.names[:20])
        problem = Problem("intake.no_district_column", table.where, known=names)
        raise DataError("intake.refused", [problem])
    texts = ["" if v is None else str(v) for v in table.cells.column(name).to_pylist()]
    status, codes = _statuses(texts, known)
    torn = len(table.torn)
    status += ["torn"] * torn
    codes += [""] * torn
    missing = tuple(code for code in city.districts.index.astype(str) if code not in set(codes))
    found = [Observation("district_column", "certain", {"value": name})]
    if missing:
        names = tuple(str(city.districts.at[code, "name_zh"]) for code in missing)
        found.append(Observation("districts_missing", "certain", {"value": names}))
    return Join(
        name, np.concatenate([table.lines, table.torn]), np.array(status, dtype=object),
        np.array(codes, dtype=object), missing, tuple(found),
    )  # fmt: skip


def named_districts(table: Table, city: City) -> NDArray[np.int64] | None:
    """Return which district each row of a table of points names; None if no column does.

    Parameters
    ----------
    table
        As it was opened.
    city
        Whose districts are meant.

    Returns
    -------
    array of int
        Place in the city's districts, -1 for none or several; shape (rows that are not torn,).
    """
    import pyarrow as pa

    name, known = district_column(table.names), spellings(city)
    if not name:
        return None
    try:
        cells = table.cells.column(name).combine_chunks().cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    texts = cells.dictionary_encode()
    if len(texts.dictionary) > MOST_SPELLINGS:
        return None
    place = {adcode: k for k, adcode in enumerate(city.districts.index.astype(str))}
    hits = [match(text, known) for text in texts.dictionary.to_pylist()]
    codes = np.array([place[hit[0]] if len(hit) == 1 else -1 for hit in hits] + [-1])
    return np.asarray(codes[texts.indices.fill_null(len(hits)).to_numpy()])


def _statuses(
    texts: Sequence[str], known: Mapping[str, tuple[str, ...]]
) -> tuple[list[str], list[str]]:
    status, codes = [], []
    for text in texts:
        hits = match(text, known)
        if not text.strip():
            status.append("blank")
        elif len(hits) == 1:
            status.append("used")
        elif hits:
            status.append("ambiguous")
        else:
            status.append("total" if _TOTAL.search(text) else "outside")
        codes.append(hits[0] if len(hits) == 1 else "")
    return status, codes


def _column(table: Table, known: Mapping[str, tuple[str, ...]]) -> str:
    """Return the column that names districts: by its name, else by its cells."""
    named = district_column(table.names)
    scores: Counter[str] = Counter()
    for name in table.names[:60]:
        cells = table.cells.column(name).slice(0, 500).to_pylist()
        scores[name] = sum(len(match(str(cell), known)) == 1 for cell in cells if cell is not None)
    if named and scores[named]:
        return named
    best = max(scores, key=lambda name: scores[name], default="")
    return best if scores[best] > 0 else named
