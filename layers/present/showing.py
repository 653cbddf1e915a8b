"""Draw the map of a scene once, for slides, paper and file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from matplotlib.image import imread, imsave

from layers.handover.live_link import link_of_state
from layers.language.messages import display, speaker
from layers.map.plate import Sign
from layers.pack.city import NOTICES
from layers.places.dating import plan_years
from layers.present.picture import picture
from layers.present.static_map import Heading, Paper, StaticMap, static_map
from layers.present.telling import Told
from layers.view.state import Filters, ViewState

PART: Final = Paper(226, 118)
"""The part of a slide that its map fills, millimetres."""
GAP_MM: Final = 2.0
HALF: Final = Paper((PART.width_mm - GAP_MM) / 2, PART.height_mm)
"""What each of two views has of it."""
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
    def second(self) -> Shown | None:
        """The view at its right; None for one view."""
        return None if self.told.beside is None else Shown(self.told.beside)

    @cached_property
    def map(self) -> StaticMap:
        """The map without a heading, as it stands on a slide; of two views the legend of both."""
        if self.second is None:
            return self.drawn(PART)
        left, right = self.halves
        return replace(
            left,
            alt=f"{left.alt} {right.alt}",
            numbered=tuple(dict.fromkeys((*left.numbered, *right.numbered))),
            signs=tuple(_signs_of_both(left.signs, right.signs, self.told.state.lang)),
            remarks=tuple(dict.fromkeys((*left.remarks, *right.remarks))),
        )

    @cached_property
    def halves(self) -> tuple[StaticMap, ...]:
        """The maps of two views, of one size and one scale; none where there is one view."""
        return () if self.second is None else (self.drawn(HALF), self.second.drawn(HALF))

    @cached_property
    def png(self) -> bytes:
        """The same as pixels."""
        if not self.halves:
            return self.map.png(DPI)
        return side_by_side([each.png(DPI) for each in self.halves], round(GAP_MM / 25.4 * DPI))

    def sheet(self, paper: Paper) -> StaticMap:
        """Draw the map with title, sentence, doubt, legend and sources.

        Parameters
        ----------
        paper
            Size of the sheet.
        """
        told = self.told
        link = link_of_state(told.city, told.state, told.scene.page)
        # Layers that a scene picks out, or that stand under a reader's own points, are no filter.
        said = (_titled(told), told.sentence, told.doubt)
        heading = Heading(*said, narrowed=told.filtered, link=link, source=told.source)
        return self.drawn(paper, heading)

    def sheets(self, paper: Paper) -> list[StaticMap]:
        """Draw each view on a sheet of its own: two are of one size and one scale.

        Parameters
        ----------
        paper
            Size of the sheets.
        """
        return [self.sheet(paper), *(self.second.sheets(paper) if self.second else ())]

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
        own = told.scene.page == "density"  # over the reader's own points parks are the subject
        return static_map(
            told.city,
            _drawn(told),
            told.state.lang,
            paper,
            heading=heading,
            drawing=told.drawing,
            legend=told.legend if told.drawing and (own or not told.drawing.subject) else (),
            focus=told.focus or told.keep or told.bounds,
            insets=told.scene.insets,
        )


def _titled(told: Told) -> str:
    """Return the title on a sheet: that of the layout map names the years of the plan."""
    lang = told.state.lang
    if told.scene.page != "explore" or told.filtered or told.state.period != "now":
        return told.title
    years = plan_years(told.city, lang)
    return speaker(lang)("frame.year", title=told.title, year=years)


def _signs_of_both(left: Sequence[Sign], right: Sequence[Sign], lang: str) -> Iterator[Sign]:
    """Yield what two maps explain alike, then what each explains alone, under its name."""
    yield from (sign for sign in left if sign in right)
    for own, other, side in ((left, right, "left"), (right, left, "right")):
        alone = [sign for sign in own if sign not in other]
        if alone:
            yield "", speaker(lang)(f"present.{side}_map")
            yield from alone


def side_by_side(pictures: Sequence[bytes], gap: int) -> bytes:
    """Return pictures of one height as one, the first at the left.

    Parameters
    ----------
    pictures
        PNG.
    gap
        White between two of them, pixels.
    """
    parts = [imread(io.BytesIO(each))[..., :3] for each in pictures]
    white = np.ones((len(parts[0]), gap, 3))
    spaced = [piece for part in parts for piece in (part, white)][:-1]
    target = io.BytesIO()
    imsave(target, np.hstack(spaced), format="png", metadata={"Software": ""})
    return target.getvalue()


def _drawn(told: Told) -> ViewState:
    """Return what the map shows: a page on which filters or switches do not act shows all."""
    if told.scene.page in ("coverage", "plan"):
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
