"""Put a map together: what is shown, where it stands, what it is called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import shapely

from layers.language.messages import display, speaker
from layers.map.insets import of_one_class
from layers.map.overlay import Drawing
from layers.map.plate import HATCH, TITLE, Plate, Sign, belt, plate
from layers.pack.catalogue import OUTSIDE
from layers.pack.city import City, Inset
from layers.present.static_map.analysis import (
    dots_of,
    draw_analysis,
    draw_handles,
    spots,
)
from layers.present.static_map.furniture import (
    MARGIN,
    Bar,
    caption,
    crs_words,
    draw_scale,
    foot,
    footer,
    footer_mm,
    footer_rows,
    heading,
    north,
    scale_box,
)
from layers.present.static_map.ground import (
    ACCENT,
    Tints,
    draw_belt,
    draw_ground,
    draw_lines,
    plane_of,
    tints,
)
from layers.present.static_map.ink.boxes import Box, Room, Spot, along, around
from layers.present.static_map.ink.paper import Heading, Paper
from layers.present.static_map.ink.sheet import WHITE, Sheet
from layers.present.static_map.ink.type import drawable, height_mm, width_mm
from layers.present.static_map.legend import LIST_PT, Panel, fill, group_of
from layers.present.static_map.marks import (
    DOT_MM,
    LOCATOR,
    QUIET,
    Arrangement,
    Place,
    arrange,
    dots,
    draw_marks,
    places_of,
    shared,
    still,
    taken,
)
from layers.present.static_map.names import BADGE, BADGE_PAD, Label, Writing, base_lines
from layers.present.static_map.naming import (
    Asked,
    labels,
    name_districts,
    name_outside,
    name_parts,
    name_places,
    name_water,
)
from layers.present.static_map.window import GAP, Bounds, Window, Windows, windows
from layers.view.filtered import in_words
from layers.view.rows import View, only, rows_in_view
from layers.view.state import ViewState
from layers.view.vague import is_vague

EDGE_MM = 1.2
DOT = (
    f'<svg width="20" height="20"><circle cx="10" cy="10" r="{DOT_MM * 4:g}" fill="{QUIET}"/></svg>'
)
"""Sign of a place that is shown elsewhere."""
INSET, MARKS, NAMES = 100.0, 20.0, 40.0
"""Order of the windows beside the map; in each, of its marks and names."""

CROWDED: Final = 3
"""Places from which on a part of the city is shown larger beside it."""


@dataclass(frozen=True)
class Order:
    """What is asked for: the arguments of ``static_map``."""

    city: City
    state: ViewState
    lang: str
    paper: Paper
    heading: Heading | None
    drawing: Drawing | None
    legend: Sequence[Sign]
    focus: str | None
    keep: frozenset[str] | None = None
    bounds: Bounds | None = None
    chosen: Collection[str] | None = None

    @cached_property
    def seen(self) -> View:
        """All that the state shows, or the places of it that are kept."""
        found = rows_in_view(self.city, replace(self.state, lang=self.lang, present=True))  # type: ignore[arg-type]
        return found if self.keep is None else only(found, self.keep)

    @cached_property
    def view(self) -> View:
        """What the map is about: of one district, if it has the focus."""
        if self.focus is None:
            return self.seen
        chosen = replace(self.seen.state.filters, district=frozenset({self.focus}))
        return rows_in_view(self.city, replace(self.seen.state, filters=chosen))

    @cached_property
    def plate(self) -> Plate | None:
        """Ground and legend of the layout map; None under an analysis."""
        if self.drawing is not None and not self.drawing.subject:
            return None
        return plate(self.view, self.state.explore.ground, self.lang)

    @cached_property
    def insets(self) -> list[tuple[Inset, int]]:
        """The parts that are also shown larger, and how many places each shows.

        Those that are chosen; if none are, on the layout map those in which nothing is crowded are
        left out, under an analysis those that show one class of it.
        """
        if self.focus is not None or self._looks_closer:
            return []
        near = self.view.mapped[~is_vague(self.view.mapped)].geometry
        shown = [
            (inset, int(near.intersects(shapely.box(*inset.bounds)).sum()))
            for inset in self.city.insets
        ]
        if self.chosen is not None:
            return [(inset, n) for inset, n in shown if inset.id in self.chosen]
        plain = of_one_class(self.city, self.drawing)
        return [
            (inset, n)
            for inset, n in shown
            if inset.id not in plain and (n >= CROWDED or self.is_still)
        ]

    @property
    def _looks_closer(self) -> bool:
        """Whether a part of the city fills the map."""
        west, _, east, _ = self.bounds or self.city.bbox
        return east - west < self.city.bbox[2] - self.city.bbox[0]

    @property
    def is_still(self) -> bool:
        """Whether the places are not what the map is about."""
        return self.drawing is not None and not self.drawing.subject

    @property
    def look(self) -> Tints:
        """Fill of the districts, and which are dimmed."""
        framed = self.state.filters.district - {OUTSIDE}
        return tints(self.plate, {self.focus} if self.focus else framed)

    @property
    def axis_on(self) -> bool:
        """Whether the belt is drawn."""
        return "axis" in self.state.layers and "axis" in self.city.layers and not self.focus

    def filter_line(self) -> str:
        """Return what narrows the rows as a line of its own; empty where nothing does."""
        words = self.filter_words()
        return speaker(self.lang)("static_map.filter", words=words) if words else ""

    def filter_words(self) -> str:
        """Return what narrows the rows, in words; empty where nothing does."""
        if self.heading is not None and self.heading.narrowed is not None:
            return self.heading.narrowed
        told = in_words(self.city, self.state)
        return told.of(self.lang) if told else ""


@dataclass
class Composition:
    """A map as it comes together.

    Parameters
    ----------
    order
        What is asked for.
    sheet
        On which it is drawn.
    found
        Where its windows stand.
    """

    order: Order
    sheet: Sheet
    found: Windows
    writings: dict[str, Writing] = field(default_factory=dict)
    arrangements: dict[str, Arrangement] = field(default_factory=dict)
    bars: dict[str, Bar] = field(default_factory=dict)
    panels: list[Box] = field(default_factory=list)
    numbered: list[tuple[int, str]] = field(default_factory=list)

    @property
    def _all(self) -> list[Window]:
        locator = [self.found.locator] if self.found.locator else []
        return [self.found.main, *self.found.insets, *locator]

    @property
    def _belted(self) -> tuple[Window, ...]:
        """Where the belt is drawn: on the map too, unless there it would cross crowded marks."""
        locator, main = self.found.locator, self.found.main
        if locator is None:
            return (main,)
        return (locator,) if self.order.insets else (locator, main)

    def draw(self) -> None:
        """Draw ground, furniture, marks and names."""
        for window in self._all:
            self._ground(window)
        self._frames()
        self._furniture()
        self._marks()
        self._names()
        for window in self._all:
            self._write(window)

    # ---- ground and frame --------------------------------------------------------------------
    def _ground(self, window: Window) -> None:
        order, z = self.order, _z(window)
        look = order.look if window.id != "locator" else replace(order.look, hatch=())
        draw_ground(self.sheet, order.city, window, look, z)
        if order.drawing is not None and window.id != "locator":
            draw_analysis(self.sheet, order.city, window, order.drawing, z + 5)
        draw_lines(self.sheet, order.city, window, order.look, z)
        if order.axis_on and window in self._belted:
            broad = order.city.locator.belt if order.city.locator else ""
            draw_belt(self.sheet, order.city, window, broad, z)
        size = self.order.paper.text
        colour = ACCENT if window.is_inset else "#CFCABD"
        self.sheet.box(window.box, edgecolor=colour, linewidth=0.7 * size, zorder=z + 60)
        room = Room(window.box, EDGE_MM * size)
        self.writings[window.id] = Writing(window, room, order.lang, size)

    def _frames(self) -> None:
        """Draw where the insets lie on the map, and thin lines from there to them."""
        main, size = self.found.main, self.order.paper.text
        room = self.writings["main"].room
        for inset in self.found.insets:
            west, south, east, north = inset.extent
            (left, low), (right, high) = main.on_sheet(
                np.array([[west, south], [east, north]])
            ).tolist()
            corners: list[Spot] = [
                (left, low),
                (right, low),
                (right, high),
                (left, high),
                (left, low),
            ]
            look = {"edgecolor": ACCENT, "linewidth": 0.7 * size, "zorder": 15.0}
            self.sheet.line(corners, main.box, **look)
            for y, corner in ((high, inset.box[3]), (low, inset.box[1])):
                line = [(right, y), (inset.box[0], corner)]
                thin = look | {"edgecolor": (ACCENT, 0.45), "linewidth": 0.4 * size}
                self.sheet.line(line, main.box, **thin)
            for start, end in pairwise(corners):
                room.take(along(start, end))

    # ---- furniture ---------------------------------------------------------------------------
    def _furniture(self) -> None:
        order, main, size = self.order, self.found.main, self.order.paper.text
        room = self.writings["main"].room
        beside = [*self.found.insets, *([self.found.locator] if self.found.locator else [])]
        for window in beside:
            room.take_furniture(window.box)
        if self.found.column is not None:
            self._legend(self.found.column)
            room.take_furniture(self.found.column)
        edge = min((inset.box[0] for inset in self.found.insets), default=main.box[2])
        start = self.found.column[2] if self.found.column else main.box[0]
        self._scale(main, (start, main.box[1], edge, main.box[3]))
        x = self.found.locator.box[2] if self.found.locator else start
        room.take_furniture(north(self.sheet, (x + 6 * size, main.box[3] - 7 * size)))
        self._name_belt()
        names = {inset.id: inset.name.of(order.lang) for inset in order.city.insets}
        for inset in self.found.insets:
            self.writings[inset.id].room.take_furniture(caption(self.sheet, inset, names[inset.id]))
            self._scale(inset, inset.box)

    def _scale(self, window: Window, room: Box) -> None:
        """Draw the scale of a window where no place is."""
        places = [place.at for place in self._held[window.id]]
        spots = window.on_sheet(np.array(places).reshape(-1, 2))
        box = scale_box(self.sheet, window, room, spots)
        self.bars[window.id] = draw_scale(self.sheet, window, box)
        self.writings[window.id].room.take_furniture(box)

    def _name_belt(self) -> None:
        """Write the name of the belt into the locator."""
        order, window = self.order, self.found.locator
        broad = order.city.locator.belt if order.city.locator else ""
        if window is None or not order.axis_on or broad not in plane_of(order.city).axis.index:
            return
        name = str(order.city.layers["axis"].frame.loc[broad, f"name_{order.lang}"])
        room = self.writings["locator"].room
        room.take_furniture(foot(self.sheet, window, display(name)))

    def _legend(self, column: Box) -> Box:
        title = speaker(self.order.lang)("static_map.legend")
        panel = fill(Panel(self.sheet, column), title, self.signs())
        for remark in self.remarks():
            panel.add("", remark)
        box = panel.draw(top=False)
        self.panels.append(box)
        return box

    def remarks(self) -> list[str]:
        """Return what the legend says besides: how many have no mark, what small marks are."""
        say, said = speaker(self.order.lang), []
        if missing := self.missing():
            said.append(say("static_map.missing", count=missing))
        if self.order.is_still and self._places:
            said.append(say("static_map.still"))
        if any(drawable(text)[0] != text for text in self._named()):
            said.append(say("static_map.rare"))
        return said

    def _named(self) -> Iterator[str]:
        """Yield what may hold a character that no font of this machine has."""
        order = self.order
        yield from map(display, map(str, order.city.districts[f"name_{order.lang}"]))
        yield from (place.name for place in self._places)
        if order.drawing is not None:
            yield from (display(handle.label) for handle in order.drawing.handles)
        if order.heading is not None:
            yield from (order.heading.title, order.heading.sentence, order.heading.doubt)

    def signs(self) -> list[Sign]:
        """Return the signs of the legend: of what the map shows, and of nothing else."""
        order = self.order
        known = order.plate.legend if order.plate else self._kinds()
        gone = self._not_shown(order.plate, order.focus) if order.plate and order.focus else ()
        signs = [*(sign for sign in known if sign[0] not in gone), *order.legend]
        if order.axis_on and self.found.main in self._belted:
            signs += belt(order.view, order.lang)
        if self._dotted:
            key = "static_map.other_districts" if order.focus else "static_map.in_insets"
            # Beside a slide's map there is less room, and the frames of the insets say it.
            if order.focus or order.heading:
                signs.append((DOT, speaker(order.lang)(key)))
        return signs

    def _not_shown(self, plate_: Plate, focus: str) -> set[str | None]:
        """Return the signs of the plate that a map of one district does not need."""
        main = self.found.main
        shown = {
            str(code)
            for code, area in plane_of(self.order.city).districts.items()
            if any(not part.is_empty for part in main.draw([area]))
        }
        gone: set[str | None] = set(plate_.fill.values())
        gone -= {plate_.fill.get(code) for code in shown}
        if not shown & set(plate_.hatch):
            gone.add(HATCH)
        if focus not in plate_.titles:
            gone.add(TITLE)
        return gone

    def _kinds(self) -> list[Sign]:
        """Return the signs of the kinds of places, for a map that is about something else."""
        order = self.order
        known = plate(order.view, "none", order.lang).legend if order.is_still else ()
        return [each for each in known if group_of(each[0]) == "kind" and "<text" not in each[0]]

    # ---- marks -------------------------------------------------------------------------------
    @cached_property
    def _places(self) -> list[Place]:
        new = self.order.plate.new if self.order.plate else frozenset()
        return places_of(self.order.view, new)

    @cached_property
    def _held(self) -> dict[str, list[Place]]:
        """The places that each window shows."""
        return shared(self.order.city, self._places, self.found)

    def missing(self) -> int:
        """Return how many of the shown places have no mark on the map."""
        drawn = sum(map(len, self._held.values()))
        return len(self.order.view.places) - len(self.order.view.titles) - drawn

    def _marks(self) -> None:
        order, held, size = self.order, self._held, self.order.paper.text
        for window in self._all:
            writing, places = self.writings[window.id], held[window.id]
            of = size * (LOCATOR if window.id == "locator" else 1.0)
            if order.is_still:
                found = still(window, places, of)
            else:
                found = arrange(window, places, writing.room.furniture, of)
            if window.id == "main":
                found.dots = dots(order.city, window, self._dotted)
            draw_marks(self.sheet, order.city, window, found, _z(window) + MARKS)
            writing.room.take(taken(found))
            writing.room.take_dots(around(*spot, 0.5, 0.5) for spot, _ in found.dots)
            if order.drawing is not None and window.id != "locator":
                writing.room.take_dots(dots_of(self.sheet, order.city, window, order.drawing))
            self.arrangements[window.id] = found

    @cached_property
    def _dotted(self) -> list[Place]:
        """The places that the map shows as dots: of the insets, or of other districts."""
        if self.order.focus is None:
            return [place for inset in self.found.insets for place in self._held[inset.id]]
        own = {place.id for place in self._places}
        return [place for place in places_of(self.order.seen, frozenset()) if place.id not in own]

    # ---- names -------------------------------------------------------------------------------
    def _names(self) -> None:
        order = self.order
        asked = Asked(order.city, order.lang, order.plate, order.focus)
        main = self.writings["main"]
        city = [main, *(self.writings[inset.id] for inset in self.found.insets)]
        if order.drawing is not None:
            self._handles(city)
        name_districts(asked, city)
        name_parts(asked, main)
        if self.found.locator is not None:
            name_outside(asked, self.writings["locator"])
        if not order.is_still:
            stands = [stand for found in self.arrangements.values() for stand in found.stands]
            others = name_places(self.writings, stands)
            self.numbered = [(stand.place.number, stand.place.name) for stand in others]
            self._index()
        name_water(asked, main)
        name_outside(asked, main)

    def _index(self) -> None:
        """List the numbers on the map between locator and legend."""
        if not self.numbered or self.found.column is None:
            return
        left, _, right, high = self.found.column
        low = self.panels[0][3] + GAP * self.order.paper.text / 2
        title = speaker(self.order.lang)("static_map.index")
        rows = [(str(number), name) for number, name in self.numbered]
        for points in LIST_PT:
            panel = fill(Panel(self.sheet, (left, low, right, high), points), title, rows)
            if not panel.fits:
                panel.cut()
            if panel.fits:
                break
        if rest := panel.shorten(1):
            panel.add("", speaker(self.order.lang)("static_map.rest", count=rest))
        self.panels.append(panel.draw(top=True))

    def _handles(self, writings: list[Writing]) -> None:
        """Draw the marks of the analysis: in the inset that holds one, else on the map."""
        order = self.order
        left = list(order.drawing.handles) if order.drawing else []
        for writing in reversed(writings):
            window = writing.window
            draw_handles(self.sheet, order.city, writing, left, _z(window) + MARKS + 10)
            gone = {handle.id for handle, _, _ in spots(order.city, window, left)}
            left = [handle for handle in left if handle.id not in gone]

    def _write(self, window: Window) -> None:
        for label in self.writings[window.id].labels:
            self._label(label, _z(window) + NAMES)

    def _label(self, label: Label, order: float) -> None:
        name, lang, size = label.name, self.order.lang, self.order.paper.text
        if label.leader:
            self.sheet.line(label.leader, edgecolor=QUIET, linewidth=0.4 * size, zorder=order)
        halo = "" if name.kind in ("water", "outer") else WHITE
        for spot, row in base_lines(label, lang):
            self.sheet.text(
                spot, row, name.points, colour=name.colour, bold=name.bold, halo=halo, order=order
            )
        if name.badge:
            points = name.points * BADGE
            wide = width_mm(name.badge, points, lang) + 2 * BADGE_PAD
            left, middle = label.box[2] - wide, (label.box[1] + label.box[3]) / 2
            half = height_mm(points) / 2 - 0.1
            box = (left, middle - half, label.box[2], middle + half)
            line = {"edgecolor": "#8A8478", "linewidth": 0.4 * size, "zorder": order}
            self.sheet.box(box, facecolor=WHITE, **line)
            base = middle - 0.38 * points * 0.3528
            self.sheet.text(
                (left + BADGE_PAD, base), name.badge, points, colour=name.colour, order=order
            )

    def all_labels(self) -> list[Label]:
        """Return the names that have found their place."""
        return labels(self.writings)


def _z(window: Window) -> float:
    return 0.0 if window.id == "main" else INSET


def frame_of(order: Order, sheet: Sheet) -> tuple[Box, list[str]]:
    """Write what stands above the map, and say what is left for the map and stands below it.

    Parameters
    ----------
    order
        What is asked for.
    sheet
        On which.

    Returns
    -------
    tuple
        The frame of the map in millimetres, and the lines below it.
    """
    paper = order.paper
    if order.heading is None:
        return (0.0, 0.0, paper.width_mm, paper.height_mm), []
    high = heading(sheet, order.heading, order.filter_line())
    link = order.heading.link
    rows = footer_rows(sheet, footer_first(order), notes(order), link)
    margin = MARGIN * paper.text
    low = margin * 0.7 + footer_mm(sheet, rows, link) + 1.2 * paper.text
    return (margin, low, paper.width_mm - margin, high), rows


def footer_first(order: Order) -> str:
    """Return what the map may be used for.

    Parameters
    ----------
    order
        What is asked for.
    """
    return order.city.notices["footer"].of(order.lang)


def notes(order: Order) -> list[str]:
    """Return what stands below a map: formula, review numbers, filter, period, date, sources, CRS.

    Parameters
    ----------
    order
        What is asked for.
    """
    city, lang, say = order.city, order.lang, speaker(order.lang)
    now = order.state.period == "now"  # another one narrows the rows, and is said as a filter
    kinds = dict.fromkeys(map(str, order.view.mapped["kind"]))
    sources = [
        *(city.layers[kind].provenance for kind in kinds),
        city.layers["district"].provenance,
        *city.base_provenance.values(),
    ]
    return [
        *(city.notices[key].of(lang) for key in ("boundary", "review_base", "review_map")),
        *filter(None, [order.filter_line()]),
        *([say("static_map.period", period=say("period.now"))] if now else []),
        say("furniture.date", date=city.data_date),
        *([order.heading.source] if order.heading and order.heading.source else []),
        *_credits([found.citation.of(lang) for found in sources]),
        crs_words(city, lang),
        *(note.of(lang) for code, note in city.notices.items() if code in city.districts.index),
    ]


def _credits(citations: Sequence[str]) -> Iterator[str]:
    """Yield who is to be named: what begins with the same word is said behind it, once each."""
    found: dict[tuple[str, str], list[str]] = {}
    for told in dict.fromkeys(citations):
        mark = "：" if "：" in told else ": "
        head, mark, rest = told.partition(mark)
        found.setdefault((head, mark), []).append(rest)
    for (head, mark), rests in found.items():
        yield head + mark + ("；" if mark == "：" else "; ").join(rests)


def composed(order: Order) -> Composition:
    """Compose a map.

    Parameters
    ----------
    order
        What is asked for.
    """
    sheet = Sheet(order.paper, order.lang)
    frame, rows = frame_of(order, sheet)
    found = windows(
        order.city,
        order.paper,
        frame,
        legend=order.heading is not None,
        focus=order.focus,
        bounds=order.bounds,
        insets=order.insets,
    )
    made = Composition(order, sheet, found)
    made.draw()
    if order.heading is not None:
        footer(sheet, footer_first(order), rows, order.heading.link)
    return made
