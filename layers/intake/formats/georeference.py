"""Find what a file says of its positions in the terms of Darwin Core, by any usual name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.intake.doubt import UNUSABLE, doubts
from geo.intake.notation import BLANK, NAN, PLACEHOLDER, kind_of
from geo.intake.words import bare
from layers.intake.formats.headings import GIVEN_BACK
from layers.intake.formats.table import Table
from layers.language.bilingual import column
from layers.pack.exchange import (
    BY_A_READER,
    BY_CUSTODIAN,
    DATED,
    DATUM,
    DOUBT,
    NO_WAY,
    NOT_PLACED,
    PROTOCOL,
    SOURCES,
    UNVERIFIED,
    VERIFICATION,
)

LABELS: Final = {
    DOUBT: "位置不确定度（米）",
    DATUM: "坐标系",
    PROTOCOL: "定位方法",
    VERIFICATION: "定位核实状态",
    SOURCES: "定位依据",
    DATED: "定位日期",
}
"""What stands before a term as the name of a column of a workbook that is handed back."""
STATUS_LABELS: Final = {
    BY_A_READER: "已由提供者核实",
    BY_CUSTODIAN: "已由管理方核实",
    UNVERIFIED: "待核实",
    NOT_PLACED: "待定位",
    NO_WAY: "无法定位",
}
"""The same before a status, in a workbook in Chinese."""
_PREFIX: Final = (
    rf"(?:{'|'.join(map(bare, LABELS.values()))})?(?:https?rstdwgorg)?(?:dwc(?:iri)?)?(?:terms)?"
)
_LENGTH: Final = r"(?:in)?(?P<unit>km|kilomet(?:er|re)s?|公里|千米|m|met(?:er|re)s?|米)"
_DOUBT: Final = re.compile(
    rf"{_PREFIX}(?:coordinateuncertainty|uncertainty(?:radius)?|errorradius|误差半径|"
    r"(?:location|position(?:al)?|coordinate|horizontal|spatial)(?:uncertainty|error)|"
    r"(?:位置|坐标|定位|点位|空间)?不确定[度性]|(?:位置|坐标|定位|点位|空间)误差)"
    rf"{_LENGTH}?[,、估约]*"
)
"""Names of a column of doubt; metres where no unit stands there."""
_ROUGH: Final = re.compile(
    rf"(?:误差|error|accuracy|horizontalaccuracy|gpsaccuracy|(?:位置|坐标|定位|点位)?精度){_LENGTH}"
)
"""Names that say the doubt only if they say its unit: accuracy may also be a class."""
_NAMES: Final = {
    PROTOCOL: r"georeference(?:protocol|method)|(?:定位|坐标(?:获取|采集)?|采集)(?:方法|方式)",
    VERIFICATION: r"georeferenceverificationstatus|"
    r"(?:定位|坐标|位置|点位)?(?:是否核[实查验]|核[实查验](?:状态|情况|结果))",
    SOURCES: r"georeferencesources?|(?:坐标|位置|定位|点位)(?:数据)?(?:来源|出处|依据)",
    DATED: r"georeferenceddate|坐标日期|"
    r"(?:定位|坐标|点位|位置)?(?:核[实查验]|定位|采集)(?:日期|时间)",
    DATUM: r"geodeticdatum",
}
_TERMS: Final = {
    term: re.compile(rf"{_PREFIX}(?:{pattern})(?:darwincore)?") for term, pattern in _NAMES.items()
}
_STATUSES: Final = {
    **dict.fromkeys(("已核实", "已核查", "已核验", "核实", "是", "verified", "yes"), BY_A_READER),
    **dict.fromkeys(("未核实", "待核实", "需核实", "未核查", "待核查", "未核验", "待核验", "待核"),
                    UNVERIFIED),
    **dict.fromkeys(("否", "unverified", "notverified", "no"), UNVERIFIED),
    **dict.fromkeys(("待定位", "需定位", "未定位", "无坐标"), NOT_PLACED),
    **dict.fromkeys(("无法定位", "不能定位"), NO_WAY),
    **{bare(f"{label}{one}"): one for one, label in STATUS_LABELS.items()},
    **{bare(one): one for one in (BY_A_READER, BY_CUSTODIAN, UNVERIFIED, NOT_PLACED, NO_WAY)},
}  # fmt: skip
"""What people write, in the words that Darwin Core recommends."""
_DAY: Final = re.compile(
    r"(?P<y>\d{4})\s*(?:[-/.年]\s*(?P<m>\d{1,2})\s*(?:[-/.月]\s*(?P<d>\d{1,2})\s*日?|月)?|年)?"
)
WGS84: Final = "EPSG:4326"
"""What ``geodeticDatum`` says of a row that was read or placed on WGS 84."""
VERBATIM: Final = "位置不确定度原文_verbatimUncertainty"
"""Column of a list that is handed back: what stood in the term of the doubt and was no doubt."""
_OWN: Final = frozenset(GIVEN_BACK)
_NUMBERED: Final = tuple(enumerate(UNUSABLE, 1))


@lru_cache(maxsize=4096)
def unit_of(name: str) -> float | None:
    """Return how many metres one unit of a column of doubt is; None for any other column.

    Parameters
    ----------
    name
        Of the column.

    Examples
    --------
    >>> unit_of("dwc:coordinateUncertaintyInMeters"), unit_of("位置不确定度（公里）"), unit_of("x")
    (1.0, 1000.0, None)
    """
    if name == VERBATIM:
        return 1.0
    told = bare(name)
    if told in {bare(one) for one in (*column(DOUBT), *column("uncertainty_m"))}:
        return 1.0
    found = _DOUBT.fullmatch(told) or _ROUGH.fullmatch(told)
    if found is None:
        return None
    unit = found["unit"] or "m"
    return 1000.0 if unit.startswith(("k", "公", "千")) else 1.0


@lru_cache(maxsize=4096)
def term_of(name: str) -> str:
    """Return the term that a column holds, other than the doubt; empty for any other column.

    Parameters
    ----------
    name
        Of the column.

    Examples
    --------
    >>> term_of("DWC:GeoreferencedDate"), term_of("坐标来源"), term_of("名称")
    ('georeferencedDate', 'georeferenceSources', '')
    """
    told = bare(name)
    for term, pattern in _TERMS.items():
        if pattern.fullmatch(told) or told in {bare(one) for one in column(term)}:
            return term
    return ""


def is_given_back(table: Table) -> bool:
    """Tell whether a table is one that was handed back: what it says of doubt is then the last.

    Parameters
    ----------
    table
        As it was opened.
    """
    return set(table.names) >= _OWN


def on_wgs84(table: Table) -> NDArray[np.bool_]:
    """Tell which rows of a list that was handed back stand on WGS 84, whatever the others do.

    A row that the reader has placed does so beside rows that are GCJ-02 still.

    Parameters
    ----------
    table
        As it was opened; of any other list none is known to.
    """
    if not is_given_back(table):
        return np.zeros(len(table.lines), dtype=bool)
    said = said_of([table], DATUM)[: len(table.lines)]
    return np.array([one == WGS84 for one in said], dtype=bool)


def is_term(name: str, term: str) -> bool:
    """Tell whether a column bears the name of a term itself, in any capitals and with any prefix.

    Parameters
    ----------
    name
        Of the column.
    term
        Such as ``georeferencedDate``.
    """
    return re.fullmatch(rf"{_PREFIX}{term.lower()}", bare(name)) is not None


def doubt_columns(table: Table) -> tuple[tuple[str, float], ...]:
    """Return the columns that state a doubt, each with the metres of its unit.

    Parameters
    ----------
    table
        As it was opened; in one that was handed back, the term of Darwin Core alone counts.
    """
    back = is_given_back(table)
    units = [(name, unit_of(name)) for name in table.names if not back or is_term(name, DOUBT)]
    return tuple((name, unit) for name, unit in units if unit is not None)


def doubt_of(table: Table) -> tuple[Floats, NDArray[np.int8]]:
    """Return the doubt that a file states of each row, and why a cell states none.

    Parameters
    ----------
    table
        As it was opened.

    Returns
    -------
    metres : array of float
        NaN where nothing usable is said. Where a row fills several columns the largest counts; in a
        file that was handed back, the term of Darwin Core alone.
    unusable : array of int
        Numbers of ``geo.intake.doubt.UNUSABLE`` from 1; 0 where something else is usable or the
        cells are blank.
    """
    metres, why = _doubt_in(table, doubt_columns(table))
    if not is_given_back(table):
        return metres, why
    # What the file said before it was handed back, and was none, is none still.
    units = [(name, unit_of(name)) for name in table.names if not is_term(name, DOUBT)]
    _, why = _doubt_in(table, [(name, unit) for name, unit in units if unit is not None])
    return metres, why


def verbatim_doubts(table: Table) -> list[str]:
    """Return what stands in the term of the doubt itself and is none; blank where all is well.

    Parameters
    ----------
    table
        As it was opened; torn rows are last.
    """
    told = [""] * table.rows
    if is_given_back(table):
        return told
    for name in [name for name in table.names if is_term(name, DOUBT)]:
        _, why = _doubt_in(table, [(name, 1.0)])
        texts = table.texts(name) if why.any() else []
        told[: len(texts)] = [before or (text if bad else "") for before, text, bad
                              in zip(told, texts, why, strict=False)]  # fmt: skip
    return told


def _doubt_in(
    table: Table, columns: Sequence[tuple[str, float]]
) -> tuple[Floats, NDArray[np.int8]]:
    n = len(table.lines)
    found, why = np.full(n, np.nan), np.zeros(n, dtype=np.int8)
    for name, unit_m in columns:
        cells = table.cells.column(name).combine_chunks()
        cells = cells.chunk(0) if hasattr(cells, "chunks") else cells
        metres, bad = doubts(cells, unit_m)
        found = np.fmax(found, metres)
        why = np.where(why == 0, bad, why)
    return found, np.where(np.isnan(found), why, 0).astype(np.int8)


def counted_unusable(why: Sequence[NDArray[np.int8]]) -> dict[str, int]:
    """Return how many rows state a doubt that is none, by why.

    Parameters
    ----------
    why
        As of :func:`doubt_of`, of each table.
    """
    counts = {name: sum(int((one == k).sum()) for one in why) for k, name in _NUMBERED}
    return {name: n for name, n in counts.items() if n}


def said_of(tables: Sequence[Table], term: str) -> list[str]:
    """Return what each row of a file says under a term, blank where it says nothing.

    Parameters
    ----------
    tables
        As they were opened.
    term
        Such as ``georeferencedDate``; not the doubt.

    Returns
    -------
    list of str
        In the words that Darwin Core recommends and dates by ISO 8601, where they are known; torn
        rows are last in each table.
    """
    told: list[str] = []
    for table in tables:
        each = [""] * table.rows
        for name in _columns(table, term):
            for k, cell in enumerate(table.cells.column(name).to_pylist()):
                if not each[k] and cell is not None:
                    each[k] = in_standard(term, str(cell))
        told += each
    return told


def in_standard(term: str, text: str) -> str:
    """Return a cell in the words of Darwin Core, where they are known; a mark for none is blank.

    Parameters
    ----------
    term
        What the cell is about.
    text
        The cell.

    Examples
    --------
    >>> in_standard("georeferencedDate", "2024年3月5日"), in_standard("georeferencedDate", "-")
    ('2024-03-05', '')
    """
    plain = " ".join(text.split())
    if kind_of(plain) in (BLANK, PLACEHOLDER, NAN):
        return ""
    if term == VERIFICATION:
        return _STATUSES.get(bare(plain), plain)
    if term == DATED and (day := _DAY.fullmatch(plain)):
        parts = [part.zfill(2) for part in (day["y"], day["m"], day["d"]) if part]
        return "-".join(parts)
    return plain


def stated_columns(tables: Sequence[Table], term: str) -> tuple[str, ...]:
    """Return the names of the columns that hold a term.

    Parameters
    ----------
    tables
        As they were opened.
    term
        Such as ``georeferenceSources``.
    """
    return tuple(dict.fromkeys(name for table in tables for name in _columns(table, term)))


def _columns(table: Table, term: str) -> list[str]:
    """Return the columns of a term, that of its own name first, or alone if handed back."""
    names = [name for name in table.names if term_of(name) == term]
    if is_given_back(table):
        return [name for name in names if is_term(name, term)]
    return sorted(names, key=lambda name: not is_term(name, term))


def counted(tables: Sequence[Table], term: str, most: int = 5) -> tuple[str, ...]:
    """Return what a file says most often under a term, each with its number of rows.

    Parameters
    ----------
    tables
        As they were opened.
    term
        Such as ``georeferenceVerificationStatus``.
    most
        So many at most.
    """
    found = _said(tables, term).most_common(most)
    return tuple(f"{value} ({n})" for value, n in found)


def dates(tables: Sequence[Table]) -> tuple[str, ...]:
    """Return the first and the last day of ``georeferencedDate``, in one text; nothing for none.

    Parameters
    ----------
    tables
        As they were opened.
    """
    days = sorted(in_standard(DATED, value) for value in _said(tables, DATED))
    return tuple("–".join(dict.fromkeys((days[0], days[-1]))) for _ in days[:1])


def _said(tables: Sequence[Table], term: str) -> Counter[str]:
    """Return the cells of a term as they stand there, by number of rows; without marks for none."""
    found: Counter[str] = Counter()
    for table in tables:
        for name in _columns(table, term):
            for pair in table.cells.column(name).value_counts().to_pylist():
                text = str(pair["values"] if pair["values"] is not None else "")
                if in_standard(term, text):
                    found[text] += pair["counts"]
    return found
