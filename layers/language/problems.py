"""Word a problem in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from geo.base.errors import AtlasError, Problem, Value
from layers.language.messages import Say, display, speaker, texts
from layers.language.reasons import reason
from layers.language.values import count, stated

LONGEST = 300
"""Characters of a value that are shown: files of others hold values of any length."""
MOST_ALONE: Final = 3
"""Rows of which the same is to be said that each have a line of their own."""
MOST_SPANS: Final = 20
"""Numbers of rows in one line."""


def worded(problem: Problem, lang: str) -> str:
    """Return in one line where something is wrong, what it is, and how to mend it.

    Parameters
    ----------
    problem
        What was found. Its values may come from a stranger's file: characters that would hide or
        reorder what stands around them are written out. The line is text, not HTML or Markdown.
    lang
        Language of the words, ``zh`` or ``en``.

    Notes
    -----
    What is wrong is ``problem.<key>.what``. How to mend it is ``problem.<key>.remedy``, or what
    all faults of a group have in common: of ``point_file.empty`` that is
    ``problem.point_file.remedy``.

    Raises
    ------
    KeyError
        The key has no sentence, or the sentence names a value that the problem does not have.

    Examples
    --------
    >>> print(worded(Problem("column.unknown", "points.csv", field="colour"), "en"))
    points.csv · colour: the column is not known. Remove it.
    """
    say, sentences = speaker(lang), texts(lang)
    values = {name: _shown(value, say) for name, value in problem.values.items()}
    if "reason" in values:
        values["reason"] = reason(values["reason"], say)
    stem = f"problem.{problem.key}"
    said = {"place": _place(problem, lang), "what": say(f"{stem}.what", **values)}
    for remedy in (f"{stem}.remedy", f"{stem.rpartition('.')[0]}.remedy"):
        if remedy in sentences:
            return say("problem_line.remedied", **said, remedy=say(remedy, **values))
    return say("problem_line.plain", **said)


def worded_together(problems: Iterable[Problem], lang: str) -> Iterator[str]:
    """Yield problems in lines; rows of which the same is to be said share one.

    Parameters
    ----------
    problems
        What was found.
    lang
        Language of the words.
    """
    say = speaker(lang)
    alike: dict[str, list[Problem]] = {}
    for one in problems:
        alike.setdefault(worded(replace(one, row=""), lang), []).append(one)
    for some in alike.values():
        numbers = [int(one.row[1:]) for one in some if re.fullmatch(r"#\d+", one.row, re.ASCII)]
        if len(some) <= MOST_ALONE or len(numbers) < len(some):
            yield from (worded(one, lang) for one in some)
            continue
        spans = _spans(sorted(numbers))
        for first in range(0, len(spans), MOST_SPANS):
            told = say("view.comma").join(spans[first : first + MOST_SPANS])
            yield worded(replace(some[0], row=say("problem_line.row", number=told)), lang)


def _spans(numbers: Sequence[int]) -> list[str]:
    """Return ascending numbers as texts, those that follow each other as one."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number - found[-1][-1] == 1:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number])
    return ["–".join(map(str, span)) for span in found]


def lines(error: AtlasError, lang: str) -> str:
    """Return every problem of an error, each in a line.

    Parameters
    ----------
    error
        What refused the input.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        In the order of the problems, each worded by :func:`worded`; empty if it has none.
    """
    return "\n".join(worded(problem, lang) for problem in error.problems)


def _place(problem: Problem, lang: str) -> str:
    """Return where a problem lies; an argument by its name in words, a row by its number."""
    say, name = speaker(lang), f"argument.{problem.where}"
    where = say(name) if name in texts(lang) else display(problem.where, longest=LONGEST)
    field = display(problem.field, longest=LONGEST)
    return " · ".join(part for part in (where, _row(problem.row, say), field) if part)


def _row(row: str, say: Say) -> str:
    for start, key in (("#", "problem_line.row"), ("row group ", "problem_line.group")):
        number, _, name = row.removeprefix(start).partition(" ")
        if row.startswith(start) and number.isdecimal():
            called = display(name, longest=LONGEST)
            return " ".join(filter(None, [say(key, number=number), called]))
    return display(row, longest=LONGEST)


def _shown(value: Value, say: Say) -> str:
    if isinstance(value, tuple):
        return say("view.comma").join(_shown(one, say) for one in value)
    if type(value) is int:
        return count(value)
    if isinstance(value, float):
        return stated(value)
    return display(" ".join(str(value).splitlines()), longest=LONGEST)
