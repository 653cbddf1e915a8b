"""Take in a file of points that is too long to be taken in whole, as own points read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from geo.base.errors import DataError, Problem
from geo.point_files.bin import CSV
from layers.intake.read import REASONS, row_problem
from layers.intake.report import Account, Report
from layers.own_points.reading import FileQuestion, Reading, doubts, read
from layers.own_points.source import MOST_TAKEN_BYTES, OF_A_TEXT, PARQUET, Source, as_said
from layers.own_points.way_in import decide
from layers.own_points.wording import found_later
from layers.pack.city import City
from layers.view.codecs import token
from layers.view.page_options import Datum, PointsOptions

CELL_M: Final = 500
_STREAMED: Final = (*CSV, *PARQUET)
_ANSWERS: Final = ("x", "y", "crs", "datum", *OF_A_TEXT)


def is_long(path: Path) -> bool:
    """Tell whether a path is a file that is read in parts.

    Parameters
    ----------
    path
        Any path.
    """
    kind = path.suffix.lower() in _STREAMED and path.is_file()
    return kind and path.stat().st_size > MOST_TAKEN_BYTES


def take_in_parts(path: Path, city: City, answers: Mapping[str, str]) -> Report:
    """Read a long file of points in constant memory, and account for every row.

    Parameters
    ----------
    path
        CSV or Parquet.
    city
        Where the positions should lie.
    answers
        ``x``, ``y``, ``crs`` (an EPSG code) and ``datum``; of text also how it is written.

    Returns
    -------
    Report
        As of :func:`layers.intake.take_in.take_in`; of each reason the first rows are named.

    Raises
    ------
    AtlasError
        It is refused.
    """
    _require_answers(answers)
    stat = path.stat()
    source = as_said(Source(path.name, (path,), stat.st_size, stat.st_mtime_ns), answers)
    how = decide(source, city, _options(answers))
    if how.asked is not None:
        return Report("needs_answer", found=how.found, questions=[how.asked])
    if how.columns is None:
        problem = Problem("intake.no_columns", path.name, known=how.unknown[:20])
        return Report("refused", problems=[problem])
    said = (how.is_declared, how.is_said)
    asked = FileQuestion(city, source, how.columns, CELL_M, None, *said, seen=how.seen)
    reading = read(asked, lambda *_: None, lambda: False)
    found = [*how.found, *found_later(reading)]
    return Report("read", _account(reading), asked.crs, found, problems=_problems(reading),
                  doubts=doubts(reading))  # fmt: skip


def _require_answers(answers: Mapping[str, str]) -> None:
    """Raise unless the reader of long files can do what is said."""
    told = [
        Problem("intake.answer_long", "--answer", field=key, known=_ANSWERS)
        for key in answers
        if key not in _ANSWERS
    ]
    if not told and "crs" in answers and not _code(answers["crs"]):
        told = [Problem("intake.answer_code", "--crs", field="crs", value=answers["crs"][:80])]
    if told:
        raise DataError("intake.refused", told)


def _code(text: str) -> int:
    """Return the EPSG code that a text names; 0 for none."""
    code = text.strip().upper().removeprefix("EPSG:")
    return int(code) if code.isascii() and code.isdecimal() and len(code) <= 6 else 0


def _options(answers: Mapping[str, str]) -> PointsOptions:
    x, y = (token(answers[axis]) if answers.get(axis) else "" for axis in ("x", "y"))
    datums: tuple[Datum, ...] = get_args(Datum)
    asks: Datum = "ask"
    datum = next((one for one in datums if one == answers.get("datum")), asks)
    return PointsOptions(x=x, y=y, crs=_code(answers.get("crs", "")), datum=datum)


def _account(reading: Reading) -> Account:
    binned = reading.binned
    return Account(binned.read, binned.n + binned.vague, binned.outside,
                   {why: n for why, n in binned.rejected.items() if n})  # fmt: skip


def _problems(reading: Reading) -> list[Problem]:
    named = reading.binned.apart.named.items()
    return [row_problem(why, *one) for why, some in named for one in some if why in REASONS]
