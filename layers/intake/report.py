"""Say what became of a file: as JSON for a program, as sentences for a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from geo.base.bridge import name_of
from geo.base.errors import Problem, Value
from layers.intake.formats.table import Observation, Question
from layers.intake.precision import QUIET
from layers.language.messages import LANGS, Say, display, speaker, texts
from layers.language.problems import LONGEST, worded
from layers.language.values import count, paragraph, stated

DATUM_NAMES: Mapping[str, str] = {"gcj02": "GCJ-02", "bd09": "BD-09", "wgs84": "WGS 84"}
STATUS = ("read", "refused", "needs_answer")
NAMED_SYSTEMS = ("4326", "4490", "4548", "4527", "3857", "32650")
"""EPSG codes of the systems that people here call by a name."""
_SYSTEM: Final = re.compile(r"EPSG:(\d+)( (CGCS2000|WGS 84|China Geodetic)\b.*)?")
"""A system by its code, as it is or with its name in the register."""
_NO_FAULTS = ("value", "odd", *QUIET)
"""What a paragraph on positions counts besides what is odd of them."""
MOST_CLASSES = 5
"""Kinds of odd positions that are named in one breath, the gravest."""
EXIT: Mapping[str, int] = {"read": 0, "refused": 2, "needs_answer": 3}


@dataclass(frozen=True)
class Account:
    """How many rows ended where; ``read == used + outside + sum(not_used.values())``."""

    read: int = 0
    used: int = 0
    outside: int = 0
    not_used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What became of a file.

    Parameters
    ----------
    status
        ``read``, ``refused`` or ``needs_answer``.
    rows
        The account of its rows.
    crs
        The systems of its positions, as people call them; None where that is not known.
    found, questions, problems
        What was found, what is asked, what is wrong.
    classes
        How many positions have each class, see :mod:`layers.intake.precision`; None where that was
        not looked at row by row.
    doubts
        Of how many positions the doubt is known, and of how many not; None where none was read.
    estimated
        Of how many it is known by an estimate alone: from rounding, or from the datum.
    """

    status: str
    rows: Account = field(default_factory=Account)
    crs: str | None = None
    found: Sequence[Observation] = ()
    questions: Sequence[Question] = ()
    problems: Sequence[Problem] = ()
    classes: Mapping[str, int] | None = None
    doubts: tuple[int, int] | None = None
    estimated: int = 0

    @property
    def code(self) -> int:
        """Status of the process: 0 read, 2 refused, 3 needs an answer."""
        return EXIT[self.status]


def crs_names(systems: Sequence[str]) -> str | None:
    """Return the systems of the parts of a file in one line; None for none.

    Parameters
    ----------
    systems
        Texts by :func:`geo.base.bridge.canonical`.
    """
    names = dict.fromkeys(name_of(one)[:200] for one in systems if one)
    return ", ".join(names) or None


def to_json(report: Report) -> dict[str, Any]:
    """Return a report as the JSON that ``--json`` prints.

    Parameters
    ----------
    report
        What became of the file.
    """
    rows = report.rows
    account = {"read": rows.read, "used": rows.used, "outside": rows.outside}
    return {
        "status": report.status,
        "rows": {**account, "not_used": dict(rows.not_used)},
        "crs": report.crs,
        "doubt": _doubt(report),
        "classes": None if report.classes is None else dict(report.classes),
        "findings": [_finding(one) for one in report.found],
        "questions": [_question(one) for one in report.questions],
        "problems": [_problem(one) for one in report.problems],
    }


def _doubt(report: Report) -> dict[str, int] | None:
    if report.doubts is None:
        return None
    known, unknown = report.doubts
    return {"known": known, "estimated": report.estimated, "unknown": unknown}


def _finding(one: Observation) -> dict[str, Any]:
    words = {f"text_{lang}": sentence(one, lang) for lang in LANGS}
    return {"key": one.key, "value": one.values.get("value"), "sure": one.sure, **words}


def _question(one: Question) -> dict[str, Any]:
    options = [
        {"value": option.value, **_texts(option.key, option.values)} for option in one.options
    ]
    proposed = one.options[0].value if one.options else None
    return {"key": one.key, "proposed": proposed, "options": options, **_asked(one)}


def _asked(one: Question) -> dict[str, str]:
    return {f"text_{lang}": ask(one, lang) for lang in LANGS}


def _problem(one: Problem) -> dict[str, Any]:
    value = one.values.get("value", next(iter(one.values.values()), ""))
    words = {f"text_{lang}": worded(one, lang) for lang in LANGS}
    return {"key": one.key, "where": one.where, "row": one.row, "field": one.field,
            "value": value, "remedy": remedy(one, "en"), **words}  # fmt: skip


def remedy(problem: Problem, lang: str) -> str:
    """Return how to mend a problem; empty where its sentence says all there is.

    Parameters
    ----------
    problem
        What is wrong.
    lang
        Language of the words.
    """
    stem = f"problem.{problem.key}"
    known = texts(lang)
    for key in (f"{stem}.remedy", f"{stem.rpartition('.')[0]}.remedy"):
        if key in known:
            return speaker(lang)(key, **_shown(problem.values, lang))
    return ""


def sentence(one: Observation, lang: str) -> str:
    """Return an observation in words.

    Parameters
    ----------
    one
        What was found.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if one.key == "doubt_stated" and one.values["low"] == one.values["high"]:
        return say("intake.found.doubt_stated_even", **_shown(one.values, lang))
    if one.key == "doubt_unusable":
        why = {name: n for name, n in one.values.items() if name != "value"}
        parts = [say(f"intake.doubt.{name}", n=n) for name, n in why.items()]
        return say("intake.found.doubt_unusable", value=one.values["value"],
                   parts=say("view.comma").join(parts))  # fmt: skip
    if one.key == "precision":
        return _positions(one, lang)
    return say(f"intake.found.{one.key}", **_shown(one.values, lang))


def _positions(one: Observation, lang: str) -> str:
    """Return how finely the positions are known: what needs a look, then the rounding."""
    say = speaker(lang)
    # Only what there is: eleven counts, most of them 0, are read by nobody.
    numbers = {name: n for name, n in one.values.items() if isinstance(n, int)}
    there = {name: n for name, n in numbers.items() if n and name not in _NO_FAULTS}
    parts = [
        say("intake.found.class_part", n=count(n), words=say(f"intake.class.{name}"))
        for name, n in list(there.items())[:MOST_CLASSES]
    ]
    if len(there) > MOST_CLASSES:
        parts.append(say("intake.found.class_rest", n=len(there) - MOST_CLASSES))
    value, odd, rounded = (numbers[name] for name in ("value", "odd", "rounded_100m"))
    told = []
    if odd:
        overlap = say("intake.found.class_overlap") if sum(there.values()) > odd else ""
        key = "intake.found.precision" if odd < value else "intake.found.precision_all"
        told.append(say(key, value=count(value), odd=count(odd), plain=count(value - odd),
                        parts=say("view.comma").join(parts), overlap=overlap))  # fmt: skip
    if rounded:
        key = "precision_rounded" if rounded < value else "precision_rounded_all"
        told.append(say(f"intake.found.{key}", n=count(rounded)))
    return paragraph(told, lang)


def ask(one: Question, lang: str) -> str:
    """Return a question in words.

    Parameters
    ----------
    one
        What is asked.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    variant = str(one.values.get("variant", one.key))
    return speaker(lang)(f"intake.ask.{variant}", **_shown(one.values, lang))


def _texts(key: str, values: Mapping[str, Value]) -> dict[str, str]:
    return {f"text_{lang}": speaker(lang)(key, **_shown(values, lang)) for lang in LANGS}


def _shown(values: Mapping[str, Value], lang: str) -> dict[str, object]:
    """Return values as text that hides nothing; lists with the language's own comma.

    What has a name in each language is called by that of the reader's.
    """
    say = speaker(lang)
    return {name.removesuffix(f"_{lang}"): _one(value, say) for name, value in values.items()}


def system_words(text: str, say: Say) -> str:
    """Return a system as people call it, with its code; any other text as it is.

    Parameters
    ----------
    text
        Such as ``EPSG:4548``.
    say
        Speaker of the language.
    """
    named = _SYSTEM.fullmatch(text)
    if named is None or named[1] not in NAMED_SYSTEMS:
        return text
    return say(f"intake.system.{named[1]}")


def _one(value: Value, say: Say) -> object:
    if isinstance(value, tuple):
        return say("view.comma").join(display(str(part), longest=60) for part in value)
    if isinstance(value, bool) or type(value) is int:
        return count(value)
    if isinstance(value, float):
        return stated(value)
    named = DATUM_NAMES.get(str(value)) or system_words(str(value), say)
    return display(" ".join(named.splitlines()), longest=LONGEST)
