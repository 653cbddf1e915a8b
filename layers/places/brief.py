"""Tell a place in seven lines: what a leader asks first, who says so, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

import pandas as pd

from layers.language.messages import speaker
from layers.language.source_credits import notes
from layers.language.values import amount, cell, radius, row_of, value_word
from layers.pack.catalogue import CITY, VERIFIED
from layers.pack.city import City
from layers.store.lay_over import RECORD
from layers.view.rows import gather

Light = Literal["firm", "part", "weak"]

SURE: Final[dict[str, Light]] = {
    "verified": "firm",
    "dataset": "firm",
    "host": "firm",
    "in_area": "firm",
    "proxy": "part",
    "knowledge": "weak",
    "none": "weak",
}
"""By location class, how far a position carries."""
ASKED: Final = {"level": "level", "status": "plan_status", "lead": "lead_unit"}
"""By line, the column without which it has nothing to say."""
FIRST_HAND: Final = (".gov.cn", ".edu.cn")
"""Ends of the addresses of those who speak of their own matters."""
PLAN_TEXT: Final = "plan text"
"""How the facts name the plan itself as a source."""
NAMELESS: Final = re.compile(r"(?:repost|copy|of a press conference|not re-read|[\d-]+|[, ])+")
"""A note on how a text was read, which names nobody who published it."""


@dataclass(frozen=True)
class Line:
    """One line: its label and what it says."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class Lamp:
    """One judgement: what is judged, how it comes out, and in words why."""

    name: str
    label: str
    light: Light
    text: str


@dataclass(frozen=True)
class Brief:
    """A place in seven lines; the first is its title.

    Parameters
    ----------
    title
        Its name.
    lines
        Level, status, lead unit and district.
    lamps
        Who says so, and how sure its position is.
    open
        What is not known, in one line; empty if nothing is noted.
    """

    title: str
    lines: tuple[Line, ...]
    lamps: tuple[Lamp, Lamp]
    open: str


def brief(city: City, id_: str, lang: str) -> Brief:
    """Return a place in seven lines.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    id_
        Id of the place.
    lang
        Language of the words, ``zh`` or ``en``.

    Raises
    ------
    KeyError
        The city has no such place.
    """
    say, row = speaker(lang), row_of(gather(city, lang).frame, id_)
    lines = {
        "level": _level(row, lang),
        "status": _status(row, lang),
        "lead": cell(row, "lead_unit", lang) or say("card.unknown"),
    }
    if city.layers[cell(row, "kind", lang)].spec.group != "plan":  # context is not asked these
        lines = {name: text for name, text in lines.items() if cell(row, ASKED[name], lang)}
    lines["district"] = _district(row, lang)
    return Brief(
        title=cell(row, "name", lang),
        lines=tuple(Line(name, say(f"brief.{name}"), text) for name, text in lines.items()),
        lamps=(_said(city, row, lang), _sure(row, lang)),
        open=say("card.semicolon").join(_parts(cell(row, "unknown", lang))),
    )


def _parts(text: str) -> Iterator[str]:
    yield from (part.strip() for part in re.split("[;；]", text) if part.strip())


def _level(row: pd.Series, lang: str) -> str:
    """Return the level, whether it is held or sought, and by whom and when it was approved."""
    say = speaker(lang)
    level = cell(row, "level", lang)
    if level in ("", "unknown"):
        return say("brief.no_level")
    basis = cell(row, "level_basis", lang)
    parts = [
        value_word("level", level, lang),
        value_word("level_basis", basis, lang) if basis else "",
    ]
    by, on = cell(row, "approved_by", lang), cell(row, "approved_on", lang)
    parts += [say("brief.approved", by=by, on=on) if by and on else by or on]
    return say("brief.dot").join(part for part in parts if part)


def _status(row: pd.Series, lang: str) -> str:
    """Return what it was when the plan was issued, and what it is now, as of when."""
    say = speaker(lang)
    then, now = (cell(row, name, lang) for name in ("plan_status", "current_status"))
    as_of = cell(row, "current_status_as_of", lang)
    said = value_word("current_status", now, lang) if now else say("card.unknown")
    if as_of:
        said = say("table.noted", text=said, note=as_of)
    was = value_word("plan_status", then, lang) if then else say("table.not_in_plan")
    return say("brief.then_now", then=was, now=said)


def _district(row: pd.Series, lang: str) -> str:
    """Return the district; that it is run from one and stands in another is told apart."""
    say = speaker(lang)
    if cell(row, "title_of", lang) == CITY:
        return say("list.city")
    host, site = cell(row, "host_name", lang), cell(row, "site_name", lang)
    if host and site and host != site:
        return say("brief.two_districts", host=host, site=site)
    if site and not host:
        return say("brief.stands", site=site)
    return host or say("list.nowhere")


def _said(city: City, row: pd.Series, lang: str) -> Lamp:
    """Judge who says so: those whose matter it is, the plan's translation, or who repeats it."""
    say = speaker(lang)
    text = cell(row, "current_status_source", lang) or cell(row, "evidence_source", lang)
    when = cell(row, "current_status_as_of", lang) or cell(row, "as_of", lang)
    address, note = next(iter(notes(text)), ("", ""))
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    light: Light = "weak"
    if not text:
        said = say("brief.no_source")
    elif note == PLAN_TEXT:
        light = "part"
        said = say("brief.plan_translated" if city.plan.text.of(lang) else "brief.plan")
    elif note.startswith(RECORD):
        light, said = "part", value_word("location_class", VERIFIED, lang)
    elif host.endswith(FIRST_HAND) and not note:
        light, said = "firm", say("brief.first_hand", who=host)
    else:
        own = city.attributions[note].of(lang) if note in city.attributions else note
        who = "" if NAMELESS.fullmatch(note) else re.split("[：:]", own)[0]
        said = say("brief.repeated", who=who) if who else say("brief.repost")
    told = say("brief.dated", said=said, when=when) if when else said
    return Lamp("said", say("brief.said"), light, told)


def _sure(row: pd.Series, lang: str) -> Lamp:
    """Judge how sure the position is: its class and radius; a title of an area needs none."""
    say = speaker(lang)
    if cell(row, "title_of", lang):
        return Lamp("sure", say("brief.sure"), "firm", say("card.title"))
    known, metres = cell(row, "location_class", lang), amount(row.get("uncertainty_m"))
    words = value_word("location_class", known, lang)
    if known != "none" and metres is not None:
        words = say("brief.within", found=words, radius=radius(metres, lang))
    return Lamp("sure", say("brief.sure"), SURE[known], words)
