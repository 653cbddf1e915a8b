"""Say of one site of a scenario what it is, what it alone covers, and whether it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from layers.coverage.scenario_change import Change, change, closed_sites, site_name
from layers.coverage.wording import name_of, outside_note
from layers.language.messages import speaker
from layers.language.values import number, radius, unit, value_word

DEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pack": ("close",),
        "moved": ("close", "restore"),
        "added": ("take_back",),
        "closed": ("restore",),
    }
)


@dataclass(frozen=True)
class SiteWording:
    """One site in the reader's words.

    Parameters
    ----------
    id
        Its id in the scenario.
    name
        What it is called.
    status
        Whether it is as in the atlas, moved, added or closed.
    deeds
        What can be done with it: ``close``, ``restore``, or ``take_back`` if it was added.
    facts
        Labels and values: kind, district, position, and what depends on it alone.
    """

    id: str
    name: str
    status: str
    deeds: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def word_site(found: Change, id_: str, lang: str) -> SiteWording | None:
    """Return what is to be said of a site before it is closed or restored.

    Parameters
    ----------
    found
        The scenario beside the present, as :func:`layers.coverage.scenario_change.change` returns
        it.
    id_
        Id of a place of the pack, or of a site that the scenario adds.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    SiteWording or None
        None where the site is gone, such as an added one that was taken back.
    """
    given, edit = found.inputs, found.scenario.edit(id_)
    closed = closed_sites(found)
    if id_ not in found.sites.index and id_ not in closed.index:
        return None
    shut = id_ in closed.index
    row = (closed if shut else found.sites).loc[id_]
    say = speaker(lang)
    origin = "closed" if shut else str(row["origin"])
    layer = given.city.layers.get(str(row["kind"]))
    facts = (
        (say("scenario_page.kind"), layer.title.of(lang) if layer else ""),
        (say("scenario_page.unit"), _district(found, row, lang)),
        (say("scenario_page.position"), _position(row, origin, lang)),
        _alone(found, id_, shut, lang),
    )
    name = site_name(given, edit, lang) if edit else name_of(given.sites, id_, lang)
    status = say(f"scenario.origin.{origin}")
    return SiteWording(id_, name, status, DEEDS[origin], facts)


def _district(found: Change, row: pd.Series, lang: str) -> str:
    districts: gpd.GeoDataFrame = found.inputs.districts
    holds = districts.index[districts.geometry.covers(row["geometry"])]
    return (
        name_of(districts, holds[0], lang) if len(holds) else outside_note(found.inputs.city, lang)
    )


def _position(row: pd.Series, origin: str, lang: str) -> str:
    if origin in ("moved", "added"):
        return speaker(lang)("scenario_page.as_drawn")
    known = value_word("location_class", row["location_class"], lang)
    return f"{known} · {radius(row['uncertainty_m'], lang)}"


def _alone(found: Change, id_: str, shut: bool, lang: str) -> tuple[str, str]:
    """Return what closing the site loses, or what opening it again brings."""
    say = speaker(lang)
    scenario = found.scenario.restored(id_) if shut else found.scenario.closed(id_)
    km2 = abs(found.area.value - change(found.inputs, scenario).area.value)
    told = number(round(km2, 1), unit("km2", lang))
    return say(f"scenario_page.{'brings' if shut else 'alone'}"), told
