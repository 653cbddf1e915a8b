"""Hand over what the screen shows: files for a GIS, with their dictionary, sources and manifest.

The same without a screen: :mod:`layers.command_line.export`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from layers.handover.build import build
from layers.handover.contents import POINT, Contents, Form
from layers.handover.documents import (
    DICTIONARY,
    MANIFEST,
    SOURCES,
    about_city,
    filter_lines,
    filtered_entry,
    form_caveats,
    mark_of,
)
from layers.handover.metadata.files import CATALOGUE, DICTIONARY_WORKBOOK, TABLE_SCHEMA
from layers.handover.package import Package
from layers.handover.selection import Selection, select
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import speaker
from layers.language.source_credits import attribution
from layers.language.values import title
from layers.pack import exchange
from layers.pack.city import City
from layers.places import bases
from layers.places.screen_tables import table
from layers.view.rows import rows_in_view
from layers.view.state import ViewState


def package(
    city: City,
    state: ViewState,
    *,
    fmt: str = "geojson",
    epsg: int = 4326,
    lang: str = "zh",
    layers: Sequence[str] | None = None,
    raw: bool = False,
    circles: bool = False,
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
        ``xlsx`` (one workbook), ``geojson`` (one file per layer), ``gpkg`` (one styled file) or
        ``csv`` (one per layer); or one of :data:`layers.handover.contents.GIS_FORMATS`.
    epsg
        Coordinate system; GeoJSON and a workbook know 4326 only. See
        :func:`layers.handover.contents.systems`.
    lang
        Language of a workbook, ``zh`` or ``en``; the other formats speak both.
    layers
        Ids of the layers to take; None for those that are on.
    raw
        Whether CSV holds texts as they are, also those that a spreadsheet would run.
    circles
        Whether the doubt about each position goes along as a layer of circles, in formats with
        shapes.

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
    return in_form(city, state, Form(fmt, epsg, lang, raw=raw, circles=circles), layers)


def in_form(
    city: City, state: ViewState, form: Form, layers: Sequence[str] | None = None
) -> Package:
    """Return what ``state`` shows of ``city`` as files of any form, see :func:`package`.

    Parameters
    ----------
    city, state, layers
        As :func:`package` takes them.
    form
        Format, system and what else a command line may ask for.

    Raises
    ------
    ParameterError
        As :func:`package`.
    """
    return build(contents(select(city, state, layers=layers, form=form)))


class Size(NamedTuple):
    """How much a reader takes away: rows, of which some have no site or are titles, and files."""

    rows: int
    unmapped: int
    titles: int
    files: int


def size(city: City, state: ViewState, *, layers: Sequence[str], fmt: str) -> Size:
    """Return how much an export will hold, without making it.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Filters; see :func:`package`.
    layers
        Ids of the layers to take.
    fmt
        One of :data:`layers.handover.contents.VIEW_FORMATS`.

    Returns
    -------
    Size
        A workbook is taken away as one file; all other formats bring dictionary, sources and
        manifest along.
    """
    view = rows_in_view(city, replace(state, layers=frozenset(layers)))
    papers = (DICTIONARY, SOURCES, MANIFEST, CATALOGUE, TABLE_SCHEMA, DICTIONARY_WORKBOOK)
    files = 1 if fmt == "xlsx" else len(papers) + _data_files(city, layers, fmt)
    return Size(len(view.places), len(view.unmapped), len(view.titles), files)


def _data_files(city: City, layers: Sequence[str], fmt: str) -> int:
    """Return how many files hold data, styles, types and metadata of layers."""
    if fmt == "gpkg":
        return 1
    beside = 4  # data, two styles, metadata
    if fmt == "csv":
        points = sum(city.layers[id_].spec.schema.geometry == POINT for id_ in layers)
        return (beside + 1) * len(layers) + points
    return beside * len(layers)


def contents(selection: Selection) -> Contents:
    """Return selected rows with all that goes with them.

    Parameters
    ----------
    selection
        As :func:`layers.handover.selection.select` returns it.
    """
    city, state, form = selection.city, selection.state, selection.form
    period = {"id": state.period, **pair(f"period.{state.period}", **city.years)._asdict()}
    return Contents(
        city=city,
        name=city.id,
        stem=f"{city.id}_{city.data_date}_{mark_of(selection.filtered)}{form.fmt}_{form.system}",
        form=form,
        sheets=selection.sheets,
        head=filter_lines(selection.filtered, selection.words),
        sentence=_sentence(selection),
        counting=(pair("bases.title"), bases.lines(selection.view)),
        sections=((pair("export.caveats"), tuple(_caveats(selection))),),
        about={
            **about_city(city),
            "period": {**period, "later": state.later},
            "filter": {"query": selection.query, **selection.words._asdict()},
            "filtered": filtered_entry(selection.filtered),
            "counting": bases.entry(selection.view),
        },
        listing=_listing(selection) if form.fmt == "xlsx" else {},
    )


def _sentence(selection: Selection) -> Bilingual:
    """Return what is shown of what; that it is filtered comes first."""
    words = selection.words
    return pair("view.filtered_first", text=words) if selection.filtered else words


def _listing(selection: Selection) -> dict[str, pd.DataFrame]:
    """Return the rows as the screen lists them, under the title of the list."""
    lang = selection.form.lang
    view = rows_in_view(
        selection.city, replace(selection.state, lang="en" if lang == "en" else "zh")
    )
    rows = table(view, lang)
    rows[title("counted", lang)] = view.places["counted"].astype(bool)
    for name, values in _exchanged(selection, rows.index).items():
        said = [_said(selection.city, str(name), value, lang) for value in values]
        rows[title(str(name), lang)] = pd.Series(said, index=rows.index, dtype=object)
    return {speaker(lang)("workbook.list"): rows}


def _said(city: City, name: str, value: object, lang: str) -> object:
    """Return a value of the standard's columns in the reader's language."""
    if not isinstance(value, str):
        return value
    if name == exchange.SOURCES:
        return attribution(city.attributions, value, lang, technical=city.technical)
    words = exchange.word_of(name, value)
    return words.of(lang) if words else value


def _exchanged(selection: Selection, ids: pd.Index) -> pd.DataFrame:
    """Return how long the date is and how sure the point, in the terms of the standard, by id."""
    names = [
        exchange.precision_column("as_of"),
        *(field.name for field in exchange.exchange_fields(exchange.TERMS)),
    ]
    known = [sheet.frame for sheet in selection.sheets if sheet.is_points]
    told = pd.concat([pd.DataFrame(frame)[names] for frame in known]) if known else pd.DataFrame()
    return told.reindex(index=ids, columns=names)


def _caveats(selection: Selection) -> Iterator[Bilingual]:
    for key in ("location", "no_outline", "unmapped"):
        yield pair(f"export.{key}")
    yield from selection.gaps
    yield from form_caveats(selection.city, selection.form, selection.sheets)
