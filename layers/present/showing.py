"""Draw the map of a scene once, for slides, paper and file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from layers.language.messages import display, speaker
from layers.pack.city import NOTICES
from layers.present.picture import picture
from layers.present.static_map import Heading, Paper, StaticMap, static_map
from layers.present.telling import Told
from layers.view.state import Filters, ViewState

PART: Final = Paper(226, 118)
"""The part of a slide that its map fills, millimetres."""
DPI: Final = 220


@dataclass(frozen=True, eq=False)
class Shown:
    """A scene with its map, which is drawn when it is first asked for.

    Parameters
    ----------
    told
        The scene in words and numbers.
    """

    told: Told

    @cached_property
    def map(self) -> StaticMap:
        """The map without a heading, as it stands on a slide."""
        return self.drawn(PART)

    @cached_property
    def png(self) -> bytes:
        """The same as pixels."""
        return self.map.png(DPI)

    def sheet(self, paper: Paper) -> StaticMap:
        """Draw the map with title, sentence, doubt, legend and sources.

        Parameters
        ----------
        paper
            Size of the sheet.
        """
        told = self.told
        return self.drawn(paper, Heading(told.title, told.sentence, told.doubt))

    def drawn(self, paper: Paper, heading: Heading | None = None) -> StaticMap:
        """Draw the map on a sheet of its own.

        Parameters
        ----------
        paper
            Its size.
        heading
            What stands above it, with legend and sources below; None for the map alone.
        """
        told = self.told
        return static_map(
            told.city,
            _drawn(told),
            told.state.lang,
            paper,
            heading=heading,
            drawing=told.drawing,
            legend=told.legend if told.drawing and not told.drawing.subject else (),
            focus=told.focus or None,
        )


def _drawn(told: Told) -> ViewState:
    """Return what the map shows: a page on which filters or switches do not act shows all."""
    if told.scene.page == "coverage":
        return picture(told).view.state
    if told.scene.page == "district":
        return replace(told.state, period="now", later=True, filters=Filters())
    return told.state


def plain(text: str, *, longest: int = 600) -> str:
    """Return a text on one line, every character of which shows as itself.

    Parameters
    ----------
    text
        Of the data or of the interface.
    longest
        Characters that are kept.
    """
    return display(" ".join(text[: 2 * longest].split()), longest=longest)


def notices(told: Told) -> str:
    """Return what every map must say of itself, on one line.

    Parameters
    ----------
    told
        A scene of the city.
    """
    said, lang = told.city.notices, told.state.lang
    return " · ".join(plain(said[name].of(lang)) for name in reversed(NOTICES) if name in said)


def origin(told: Told) -> str:
    """Return plan, period and dates of a scene, and what narrows its rows, on one line.

    Parameters
    ----------
    told
        The scene.
    """
    say = speaker(told.state.lang)
    filtered = [say("present.filtered", words=told.filtered)] if told.filtered else []
    return " · ".join(plain(text) for text in (*filtered, told.dated))


def numbered(found: StaticMap, lang: str) -> str:
    """Return the names of the places that have but a number on the map, on one line.

    Parameters
    ----------
    found
        The map.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    names: Iterable[str] = (f"{number} {plain(name)}" for number, name in found.numbered)
    say = speaker(lang)
    return say("present.numbered", names=say("present.comma").join(names)) if found.numbered else ""
