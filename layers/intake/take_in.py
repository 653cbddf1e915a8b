"""Take in a file: open it, diagnose it, and read it, or say what must be answered first."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from geo.base.errors import AtlasError, Problem
from layers.intake.certainty import certainty
from layers.intake.diagnose import Diagnosis, diagnose
from layers.intake.districts.join import Join, join, upright
from layers.intake.formats.open_file import Parts, open_parts, open_path, open_tables
from layers.intake.formats.table import AskError, Observation, Table
from layers.intake.precision import Classes, counts, elsewhere, precision, told
from layers.intake.read import OUTSIDE, USED, Reading, read
from layers.intake.report import Account, Report, crs_names
from layers.pack.city import City

OF_POSITIONS: Final = ("crs", "datum", "y", "both", "swapped", "notation")
"""Answers that decide nothing of a table by district."""
INVERSE_VARIABLE: Final = "ATLAS_GCJ02_INVERSE"
"""Names in the environment whether positions in GCJ-02 and BD-09 may be set back ("yes")."""
Given = Parts | tuple[str, bytes]
"""Files that belong together, or name and bytes of one."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class TakenIn:
    """A file after it was taken in.

    Parameters
    ----------
    report
        What became of it.
    tables
        As they were opened; empty where that failed.
    diagnosis, reading
        Of points; None where it did not come to that.
    joined
        Of a table by district.
    classes
        How finely each row's position is known, see :func:`layers.intake.precision.precision`.
    """

    report: Report
    tables: Sequence[Table] = ()
    diagnosis: Diagnosis | None = None
    reading: Reading | None = None
    joined: Join | None = None
    classes: Classes | None = None


def may_set_back() -> bool:
    """Tell whether the server's owner lets positions in GCJ-02 and BD-09 be set back."""
    return os.environ.get(INVERSE_VARIABLE, "").lower() in ("yes", "1", "true")


def take_in(
    source: Path | Given,
    city: City,
    answers: Mapping[str, str],
    *,
    kind: str = "points",
    inverse: bool = False,
) -> TakenIn:
    """Take in a file or folder of points, or a table by district.

    Parameters
    ----------
    source
        A path, files that belong together, or name and bytes of a file.
    city
        Where the positions should lie.
    answers
        What the reader has said: ``crs``, ``datum``, ``x``, ``y``, ``both``, ``district``,
        ``sheet``, ``layer``, ``header_row``, ``separator``, ``encoding``, ``swapped``; of a table
        by district also ``district:NAME``.
    kind
        ``points`` or ``districts``.
    inverse
        See :func:`layers.intake.read.read`.

    Returns
    -------
    TakenIn
        Never raises for what a file holds: what nobody foresaw is logged, and told with a number.
    """
    where = source.name if isinstance(source, Path) else source[0]
    tables: Sequence[Table] = ()
    try:
        tables = _opened(source, answers)
        if kind == "districts":
            return _districts(tables, city, answers)
        return _points(tables, city, answers, inverse=inverse)
    except AskError as error:
        return TakenIn(Report("needs_answer", _waiting(tables, "not_answered"),
                              questions=error.questions), tables)  # fmt: skip
    except AtlasError as error:
        return TakenIn(refusal(error.problems, tables), tables)
    except MemoryError:
        return TakenIn(refusal([Problem("point_file.memory", where)], tables), tables)
    except Exception:  # a file of others can fail in any way, and fails alone
        return TakenIn(unforeseen(where, tables), tables)


def unforeseen(where: str, tables: Sequence[Table] = ()) -> Report:
    """Log the error that is being handled, and return the report that tells its number.

    Parameters
    ----------
    where
        Name of the file.
    tables
        What had been opened.
    """
    number = secrets.token_hex(3).upper()
    _log.exception("unforeseen error %s while taking in %s", number, where)
    return refusal([Problem("intake.unforeseen", where, number=number)], tables)


def _opened(source: Path | Given, answers: Mapping[str, str]) -> Sequence[Table]:
    if isinstance(source, Path):
        return open_path(source, answers)
    if isinstance(source, Parts):
        return open_parts(source, answers)
    return open_tables(source[1], source[0], answers)


def _waiting(tables: Sequence[Table], why: str) -> Account:
    """Return the account of rows of which none is read yet."""
    rows = sum(table.rows for table in tables)
    return Account(rows, not_used={why: rows} if rows else {})


def refusal(problems: Sequence[Problem], tables: Sequence[Table] = ()) -> Report:
    """Return the report of a file that is refused.

    Parameters
    ----------
    problems
        Why.
    tables
        What had been opened; none of their rows is used.
    """
    return Report("refused", _waiting(tables, "refused"), problems=problems)


def _points(
    tables: Sequence[Table], city: City, answers: Mapping[str, str], *, inverse: bool
) -> TakenIn:
    diagnosis = diagnose(tables, city, answers)
    systems = crs_names([one.crs for one in diagnosis.placements])
    if diagnosis.problems:
        report = Report("refused", _waiting(tables, "refused"), systems, diagnosis.found,
                        problems=diagnosis.problems)  # fmt: skip
        return TakenIn(report, tables, diagnosis)
    if diagnosis.questions:
        report = Report("needs_answer", _waiting(tables, "not_answered"), systems,
                        diagnosis.found, diagnosis.questions)  # fmt: skip
        return TakenIn(report, tables, diagnosis)
    reading = read(diagnosis, city, answers, inverse=inverse)
    if _is_no_table(reading):
        problem = Problem("intake.no_table", tables[0].where, n=reading.not_used["torn"])
        return TakenIn(refusal([problem], tables), tables, diagnosis)
    account = Account(reading.read, reading.used, reading.outside, reading.not_used)
    classes = precision(reading, diagnosis.placements, city)
    paragraph = told(classes)
    beside = elsewhere(reading, diagnosis.placements, classes, city)
    found = [*diagnosis.found, *(one for one in (beside, paragraph) if one)]
    estimated = certainty(tables, reading, status=(USED, OUTSIDE)).estimated
    report = Report("read", account, systems, found, problems=reading.problems(),
                    doubts=reading.doubts, classes=counts(classes),
                    estimated=estimated)  # fmt: skip
    return TakenIn(report, tables, diagnosis, reading, classes=classes)


def _is_no_table(reading: Reading) -> bool:
    """Tell whether what was read is a text with commas, such as a program: most rows are torn."""
    nowhere = not reading.used and not reading.outside
    return nowhere and reading.not_used.get("torn", 0) > reading.read / 2


def _idle(answers: Mapping[str, str]) -> Iterator[Observation]:
    """Yield which answers say something of positions, which a table by district has none of."""
    if said := tuple(f"{key}={answers[key]}" for key in OF_POSITIONS if answers.get(key)):
        yield Observation("answers_idle", values={"value": said})


def _districts(tables: Sequence[Table], city: City, answers: Mapping[str, str]) -> TakenIn:
    if len(tables) > 1:
        problem = Problem("intake.one_table", tables[0].where, n=len(tables))
        return TakenIn(refusal([problem], tables), tables)
    table = upright(tables[0], city)
    joined = join(table, city, answers.get("district", "") or answers.get("x", ""), answers)
    status = joined.status.tolist()
    reasons = [one for one in dict.fromkeys(status) if one not in ("used", "outside")]
    account = Account(len(status), status.count("used"), status.count("outside"),
                      {one: status.count(one) for one in reasons})  # fmt: skip
    opened = [replace(one, key="columns_numbered") if one.key == "columns_twice" else one
              for one in table.found]  # fmt: skip
    found = (*opened, *joined.found, *_idle(answers))
    report = Report("read", account, None, found, joined.questions, joined.problems)
    return TakenIn(report, [table], joined=joined)
