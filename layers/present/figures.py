"""Name the figures that the sentence of a scene may hold, so that no number is typed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from layers.language.values import count
from layers.pack.catalogue import FIRM
from layers.pack.city import City
from layers.places.areas import area_name, measures
from layers.places.spread import level_counts, short_name, spread
from layers.view.rows import View
from layers.view.vague import is_vague

FIGURES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "explore": (
            *("places", "national", "sought"),
            *("drawn", "firm", "schematic", "apart"),
            *("first_district", "first_places", "not_named", "district"),
        ),
        "district": ("district", "places", "national", "per_million"),
        "density": (),
        "coverage": (),
        "plan": (),
        "corridor": (),
    }
)
"""By page. The analyses say their own sentence: their figures come with an interval each.

``places`` count in the districts; ``national`` of them are held, ``sought`` striven for; ``drawn``
marks stand on the map of the city, ``firm`` of them with evidence, ``schematic`` without; ``apart``
of them are branches, second sites and the like, which count nowhere; ``district`` is the one that
is shown, or the city."""


def of_view(view: View, lang: str) -> Mapping[str, str]:
    """Return the figures of the layout map, as they are said.

    Parameters
    ----------
    view
        What is shown.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    found = spread(view)
    national, sought = level_counts(found)
    drawn = view.mapped[~is_vague(view.mapped)]
    firm = int(drawn["location_class"].isin(FIRM).sum())
    ranked = found.districts["n"].sort_values(ascending=False, kind="stable")
    first = str(ranked.index[0]) if len(ranked) else ""
    return {
        "places": count(found.n),
        "national": count(national),
        "sought": count(sought),
        "drawn": count(len(drawn)),
        "firm": count(firm),
        "schematic": count(len(drawn) - firm),
        "apart": count(int((~drawn["counted"].astype(bool)).sum())),
        "first_district": short_name(view.city, first, lang) if first else "",
        "first_places": count(ranked.iloc[0]) if first else "",
        "not_named": count(len(found.not_named)),
        "district": _shown(view, lang),
    }


def _shown(view: View, lang: str) -> str:
    """Name the district that is shown; of several or all, the city."""
    codes = view.state.filters.district & {*map(str, view.city.districts.index)}
    if len(codes) == 1:
        return area_name(view.city, next(iter(codes)), lang)
    return view.city.name.of(lang)


def of_district(city: City, area: str, lang: str) -> Mapping[str, str]:
    """Return the figures of a district or a part, as its page says them.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of the district or part.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    places, national, per_million = (m.shown for m in measures(city, area, lang))
    return {
        "district": area_name(city, area, lang),
        "places": places,
        "national": national,
        "per_million": per_million,
    }
