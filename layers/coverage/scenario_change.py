"""Put one scenario beside the present, quick enough to follow a drag: what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.base.finding import Finding
from geo.base.once import once
from geo.coverage.scenario import Comparison, Edit, Scenario, apply, compare
from geo.coverage.service_area import CITY, ServiceArea, service_area
from geo.coverage.simulation import Simulation, resolution, simulate
from layers.coverage.drawing import INK, shape
from layers.coverage.measure import REFUSED, line_step
from layers.coverage.question import Inputs
from layers.coverage.wording import name_of, span, unit_name, unit_order
from layers.language.messages import speaker
from layers.language.values import km, value_word
from layers.map.overlay import Drawing, Handle, Shapes
from layers.map.symbols import mark
from layers.pack.catalogue import CATALOG
from layers.pack.city import City
from layers.pack.layer_spec import Style
from layers.places.whereabouts import whereabouts

CHANGED = "#B5322A"
"""Colour of a site that was moved or added, and of what is lost."""
KEPT = {"line": INK, "fill": INK, "opacity": 0.26, "weight": 1.0}
GAINED = {"line": "#5B3A8C", "fill": "#5B3A8C", "opacity": 0.56, "weight": 1.4}
"""Darker than what is reached already, for a grey print."""
LOST = {"line": CHANGED, "fill": CHANGED, "opacity": 0.24, "weight": 1.4, "dash": "4 4"}
SHUT = "#72718C"
"""Colour of the dotted outline of a site that the scenario closes."""
LITTLE = "<0.1"
"""A change that rounds to none and is one."""
LEAST_CHANGE = 0.005
"""Percentage points or km² below which a change is said to be none."""
SMALLEST_KM2 = 0.01
"""Changes below a hectare are no change."""


@dataclass(frozen=True, eq=False)
class Change:
    """One scenario beside the present, places as drawn; quick enough to follow a drag."""

    inputs: Inputs
    scenario: Scenario
    sites: gpd.GeoDataFrame
    """The sites as the scenario has them; see :func:`geo.coverage.scenario.apply`."""
    area: ServiceArea

    @cached_property
    def units(self) -> Mapping[Any, dict[Any, Any]]:
        """Change by unit of the city; measured when first asked for, after the map is drawn."""
        found = compared(self.inputs, [self.scenario], draws=0)
        table = pd.DataFrame(found.units.loc[self.scenario.name])
        return dict(from_median(self.inputs, table).to_dict("index"))


@once(maxsize=8)
def present(given: Inputs) -> Simulation:
    """Return what the sites reach now, over 500 draws of their locations; drawn once.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    """
    step = line_step(given.radius_m)
    return simulate(
        given.sites, given.districts, radius_m=given.radius_m, group=given.group, step_m=step
    )


def from_median(given: Inputs, units: pd.DataFrame) -> pd.DataFrame:
    """Return changes that start from the median of the draws instead of the places as drawn.

    What is drawn may lie outside its own interval, as stand-ins share points. Where draws stand
    behind a scenario, its share and its change are their medians too; else what it changes is
    measured as drawn and added.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    units
        By unit of the city: ``before``, ``after`` and ``change``, shares.
    """
    before = present(given).draws.median().reindex(units.index)
    if units["after_median"].notna().all():
        return units.assign(before=before, after=units["after_median"], change=units["median"])
    after = (before + units["change"].astype(float)).clip(0.0, 1.0)
    return units.assign(before=before, after=after)


def refusal(given: Inputs) -> Finding | None:
    """Return why no scenario can be measured at this radius.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.

    Returns
    -------
    Finding or None
        Its parameters fill the sentence of the refusal. None where nothing stands against it, and
        where no site has a point.
    """
    found = resolution(given.sites, radius_m=given.radius_m)
    return found if found.n and found.verdict == REFUSED else None


def fits(given: Inputs, scenario: Scenario) -> bool:
    """Tell whether every site that a scenario changes is among those shown.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    scenario
        Its changes may be to sites that a filter hides; additions always fit.
    """
    known = set(given.sites.index)
    return all(edit.action == "add" or edit.id in known for edit in scenario.edits)


@once(maxsize=16)
def change(given: Inputs, scenario: Scenario) -> Change:
    """Measure a scenario against the present, places as drawn; once while it stays as it is.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    scenario
        Every site that it moves or closes is among the sites of ``given``, see :func:`fits`.

    Raises
    ------
    DataError
        A change is to a site that is not among those shown.
    """
    sites = apply(given.sites, scenario)
    after = service_area(sites, radius_m=given.radius_m, within=given.districts)
    return Change(given, scenario, sites, after)


def compared(given: Inputs, scenarios: Sequence[Scenario], *, draws: int) -> Comparison:
    """Measure several scenarios against the present.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    scenarios
        Their names differ and are not empty.
    draws
        How many draws of the locations stand behind each change, 500 or more; 0 for places as
        drawn.

    Returns
    -------
    Comparison
        The points counted are the universities that are not among the sites.

    Raises
    ------
    DataError
        A change is to a site that is not among those shown.
    ParameterError
        Two scenarios have the same name, or one has none; or there are too few draws.
    """
    return compare(
        given.sites,
        scenarios,
        given.districts,
        radius_m=given.radius_m,
        group=given.group,
        points=given.universities if len(given.universities) else None,
        draws=draws,
    )


def moved_words(before: float, after: float) -> str:
    """Return the change of a share as signed percentage points that agree with the rounded shares.

    Parameters
    ----------
    before, after
        Shares, 0 to 1, each shown to a tenth of a per cent by :func:`tenth`.

    Returns
    -------
    str
        ``0`` for no change; ``<0.1`` with its sign where both are shown alike and still differ.

    Examples
    --------
    >>> moved_words(0.1394, 0.1443), moved_words(0.1391, 0.1394), moved_words(0.2, 0.2)
    ('+0.5', '+<0.1', '0')
    """
    shown = round(round(100 * after, 1) - round(100 * before, 1), 1)
    if shown:
        return f"{shown:+.1f}"
    exact = 100 * (after - before)
    return "0" if abs(exact) < LEAST_CHANGE else f"{'+' if exact > 0 else '-'}{LITTLE}"


def points_of_percent(share: float) -> str:
    """Return a change of a share as signed percentage points.

    Parameters
    ----------
    share
        Change of a share, −1 to 1.

    Returns
    -------
    str
        As :func:`signed`, without a unit.
    """
    return signed(100 * share)


def signed(value: float) -> str:
    """Return a change to a tenth with its sign, a smaller one to its first digit.

    Parameters
    ----------
    value
        The change, in percentage points or km².

    Returns
    -------
    str
        ``0`` for a change below ``LEAST_CHANGE``.
    """
    if abs(value) < LEAST_CHANGE:
        return "0"
    return f"{value:+.1f}" if abs(value) >= 0.1 else f"{value:+.1g}"


def tenth(share: float) -> str:
    """Return a share in per cent to a tenth.

    Parameters
    ----------
    share
        Share, 0 to 1.
    """
    return f"{100 * share:.1f}%"


def sentence(found: Change, lang: str) -> str:
    """Return what the scenario changes for the city, in one sentence.

    Parameters
    ----------
    found
        The scenario beside the present, as :func:`change` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    row = found.units[CITY]
    if not found.scenario.edits:
        ends: Any = present(found.inputs).units.loc[CITY]
        share = span(ends["low"], ends["high"])
        return speaker(lang)("scenario_page.unchanged", share=share)
    return result_words(found.inputs, found.scenario.name, row, lang)


def result_words(given: Inputs, name: str, row: Any, lang: str) -> str:
    """Say what a scenario changes for the city, from the row of a comparison.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    name
        Name of the scenario, as the reader chose it.
    row
        Row of the city in the units of a comparison: ``before``, ``after``, ``low`` and ``high`` of
        the change, shares; with draws ``after_low`` and ``after_high``: then all are intervals.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, radius = speaker(lang), km(given.radius_m, lang)
    if pd.notna(row["low"]):
        return _interval_words(given, name, row, lang)
    change, after = moved_words(row["before"], row["after"]), tenth(row["after"])
    if change.endswith(LITTLE):  # "from 15.3 % to 15.3 %" is read as a mistake
        words = {"name": name, "radius": radius, "after": after}
        if change[0] == "+":
            return say("scenario_page.result_more", **words)
        return say("scenario_page.result_less", **words)
    before = tenth(row["before"])
    return say("scenario_page.result", name=name, radius=radius, before=before, after=after,
               change=change)  # fmt: skip


def _interval_words(given: Inputs, name: str, row: Any, lang: str) -> str:
    """Say what a scenario changes for the city with the intervals of the draws."""
    say = speaker(lang)
    now: Any = present(given).units.loc[CITY]
    before = span(now["low"], now["high"])
    after = span(row["after_low"], row["after_high"])
    words = {"name": name, "radius": km(given.radius_m, lang), "after": after}
    words["change"] = _change_words(100 * row["low"], 100 * row["high"], lang)
    if before == after:  # "from 15 % to 15 %" is read as a mistake
        return say("scenario_page.result_interval_alike", **words)
    return say("scenario_page.result_interval", before=before, **words)


def _change_words(low: float, high: float, lang: str) -> str:
    """Say by how many percentage points a share rises or falls, or between what it may do."""
    say = speaker(lang)
    ends = list(dict.fromkeys(signed(end) for end in (low, high)))
    if ends == ["0"]:
        return say("scenario_page.change_none")
    if all(end.startswith("+") for end in ends):
        return say("scenario_page.change_up", ends="–".join(end[1:] for end in ends))
    if all(end.startswith("-") for end in ends):
        return say("scenario_page.change_down", ends="–".join(end[1:] for end in ends[::-1]))
    return say("scenario_page.change_either", low=ends[0], high=ends[-1])


def moved_or_ends(row: Any) -> str:
    """Return the change of a share in percentage points, as an interval where draws give one.

    Parameters
    ----------
    row
        As of :func:`result_words`; ``low`` and ``high`` are NaN without draws.
    """
    if pd.isna(row["low"]):
        return moved_words(row["before"], row["after"])
    return " – ".join(dict.fromkeys(points_of_percent(row[end]) for end in ("low", "high")))


def unit_table(found: Change, lang: str) -> pd.DataFrame:
    """Return what changes for the city, its halves and the districts that change at all.

    Parameters
    ----------
    found
        The scenario beside the present, as :func:`change` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By name of the unit. Columns in words: share before and after in per cent, change in
        percentage points and in km². Districts that change by less than ``SMALLEST_KM2`` stay out.
    """
    say, given = speaker(lang), found.inputs
    rows = {}
    for unit in unit_order(given.city, found.units):
        row = found.units[unit]
        size = _size(given, unit)
        if row["level"] == "district" and abs(row["change"] * size) < SMALLEST_KM2:
            continue
        rows[unit_name(given.city, unit, lang)] = {
            "before": tenth(row["before"]),
            "after": tenth(row["after"]),
            "change": moved_words(row["before"], row["after"]),
            "km2": signed(row["change"] * size),
        }
    names = ["before", "after", "change", "km2"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return table.rename(columns={name: say(f"scenario_page.{name}") for name in names})


def _size(given: Inputs, unit: object) -> float:
    areas = given.districts.area / 1e6
    if unit in areas.index:
        return float(areas[unit])
    return float(areas.sum() if unit == CITY else areas[given.group == unit].sum())


def site_name(given: Inputs, edit: Edit, lang: str) -> str:
    """Return the name of the site that a change is about.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    edit
        The change.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        That which the reader gave; else that of the place; else its id.
    """
    return edit.name or name_of(given.sites, edit.id, lang) or edit.id


def edit_words(given: Inputs, edit: Edit, lang: str) -> str:
    """Return one change in words.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    edit
        The change.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        What is done, the name of the site, and where it is to stand: its district and the nearest
        town; nothing where it closes.
    """
    action, name = value_word("scenario.action", edit.action, lang), site_name(given, edit, lang)
    if edit.lon is not None and edit.lat is not None:
        where = whereabouts(given.city, edit.lon, edit.lat, lang)
        name = speaker(lang)("table.noted", text=name, note=where)
    return f"{action} · {name}"


def centres(given: Inputs) -> dict[str, tuple[float, float]]:
    """Return a point inside each district: offers for a new site.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.

    Returns
    -------
    dict
        Longitude and latitude by adcode, degrees (WGS 84).
    """
    points = given.districts.representative_point().to_crs(4326)
    return {str(code): (float(p.x), float(p.y)) for code, p in points.items()}


def closed_sites(found: Change) -> gpd.GeoDataFrame:
    """Return the mapped sites that the scenario closes, where they stood.

    Parameters
    ----------
    found
        The scenario beside the present, as :func:`change` returns it.

    Returns
    -------
    GeoDataFrame
        Rows of the sites on the city's plane; ``origin`` is ``closed``.
    """
    mapped = found.inputs.mapped
    return mapped[~mapped.index.isin(found.sites.index)].assign(origin="closed")


def handles(found: Change, lang: str, chosen: str | None = None) -> list[Handle]:
    """Return a mark for every site that has a point: movable, or dotted where it is closed.

    Parameters
    ----------
    found
        The scenario beside the present, as :func:`change` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    chosen
        Id of the site that the page speaks of; None for none.
    """
    say, name = speaker(lang), f"name_{lang}"
    columns = ["kind", "location_class", name, "name", "origin"]
    marks = []
    for frame in (found.sites, closed_sites(found)):
        drawn = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
        degrees = drawn.geometry.to_crs(4326)
        rows = pd.DataFrame(drawn).reindex(columns=columns).to_dict("index").items()
        for (id_, row), x, y in zip(rows, degrees.x, degrees.y, strict=True):
            called = str(row["name"] if row["origin"] == "added" else row[name])
            shut = row["origin"] == "closed"
            if shut:
                called = say("scenario_page.closed_mark", name=called)
            drawn_as = mark(_style(found.inputs.city, row), _line(row))
            marks.append(
                Handle(str(id_), float(x), float(y), drawn_as, called, not shut, id_ == chosen)
            )
    return marks


def _style(city: City, row: Mapping[Any, Any]) -> Style:
    layer = city.layers.get(str(row["kind"]))
    style = (layer.spec if layer else CATALOG["platform"]).style
    colour = {"pack": style.colour, "closed": SHUT}.get(row["origin"], CHANGED)
    return Style(style.shape, colour)


def _line(row: Mapping[Any, Any]) -> str:
    known = {"pack": str(row["location_class"]), "closed": "none"}
    return known.get(row["origin"], "dataset")


def sample(what: str) -> str:
    """Return the mark that stands for changed or closed sites in the legend.

    Parameters
    ----------
    what
        ``changed`` (moved or added) or ``closed``.

    Returns
    -------
    str
        SVG.
    """
    colour, line = (CHANGED, "dataset") if what == "changed" else (SHUT, "none")
    return mark(Style("circle", colour), line)


def _ways(found: Change) -> Shapes | None:
    """Return a line from where each moved site stood to where it stands."""
    moved = [edit.id for edit in found.scenario.edits if edit.action == "move"]
    ends = zip(found.inputs.sites.geometry[moved], found.sites.geometry[moved], strict=True)
    lines = [shapely.LineString(pair) for pair in ends if pair[0] is not None]
    if not lines:
        return None
    frame = gpd.GeoDataFrame(geometry=lines, crs=found.sites.crs).to_crs(4326)
    return Shapes(frame, CHANGED, weight=1.4, dash="3 4")


def draw_change(
    found: Change, lang: str, *, chosen: str | None = None, place: bool = False
) -> Drawing:
    """Return what stays covered, what is gained, what is lost, and the sites to take hold of.

    Parameters
    ----------
    found
        The scenario beside the present, as :func:`change` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    chosen
        Id of the site that the page speaks of; None for none.
    place
        Whether a click on the ground is to add a site.
    """
    before, after, city = found.inputs.area.geometry, found.area.geometry, found.inputs.city
    parts = [(before & after, KEPT)]
    if found.scenario.edits:
        parts += [(after - before, GAINED), (before - after, LOST)]
    shapes = [shape(city, area, look) for area, look in parts if not area.is_empty]
    ways = _ways(found)
    return Drawing(
        shapes=[*shapes, ways] if ways else shapes,
        handles=handles(found, lang, chosen),
        place=place,
    )
