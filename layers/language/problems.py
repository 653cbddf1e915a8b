"""Word a problem in the reader's language."""

from __future__ import annotations

from geo.base.errors import AtlasError, Problem, Value
from layers.language.messages import Say, display, speaker, texts
from layers.language.reasons import reason
from layers.language.values import count, stated

LONGEST = 300
"""Characters of a value that are shown: files of others hold values of any length."""


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
