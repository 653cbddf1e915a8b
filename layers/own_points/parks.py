"""Count a reader's own points near each park of the atlas, with the doubt about its position."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.finding import Finding
from geo.coverage.nearby import Nearby, count_nearby
from geo.coverage.service_area import discs
from geo.density.dots import dots
from geo.density.mercator import Overlay
from layers.language.messages import Say, speaker
from layers.language.values import amount, cell, count, number, radius, said
from layers.map.overlay import Drawing, Raster, Shapes
from layers.map.symbols import svg
from layers.own_points.clusters import GROUPED, some_of
from layers.own_points.one_by_one.dots import DOT_M, NOISE, own_colour, own_dots
from layers.own_points.reading import Progress, Reading, Stopped, go_on
from layers.own_points.wording import PointsWording, account, nothing_said, source_notes
from layers.pack.city import City
from layers.view.page_options import PointsOptions
from layers.view.rows import without_titles
from layers.view.vague import only_near

INK: Final = "#B5322A"
RING: Final = svg(
    f'<circle cx="10" cy="10" r="7.5" fill="none" stroke="{INK}" stroke-dasharray="4 3"/>'
)
WIDE: Final = 0.02
"""An interval of shares from which on whole percentages tell enough."""
MOST_NAMED: Final = 3
"""Parks that the first sentence names where the draws leave open which has the most."""
LONGEST_SPOKEN: Final = {"zh": 45, "en": 140}
"""Characters of a first sentence that can be spoken: fewer parks are named before it is longer."""


@dataclass(frozen=True, eq=False)
class PointsParks:
    """How many of the points lie near each park.

    Parameters
    ----------
    reading, options
        What was asked.
    parks
        The places of the layers asked for, on the city's plane; those known no closer than to
        their district have no point.
    nearby
        The counts of the points kept, where the draws put the park.
    picture
        The points, or some of them, as dots.
    """

    reading: Reading
    options: PointsOptions
    parks: gpd.GeoDataFrame
    nearby: Nearby
    picture: Overlay | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The layers that the parks stand in."""
        return asked_kinds(self.reading.asked.city, self.options)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the files must say."""
        return (self.reading.binned, self.nearby)

    @property
    def counts(self) -> pd.DataFrame:
        """The columns of ``nearby.sites``, scaled to all points where only some were kept."""
        kept, all_ = len(self.reading.kept.xy), self.reading.binned.n
        return self.nearby.sites * (1.0 if self.reading.kept.whole or not kept else all_ / kept)


def park_kinds(city: City) -> tuple[str, ...]:
    """Return the layers of a city that its own data take for parks.

    Parameters
    ----------
    city
        Its pack says which places are parks of universities.

    Returns
    -------
    tuple
        Ids of the layers in which those stand; of a pack that names none, all layers of the plan.
    """
    named = {*city.links["place_id"]}
    layers = city.layers.items()
    linked = tuple(id_ for id_, layer in layers if named & {*layer.frame.index})
    return linked or tuple(id_ for id_, layer in layers if layer.spec.group == "plan")


def asked_kinds(city: City, options: PointsOptions) -> tuple[str, ...]:
    """Return the layers whose places are taken for parks: those chosen, else the city's own.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    options
        ``parks`` holds ids of layers; none stands for :func:`park_kinds`.
    """
    chosen = tuple(id_ for id_ in city.layers if id_ in options.parks)
    return chosen or park_kinds(city)


def parks_of(city: City, options: PointsOptions) -> gpd.GeoDataFrame:
    """Return the parks on the city's plane.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    options
        As for :func:`asked_kinds`.

    Returns
    -------
    GeoDataFrame
        Whatever period or filters a reader has chosen: all places of these layers, by id.
    """
    frames = [city.layers[id_].frame for id_ in asked_kinds(city, options)]
    places = without_titles(gpd.GeoDataFrame(pd.concat(frames), crs=4326))
    return only_near(places.to_crs(city.metric_epsg))


def measure_parks(
    reading: Reading, options: PointsOptions, progress: Progress, stopped: Stopped
) -> PointsParks:
    """Count the points within a radius of each park; what a point weighs does not matter.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    options
        ``within_m`` is the radius, ``parks`` says which layers hold parks.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    city = reading.asked.city
    parks = parks_of(city, options)
    go_on(progress, stopped, "parks")
    found = count_nearby(reading.kept.xy, parks, radius_m=float(options.within_m))
    go_on(progress, stopped, "drawing")
    some = some_of(reading, GROUPED)
    picture = dots(
        some, np.zeros(len(some), int), crs=city.metric_epsg, colours=(NOISE,), radius_m=DOT_M
    )
    return PointsParks(reading, options, parks, found, picture)


def word_parks(shown: PointsParks, lang: str) -> PointsWording:
    """Put the counts into words.

    Parameters
    ----------
    shown
        As :func:`measure_parks` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PointsWording
        With every park as a table; where none has a count, why, and what helps.
    """
    say, reading = speaker(lang), shown.reading
    rows, notes = account(reading, lang), tuple(source_notes(reading, say))
    if not reading.binned.n:
        return PointsWording(nothing_said(reading, lang), rows, notes=notes)
    within = number(shown.options.within_m / 1000)
    if len(reading.kept.xy) > GROUPED:
        rows = (*rows, say("points_page.dots_some", some=count(GROUPED)))
    return PointsWording(
        sentence=_sentence(shown, lang),
        account=(*rows, *_compared(shown, say), *_left_out(shown, say)),
        legend_title=say("points_page.legend_clusters"),
        dots=((own_colour(reading), say("points_page.legend_own")),),
        tables={
            say("points_page.parks_table", radius=within): _table(shown, lang).rename_axis(
                say("points_page.column.park")
            )
        },
        notes=(*_notes(shown, say), *notes),
    )


def _sentence(shown: PointsParks, lang: str) -> str:
    """Name the park with the most points, or those of which the draws leave it open."""
    say = speaker(lang)
    found = shown.counts.dropna().sort_values("mid", ascending=False, kind="stable")
    told = {"radius": number(shown.options.within_m / 1000), "parks": count(len(found))}
    if not len(found):
        return say("points_page.parks_none", **told)
    if not found["high"].max():
        return say("points_page.parks_empty", **told)
    first = found[found["high"] >= found["low"].max()]
    names = [cell(shown.parks.loc[id_], "name", lang) for id_ in first.index[:MOST_NAMED]]
    # Whichever it is, it has no fewer than any park surely has.
    told |= {"n": span(shown, found["low"].max(), found["high"].max()), "open": count(len(first))}
    sentence = ""
    for named in range(len(names), 0, -1):
        key = "many" if named < len(first) else "open" if named > 1 else "first"
        told["names"] = say("view.comma").join(names[:named])
        sentence = say(f"points_page.parks_{key}", **told)
        if len(sentence) <= LONGEST_SPOKEN[lang]:
            break
    return sentence


def span(shown: PointsParks, low: float, high: float) -> str:
    """Return the interval of a count: both ends, or one number where they are the same.

    Parameters
    ----------
    shown
        Where only some of its points were kept, the ends are rounded: they are estimates.
    low, high
        Ends of the interval, zero or more.
    """
    write = count if shown.reading.kept.whole else number
    ends = write(low), write(high)
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _compared(shown: PointsParks, say: Say) -> Iterator[str]:
    """Say how many parks have a count."""
    if n := len(shown.counts.dropna()):
        yield say("points_page.parks_compared", parks=n)


def _left_out(shown: PointsParks, say: Say) -> Iterator[str]:
    """Say how many parks have no count, and why."""
    lacking = shown.nearby.parameters
    for key, name in (("parks_vague", "n_vague"), ("parks_unmapped", "n_unmapped")):
        if n := int(str(lacking[name])):
            radius_ = number(shown.options.within_m / 1000)
            yield say(f"points_page.{key}", count=n, radius=radius_)


def _notes(shown: PointsParks, say: Say) -> Iterator[str]:
    yield say("points_page.how_parks", draws=shown.nearby.parameters["draws"])
    if shown.reading.asked.columns.weights is not None:
        yield say("points_page.parks_unweighted")
    if not shown.reading.kept.whole:
        yield say("points_page.drawn")
    yield from said(say, shown.nearby.caveats, shown.nearby.parameters)


def _table(shown: PointsParks, lang: str) -> pd.DataFrame:
    """Return every park with its count, those with the most first, those without one last."""
    say, counts = speaker(lang), shown.counts
    order = counts.sort_values("mid", ascending=False, kind="stable", na_position="last").index
    total = shown.reading.binned.n
    rows = []
    for id_ in order:
        low, high = counts.loc[id_, "low"], counts.loc[id_, "high"]
        park = shown.parks.loc[id_]
        known, doubt = not math.isnan(low), amount(park["uncertainty_m"])
        rows.append(
            [
                span(shown, low, high) if known else say("points_page.not_counted"),
                _share(low / total, high / total) if known else "–",
                "–" if doubt is None else radius(doubt, lang),
                shown.reading.asked.city.layers[str(park["kind"])].title.of(lang),
            ]
        )
    share = "share_filtered" if shown.reading.asked.columns.wanted else "share"
    columns = [say(f"points_page.column.{name}") for name in ("near", share, "doubt", "kind")]
    names = [cell(shown.parks.loc[id_], "name", lang) for id_ in order]
    return pd.DataFrame(rows, index=names, columns=columns)


def _share(low: float, high: float) -> str:
    digits = 0 if high - low >= WIDE else 1
    ends = f"{100 * low:.{digits}f}", f"{100 * high:.{digits}f}"
    return f"{ends[0] if ends[0] == ends[1] else '–'.join(ends)}%"


def draw_parks(shown: PointsParks, lang: str) -> Drawing:
    """Return the points as dots, and round each park that has a count the radius.

    Parameters
    ----------
    shown
        As :func:`measure_parks` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    laid, known = shown.picture, shown.nearby.sites["mid"].dropna().index
    points = own_dots(shown.reading, shown.reading.kept.xy)
    raster = Raster(laid.png, laid.bounds) if laid and not points else None
    if not len(known):
        return Drawing(raster=raster, shapes=points, subject=True)
    say, counts, parks = speaker(lang), shown.counts, shown.parks.loc[known]
    names = [
        say(
            "points_page.park_tip",
            park=cell(parks.loc[id_], "name", lang),
            n=span(shown, counts.loc[id_, "low"], counts.loc[id_, "high"]),
        )
        for id_ in known
    ]
    rings = discs(parks, radius_m=float(shown.options.within_m)).to_crs(4326)
    frame = gpd.GeoDataFrame({"name": names}, index=known, geometry=rings)
    ring = Shapes(frame, line=INK, fill=INK, opacity=0.04, dash="5 4", weight=1.2, name="name")
    return Drawing(raster=raster, shapes=[ring, *points], subject=True)


def parks_frame(shown: PointsParks) -> gpd.GeoDataFrame:
    """Return every park with its count as it is handed over.

    Parameters
    ----------
    shown
        As :func:`measure_parks` returns it.

    Returns
    -------
    GeoDataFrame
        On the city's plane, by id: names, kind, ``uncertainty_m``, ``near_drawn`` (points near the
        park where it is drawn, which its own interval need not hold), ``near_low``, ``near_mid``,
        ``near_high``, ``radius_m``, ``file``.
    """
    known = shown.parks[
        ["name_zh", "name_en", "kind", "location_class", "uncertainty_m", "geometry"]
    ]
    counts = shown.counts.rename(
        columns={"low": "near_low", "mid": "near_mid", "high": "near_high", "drawn": "near_drawn"}
    )
    told = known.join(counts).assign(
        radius_m=float(shown.options.within_m), file=shown.reading.asked.source.name
    )
    return told.rename_axis("id")
