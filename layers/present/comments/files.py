"""Hand over the record of comments: CSV, GeoJSON and a Word table in one package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.base.schema import Field
from geo.formats.spreadsheet import safe_text
from layers.handover.build import build
from layers.handover.contents import AREA, POINT, Contents, Form, Sheet
from layers.handover.documents import about_city
from layers.handover.package import Package
from layers.handover.write_data import to_csv
from layers.language.bilingual import Bilingual, both, pair
from layers.language.messages import LANGS, display, speaker
from layers.pack.city import City
from layers.present.comments.comment import Comment, ordered
from layers.present.comments.table import table
from layers.view.areas import areas

COLUMNS: Final = (
    *("number", "said", "who", "what", "on", "target", "name_zh", "name_en"),
    *("clause", "clause_zh", "clause_en", "page_zh", "page_en", "address"),
    *("filtered_zh", "filtered_en", "data_date", "pack_sha256", "version", "longitude", "latitude"),
)
"""Of all three files, after the id."""


def package(city: City, comments: Sequence[Comment], lang: str) -> Package:
    """Return comments as files, with dictionary, sources and manifest.

    Parameters
    ----------
    city
        The pack that was shown; it is not changed.
    comments
        In any order; they are numbered as they were said.
    lang
        Language of the Word table, ``zh`` or ``en``.
    """
    said, say = ordered(comments), speaker(lang)
    rows = [_row(n, each) for n, each in enumerate(said, start=1)]
    frame = gpd.GeoDataFrame(
        rows,
        columns=COLUMNS,
        geometry=[_geometry(city, each) for each in said],
        index=pd.Index([each.id for each in said], name="id"),
        crs=4326,
    )
    named = say("comments.record").replace(" ", "_")
    return build(
        Contents(
            city=city,
            name="comments",
            stem=f"{city.id}_{city.data_date}_comments",
            form=Form("geojson"),
            sheets=(_sheet(frame),),
            head=(pair("comments.count", count=len(said)), pair("comments.each_its_own")),
            sentence=pair("comments.count", count=len(said)),
            sections=((pair("export.caveats"), (pair("comments.not_facts"),)),),
            about={**about_city(city), "comments": len(said)},
            files={f"{named}.csv": _csv(rows), f"{named}.docx": table(city, said, lang)},
        )
    )


def _row(n: int, each: Comment) -> dict[str, Any]:
    """Return the cells of one comment; each character of a text shows as itself."""
    texts = {
        **{name: getattr(each, name) for name in ("said", "who", "what", "on", "target")},
        **{name: getattr(each, name) for name in ("clause", "address", "data_date", "version")},
        "pack_sha256": each.digest,
    }
    for name, text in (
        ("name", each.name),
        ("clause", each.clause_name),
        ("page", each.page),
        ("filtered", each.filtered),
    ):
        texts |= {f"{name}_{lang}": text.of(lang) for lang in LANGS}
    shown = {name: display(text) for name, text in texts.items()}
    return {"number": n, **shown, "longitude": each.lon, "latitude": each.lat}


def _geometry(city: City, each: Comment) -> BaseGeometry | None:
    """Return the outline of an area, else the point; None where nothing is known."""
    if each.on == "area" and (codes := areas(city).get(each.target)):
        area: BaseGeometry = city.districts.loc[list(codes)].union_all()
        return area
    return None if each.lon is None or each.lat is None else Point(each.lon, each.lat)


def _sheet(frame: gpd.GeoDataFrame) -> Sheet:
    kinds = {"number": "integer", "longitude": "number", "latitude": "number"}
    fields = [Field("id", required=True)]
    fields += [Field(name, kinds.get(name, "text")) for name in COLUMNS]  # type: ignore[arg-type]
    return Sheet(
        id="comments",
        title=pair("comments.record"),
        frame=frame,
        fields=tuple(fields),
        geometry=POINT | AREA,
        geometry_required=False,
        titles={name: title_of(name) for name in ("id", *COLUMNS)},
    )


def title_of(name: str) -> Bilingual:
    """Return what a column is called.

    Parameters
    ----------
    name
        ``id`` or one of ``COLUMNS``.
    """
    stem, _, lang = name.rpartition("_")
    if lang in LANGS:
        return Bilingual(*(f"{text} ({lang})" for text in pair(f"comments.column.{stem}")))
    return pair(f"comments.column.{name}")


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return the rows for a spreadsheet: no text in it runs."""
    heads = [" ".join(dict.fromkeys(title_of(name))) for name in COLUMNS]
    return to_csv([heads, *([*_cells(row)] for row in rows)])


def _cells(row: dict[str, Any]) -> Iterator[str]:
    for name in COLUMNS:
        value = row[name]
        if name == "on":
            yield both(f"comments.on.{value}")
        elif isinstance(value, str):
            yield safe_text(value)
        else:
            yield "" if value is None else str(value)
