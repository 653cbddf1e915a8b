"""Cite the plan as a planner does: by chapter and section, never by lines of a translation."""

from __future__ import annotations

import pandas as pd

from layers.language.messages import speaker
from layers.language.values import amount, cell
from layers.pack.city import City

_DIGITS = "〇一二三四五六七八九"


def ordinal(number: int, lang: str) -> str:
    """Return the number of a chapter or a section as the language writes it.

    Parameters
    ----------
    number
        From 1 to 99.
    lang
        Language of the words, ``zh`` or ``en``.

    Examples
    --------
    >>> [ordinal(n, "zh") for n in (3, 10, 12, 20, 31)]
    ['三', '十', '十二', '二十', '三十一']
    >>> ordinal(12, "en")
    '12'
    """
    if lang != "zh":
        return str(number)
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return lead + (_DIGITS[ones] if ones or not tens else "")


def cited(city: City, clause: pd.Series, lang: str) -> str:
    """Return where a task stands in the plan, and whether only a translation was read.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    clause
        Row of the task; see ``layers.pack.table_schemas.CLAUSES``.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Such as 规划第三章第一节（据译文，待核原文）; where the pack gives no chapter, the path of
        the task. A pack that names no other text has read the plan itself: then there is no mark.
    """
    place = section_of(clause, lang)
    if amount(clause.get("chapter")) is None or not city.plan.text.of(lang):
        return place
    return speaker(lang)("card.translated", cited=place)


def section_of(clause: pd.Series, lang: str) -> str:
    """Return where a task stands in the plan, for a table that says of all what was read.

    Parameters
    ----------
    clause
        Row of the task; see ``layers.pack.table_schemas.CLAUSES``.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Such as 规划第三章第一节; where the pack gives no chapter, the path of the task.
    """
    say = speaker(lang)
    chapter, section = (amount(clause.get(name)) for name in ("chapter", "section"))
    if chapter is None:
        return cell(clause, "path", lang)
    first = ordinal(round(chapter), lang)
    if section is None:
        return say("card.chapter", chapter=first)
    return say("card.section", chapter=first, section=ordinal(round(section), lang))


def cited_at(city: City, line: int, lang: str) -> str:
    """Return where a line of the text that was read stands in the plan.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    line
        Number of the line.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        As :func:`cited`, by the shortest task that holds the line; empty where none does.
    """
    tasks = city.plan.clauses
    holding = tasks[((tasks["line_from"] <= line) & (line <= tasks["line_to"])).to_numpy(bool)]
    if not len(holding):
        return ""
    length = (holding["line_to"] - holding["line_from"]).to_numpy()
    return cited(city, holding.iloc[int(length.argmin())], lang)
