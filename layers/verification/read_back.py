"""Read a filled verification sheet: for every row what it changes, or why it cannot."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

import shapely

from geo.base.errors import DataError, Problem, UnfitError
from geo.base.validation import is_date
from layers.intake.formats.workbook import require_modest
from layers.language.messages import LANGS
from layers.pack.catalogue import OUTSIDE
from layers.pack.city import City
from layers.store.check import draft_problems
from layers.store.entries import Conflict, Draft, Entry
from layers.store.lay_over import ADDRESS, POSITION
from layers.store.position import read_position
from layers.verification.coordinates import read_coordinates
from layers.verification.sheet import ASKED, before
from layers.verification.workbook import HIDDEN, choices

Account = Literal["accepted", "unchanged", "refused"]
MOST_SHEETS: Final = 20
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 60
_SIMPLE: Final = {
    "status": "current_status",
    "lead_unit": "lead_unit",
    "approved_by": "approved_by",
}
"""By column, the fact that it gives as it stands."""

_TORN: Final = (KeyError, ValueError, TypeError, IndexError, AttributeError, StopIteration)
"""What reading raises where a workbook is none of ours, or was torn."""

Cells = Mapping[str, str]
Row = tuple[int, Cells]
"""Number of a row in the sheet, and its cells by the key of their column."""


@dataclass(frozen=True)
class Answer:
    """What became of one row of a sheet.

    Parameters
    ----------
    number
        Number of the row in the sheet, from 1.
    place, name
        Id and name, as the row says them.
    account
        Whether it changes something, says nothing new, or cannot be taken.
    drafts
        What is to be saved; empty unless it is accepted.
    problems
        Why it is refused; empty unless it is.
    """

    number: int
    place: str
    name: str
    account: Account
    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_back(
    data: bytes, city: City, entries: Sequence[Entry], *, file: str, today: date
) -> tuple[Answer, ...]:
    """Return what became of every row.

    Parameters
    ----------
    data
        The workbook.
    city
        With what readers have verified.
    entries
        All entries of the city.
    file
        Name of the file, for its problems.
    today
        Nothing was verified after it.

    Returns
    -------
    tuple of Answer
        One for each row that names a place or holds an answer, in their order.

    Raises
    ------
    DataError
        It is no verification sheet of this city.
    """
    rows, issued = _open(data, city, file)
    times = Counter(cells["id"] for _, cells in rows)
    reader = _Reader(city, entries, issued, file, today)
    return tuple(
        reader.answer(number, cells, twice=times[cells["id"]] > 1) for number, cells in rows
    )


@dataclass(frozen=True)
class _Reader:
    """What the rows of a sheet are read against."""

    city: City
    entries: Sequence[Entry]
    issued: Mapping[str, Mapping[str, str]]
    file: str
    today: date

    def answer(self, number: int, cells: Cells, *, twice: bool) -> Answer:
        """Return what became of a row."""
        place = cells["id"]
        told = Answer(number, place, cells.get("name", ""), "unchanged")
        if not any(cells[name] for name in ASKED):
            return told
        problems: list[Problem] = []
        drafts: tuple[Draft, ...] = ()
        try:
            if twice:
                raise UnfitError("verification.twice")
            drafts = tuple(self._drafts(cells))
            problems = [at_row(p, self.file, number) for d in drafts for p in draft_problems(d)]
        except UnfitError as error:
            problems = [Problem(error.key, self.file, f"#{number}", values=error.values)]
        if problems:
            return replace(told, account="refused", problems=tuple(problems))
        return replace(told, account="accepted" if drafts else "unchanged", drafts=drafts)

    def _drafts(self, cells: Cells) -> Iterator[Draft]:
        place, chosen = cells["id"], _chosen(cells)
        if chosen["verdict"] == "unable":
            return
        try:
            now = before(self.city, self.entries, place)
        except StopIteration:
            raise UnfitError("verification.no_place", value=place) from None
        who, source = self._signed(cells)
        for name, after in self._facts(cells, chosen, now):
            if self.issued.get(place, {}).get(name) != now[name]:
                raise UnfitError("verification.changed", value=now[name])
            if after != now[name] or name == POSITION:
                yield Draft(
                    kind="verification",
                    subject=place,
                    field=name,
                    before=now[name],
                    after=after,
                    who=who,
                    why=cells["remark"],
                    source=source,
                )

    def _signed(self, cells: Cells) -> tuple[str, str]:
        """Return who verified, and the source with the day: an answer without them is none."""
        who, day = cells["who"], cells["when"]
        if not (who and is_date(day)):
            raise UnfitError("verification.unsigned")
        if day > self.today.isoformat():
            raise UnfitError("verification.future", value=day)
        return who, " ".join(filter(None, (cells["source"], f"({who} {day})")))

    def _facts(
        self, cells: Cells, chosen: Mapping[str, str], now: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the facts that a row gives, with their values."""
        if (position := self._position(cells, chosen, now)) is not None:
            yield POSITION, position
        if cells["address"]:
            yield ADDRESS, cells["address"]
        for column, name in _SIMPLE.items():
            if value := chosen.get(column, cells[column]):
                yield name, value
        if day := cells["approved_on"]:
            if not is_date(day):
                raise UnfitError("value.not_date", value=day)
            yield "approved_on", day

    def _position(
        self, cells: Cells, chosen: Mapping[str, str], now: Mapping[str, str]
    ) -> str | None:
        doubt = _metres(cells["accuracy"])
        if not (cells["east"] or cells["north"]):
            known = read_position(now[POSITION])
            if chosen["verdict"] != "confirmed":
                return None
            if known is None:
                raise UnfitError("verification.nothing_to_confirm")
            if doubt is None:
                raise UnfitError("verification.how_exact")
            return str(known._replace(doubt_m=doubt))
        where = read_coordinates(
            cells["east"],
            cells["north"],
            form=chosen["form"],
            datum=chosen["datum"],
            doubt_m=doubt,
            plane=self.city.metric_epsg,
        )
        self._check_inside(cells["id"], where.lon, where.lat)
        return str(where)

    def _check_inside(self, place: str, lon: float, lat: float) -> None:
        frames = (one.frame for one in self.city.layers.values() if place in one.frame.index)
        row, box = next(frames).loc[place], shapely.box(*self.city.bbox)
        if box.covers(shapely.Point(lon, lat)) or row["site_adcode"] == OUTSIDE:
            return
        swapped = box.covers(shapely.Point(lat, lon))
        said = f"{lon:.5f}, {lat:.5f}"
        raise UnfitError("verification.swapped" if swapped else "verification.outside", value=said)


def save(
    answers: Sequence[Answer], append: Callable[..., object], *, file: str, signed: str = ""
) -> tuple[Answer, ...]:
    """Save what was accepted, row by row, and return what became of every row.

    Parameters
    ----------
    answers
        As :func:`read_back` returned them.
    append
        Saves the drafts of one row, all or none.
    file
        Name of the file, for its problems.
    signed
        Who has signed in and hands the sheet in; blank where the names in it stand for themselves.

    Returns
    -------
    tuple of Answer
        A row whose value somebody has changed meanwhile is refused, with what that one entered.

    Raises
    ------
    DataError
        Nothing can be saved at all.
    """
    done = []
    for answer in answers:
        drafts = answer.drafts
        if signed:
            drafts = tuple(replace(draft, who=signed, verified=True) for draft in drafts)
        try:
            if drafts:
                append(*drafts)
        except Conflict as conflict:
            problems = tuple(at_row(each, file, answer.number) for each in conflict.problems)
            answer = replace(answer, account="refused", drafts=(), problems=problems)
        done.append(answer)
    return tuple(done)


def at_row(problem: Problem, file: str, number: int) -> Problem:
    """Return a problem of a draft at the row of the sheet that gave it.

    Parameters
    ----------
    problem
        As :func:`layers.store.check.draft_problems` yields it.
    file, number
        Name of the file and number of the row.
    """
    return Problem(problem.key, file, f"#{number}", problem.field, problem.values)


def _chosen(cells: Cells) -> dict[str, str]:
    """Return the values of the cells with a list, in whichever language it was."""
    found = {}
    for name in choices(LANGS[0]):
        words = {word: value for lang in LANGS for word, value in choices(lang)[name].items()}
        if cells[name] and cells[name] not in words:
            known = tuple(choices(LANGS[0])[name])
            raise UnfitError("verification.choice", value=cells[name], known=known)
        found[name] = words.get(cells[name], "")
    return found


def _metres(text: str) -> float | None:
    if not text:
        return None
    number = text.removesuffix("m").removesuffix("米").removeprefix("±").strip()
    if not number.replace(".", "", 1).isdecimal() or not 0 < float(number) <= 100_000:
        raise UnfitError("verification.accuracy", value=text)
    return float(number)


def _open(data: bytes, city: City, file: str) -> tuple[list[Row], dict[str, dict[str, str]]]:
    """Return the rows, and what stood when the sheet was made."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        require_modest(data)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names[:MOST_SHEETS]}
        issued, of = _issued(sheets.pop(HIDDEN))
        rows = _rows(next(iter(sheets.values())))
    except UnfitError as error:
        raise DataError("sheet_refused", [Problem(error.key, file, values=error.values)]) from error
    except (CalamineError, PasswordError, OSError, *_TORN) as error:
        raise DataError("sheet_refused", [Problem("verification.no_sheet", file)]) from error
    if of != city.id:
        raise DataError("sheet_refused", [Problem("verification.other_city", file)])
    return rows, issued


def _read(sheet: Any) -> list[list[Any]]:
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise UnfitError("verification.too_large")
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    return rows


def _issued(sheet: Any) -> tuple[dict[str, dict[str, str]], str]:
    first, *rows = _read(sheet)
    found = {str(row[0]): json.loads(row[1]) for row in rows}
    return found, str(json.loads(first[0])["city"])


def _rows(sheet: Any) -> list[Row]:
    """Return the rows that name a place or hold an answer, by their number in the sheet."""
    read = _read(sheet)
    at = next(number for number, row in enumerate(read) if row[0] == "id")
    keys = [str(key) for key in read[at]]
    if missing := tuple(name for name in ("id", *ASKED) if name not in keys):
        raise UnfitError("verification.columns", known=missing)
    found: list[Row] = []
    for number, row in enumerate(read[at + 2 :], start=at + 3):
        cells = {key: _text(value) for key, value in zip(keys, row, strict=True) if key}
        if any(cells[name] for name in ("id", *ASKED)):
            found.append((number, cells))
    return found


def _text(value: object) -> str:
    """Return a cell as it reads: a number without a tail of zeros, a moment as its day."""
    if isinstance(value, date):  # a datetime is one
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value).strip()
