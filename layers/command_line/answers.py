"""Read what a reader answers beforehand: every answer is one that is asked, with a value it has."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pyproj.exceptions import ProjError

from geo.base.errors import CrsError, DataError, Problem
from geo.intake.datum import DATUMS
from layers.intake.diagnose import crs_of
from layers.intake.districts.join import NAMED
from layers.intake.districts.long_form import ONLY
from layers.intake.take_in import OF_POSITIONS

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "datum": (*DATUMS, "wgs84"),
    "swapped": ("repair", "keep"),
    "notation": ("decimal", "minutes"),
}
"""Answers that are one of a few words."""
FREE: Final = ("crs", "x", "y", "both", "district", "sheet", "layer", "encoding")
"""Answers whose values the file decides on."""
KEYS: Final = (*FREE, *CHOICES, "header_row", "separator")
_SIGNS: Final = ("tab", "\\t", "space")
"""Separators that a shell writes in words."""
_COLUMNS: Final[Mapping[str, str]] = {
    "x": "x", "lon": "x", "lng": "x", "east": "x", "y": "y", "lat": "y", "north": "y",
    "both": "both", "geometry": "both", "district": "district",
}  # fmt: skip


def answers_of(asked: argparse.Namespace) -> dict[str, str]:
    """Return the reader's answers, from all flags that give some.

    Parameters
    ----------
    asked
        Parsed arguments.

    Raises
    ------
    DataError
        With every answer that nobody asks for, or whose value cannot be.
    """
    answers, problems = _said(asked.answer)
    if asked.crs is not None:
        answers["crs"] = asked.crs
        if not asked.crs.strip():
            problems.append(Problem("intake.answer_blank", "--crs", field="crs"))
    problems = problems or _crs_faults(answers)
    columns = _columns(asked.columns)
    answers |= columns
    if asked.columns and not problems:
        problems += _column_faults(asked.columns, columns)
    if problems:
        raise DataError("intake.refused", problems)
    return answers


def table_answers(texts: Sequence[str]) -> dict[str, str]:
    """Return what is answered of a table by district.

    Parameters
    ----------
    texts
        Answers, ``KEY=VALUE`` each.

    Raises
    ------
    DataError
        With every answer that nobody asks for, or whose value cannot be.
    """
    answers, problems = _said(texts)
    problems += [
        Problem("export.set_idle", "--answer", field=key, analysis="district_table")
        for key in OF_POSITIONS
        if key in answers
    ]
    if problems:
        raise DataError("intake.refused", problems)
    return answers


def _said(texts: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Return answers by their keys, and what is wrong with them."""
    answers: dict[str, str] = {}
    problems: list[Problem] = []
    for text in texts:
        key, mark, value = text.partition("=")
        if not mark or not key.strip():
            problems.append(Problem("intake.answer_form", "--answer", value=text[:80]))
        answers[key.strip()] = value
    return answers, problems or list(_faults(answers))


def _crs_faults(answers: Mapping[str, str]) -> list[Problem]:
    """Return why the system that is named is none, whether or not the file has use for it."""
    try:
        if "crs" in answers:
            crs_of(answers["crs"])
    except CrsError as error:
        return list(error.problems)
    except ProjError:
        value = answers["crs"][:80]
        return [Problem("system.not_understood", "--crs", field="crs", value=value)]
    return []


def _faults(answers: Mapping[str, str]) -> Iterator[Problem]:
    for key, value in answers.items():
        where, said = "--answer", value[:80]
        if key not in KEYS and not key.startswith((NAMED, ONLY)):
            known = (*KEYS, f"{NAMED}…", f"{ONLY}…")
            yield Problem("intake.answer_unknown", where, value=key[:80], known=known)
        elif not value:
            yield Problem("intake.answer_blank", where, field=key)
        elif key in CHOICES and value not in CHOICES[key]:
            yield Problem("intake.answer_value", where, field=key, value=said, known=CHOICES[key])
        elif key == "header_row" and not re.fullmatch(r"\d{1,7}", value, re.ASCII):
            yield Problem("intake.answer_row", where, field=key, value=said)
        elif key == "separator" and len(value) > 1 and value not in _SIGNS:
            yield Problem("intake.answer_separator", where, field=key, value=said)


def _columns(said: Sequence[str]) -> dict[str, str]:
    """Return the columns that are named: ``x=NAME``, ``lon=NAME``, or names in their order."""
    found: dict[str, str] = {}
    plain = []
    for word in _words(said):
        key, mark, value = word.partition("=")
        if mark and key.strip().lower() in _COLUMNS:
            found[_COLUMNS[key.strip().lower()]] = value.strip()
        else:
            plain.append(word.strip())
    if len(plain) == 1:
        found.setdefault("both", plain[0])
    elif plain:
        found |= dict(zip(("x", "y"), plain, strict=False))
    return found


def _column_faults(said: Sequence[str], found: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with the columns that are named: half a pair, three, one twice."""
    pair = [found[axis] for axis in ("x", "y") if axis in found]
    is_whole = len(pair) == 2 and pair[0] != pair[1] and "both" not in found
    is_one = not pair and ("both" in found or "district" in found)
    words = _words(said)
    if len(words) > len(found) or not all(found.values()) or not (is_whole or is_one):
        yield Problem("intake.answer_columns", "--columns", value=" ".join(said)[:80])


def _words(said: Sequence[str]) -> list[str]:
    return [word for text in said for word in re.split(r"[,，]", text) if word.strip()]
