"""Hand a file back with what was done to each row, and how surely each place is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd

from geo.base.bridge import name_of
from layers.intake.formats.georeference import (
    VERBATIM,
    WGS84,
    is_given_back,
    is_term,
    on_wgs84,
    said_of,
    verbatim_doubts,
)
from layers.intake.formats.headings import GIVEN_BACK
from layers.intake.formats.table import Table
from layers.intake.outcome import (
    DIGITS,
    NO_PLACES,
    Outcome,
    Placed,
    cells_of,
    class_words,
)
from layers.intake.read import BIT, BY_ANSWER, OUTSIDE, REPAIRS, USED
from layers.intake.report import DATUM_NAMES
from layers.language.messages import LANGS, Say, speaker
from layers.language.values import cell
from layers.pack.city import City
from layers.pack.exchange import (
    DATED,
    DATUM,
    DOUBT,
    NOT_PLACED,
    PROTOCOL,
    SOURCES,
    UNVERIFIED,
    VERIFICATION,
)

LON, LAT, DONE = GIVEN_BACK
BY, CLASS = "依据_by", "位置情况_class"
ADDED: Final = {
    LON: "lon",
    LAT: "lat",
    DOUBT: "doubt",
    DONE: "done",
    BY: "by",
    CLASS: "class",
    DATUM: "datum",
    PROTOCOL: "protocol",
    VERIFICATION: "verification",
    SOURCES: "sources",
    DATED: "dated",
}
"""Columns that are added to a file when it is handed back, and the keys of what they mean."""
FOR_PROGRAMS: Final = (DATUM, PROTOCOL, VERIFICATION, SOURCES, DATED)
"""Those that stand last, and that nobody reads on paper."""
_TERMS: Final = (DOUBT, DATUM, PROTOCOL, VERIFICATION, SOURCES, DATED)
_ANSWERED: Final = sum(BIT[name] for name in BY_ANSWER)


class _Row(NamedTuple):
    """One row as it was read and as the reader has left it."""

    status: str
    bits: int
    system: str
    datum: str
    file: str
    is_rounding: bool
    """Whether its doubt is that of the rounding of its numbers."""
    placed: Placed | None

    @property
    def is_there(self) -> bool:
        return self.status in (USED, OUTSIDE)

    @property
    def is_left(self) -> bool:
        """Whether its position stands in another datum still."""
        return bool(self.datum) and not self.bits & BIT["set_back"] and self.placed is None


def handed_back(outcome: Outcome, city: City, lang: str) -> pd.DataFrame:
    """Return the file with what was done to each row, and its position in the exchange standard.

    Parameters
    ----------
    outcome
        The file as it was read, and what the reader has done since.
    city
        Its districts are named.
    lang
        Language of the words.

    Returns
    -------
    DataFrame
        The columns of the file as they stand there, then ``ADDED``; every row of the file, torn
        ones too. What the file says itself of a position is kept, unless the reader has placed the
        row anew; read again it gives the same.
    """
    say, frame = speaker(lang), outcome.rows
    rows = _rows(outcome)
    cells = pd.concat([cells_of(table) for table in outcome.tables], ignore_index=True)
    done = [_done(row, city, say) for row in rows]
    by = [_by(row, outcome, city, lang) for row in rows]
    classes = class_words(outcome, say)
    for k, row in enumerate(rows):
        if row.placed is not None:
            other = _beside(row.placed, outcome, city, lang)
            classes[k] = say("view.comma").join(one for one in (by[k], other) if one)
    _keep_earlier(cells, rows, (done, by, classes), outcome.tables)
    added = {
        LON: frame["lon"].round(DIGITS).to_numpy(),
        LAT: frame["lat"].round(DIGITS).to_numpy(),
        DOUBT: frame["uncertainty_m"].to_numpy(),
        DONE: done,
        BY: by,
        CLASS: classes,
        **_terms(rows, outcome, city, lang),
    }
    kept = cells.drop(columns=[name for name in cells if _is_replaced(str(name))])
    verbatim = [text for table in outcome.tables for text in verbatim_doubts(table)]
    if any(verbatim):
        kept[VERBATIM] = [text or None for text in verbatim]
    return pd.concat([kept, pd.DataFrame(added, index=kept.index)], axis="columns")


def _is_replaced(name: str) -> bool:
    return name in ADDED or any(is_term(name, term) for term in _TERMS)


def _rows(outcome: Outcome) -> list[_Row]:
    reading, frame = outcome.reading, outcome.rows
    placed = {one.row: one for one in outcome.placed}
    parts = zip(reading.systems, reading.datums, reading.parts, strict=True)
    known = [(name_of(system)[:60], datum, where) for system, datum, where in parts]
    is_rounding = frame["uncertainty_m"] == frame["rounded_m"]
    columns = (frame["status"], frame["repaired"], frame["part"], is_rounding)
    rows: list[_Row] = []
    tables = outcome.tables
    turned = [(*on_wgs84(one).tolist(), *(False for _ in one.torn)) for one in tables]
    is_turned = [one for part in turned for one in part]
    for status, bits, part, rough in zip(*(column.tolist() for column in columns), strict=True):
        system, datum, file = known[part]
        datum = "" if is_turned[len(rows)] else datum
        rows.append(_Row(status, bits, system, datum, file, rough, placed.get(len(rows))))
    return rows


def _done(row: _Row, city: City, say: Say) -> str:
    if row.placed is not None:
        is_in = bool(Outcome.counted_in(row.placed, city))
        return say("intake.done.placed" if is_in else "intake.done.placed_outside")
    if not row.is_there:
        return say("intake.done.dropped", reason=say(f"intake.reason.{row.status}"))
    done = say(f"intake.done.{row.status}")
    mended = _mended(row, row.bits, say)
    return say("intake.done.mended", done=done, what=mended) if mended else done


def _mended(row: _Row, bits: int, say: Say) -> str:
    """Return what was done to the coordinates, one repair after the other."""
    told = [say(f"intake.repair.{one}", crs=row.system, datum=DATUM_NAMES.get(row.datum, ""))
            for one in REPAIRS if bits & BIT[one]]  # fmt: skip
    return say("intake.and_then").join(told)


def _by(row: _Row, outcome: Outcome, city: City, lang: str) -> str:
    """Return by whose rule a row stands where it stands."""
    say = speaker(lang)
    if row.placed is not None:
        return say(f"intake.by.{_hand(row.placed)}", name=_district(row.placed, city, lang))
    is_said = row.bits & BIT["projected"] and "crs" in outcome.reading.said
    if row.is_there and (row.bits & _ANSWERED or is_said or row.datum):
        return say("intake.by.answer")
    return say("intake.by.reading" if row.bits else "intake.by.file")


def _hand(placed: Placed) -> str:
    return "click" if placed.how == "click" else "district"


def _district(placed: Placed, city: City, lang: str) -> str:
    if _hand(placed) == "click":
        return ""
    return cell(city.districts.loc[placed.how], "name", lang)


def _keep_earlier(
    cells: pd.DataFrame,
    rows: Sequence[_Row],
    told: tuple[list[str], list[str], list[str]],
    tables: Sequence[Table],
) -> None:
    """Let stand what an earlier hand-back says was done to a row, if it is still so."""
    if not tables or not all(is_given_back(table) for table in tables):
        return
    done, by, classes = told
    plain = {speaker(lang)(f"intake.done.{one}") for lang in LANGS for one in (USED, OUTSIDE)}
    gone = tuple(speaker(lang)("intake.done.dropped", reason="") for lang in LANGS)
    names = (DONE, BY, CLASS)
    before = zip(*(cells[name].tolist() if name in cells else [None] * len(cells)
                   for name in names), strict=True)  # fmt: skip
    for k, (was, whose, sort) in enumerate(before):
        row = rows[k]
        if not isinstance(was, str) or row.placed is not None or row.bits:
            continue
        if was.startswith(gone) == row.is_there:
            continue
        classes[k] = sort if isinstance(sort, str) else ""
        if was not in plain:
            done[k] = was
            by[k] = whose if isinstance(whose, str) else by[k]


def _terms(rows: Sequence[_Row], outcome: Outcome, city: City, lang: str) -> dict[str, list[str]]:
    """Return the terms of Darwin Core: what the file says itself, else what is known here."""
    said = {term: said_of(outcome.tables, term)
            for term in (PROTOCOL, VERIFICATION, SOURCES, DATED)}  # fmt: skip
    found: dict[str, list[str]] = {term: [] for term in _TERMS if term != DOUBT}
    for k, row in enumerate(rows):
        own = {term: values[k] for term, values in said.items()}
        placed = row.placed
        terms = _of_row(row, own, lang)
        if placed is not None:
            terms = _of_placed(placed, outcome, city, lang)
        for term, value in terms.items():
            found[term].append(value)
    return found


def _of_row(row: _Row, said: dict[str, str], lang: str) -> dict[str, str]:
    say = speaker(lang)
    if not row.is_there:
        none = "" if row.status in NO_PLACES else NOT_PLACED
        return {**said, DATUM: "", VERIFICATION: said[VERIFICATION] or none}
    mended = _mended(row, row.bits & _ANSWERED if said[PROTOCOL] else row.bits, say)
    parts = [said[PROTOCOL] or say("intake.protocol.file"), mended]
    left = say("intake.protocol.datum", datum=DATUM_NAMES.get(row.datum, ""))
    if row.is_left and left not in parts[0]:
        parts.append(left)
    if row.is_rounding:
        parts.append(say("intake.protocol.rounded"))
    moved = bool(row.bits & _ANSWERED) or row.is_left
    return {
        DATUM: DATUM_NAMES[row.datum] if row.is_left else WGS84,
        PROTOCOL: say("intake.and_also").join(part for part in parts if part),
        VERIFICATION: UNVERIFIED if moved else said[VERIFICATION] or UNVERIFIED,
        SOURCES: said[SOURCES] or say("intake.source.file", name=row.file),
        DATED: said[DATED],
    }


def _beside(placed: Placed, outcome: Outcome, city: City, lang: str) -> str:
    """Say that a row was put beyond the city, or in another district than the file names."""
    say, there = speaker(lang), outcome.counted_in(placed, city)
    said = outcome.named_district(placed.row, city)
    named = {code: cell(city.districts.loc[code], "name", lang) for code in (said, there) if code}
    told = [] if there else [say("intake.class.outside")]
    if outcome.missed_district(placed, city):
        told.append(say("intake.protocol.beside", name=named[said]))
    elif said and there and said != there:
        told.append(say("intake.protocol.near", name=named[said], there=named[there]))
    return say("view.comma").join(told)


def _of_placed(placed: Placed, outcome: Outcome, city: City, lang: str) -> dict[str, str]:
    """Return the terms of a row that the reader has placed: nobody else has verified it."""
    say, how = speaker(lang), _hand(placed)
    name = _district(placed, city, lang)
    atlas = say("export.title_short", city=city.name.of(lang))
    return {
        DATUM: WGS84,
        PROTOCOL: say("intake.and_also").join(
            one
            for one in (
                say(f"intake.protocol.{how}", name=name),
                _beside(placed, outcome, city, lang),
            )
            if one
        ),
        VERIFICATION: UNVERIFIED,
        SOURCES: say(f"intake.source.{how}", atlas=atlas, name=name),
        DATED: placed.day,
    }


def explained(lang: str) -> pd.DataFrame:
    """Return what each added column means, one line each, in both languages.

    Parameters
    ----------
    lang
        That of the reader stands first.
    """
    order = sorted(LANGS, key=lambda one: one != lang)
    names = [speaker(order[0])("intake.added.column")]
    names += [speaker(one)("intake.added.meaning") for one in order]
    rows = [
        (name, *(speaker(one)(f"intake.added.{key}") for one in order))
        for name, key in ADDED.items()
    ]
    return pd.DataFrame(rows, columns=names)
