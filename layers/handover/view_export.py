"""Hand over what the screen shows: files for a GIS, with their dictionary, sources and manifest.

``python -m layers.export --help`` says how to do the same without a screen, and what becomes of
files that stand in the folder already.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from geo.base.errors import AtlasError
from layers.handover import command_line
from layers.handover.build import build
from layers.handover.contents import Contents, Form
from layers.handover.documents import about_city, form_caveats, sha256
from layers.handover.package import Package
from layers.handover.selection import Selection, select
from layers.handover.write_package import write_package
from layers.language.bilingual import Bilingual, pair
from layers.language.problems import lines
from layers.pack.city import City
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
        The city; not changed.
    state
        Filters and layers. Language, camera and selection do not matter: whoever looks at the
        same rows gets the same bytes, on the screen and without one.
    fmt
        ``geojson`` (one file per layer), ``gpkg`` (one styled file) or ``csv`` (one per layer).
    epsg
        Coordinate system; GeoJSON knows 4326 only. See :func:`layers.handover.selection.systems`.
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
    """Return selected rows with all that goes with them."""
    city, state, form = selection.city, selection.state, selection.form
    period = {"id": state.period, **pair(f"period.{state.period}")._asdict()}
    return Contents(
        city=city,
        name=city.id,
        stem=f"{city.id}_{city.data_date}_{form.fmt}_{form.epsg}",
        form=form,
        sheets=selection.sheets,
        head=(pair("export.filter", words=selection.words),),
        sections=((pair("export.caveats"), tuple(_caveats(selection))),),
        about={
            **about_city(city),
            "period": {**period, "later": state.later},
            "filter": {"query": selection.query, **selection.words._asdict()},
        },
    )


def _caveats(selection: Selection) -> Iterator[Bilingual]:
    for key in ("location", "no_outline", "unmapped", "counted"):
        yield pair(f"export.{key}")
    yield from selection.gaps
    yield from form_caveats(selection.city, selection.form, selection.sheets)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files that the command line asks for and print their digests.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0, or 2 after every problem has been listed on standard error. Standard output is in the
        form of ``sha256sum``, for ``sha256sum -c``.
    """
    try:
        request = command_line.read(argv)
        files = package(
            request.city, request.state, fmt=request.fmt, epsg=request.epsg, layers=request.layers
        )
        for name, data in write_package(files, request.out, zipped=request.zipped).items():
            print(f"{sha256(data)}  {request.out / name}")
    except AtlasError as error:
        print(lines(error, "en"), file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
