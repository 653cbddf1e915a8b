"""Draw an axis with its longest empty stretch and the links along it."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np

from geo.corridor.places import Corridor
from geo.corridor.stretches import stretch
from layers.corridor.measure import CorridorAnswer, link_lines
from layers.language.messages import speaker
from layers.language.values import km
from layers.map.overlay import Drawing, Shapes
from layers.map.symbols import line_sign, look_sign
from layers.view.question import Refusal

AXIS: Final = "#B5322A"
LINK: Final = "#5B564C"
REACH: Final = {"fill": "#B5322A", "line": "#B5322A", "opacity": 0.07}
EMPTY: Final = "#6E675B"
EMPTY_PX: Final = 7.0
EMPTY_DASH: Final = "2 6"
LINK_PX: Final = 1.4
"""Width of a link of which no weight is stated, and of the lightest of those that have one."""
WIDEST_PX: Final = 8.0


def draw(answer: CorridorAnswer | Refusal, lang: str) -> Drawing | None:
    """Return the ground within the distance, the axis, its longest empty stretch and the links.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Drawing or None
        None where it was refused.
    """
    if isinstance(answer, Refusal):
        return None
    crs, found = answer.city.metric_epsg, answer.found
    whole = stretch(found.axis, 0.0, found.axis.length_m)
    within = float(str(found.parameters["within_m"]))
    say = speaker(lang)
    told = say("corridor_page.longest_tip", length=km(found.longest_m, lang))
    lines = link_lines(answer)
    links = [
        Shapes(lines.iloc[[row]].to_crs(4326), line=LINK, weight=width)
        for row, width in enumerate(widths(lines))
    ]
    return Drawing(
        shapes=[
            _shape(whole.buffer(within), crs, "", weight=0.8, **REACH),
            _shape(whole, crs, answer.axis_name.of(lang), line=AXIS, weight=2.6),
            _shape(longest(found), crs, told, line=EMPTY, weight=EMPTY_PX, dash=EMPTY_DASH),
            *links,
        ],
        subject=True,
    )


def longest(found: Corridor) -> object:
    """Return the line of the longest stretch without a place.

    Parameters
    ----------
    found
        Places along the axis.
    """
    gaps = found.gaps
    row = gaps.iloc[int(gaps["length_m"].to_numpy().argmax())]
    return stretch(found.axis, float(row["from_m"]), float(row["to_m"]))


def widths(links: gpd.GeoDataFrame) -> list[float]:
    """Return how wide each link is drawn, in pixels: its area grows with what it weighs.

    Parameters
    ----------
    links
        Column ``weight``; those of which no source states one are drawn as the lightest.
    """
    weight = links["weight"].to_numpy(dtype=np.float64, na_value=np.nan)
    most = np.nanmax(weight, initial=0.0)
    share = np.nan_to_num(weight / most) if most > 0 else np.zeros(len(weight))
    return [float(value) for value in np.maximum(LINK_PX, WIDEST_PX * share)]


def legend(answer: CorridorAnswer | Refusal, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the signs of all that is drawn, with their words.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it; of one refused nothing is drawn.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if isinstance(answer, Refusal):
        return ()
    say = speaker(lang)
    within = km(float(str(answer.found.parameters["within_m"])), lang)
    signs = [
        (line_sign(AXIS), answer.axis_name.of(lang)),
        (look_sign(REACH), say("corridor_page.legend_within", within=within)),
        (line_sign(EMPTY, weight=EMPTY_PX, dash=EMPTY_DASH), say("corridor_page.legend_longest")),
    ]
    if len(link_lines(answer)):
        signs.append((line_sign(LINK, weight=LINK_PX), say("corridor_page.legend_links")))
    return tuple(signs)


def frame_of(
    answer: CorridorAnswer | Refusal,
) -> tuple[float, float, float, float] | None:
    """Return the box that holds the axis and the ground within the distance.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it.

    Returns
    -------
    tuple or None
        West, south, east and north, degrees (WGS 84). None where it was refused.
    """
    if isinstance(answer, Refusal):
        return None
    found = answer.found
    whole = stretch(found.axis, 0.0, found.axis.length_m)
    around = whole.buffer(float(str(found.parameters["within_m"])))
    drawn = gpd.GeoSeries([around], crs=answer.city.metric_epsg).to_crs(4326)
    west, south, east, north = map(float, drawn.total_bounds)
    return west, south, east, north


def _shape(shape: object, crs: int, name: str, **look: object) -> Shapes:
    frame = gpd.GeoDataFrame({"name": [name]}, index=["axis"], geometry=[shape], crs=crs)
    return Shapes(frame.to_crs(4326), name="name" if name else "", **look)  # type: ignore[arg-type]
