"""Put a what-if scenario beside the present: what it changes, in words, tables and a drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.base.draws import LEAST_DRAWS
from geo.base.finding import Finding
from geo.coverage.scenario import PRESENT, Comparison, Edit, Scenario, apply, compare
from geo.coverage.service_area import CITY, ServiceArea, service_area
from geo.coverage.simulation import resolution
from layers.coverage.drawing import INK, shape
from layers.coverage.question import Asked
from layers.coverage.wording import km, name_of, percent, unit_name
from layers.language.messages import speaker
from layers.language.values import number, word
from layers.map.overlay import Drawing, Handle, Shapes
from layers.map.symbols import mark
from layers.map.thumbnail import Small, small_map
from layers.pack.catalogue import CATALOG
from layers.pack.layer_spec import Style

CHANGED = "#B5322A"
"""Colour of a site that was moved or added, and of what is lost."""
KEPT = {"line": INK, "fill": INK, "opacity": 0.26, "weight": 1.0}
GAINED = {"line": "#5B3A8C", "fill": "#5B3A8C", "opacity": 0.42, "weight": 1.4}
LOST = {"line": CHANGED, "fill": CHANGED, "opacity": 0.24, "weight": 1.4, "dash": "4 4"}
SHUT = "#72718C"
"""Colour of the dotted outline of a site that the scenario closes."""
LEAST_CHANGE = 0.005
"""Percentage points or km² below which a change is said to be none."""
SMALLEST_KM2 = 0.01
"""Changes below a hectare are no change."""


@dataclass(frozen=True, eq=False)
class Change:
    """One scenario beside the present, places as drawn; quick enough to follow a drag."""

    asked: Asked
    scenario: Scenario
    sites: gpd.GeoDataFrame
    """The sites as the scenario has them; see :func:`geo.coverage.scenario.apply`."""
    area: ServiceArea

    @cached_property
    def units(self) -> Mapping[Any, dict[Any, Any]]:
        """Change by unit of the city; measured when first asked for, after the map is drawn."""
        compared_ = _compared(self.asked, [self.scenario], draws=0)
        table = pd.DataFrame(compared_.units.loc[self.scenario.name])
        return dict(table.to_dict("index"))


def refusal(asked: Asked) -> Finding | None:
    """Return why no scenario can be measured at this radius, or None."""
    found = resolution(asked.sites, radius_m=asked.radius_m)
    return found if found.n and found.verdict == "uncertainty.refused" else None


def fits(asked: Asked, scenario: Scenario) -> bool:
    """Tell whether every site that a scenario changes is among those shown."""
    known = set(asked.sites.index)
    return all(edit.action == "add" or edit.id in known for edit in scenario.edits)


def change(asked: Asked, scenario: Scenario) -> Change:
    """Measure a scenario against the present, places as drawn.

    Raises
    ------
    DataError
        A change is to a site that is not among those shown.
    """
    sites = apply(asked.sites, scenario)
    after = service_area(sites, radius_m=asked.radius_m, within=asked.districts)
    return Change(asked, scenario, sites, after)


def compared(asked: Asked, scenarios: Sequence[Scenario], *, doubt: bool) -> Comparison:
    """Put several scenarios beside the present, with ``doubt`` 500 draws behind every change."""
    return _compared(asked, scenarios, draws=LEAST_DRAWS if doubt else 0)


def _compared(asked: Asked, scenarios: Sequence[Scenario], *, draws: int) -> Comparison:
    return compare(
        asked.sites,
        scenarios,
        asked.districts,
        radius_m=asked.radius_m,
        group=asked.group,
        points=asked.universities if len(asked.universities) else None,
        draws=draws,
    )


def points_of_percent(share: float) -> str:
    """Return a change of a share as signed percentage points."""
    return signed(100 * share)


def signed(value: float) -> str:
    """Return a change to a tenth with its sign, a smaller one to its first digit; else 0."""
    if abs(value) < LEAST_CHANGE:
        return "0"
    return f"{value:+.1f}" if abs(value) >= 0.1 else f"{value:+.1g}"


def _tenth(share: float) -> str:
    return f"{100 * share:.1f}%"


def sentence(found: Change) -> str:
    """Return what the scenario changes for the city, in one sentence."""
    lang = found.asked.state.lang
    say, row = speaker(lang), found.units[CITY]
    if not found.scenario.edits:
        return say("scenario_page.unchanged", share=percent(row["before"]))
    return say(
        "scenario_page.result",
        name=found.scenario.name,
        radius=km(found.asked.radius_m),
        before=_tenth(row["before"]),
        after=_tenth(row["after"]),
        change=points_of_percent(row["change"]),
    )


def unit_table(found: Change) -> pd.DataFrame:
    """Return what changes for the city, its halves and the districts that change at all."""
    say, asked = speaker(found.asked.state.lang), found.asked
    rows = {}
    for unit, row in found.units.items():
        size = _size(asked, unit)
        if row["level"] == "district" and abs(row["change"] * size) < SMALLEST_KM2:
            continue
        rows[unit_name(asked, unit)] = {
            "before": _tenth(row["before"]),
            "after": _tenth(row["after"]),
            "change": points_of_percent(row["change"]),
            "km2": signed(row["change"] * size),
        }
    names = ["before", "after", "change", "km2"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return table.rename(columns={name: say(f"scenario_page.{name}") for name in names})


def _size(asked: Asked, unit: object) -> float:
    areas = asked.districts.area / 1e6
    if unit in areas.index:
        return float(areas[unit])
    return float(areas.sum() if unit == CITY else areas[asked.group == unit].sum())


def comparison_table(asked: Asked, found: Comparison) -> pd.DataFrame:
    """Return the present and all scenarios side by side, changes with the interval of the draws."""
    say, draws = speaker(asked.state.lang), found.parameters["draws"]
    rows = {}
    for name, row in found.table.to_dict("index").items():
        ends = [row["low"], row["high"]] if draws else [row["change"]]
        moved = " – ".join(dict.fromkeys(points_of_percent(end) for end in ends))
        rows[str(name) if name != PRESENT else say("scenario.present")] = {
            "sites": str(round(row["n_sites"])),
            "edits_count": f"{row['added']:.0f} / {row['moved']:.0f} / {row['closed']:.0f}",
            "covered": _tenth(row["covered_share"]),
            "interval" if draws else "change_drawn": moved if name != PRESENT else "",
            "least": percent(row["least_share"]),
            "worst": "–" if math.isnan(row["worst_m"]) else number(row["worst_m"] / 1000),
            "universities": ""
            if row["points_reached"] != row["points_reached"]
            else str(round(row["points_reached"])),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename(columns={name: say(f"scenario_page.{name}") for name in table.columns})


def small_maps(asked: Asked, scenarios: Sequence[Scenario], found: Comparison) -> list[Small]:
    """Return a picture of the present and of each scenario, of one extent and one scale.

    Parameters
    ----------
    asked
        What enters.
    scenarios
        Those that were compared: the sites that they move or add are dotted.
    found
        The comparison that the table shows: areas and shares come from it.
    """
    say = speaker(asked.state.lang)
    before, rows = found.areas[PRESENT], found.table.to_dict("index")
    pictures = []
    for scenario in (Scenario(PRESENT), *scenarios):
        after, row = found.areas[scenario.name], rows[scenario.name]
        areas = [(before & after, KEPT), (after - before, GAINED), (before - after, LOST)]
        points = [edit.point for edit in scenario.edits if edit.point is not None]
        picture = small_map(asked.city, areas, gpd.GeoSeries(points, crs=4326), CHANGED)
        name = scenario.name or say("scenario.present")
        share, key = _tenth(row["covered_share"]), "small" if scenario.name else "small_present"
        moved = points_of_percent(row["change"])
        caption = say(f"scenario_page.{key}", name=name, share=share, change=moved)
        pictures.append(Small(picture, caption))
    return pictures


def site_name(asked: Asked, edit: Edit) -> str:
    """Return the name of the site that a change is about."""
    return edit.name or name_of(asked.sites, edit.id, asked.state.lang) or edit.id


def edit_words(asked: Asked, edit: Edit) -> str:
    """Return one change in words."""
    lang = asked.state.lang
    action = word("scenario.action", edit.action, lang)
    at = "" if edit.point is None else f" ({edit.lon:.4f}, {edit.lat:.4f})"
    return f"{action} · {site_name(asked, edit)}{at}"


def centres(asked: Asked) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of a point inside each district: offers for a new site."""
    points = asked.districts.representative_point().to_crs(4326)
    return {str(code): (float(p.x), float(p.y)) for code, p in points.items()}


def closed_sites(found: Change) -> gpd.GeoDataFrame:
    """Return the mapped sites that the scenario closes, where they stood."""
    mapped = found.asked.mapped
    return mapped[~mapped.index.isin(found.sites.index)].assign(origin="closed")


def handles(found: Change, chosen: str | None = None) -> list[Handle]:
    """Return a mark for every site that has a point: movable, or dotted where it is closed.

    Parameters
    ----------
    found
        The scenario beside the present.
    chosen
        Id of the site that the page speaks of.
    """
    asked, lang = found.asked, found.asked.state.lang
    say = speaker(lang)
    name = f"name_{lang}"
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
            drawn_as = mark(_style(asked, row), _line(row))
            marks.append(
                Handle(str(id_), float(x), float(y), drawn_as, called, not shut, id_ == chosen)
            )
    return marks


def _style(asked: Asked, row: Mapping[Any, Any]) -> Style:
    layer = asked.city.layers.get(str(row["kind"]))
    style = (layer.spec if layer else CATALOG["platform"]).style
    colour = {"pack": style.colour, "closed": SHUT}.get(row["origin"], CHANGED)
    return Style(style.shape, colour)


def _line(row: Mapping[Any, Any]) -> str:
    known = {"pack": str(row["location_class"]), "closed": "none"}
    return known.get(row["origin"], "dataset")


def sample(what: str) -> str:
    """Return the mark that stands for ``changed`` or ``closed`` sites in the legend."""
    colour, line = (CHANGED, "dataset") if what == "changed" else (SHUT, "none")
    return mark(Style("circle", colour), line)


def _ways(found: Change) -> Shapes | None:
    """Return a line from where each moved site stood to where it stands."""
    moved = [edit.id for edit in found.scenario.edits if edit.action == "move"]
    ends = zip(found.asked.sites.geometry[moved], found.sites.geometry[moved], strict=True)
    lines = [shapely.LineString(pair) for pair in ends if pair[0] is not None]
    if not lines:
        return None
    frame = gpd.GeoDataFrame(geometry=lines, crs=found.sites.crs).to_crs(4326)
    return Shapes(frame, CHANGED, weight=1.4, dash="3 4")


def drawing(found: Change, *, chosen: str | None = None, place: bool = False) -> Drawing:
    """Return what stays covered, what is gained, what is lost, and the sites to take hold of.

    Parameters
    ----------
    found
        The scenario beside the present.
    chosen
        Id of the site that the page speaks of.
    place
        Whether a click on the ground is to add a site.
    """
    before, after, city = found.asked.area.geometry, found.area.geometry, found.asked.city
    parts = [(before & after, KEPT)]
    if found.scenario.edits:
        parts += [(after - before, GAINED), (before - after, LOST)]
    shapes = [shape(city, area, look) for area, look in parts if not area.is_empty]
    ways = _ways(found)
    return Drawing(
        shapes=[*shapes, ways] if ways else shapes, handles=handles(found, chosen), place=place
    )
