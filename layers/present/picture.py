"""Say what the map of a scene draws: rows, ground, drawing, legend, and where it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd

from layers.analysis import ANALYSES
from layers.coverage import pairing, question
from layers.map.overlay import Drawing, Shapes
from layers.map.plate import Plate, Sign, belt, certainty, dots, marks, plate
from layers.map.symbols import look_sign
from layers.pack.catalogue import ONLINE_BASE
from layers.pack.city import City
from layers.places.areas import area_name
from layers.places.district_profile import fullest
from layers.plan.shown import plan_ids, plan_places
from layers.present.telling import OUTLINE, OUTLINE_PX, Ask, Told, around, measure
from layers.view.areas import areas, is_part
from layers.view.rows import View, rows_in_view
from layers.view.state import Camera, Filters, ViewState

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""

OUTLINES: Final = (OUTLINE, "#4A463E")
"""Of one area, and of one that is set beside it."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What the map of a scene draws.

    Parameters
    ----------
    view
        The places; its state is what the map is told.
    plate
        Ground, legend and insets of the layout map; None on an analysis.
    drawing
        What is added to it.
    legend
        Signs and words where the plate has none.
    look
        Camera or box that the map is turned to; None for the whole city.
    """

    view: View
    plate: Plate | None = None
    drawing: Drawing | None = None
    legend: tuple[Sign, ...] = ()
    look: Camera | Box | None = None


def picture(told: Told, *, ask: Ask = measure) -> Picture:
    """Return what the map of a scene draws.

    Parameters
    ----------
    told
        The scene.
    ask
        Answers the analyses, as for :func:`layers.present.telling.tell`.
    """
    city, state = told.city, told.state
    if told.scene.page == "explore":
        view = rows_in_view(city, state)
        drawn = plate(view, state.explore.ground, state.lang)
        return Picture(view, drawn, told.drawing, look=state.camera)
    if told.scene.page == "district":
        area, other = state.district or fullest(city), state.compare
        if other is not None and other != area:
            return _two(city, state, area, other)
        return area_picture(city, state, area)
    if told.scene.page == "plan":
        view = plan_places(city, state, plan_ids(city, state))
        return Picture(view, legend=plate(view, "none", state.lang).legend)
    view = rows_in_view(city, _under(told))
    look = None
    if told.scene.page == "coverage" and state.coverage.part == "pairing":
        look = pairing.frame_of(ask(city, "pairing", ANALYSES["pairing"].question(state)))
    if told.bounds is not None:
        look = told.bounds
    return Picture(view, drawing=told.drawing, legend=_legend(told, view), look=look)


def _legend(told: Told, view: View) -> tuple[Sign, ...]:
    """Return the legend of an analysis, then of the marks and lines that stand beside it."""
    lang, signs = told.state.lang, list(told.legend)
    if told.scene.page == "coverage" and len(view.mapped):
        if told.state.coverage.part == "pairing":
            signs += certainty(set(view.mapped["location_class"]), lang, circle=False)
        elif told.drawing is not None and told.drawing.dots:
            signs += dots(view, lang)
        else:
            signs += marks(view, lang, kinds=True, sizes=False)
    return (*signs, *belt(view, lang))


def _under(told: Told) -> ViewState:
    """Return what is shown under an analysis, as on its page."""
    city, state = told.city, told.state
    if told.scene.page == "density":
        return replace(state, layers=state.layers & {"district", ONLINE_BASE})
    if told.scene.page == "corridor":
        return state
    if state.coverage.part != "pairing":
        return replace(state, layers=question.drawn_layers(city, state))
    linked = frozenset({question.UNIVERSITY, *pairing.PARKS, "district"} & set(city.layers))
    return replace(state, layers=linked, filters=Filters(), later=True, period="now")


def holding(city: City, state: ViewState, codes: Sequence[str]) -> View:
    """Return the plan's places that some districts administer or that stand there.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Language and selection; its filters do not act.
    codes
        Adcodes of the districts.
    """
    layers = {id_ for id_, layer in city.layers.items() if layer.spec.group != "context"}
    selected = None if state.selected in city.districts.index else state.selected
    asked = replace(
        state,
        period="now",
        later=True,
        layers=frozenset(layers),
        filters=Filters(district=frozenset(codes)),
        selected=selected,
    )
    return rows_in_view(city, asked)


def area_picture(city: City, state: ViewState, area: str) -> Picture:
    """Return the map of one area with the plan's places there; the others are dimmed.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Language and selection.
    area
        Id of a district or a part; see :func:`layers.view.areas.areas`.
    """
    codes = areas(city)[area]
    others = city.districts.drop(index=list(codes))
    veil = Shapes(others, "#FFFFFF", fill="#FFFFFF", opacity=0.5, weight=0)
    view = holding(city, state, areas(city)[area])
    return Picture(
        view,
        legend=plate(view, "none", state.lang).legend,
        drawing=Drawing(shapes=(veil, _outline(city, area, OUTLINES[0])), subject=True),
        look=around(city, codes),
    )


def _outline(city: City, area: str, colour: str) -> Shapes:
    rows = city.districts.loc[list(areas(city)[area])]
    frame = gpd.GeoDataFrame(geometry=[rows.union_all()], index=[area], crs=rows.crs)
    return Shapes(frame, colour, weight=OUTLINE_PX)


def _two(city: City, state: ViewState, area: str, other: str) -> Picture:
    """Return the layout map with two areas outlined: on a wall one map says more than two small."""
    both = (area, other)
    view = holding(city, state, [code for id_ in both for code in areas(city)[id_]])
    drawn = plate(view, "parts", state.lang)
    looks = [{"fill": "#FFFFFF", "line": colour, "opacity": 0} for colour in OUTLINES]
    signs = [
        (look_sign(look), area_name(city, id_, state.lang))
        for look, id_ in zip(looks, both, strict=True)
        if not is_part(city, id_)  # the tint of a part says which it is
    ]
    outlines = [_outline(city, id_, line) for id_, line in zip(both, OUTLINES, strict=True)]
    return Picture(
        # No filter of the reader acts here: those two are the subject, and nothing is veiled.
        replace(view, state=replace(view.state, filters=Filters())),
        replace(drawn, legend=(*signs, *drawn.legend)),
        Drawing(shapes=outlines, subject=True),
    )
