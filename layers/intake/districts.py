"""Find the district that each row of a table means."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geo.base.errors import DataError, Problem
from geo.intake.words import bare, stands_for_none
from layers.intake.formats.headings import district_column
from layers.intake.formats.table import Observation, Table, unique_names
from layers.language.messages import LANGS
from layers.pack.city import City

JOIN_PROBLEMS = {
    "blank": "intake_row.no_district",
    "total": "intake_row.total",
    "ambiguous": "intake_row.ambiguous",
    "header_again": "intake_row.header_again",
    "torn": "intake_row.torn",
}
"""Why a row is joined to no district, and the key of its problem."""
_ENDS = re.compile(r"(?:新区|[区區]|[县縣]|市|district|dist|newarea|county|qu|xian)$")
_MARKS = re.compile(r"^\d{1,2}(?=\D)|(?<=\D)\d{1,2}$|^[,、;]+|[,、;†‡#]+$")
"""A running number before a name, a mark of a footnote behind it."""
_CITY = re.compile(
    r"^(?:所[属在])?(?:城市|地级市|地市|市|省市|省|省份)(?:名称?)?$|^(?:city|province)(?:name)?$"
)
"""What a column is called that names the city, beside the one of the districts."""
_CODE = re.compile(r"(?<!\d)(\d{6})(?:0{3}|0{6})?(?:\.0*)?(?!\d)")
_ONE_TO_ONE = ("traditional characters", "pinyin", "pinyin of the district name",
               "former county, now a district")  # fmt: skip
"""Notes of aliases that are the name of the whole district, written otherwise."""
LEAST_ACROSS = 3
"""From so many districts in the names of columns on, a table lies on its side."""
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
    >>> spelling("1. 和平区*"), spelling("Heping District"), spelling("滨海新区①")
    ('和平', 'heping', '滨海')
    """
    plain = bare(unicodedata.normalize("NFKC", text)).replace("'", "")
    plain = _MARKS.sub("", _MARKS.sub("", plain))
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
    frame, own = city.districts, own_names(city)
    other = _aliases(city)
    for adcode in frame.index.astype(str):
        names = [str(frame.at[adcode, column]) for column in ("name_zh", "name_en")
                 if column in frame]  # fmt: skip
        plain = {spelling(name) for name in (*names, *other.get(adcode, ()))}
        # "天津和平", "天津市市辖区和平", "heping,tianjin": the city's own name, and no other's.
        before = {f"{name}{mark}{one}" for name in own for mark in ("", "市", "市市辖区")
                  for one in plain}  # fmt: skip
        behind = {f"{one}{mark}{name}" for name in own if name.isascii() for one in plain
                  for mark in ("", ",", "district,", "dist,")}  # fmt: skip
        for written in {adcode, *plain, *before, *behind}:
            found.setdefault(written, []).append(adcode)
    return {written: tuple(dict.fromkeys(codes)) for written, codes in found.items()}


def own_names(city: City) -> tuple[str, ...]:
    """Return what a city is called, bare and without the word for a city.

    Parameters
    ----------
    city
        The city.
    """
    names = (bare(city.name.of(lang)) for lang in LANGS)
    return tuple(dict.fromkeys(name.removesuffix("市") for name in names if name))


def _aliases(city: City) -> Mapping[str, list[str]]:
    """Return other ways in which the pack says that whole districts are written."""
    found: dict[str, list[str]] = {}
    frame = city.aliases
    kept = frame[frame["target"].str.startswith("district:") & frame["note_en"].isin(_ONE_TO_ONE)]
    for term, target in zip(kept["term"], kept["target"], strict=True):
        found.setdefault(target.removeprefix("district:"), []).append(term)
    return found


def match(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the districts that a cell may mean: none, one, or several.

    Parameters
    ----------
    text
        A name in any usual form, or an adcode as text or as a number.
    known
        As :func:`spellings` returns them.
    """
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    code = _CODE.search(plain)
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
    texts = cells_as_texts(table, name)
    status, codes = _statuses(texts, known)
    _name_others(table, name, status)
    elsewhere = _elsewhere(table, name, city, status)
    for row in elsewhere:
        status[row], codes[row] = "outside", ""
    torn = len(table.torn)
    status += ["torn"] * torn
    codes += [""] * torn
    missing = tuple(code for code in city.districts.index.astype(str) if code not in set(codes))
    found = [Observation("district_column", "certain", {"value": name})]
    if elsewhere:
        told = tuple(dict.fromkeys(elsewhere.values()))[:5]
        found.append(Observation("other_city", values={"value": len(elsewhere), "names": told}))
    if missing:
        names = tuple(str(city.districts.at[code, "name_zh"]) for code in missing)
        found.append(Observation("districts_missing", "certain", {"value": names}))
    return Join(
        name, np.concatenate([table.lines, table.torn]), np.array(status, dtype=object),
        np.array(codes, dtype=object), missing, tuple(found),
    )  # fmt: skip


def cells_as_texts(table: Table, name: str) -> list[str]:
    """Return the cells of a column as texts; blank ones empty.

    Parameters
    ----------
    table
        As it was opened.
    name
        Of the column.
    """
    return ["" if v is None else str(v) for v in table.cells.column(name).to_pylist()]


def _name_others(table: Table, name: str, status: list[str]) -> None:
    """Tell totals, notes and repeated names of columns from rows that only lack their district."""
    held = cells_as_texts(table, name)
    before = [cells_as_texts(table, one) for one in table.names[:3]]
    for row in range(len(held)):
        if status[row] in ("blank", "outside"):
            cells = [some[row] for some in before]
            status[row] = stands_for_none(cells, held[row], {bare(name)}) or status[row]


def _elsewhere(table: Table, name: str, city: City, status: Sequence[str]) -> dict[int, str]:
    """Return the rows that another column puts into another city, and what it says."""
    column = next((one for one in table.names if one != name and _CITY.match(bare(one))), "")
    if not column:
        return {}
    own = own_names(city)
    codes = {code[:4] for code in city.districts.index.astype(str)}
    found = {}
    for row, text in enumerate(cells_as_texts(table, column)):
        plain = bare(text)
        is_own = (
            any(one in plain for one in own)
            or plain[:4] in codes
            or plain[:2] in {code[:2] for code in codes if plain.isdecimal()}
        )
        if plain and not is_own and status[row] == "used":
            found[row] = text.strip()[:20]
    return found


def upright(table: Table, city: City) -> Table:
    """Return a table with a row for each district, also where each has a column.

    Parameters
    ----------
    table
        As it was opened.
    city
        Whose districts are meant.
    """
    import pyarrow as pa

    known = spellings(city)
    across = [name for name in table.names if len(match(name, known)) == 1]
    if len(across) < LEAST_ACROSS or len(across) < len(table.names) / 2 or _column(table, known):
        return table
    rest = [name for name in table.names if name not in across]
    labels = cells_as_texts(table, rest[0]) if rest else [""] * table.cells.num_rows
    names = unique_names(["district", *labels])
    columns = [across, *([str(table.cells.column(name)[row].as_py() or "") for name in across]
                         for row in range(table.cells.num_rows))]  # fmt: skip
    cells = pa.table([pa.array(values, pa.string()) for values in columns], names=names)
    lines = np.array([table.names.index(name) + 1 for name in across], np.int64)
    told = Observation("districts_across", "likely", {"value": len(across)})
    return replace(table, cells=cells, lines=lines, found=(*table.found, told))


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
            plain = "".join(unicodedata.normalize("NFKC", text).split())
            status.append("total" if _TOTAL.search(plain) else "outside")
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
