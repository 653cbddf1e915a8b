"""Find the district that each row of a table means."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.base.errors import DataError, Problem, Value
from geo.intake.words import bare, stands_for_none
from layers.intake.districts.figures import Column, figure_columns, likeliest
from layers.intake.districts.long_form import (
    OTHER,
    OTHER_PERIOD,
    Chosen,
    choose,
    filled_down,
    named_by,
    without,
)
from layers.intake.districts.names import (
    Loose,
    loose_names,
    loosely,
    match,
    own_names,
    provinces_beside,
    spelling_of_province,
    spellings,
)
from layers.intake.formats.headings import district_column
from layers.intake.formats.table import Observation, Option, Question, Table, unique_names
from layers.pack.city import City

JOIN_PROBLEMS = {
    "no_district": "intake_row.no_district",
    "total": "intake_row.sum",
    "ambiguous": "intake_row.ambiguous",
    "header_again": "intake_row.header_again",
    "torn": "intake_row.torn",
    "outside": "intake_row.no_district_of_city",
    "former": "intake_row.former_district",
    "repeated": "intake_row.district_again",
    OTHER_PERIOD: "intake_row.other_entry",
    OTHER: "intake_row.other_entry",
    "no_figure": "intake_row.no_figure",
    "no_cell": "intake_row.no_cell",
}
"""Why a row is joined to no district, and the key of its problem; ``former`` is
``ambiguous``, and ``no_cell``, which is blank, ``no_figure``."""
_CITY = re.compile(
    r"^(?:所[属在])?(?:城市|地级市|地市|市|省市|省|省份)(?:名称?)?$|^(?:city|province)(?:name)?$"
)
"""What a column is called that names the city, beside the one of the districts."""
LEAST_ACROSS = 3
"""From so many districts in the names of columns on, a table lies on its side."""
_TOTAL = re.compile(
    r"合计|总计|小计|全市|共计|平均|均值|天津市?$|^市辖区$|total|sum$|whole|average|(?:^|[^a-z])avg|mean$",
    re.IGNORECASE,
)
MOST_TOLD = 200
MOST_LINES = 20
"""Lines of rows of the same district that are named in one sentence."""
MOST_WRITTEN = 3
"""Cells that are quoted for how figures are written."""
MOST_ASKED = 12
"""Names that are asked about; the rest are only told."""
NAMED: Final = "district:"
"""Begins the key of an answer that says which district a name means; the name follows."""
NO_DISTRICT: Final = "none"
"""The answer that a name means no district of the city."""
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
        ``used``, ``outside`` (no district of this city) or another key of ``JOIN_PROBLEMS``.
    adcodes
        The district of each row; empty where it has none.
    missing
        Adcodes of the districts that no row names.
    columns
        Columns of figures.
    problems
        The rows that are not used, in the order of the file, with what they have; those of entries
        that were not chosen last.
    found, questions
        What was seen, and what is asked; the other rows are joined without an answer.
    chosen
        Which year or indicator is taken where each district has several.
    """

    column: str
    lines: NDArray[np.int64]
    status: NDArray[np.object_]
    adcodes: NDArray[np.object_]
    missing: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    problems: tuple[Problem, ...] = ()
    found: tuple[Observation, ...] = ()
    questions: tuple[Question, ...] = ()
    chosen: Chosen = field(default_factory=Chosen)


class _Meant(NamedTuple):
    """What a cell means: the row's status, its district, and what it may mean besides."""

    status: str
    adcode: str = ""
    loose: Loose | None = None


def join(
    table: Table, city: City, column: str = "", answers: Mapping[str, str] = MappingProxyType({})
) -> Join:
    """Return the district of each row of a table.

    Parameters
    ----------
    table
        As it was opened.
    city
        Whose districts are meant.
    column
        Name of the column of districts; empty to find it.
    answers
        Which district a name means, by ``district:NAME``; which entry of a column is taken, by
        ``only:COLUMN``.

    Raises
    ------
    DataError
        No column names districts, or an answer is no district.
    """
    known = spellings(city)
    name = column or _column(table, known)
    if not name or name not in table.names:
        names = tuple(one[:40] for one in table.names[:20])
        problem = Problem("intake.no_district_column", table.where, known=names)
        raise DataError("intake.refused", [problem])
    texts = filled_down(table, name)
    meant = _meanings(texts, city, known, answers)
    status, codes = [one.status for one in meant], [one.adcode for one in meant]
    _name_others(table, name, status)
    elsewhere = _elsewhere(table, name, city, status)
    for row in elsewhere:
        status[row], codes[row] = "outside", ""
    chosen = choose(table, name, _used(status, codes), answers)
    for row, (reason, _) in chosen.others.items():
        status[row] = reason
    again = _again(status, codes)
    for row in again:
        status[row] = "repeated"
    once = _used(status, codes)
    columns = without(figure_columns(table, name, once, known), chosen)
    lost = _without_figure(table, name, columns, once)
    for row in lost:
        status[row] = "no_figure"
    named = {codes[row] for row in range(len(codes)) if row not in chosen.others}
    columns = named_by(table, columns, chosen)
    missing = tuple(code for code in city.districts.index.astype(str) if code not in named)
    problems = _Problems(table, city, name, texts, meant, again, lost, chosen)
    torn = len(table.torn)
    return Join(
        column=name,
        lines=np.concatenate([table.lines, table.torn]),
        status=np.array([*status, *["torn"] * torn], dtype=object),
        adcodes=np.array([*codes, *[""] * torn], dtype=object),
        missing=missing,
        columns=columns,
        # What was not chosen is no fault: faults are told before it.
        problems=tuple(
            sorted(problems.of(status), key=lambda one: one.key == JOIN_PROBLEMS[OTHER])
        ),
        found=(
            Observation("district_column", "certain", {"value": name}),
            *_filled(table.texts(name), texts),
            *chosen.found,
            *_other_cities(elsewhere),
            *_twice(city, [codes[row] for row in again]),
            *_of_figures(table, columns),
            *_lacking(city, missing),
        ),
        questions=(*chosen.questions, *_questions(texts, status, meant, city)),
        chosen=chosen,
    )


def _filled(written: Sequence[str], texts: Sequence[str]) -> Iterator[Observation]:
    if n := sum(one != other for one, other in zip(written, texts, strict=True)):
        yield Observation("districts_filled", "likely", {"value": n})


def _used(status: Sequence[str], codes: Sequence[str]) -> dict[int, str]:
    return {row: code for row, code in enumerate(codes) if status[row] == "used"}


def _other_cities(elsewhere: Mapping[int, str]) -> Iterator[Observation]:
    if elsewhere:
        names = tuple(dict.fromkeys(elsewhere.values()))[:5]
        yield Observation("other_city", values={"value": len(elsewhere), "names": names})


def _twice(city: City, codes: Sequence[str]) -> Iterator[Observation]:
    if codes:
        names = _named(city, tuple(dict.fromkeys(codes)))
        yield Observation("districts_repeated", values={"value": names, "n": len(codes)})


def _lacking(city: City, missing: Sequence[str]) -> Iterator[Observation]:
    if missing:
        yield Observation("districts_missing", values={"value": _named(city, missing)})


def _of_figures(table: Table, columns: Sequence[Column]) -> Iterator[Observation]:
    """Yield which cells are no figures, and which are read as others than their digits."""
    if not columns:
        names = tuple(name[:40] for name in table.names[:20])
        yield Observation("no_figures", values={"value": names})
    cells = [(column.name, cell) for column in columns for cell in column.unread]
    if cells:
        told = tuple(f"#{cell.line} {name[:20]}: {cell.text}" for name, cell in cells[:MOST_LINES])
        yield Observation("cells_unread", values={"value": told, "n": len(cells)})
    others = [cell for column in columns for cell in column.written]
    if others:
        told = tuple(dict.fromkeys(cell.text for cell in others))[:MOST_WRITTEN]
        yield Observation("cells_written", values={"value": told, "n": len(others)})
    read = [cell for column in columns for cell in column.converted]
    if read:
        told = tuple(f"#{cell.line} {cell.text} → {cell.value:.10g}" for cell in read[:MOST_LINES])
        yield Observation("cells_converted", values={"value": told, "n": len(read)})


def _without_figure(
    table: Table, but: str, columns: Sequence[Column], once: Mapping[int, str]
) -> Mapping[int, tuple[str, str]]:
    """Return the rows of a district that have no figure in any column: a column, and its cell."""
    good = {code for column in columns for code, _ in column.values}
    name = columns[0].name if columns else likeliest(table, but, list(once))
    cells = table.texts(name) if name else [""] * len(table.lines)
    return {row: (name, cells[row]) for row, code in once.items() if code not in good}


def _named(city: City, codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(city.districts.at[code, "name_zh"]) for code in codes)


def _meanings(
    texts: Sequence[str],
    city: City,
    known: Mapping[str, tuple[str, ...]],
    answers: Mapping[str, str],
) -> list[_Meant]:
    """Return what each cell means; where the reader has said it, that."""
    loose, provinces = loose_names(city), provinces_beside(texts, city)
    wholes = own_names(city)

    def one(text: str) -> _Meant:
        hits = match(text, known)
        if not text.strip():
            return _Meant("no_district")
        if (said := answers.get(NAMED + text.strip())) is not None:
            return _answered(text.strip(), said, known)
        if len(hits) == 1 and (other := provinces.get(spelling_of_province(text))):
            return _Meant("ambiguous", "", Loose(hits, others=(other,)))
        if len(hits) == 1:
            return _Meant("used", hits[0])
        if hits:
            return _Meant("ambiguous", "", Loose(hits))
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        if _TOTAL.search(plain) or re.sub(r"(?<=.)(?:city|市)$", "", bare(text)) in wholes:
            return _Meant("total")
        may = loosely(text, city, loose)
        return _Meant("outside") if may is None else _Meant("ambiguous", "", may)

    by_text = {text: one(text) for text in dict.fromkeys(texts)}
    return [by_text[text] for text in texts]


def _answered(text: str, said: str, known: Mapping[str, tuple[str, ...]]) -> _Meant:
    if said == NO_DISTRICT:
        return _Meant("outside")
    hits = match(said, known)
    if len(hits) == 1:
        return _Meant("used", hits[0])
    names = tuple(code for code in known if code.isdecimal())
    fault = Problem("intake.answer_value", "--answer", field=NAMED + text[:40], value=said[:80],
                    known=(*names, NO_DISTRICT))  # fmt: skip
    raise DataError("intake.refused", [fault])


@dataclass(frozen=True, eq=False)
class _Problems:
    """What is known of the rows that are not used."""

    table: Table
    city: City
    column: str
    texts: Sequence[str]
    meant: Sequence[_Meant]
    again: Mapping[int, Sequence[int]]
    lost: Mapping[int, tuple[str, str]]
    chosen: Chosen

    def of(self, status: Sequence[str]) -> Iterator[Problem]:
        """Yield the rows that are not used: what each has, and what that may mean."""
        texts, times = self.texts, Counter[str]()
        for row, reason in enumerate(status):
            times[reason] += 1
            if reason != "used" and times[reason] <= MOST_TOLD:
                yield self._one(row, reason, texts[row])
        for line in self.table.torn[:MOST_TOLD].tolist():
            yield Problem("intake_row.torn", self.table.where, f"#{line}")

    def _one(self, row: int, reason: str, text: str) -> Problem:
        loose = self.meant[row].loose if reason == "ambiguous" else None
        column, cell = self.lost.get(row, (self.column, text))
        if row in self.chosen.others:
            column = self.chosen.others[row][1]
            cell = self.table.texts(column)[row]
        if reason == "total" and not cell.strip():
            first = (self.table.texts(name)[row] for name in self.table.names[:3])
            cell = next((one for one in first if one.strip()), cell)
        why = "former" if loose is not None and loose.former else reason
        if reason == "no_figure" and not cell.strip():
            why = "no_cell"
        values = self._values(" ".join(cell.split())[:80], row, loose)
        line = f"#{self.table.lines[row]}"
        return Problem(JOIN_PROBLEMS[why], self.table.where, line, column, values)

    def _values(self, cell: str, row: int, loose: Loose | None) -> Mapping[str, Value]:
        values: dict[str, Value] = {"value": cell}
        if lines := self.again.get(row):
            values["lines"] = tuple(str(self.table.lines[one]) for one in lines[:MOST_LINES])
        if loose is not None:
            values["known"] = (*_named(self.city, loose.codes), *loose.others)
        return values


def _again(status: Sequence[str], codes: Sequence[str]) -> Mapping[int, Sequence[int]]:
    """Return the rows of districts that several rows name, each with all rows of its district.

    Which of them counts nobody knows; their sum may count twice what one of them sums up.
    """
    rows: dict[str, list[int]] = {}
    for row, (state, code) in enumerate(zip(status, codes, strict=True)):
        if state == "used":
            rows.setdefault(code, []).append(row)
    several = sorted(row for own in rows.values() if len(own) > 1 for row in own)
    return {row: rows[codes[row]] for row in several}


def _questions(
    texts: Sequence[str], status: Sequence[str], meant: Sequence[_Meant], city: City
) -> Iterator[Question]:
    """Yield for each name that may mean several things the question which it means."""
    unsure = {
        text.strip(): one.loose
        for text, state, one in zip(texts, status, meant, strict=True)
        if state == "ambiguous" and one.loose is not None
    }
    for text, loose in list(unsure.items())[:MOST_ASKED]:
        named = zip(loose.codes, _named(city, loose.codes), strict=True)
        options = [Option(code, "intake.option.as_named", {"value": name}) for code, name in named]
        options.append(Option(NO_DISTRICT, "intake.option.no_district"))
        told: dict[str, Value] = {"variant": "named_district", "value": text[:80]}
        yield Question(NAMED + text, tuple(options), told)


def _name_others(table: Table, name: str, status: list[str]) -> None:
    """Tell totals, notes and repeated names of columns from rows that only lack their district."""
    held = table.texts(name)
    before = [table.texts(one) for one in table.names[:3]]
    for row in range(len(held)):
        if status[row] in ("no_district", "outside"):
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
    for row, text in enumerate(table.texts(column)):
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
    labels = table.texts(rest[0]) if rest else [""] * table.cells.num_rows
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
