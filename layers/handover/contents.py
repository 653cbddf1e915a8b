"""Hold what is handed over, of a view or of an analysis, before it takes the form of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
from pyproj import CRS

from geo.base.errors import ParameterError, Problem
from geo.base.schema import Field
from layers.handover.look import Labels, Look, Looks, Shades
from layers.language.bilingual import BLANK, Bilingual, column
from layers.pack.city import City, Provenance

Format = Literal[
    "xlsx", "geojson", "gpkg", "csv", "json", "shp", "gdb", "kml", "kmz", "fgb", "parquet"
]
FORMATS: tuple[Format, ...] = ("xlsx", "geojson", "gpkg", "csv")
"""Those that the screen offers."""
GIS_FORMATS: tuple[Format, ...] = ("shp", "gdb", "kml", "kmz", "fgb", "parquet")
"""Those that other systems ask for, on the command line alone; see ``geo.formats.write_gis``."""
VIEW_FORMATS: tuple[Format, ...] = (*FORMATS, *GIS_FORMATS)
ANALYSIS_FORMATS: tuple[Format, ...] = (*FORMATS, "json")
"""An analysis has also ``json``: the whole answer, without shapes."""
ANSWER_FORMATS: tuple[Format, ...] = (*ANALYSIS_FORMATS, *GIS_FORMATS)
LOCAL_FORMATS: frozenset[str] = frozenset({"csv", "shp", "fgb"})
"""Formats that can leave their system unsaid."""
ONE_SYSTEM: frozenset[str] = frozenset({"xlsx", "geojson", "json", "kml", "kmz"})
"""Formats in EPSG:4326 alone: by their standard, or because they hold no coordinates."""

WGS84, CGCS2000 = 4326, 4490
PLAIN_ZONES = range(4534, 4555)
"""EPSG codes of the CGCS2000 3° Gauss–Krüger zones named by central meridian, 75° E to 135° E."""
WIDE_ZONES = range(4502, 4513)
"""The same of the 6° zones, 75° E to 135° E."""
TO_NUMBERED = 21
"""4548 − 21 = 4527: the same zone with its number in the easting."""
ZONE_ZERO = 4488
"""4527 − 4488 = 39: the number of the zone."""

POINT = frozenset({"Point"})
LINE = frozenset({"LineString", "MultiLineString"})
AREA = frozenset({"Polygon", "MultiPolygon"})

Chapter = tuple[Bilingual, tuple[Bilingual, ...]]
"""A heading with its sentences."""


@dataclass(frozen=True)
class Form:
    """In which format and coordinate system something is handed over.

    Parameters
    ----------
    fmt
        One of ``ANSWER_FORMATS``.
    epsg
        EPSG code; a format that holds no coordinates, or those of its standard, knows WGS 84 only.
    lang
        Language of a workbook, ``zh`` or ``en``; all other formats speak both.
    raw
        Whether CSV holds texts as they are, also those that a spreadsheet would run.
    circles
        Whether the doubt about each position goes along as a layer of circles; formats without
        shapes know none.
    planning
        Whether tables have the further columns that the pack maps for planning databases.
    local
        A local plane of the user's own, which takes the place of ``epsg``. Its parameters may be
        secret: they are written nowhere, neither into files nor into messages.
    """

    fmt: str = "geojson"
    epsg: int = WGS84
    lang: str = "zh"
    raw: bool = False
    circles: bool = False
    planning: bool = False
    local: CRS | None = field(default=None, repr=False)

    @property
    def crs(self) -> CRS:
        """The system of the coordinates."""
        return CRS.from_epsg(self.epsg) if self.local is None else self.local

    @property
    def system(self) -> str:
        """What names of files say of it."""
        return str(self.epsg) if self.local is None else "local"

    @property
    def projected(self) -> bool:
        """Whether the coordinates are metres."""
        return bool(self.crs.is_projected)


@dataclass(frozen=True, eq=False, kw_only=True)
class Sheet:
    """One table that leaves the atlas.

    Parameters
    ----------
    id
        Name of the file or of the table, ASCII.
    title
        For people.
    frame
        Rows, with a named index that becomes the first column; a GeoDataFrame of any CRS if
        ``geometry`` names a type. A cell may hold a tuple of texts.
    fields
        What each column holds, the index first.
    geometry
        GeoJSON types that the table may hold; none for a plain table.
    geometry_required
        Whether every row has one.
    look
        How it is drawn; None for a table without a shape, and where nothing is said of it.
    labels
        Which rows carry their name on a map.
    titles
        By column, its name where it is not that of :func:`layers.language.bilingual.column`.
    codes
        By field of a closed set, its values, each with its words in both languages.
    group
        What kind of layer it is, for a list of layers.
    provenance
        Where it comes from and under which terms; None for what was computed here.
    facts
        What the sources say of it.
    entry
        What the manifest says of it, besides its rows.
    worded
        By column of codes, its name where they stand in words.
    for_programs
        Whether a workbook leaves it out, as it says the same in sentences.
    inside
        Whether a GeoPackage holds it though it has no shape; else it is CSV beside it.
    """

    id: str
    title: Bilingual
    frame: pd.DataFrame
    fields: tuple[Field, ...]
    geometry: frozenset[str] = frozenset()
    geometry_required: bool = True
    look: Look | Looks | None = None
    labels: Labels | None = None
    titles: Mapping[str, Bilingual] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    group: Bilingual = BLANK
    provenance: Provenance | None = None
    facts: tuple[Bilingual, ...] = ()
    entry: Mapping[str, object] = field(default_factory=dict)
    worded: Mapping[str, Bilingual] = field(default_factory=dict)
    for_programs: bool = False
    inside: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Columns in order, the index first."""
        return tuple(each.name for each in self.fields)

    def title_of(self, name: str) -> Bilingual:
        """Return what a column is called.

        Parameters
        ----------
        name
            Name of the column.
        """
        return self.titles.get(name) or column(name)

    @property
    def key(self) -> str:
        """The column that says which row is which, the first."""
        return self.fields[0].name

    @property
    def is_points(self) -> bool:
        """Whether every geometry is a point, so that two columns can hold it."""
        return self.geometry == POINT

    @property
    def mapped(self) -> int:
        """Number of rows that have a geometry."""
        return int(self.frame["geometry"].notna().sum()) if self.geometry else 0


@dataclass(frozen=True, eq=False)
class Raster:
    """One picture of values that leaves the atlas.

    Parameters
    ----------
    id
        Stem of its file, ASCII.
    title
        For people.
    data
        GeoTIFF.
    shades
        How it is drawn; None where it has no class.
    epsg
        System of its coordinates.
    bounds
        West, south, east, north, in that system.
    note
        What its values add up to.
    """

    id: str
    title: Bilingual
    data: bytes
    shades: Shades | None
    epsg: int
    bounds: tuple[float, float, float, float]
    note: Bilingual = BLANK


@dataclass(frozen=True, eq=False, kw_only=True)
class Contents:
    """Everything that is handed over together.

    Parameters
    ----------
    city
        Of which city.
    name
        What it is, ASCII: stem of the file that holds all tables.
    stem
        Name of the package, fit for a file; ASCII but for what a reader's own file brings.
    form
        Format and coordinate system, checked.
    sheets
        The tables.
    head
        What it is and what was asked.
    sentence
        What is shown or was found, as the screen says it.
    counting
        How it is counted; None if the sections say so.
    sections
        Further headings of the sources, each with its sentences.
    origins
        What the sources say of layers that enter without being one of the tables.
    about
        What the manifest says besides.
    listing
        What a workbook shows first: by title in the language of the form, rows as on the screen;
        empty to show the tables themselves.
    files
        Further files by name.
    rasters
        Values on cells, each a file of its own.
    dated
        As of when the figures are, where they are not the city's; None for the date of its data.
    """

    city: City
    name: str
    stem: str
    form: Form
    sheets: tuple[Sheet, ...]
    head: tuple[Bilingual, ...]
    sentence: Bilingual
    counting: Chapter | None = None
    sections: tuple[Chapter, ...]
    origins: tuple[Chapter, ...] = ()
    about: Mapping[str, object]
    listing: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    rasters: tuple[Raster, ...] = ()
    dated: Bilingual | None = None


def numbered_zone(epsg: int) -> int | None:
    """Return the EPSG code of the same 3° zone with its number in the easting.

    Parameters
    ----------
    epsg
        EPSG code of any system.

    Returns
    -------
    int or None
        None unless the system is one of ``PLAIN_ZONES``.
    """
    return epsg - TO_NUMBERED if epsg in PLAIN_ZONES else None


def systems(city: City) -> tuple[int, ...]:
    """Return the EPSG codes in which a city is handed over: degrees, then its metric zone.

    Parameters
    ----------
    city
        Its metric zone is offered; where that is one of ``PLAIN_ZONES``, also the same zone with
        its number in the easting.
    """
    numbered = numbered_zone(city.metric_epsg)
    return (WGS84, CGCS2000, city.metric_epsg, *([numbered] if numbered else []))


def neighbours(city: City) -> tuple[int, ...]:
    """Return the EPSG codes of the zones of CGCS2000 beside a city's own, for the command line.

    Parameters
    ----------
    city
        Where its metric zone is one of ``PLAIN_ZONES``: the 3° zones to both sides and the 6° zones
        whose central meridian is at most 6° away. Otherwise there is none.
    """
    if city.metric_epsg not in PLAIN_ZONES:
        return ()
    meridian = 3 * PLAIN_ZONES.index(city.metric_epsg)  # east of 75° E
    narrow = (city.metric_epsg + side for side in (-1, 1))
    wide = (zone for at, zone in enumerate(WIDE_ZONES) if abs(6 * at - meridian) <= 6)
    return (*(zone for zone in narrow if zone in PLAIN_ZONES), *wide)


def checked(form: Form, city: City, formats: tuple[Format, ...]) -> Form:
    """Return a form that is offered.

    Parameters
    ----------
    form
        Format and coordinate system that are asked for.
    city
        Its metric zone decides which systems are offered, see :func:`systems`.
    formats
        Those that are offered: ``VIEW_FORMATS`` for a view, ``ANSWER_FORMATS`` for an analysis.

    Returns
    -------
    Form
        The same form.

    Raises
    ------
    ParameterError
        With everything that is wrong with it.
    """
    if problems := form_problems(form, city, formats):
        raise ParameterError("export_refused", problems)
    return form


def form_problems(form: Form, city: City, formats: tuple[Format, ...]) -> list[Problem]:
    """Return what is wrong with a form.

    Parameters
    ----------
    form
        Format and coordinate system that are asked for.
    city
        Its metric zone decides which systems are offered, see :func:`systems`.
    formats
        Those that are offered: ``VIEW_FORMATS`` for a view, ``ANSWER_FORMATS`` for an analysis.

    Returns
    -------
    list
        One for the format and one for the system at most; see ``ONE_SYSTEM``.
    """
    problems = []
    if form.fmt not in formats:
        problems.append(Problem("export.unknown", "format", value=form.fmt, known=formats))
    if form.local is not None and form.fmt not in LOCAL_FORMATS:
        known = tuple(sorted(LOCAL_FORMATS))
        problems.append(Problem("export.local_format", "--crs-file", format=form.fmt, known=known))
    offered = (*systems(city), *neighbours(city))
    if form.epsg not in offered:
        codes = tuple(map(str, offered))
        problems.append(Problem("export.crs", "crs", epsg=str(form.epsg), known=codes))
    elif form.fmt in ONE_SYSTEM and form.epsg != WGS84:
        problems.append(Problem("export.one_crs", "crs", format=form.fmt, epsg=str(form.epsg)))
    return problems
