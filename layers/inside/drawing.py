"""Draw the shape that is asked about, and the places that lie in it."""

from __future__ import annotations

from typing import Final

import geopandas as gpd

from layers.inside.measure import InsideAnswer
from layers.language.messages import speaker
from layers.map.overlay import Drawing, Shapes
from layers.view.question import Refusal

LINE: Final = "#B5322A"


def draw(answer: InsideAnswer | Refusal, lang: str) -> Drawing | None:
    """Return the shape; the places keep their marks.

    Parameters
    ----------
    answer
        As :func:`layers.inside.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Drawing or None
        None where nothing was asked.
    """
    if isinstance(answer, Refusal):
        return None
    frame = gpd.GeoDataFrame(
        {"name": [speaker(lang)("inside_page.shape")]},
        index=["shape"],
        geometry=[answer.area],
        crs=answer.city.metric_epsg,
    )
    look = Shapes(frame.to_crs(4326), line=LINE, fill=LINE, opacity=0.06, weight=2.0, name="name")
    return Drawing(shapes=[look], subject=True)
