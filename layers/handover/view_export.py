"""Hand over what the screen shows: files for a GIS, with their dictionary, sources and manifest.

The same without a screen: :mod:`layers.command_line.export`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layers.handover.build import build
from layers.handover.contents import Contents, Form
from layers.handover.documents import (
    about_city,
    filter_lines,
    filtered_entry,
    form_caveats,
    mark_of,
)
from layers.handover.package import Package
from layers.handover.selection import Selection, select
from layers.language.bilingual import Bilingual, pair
from layers.pack.city import City
from layers.places import bases
from layers.view.state import ViewState


def package(
    city: City,
    state: ViewState,
    *,
    fmt: str = "geojson",
    epsg: int = 4326,
    layers: Sequence[str] | None = None,
) -> Package:
    """Return what ``state`` shows of ``city`` as files.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Filters and layers. Language, camera and selection do not matter: whoever looks at the same
        rows gets the same bytes, on the screen and without one.
    fmt
        ``geojson`` (one file per layer), ``gpkg`` (one styled file) or ``csv`` (one per layer).
    epsg
        Coordinate system; GeoJSON knows 4326 only. See :func:`layers.handover.contents.systems`.
    layers
        Ids of the layers to take; None for those that are on.

    Returns
    -------
    Package
        Every text is in Chinese and English. Values are raw and coordinates true; places without
        a site are kept without a geometry.

    Raises
    ------
    ParameterError
        With every unknown layer, format or coordinate system.
    """
    return build(contents(select(city, state, layers=layers, form=Form(fmt, epsg))))


def contents(selection: Selection) -> Contents:
    """Return selected rows with all that goes with them.

    Parameters
    ----------
    selection
        As :func:`layers.handover.selection.select` returns it.
    """
    city, state, form = selection.city, selection.state, selection.form
    period = {"id": state.period, **pair(f"period.{state.period}")._asdict()}
    return Contents(
        city=city,
        name=city.id,
        stem=f"{city.id}_{city.data_date}_{mark_of(selection.filtered)}{form.fmt}_{form.epsg}",
        form=form,
        sheets=selection.sheets,
        head=filter_lines(selection.filtered, selection.words),
        sections=(
            (pair("export.caveats"), tuple(_caveats(selection))),
            (pair("bases.title"), bases.lines(selection.view)),
        ),
        about={
            **about_city(city),
            "period": {**period, "later": state.later},
            "filter": {"query": selection.query, **selection.words._asdict()},
            "filtered": filtered_entry(selection.filtered),
            "counting": bases.entry(selection.view),
        },
    )


def _caveats(selection: Selection) -> Iterator[Bilingual]:
    for key in ("location", "no_outline", "unmapped", "counted"):
        yield pair(f"export.{key}")
    yield from selection.gaps
    yield from form_caveats(selection.city, selection.form, selection.sheets)
