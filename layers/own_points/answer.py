"""Answer what is asked of a reader's own points: the five names of an analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.density.pattern import MINIMUM
from geo.density.surface import contours, to_geotiff
from layers.handover.analysis_export import Answered, Data, analysis_package
from layers.handover.contents import AREA, LINE, POINT, Form
from layers.handover.look import Look
from layers.handover.package import Package
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.language.values import number
from layers.map.colours import OPACITY
from layers.map.overlay import Drawing
from layers.map.symbols import look_sign, swatch
from layers.map.thumbnail import Small
from layers.own_points.bins import SIDES_M, PointsBins, draw_bins, measure_bins, word_bins
from layers.own_points.clusters import (
    PointsClusters,
    cluster_pictures,
    draw_clusters,
    measure_clusters,
    word_clusters,
)
from layers.own_points.filtering import filtered_in_both
from layers.own_points.hot_spots import (
    PointsHotSpots,
    draw_hot_spots,
    measure_hot_spots,
    word_hot_spots,
)
from layers.own_points.naming import file_stem
from layers.own_points.one_by_one.dots import (
    MOST_DOTS,
    OWN,
    OWN_LINE,
    own_colour,
    own_dots,
    points_alone,
    signs_alone,
)
from layers.own_points.own_list import names_at, terms_at
from layers.own_points.parks import (
    RING,
    PointsParks,
    draw_parks,
    measure_parks,
    parks_frame,
    word_parks,
)
from layers.own_points.reading import (
    FileQuestion,
    Progress,
    Reading,
    Stopped,
    account_values,
    read,
)
from layers.own_points.surface import PointsSurface, draw_surface, measure_surface, word_surface
from layers.own_points.wording import (
    PointsWording,
    not_judged,
    of_file,
    unused_rows,
    why_not,
)
from layers.pack.city import City
from layers.view.page_options import PointsOptions
from layers.view.question import Question, rows_asked
from layers.view.state import ViewState

PointsAnswer = PointsSurface | PointsBins | PointsClusters | PointsHotSpots | PointsParks
HULLS: Final = AREA | {"LineString", "Point"}
"""The hull of points in a line is a line."""
_PARK = Look("point", line="#B5322A", fill="#B5322A")
_POINT = Look("point", line=OWN_LINE, fill=OWN)
_LINE, _CELL = Look("line", line="#8C3A1F", weight=4.0), Look("area", "#8C3A1F", opacity=0.0)
ASKED: Final = MappingProxyType(
    {
        "surface": ("sigma_m", "kernel", "bandwidth"),
        "bins": ("shape", "grain"),
        "clusters": ("clusters", "reach_m", "least"),
        "hotspots": ("grain",),
        "parks": ("parks", "within_m"),
    }
)
"""By what is shown, the options that it depends on, apart from the reading."""


def relevant(options: PointsOptions) -> PointsOptions:
    """Return options in which everything that does not change the answer is at its default.

    Parameters
    ----------
    options
        Options of the page of own points; not changed. ``show`` says which of the others count, see
        ``ASKED``.
    """
    kept = {name: getattr(options, name) for name in ASKED[options.show]}
    return PointsOptions(show=options.show, cell_m=options.cell_m, dated=options.dated, **kept)


@dataclass(frozen=True, eq=False)
class PointsQuestion(Question[PointsOptions]):
    """What is asked of a file of points, whatever the plan's places are."""

    file: FileQuestion

    @property
    def key(self) -> tuple[object, ...]:
        """What the answer depends on."""
        return (*self.file.key, self.options)

    @property
    def narrowed(self) -> Bilingual | None:
        """The reader's own filter in words; None where all rows count."""
        return filtered_in_both(self.file.columns)


def question(state: ViewState, file: FileQuestion) -> PointsQuestion:
    """Return what of a state decides the answer about a file.

    Parameters
    ----------
    state
        State of the page. Only its options of own points are taken, see :func:`relevant`: layers
        and filters are about the plan's places.
    file
        What is read, and on which grid.
    """
    bare = rows_asked(ViewState(state.city))
    return PointsQuestion(**bare, options=relevant(state.points), file=file)


def asked_of(shown: PointsAnswer) -> PointsQuestion:
    """Return the question that an answer is of.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    """
    bare = rows_asked(ViewState(shown.reading.asked.city.id))
    return PointsQuestion(**bare, options=shown.options, file=shown.reading.asked)


def measure(
    city: City,  # noqa: ARG001 - one shape
    asked: PointsQuestion,
    progress: Progress = lambda *_: None,
    stopped: Stopped = lambda: False,
) -> PointsAnswer:
    """Read the points and work out what is asked.

    Parameters
    ----------
    city
        Not looked at: ``asked.file`` names the city within which points count.
    asked
        The file, and what is asked of it.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Raises
    ------
    AtlasError
        A file cannot be read; ``CancelledError`` where ``stopped`` returned True.
    """
    return of_reading(read(asked.file, progress, stopped), asked.options, progress, stopped)


def of_reading(
    reading: Reading, options: PointsOptions, progress: Progress, stopped: Stopped
) -> PointsAnswer:
    """Work out what is asked of points that have been read.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    options
        ``show`` says what is worked out; the options in ``ASKED`` how; ``dated`` of when it is.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    reading = reading.of_day(options.dated)
    if options.show == "bins":
        return measure_bins(reading, options, progress, stopped)
    if options.show == "clusters":
        return measure_clusters(reading, options, progress, stopped)
    if options.show == "hotspots":
        return measure_hot_spots(reading, options, progress, stopped)
    if options.show == "parks":
        return measure_parks(reading, options, progress, stopped)
    return measure_surface(reading, options, progress, stopped)


def word(shown: PointsAnswer, lang: str) -> PointsWording:
    """Put an answer into words; the sentence names the file and its date.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    told = _worded(shown, lang)
    if has_files(shown):
        told = not_judged(told, shown.reading, _scale_m(shown), _least(shown), lang)
    if _has_dots(shown) and not told.dots:
        own = own_colour(shown.reading)
        told = replace(told, dots=((own, speaker(lang)("points_page.legend_own")),))
    return of_file(told, shown.reading, lang)


def alone(shown: PointsAnswer) -> str:
    """Return why nothing but the points may be drawn and handed over; empty where more may.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.

    Returns
    -------
    str
        As :func:`layers.own_points.wording.why_not`: the sentence then does no more than count.
    """
    return why_not(shown.reading, _scale_m(shown), _least(shown)) if has_files(shown) else ""


def _least(shown: PointsAnswer) -> int:
    """Return of how many points more than their number is told; the others refuse by themselves."""
    return MINIMUM["clusters"].n if isinstance(shown, PointsSurface) else 0


def _has_dots(shown: PointsAnswer) -> bool:
    """Tell whether the points themselves are drawn over what was found."""
    return 0 < len(shown.reading.kept.xy) <= MOST_DOTS or bool(alone(shown))


def signs(shown: PointsAnswer, told: PointsWording, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the legend of an answer: a sign and words for all that it draws.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    told
        The same in words.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    found = [(swatch(colour, OPACITY), words) for colour, words in told.legend]
    found += [(look_sign({"fill": colour, "line": OWN_LINE, "dot": True}), words)
              for colour, words in told.dots]  # fmt: skip
    if alone(shown):
        found += signs_alone(shown.reading, lang)
    elif isinstance(shown, PointsParks):
        near = number(shown.options.within_m / 1000)
        found.append((RING, speaker(lang)("points_page.legend_near", radius=near)))
    return tuple(found)


def _scale_m(shown: PointsAnswer) -> float:
    """Return the length on which an answer looks at the points; 0 where it finds its own."""
    options = shown.options
    if isinstance(shown, PointsBins):
        return 1000 * math.sqrt(float(shown.bins.frame["area_km2"].median()))
    if isinstance(shown, PointsClusters):
        return float(options.reach_m) if options.clusters == "dbscan" else 0.0
    if isinstance(shown, PointsHotSpots):
        return float(SIDES_M[options.grain])
    return float(options.within_m if isinstance(shown, PointsParks) else options.sigma_m)


def _worded(shown: PointsAnswer, lang: str) -> PointsWording:
    if isinstance(shown, PointsBins):
        return word_bins(shown, lang)
    if isinstance(shown, PointsClusters):
        return word_clusters(shown, lang)
    if isinstance(shown, PointsHotSpots):
        return word_hot_spots(shown, lang)
    if isinstance(shown, PointsParks):
        return word_parks(shown, lang)
    return word_surface(shown, lang)


def draw(shown: PointsAnswer, lang: str) -> Drawing:
    """Return what is drawn of an answer; where it is refused or not judged, the points alone.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if alone(shown):
        return points_alone(shown.reading)
    drawn = _drawn(shown, lang)
    if isinstance(shown, PointsParks) or (isinstance(shown, PointsClusters) and drawn.shapes):
        return drawn
    dots = own_dots(shown.reading, shown.reading.kept.xy)
    return replace(drawn, shapes=[*drawn.shapes, *dots])


def _drawn(shown: PointsAnswer, lang: str) -> Drawing:
    if isinstance(shown, PointsBins):
        return draw_bins(shown, lang)
    if isinstance(shown, PointsClusters):
        return draw_clusters(shown)
    if isinstance(shown, PointsHotSpots):
        return draw_hot_spots(shown, lang)
    if isinstance(shown, PointsParks):
        return draw_parks(shown, lang)
    return draw_surface(shown)


def pictures(shown: PointsAnswer, lang: str) -> tuple[Small, ...]:
    """Return the small pictures beside the tables.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        The plot of Ripley's L beside clusters; else none.
    """
    if isinstance(shown, PointsClusters) and not alone(shown):
        return cluster_pictures(shown, lang)
    return ()


def has_files(shown: PointsAnswer) -> bool:
    """Say whether there is a result to hand over.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    """
    if isinstance(shown, PointsSurface):
        return shown.surface is not None or bool(shown.why)
    if isinstance(shown, PointsClusters):  # what the points weigh does not matter
        return not shown.found.refused
    if isinstance(shown, PointsParks):
        return bool(shown.reading.binned.n)
    found = shown.bins if isinstance(shown, PointsBins) else shown.found
    return not (found.refused or shown.reading.blank)


def file_begin(shown: PointsAnswer) -> str:
    """Return how the names of an answer's files begin: the city, the reader's file and its date.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    """
    asked = shown.reading.asked
    return f"{asked.city.id}_{file_stem(asked.source, shown.reading.dated)}"


def geotiff(shown: PointsSurface) -> bytes:
    """Return the surface as a GeoTIFF on the city's plane, parameters and account in its tags.

    Parameters
    ----------
    shown
        As :func:`measure` returns it; it has a surface.
    """
    assert shown.surface is not None
    return to_geotiff(shown.surface)


def hand_over(shown: PointsAnswer, form: Form) -> Package:
    """Return an answer as files: areas and lines, tables, the account of the rows.

    Parameters
    ----------
    shown
        As :func:`measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    options, asked = shown.options, shown.reading.asked
    files: dict[str, bytes] = {}
    if isinstance(shown, PointsSurface) and shown.surface is not None:
        files["surface.tif"] = geotiff(shown)
    kept = {name: getattr(options, name) for name in ("show", *ASKED[options.show])}
    return analysis_package(
        Answered(
            name="own_points",
            city=asked.city,
            question=asked_of(shown),
            begin=file_begin(shown),
            words={lang: _told_of_columns(shown, lang) for lang in LANGS},
            layers=frozenset(shown.kinds if isinstance(shown, PointsParks) else ()),
            data={
                **_tables(shown),
                "rows": Data(_account(shown.reading), for_programs=True),
                **_unused(shown.reading),
            },
            asked={**kept, "cell_m": asked.cell_m, "dated": options.dated},
            result=account_values(shown.reading),
            findings=(shown.reading.binned,) if alone(shown) else shown.findings,
            files=files,
        ),
        form,
    )


def _told_of_columns(shown: PointsAnswer, lang: str) -> PointsWording:
    """Return an answer in words, and where the other columns of the file are to be had."""
    told = word(shown, lang)
    if not alone(shown) or shown.reading.taken is None:
        return told
    return replace(told, notes=(*told.notes, speaker(lang)("points_page.other_columns")))


def _account(reading: Reading) -> pd.DataFrame:
    values = {name: str(value) for name, value in account_values(reading).items()}
    return pd.DataFrame({"told": values}).rename_axis("name")


def _unused(reading: Reading) -> dict[str, Data]:
    """Return the rows that are not used, by number; nothing where every row is."""
    words = {lang: unused_rows(reading, lang) for lang in LANGS}
    if words["en"].empty:
        return {}
    frame = words["en"].drop(columns="words")
    told = {f"reason_{lang}": one["words"] for lang, one in words.items()}
    return {"rows_not_used": Data(frame.assign(**told).rename_axis("number"))}


def _points(reading: Reading) -> Data:
    """Return the points themselves, each with its name and its doubt."""
    table = terms_at(reading, reading.kept.xy)
    if (called := names_at(reading, reading.kept.xy)) is not None:
        table.insert(0, "own_name", called)
    at = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
    digits = len(str(len(table)))  # ids are sorted as texts
    names = pd.Index([f"point-{k:0{digits}}" for k in range(1, len(table) + 1)], name="id")
    return Data(gpd.GeoDataFrame(table, geometry=at).set_index(names), POINT, _POINT)


def _tables(shown: PointsAnswer) -> dict[str, Data]:
    if alone(shown):
        counts = _surface(shown) if isinstance(shown, PointsSurface) else {}
        return {"points": _points(shown.reading), **counts}
    if isinstance(shown, PointsBins):
        return _bins(shown)
    if isinstance(shown, PointsClusters):
        return _clusters(shown)
    if isinstance(shown, PointsHotSpots):
        return _spots(shown)
    if isinstance(shown, PointsParks):
        return _near(shown)
    return _surface(shown)


def _surface(shown: PointsSurface) -> dict[str, Data]:
    named = shown.reading.asked.city.districts[["name_zh", "name_en"]]
    districts = shown.districts.rename(columns={"n": "points"}).rename_axis("adcode")
    districts = districts.join(named)
    districts = districts.drop(columns=["per_km2"] if shown.why else [])
    tables = {"districts": Data(districts)}
    if shown.surface is not None:
        surface = shown.surface
        lines = contours(surface, shown.breaks).rename_axis("id")
        given = {name: surface.parameters[name] for name in ("kernel", "sigma_m", "cell_m", "file")}
        told = lines.assign(unit=surface.unit, n=surface.n, method=surface.method, **given)
        tables["contours"] = Data(told, LINE, _LINE)
    return tables


def _bins(shown: PointsBins) -> dict[str, Data]:
    if shown.bins.refused:
        return {}
    said = shown.bins.parameters
    grain = {name: said[name] for name in ("resolution", "cell_m") if name in said}
    file = shown.reading.asked.source.name
    frame = shown.bins.frame.assign(method=shown.bins.method, file=file, **grain)
    return {"bins": Data(frame, AREA, _CELL), "bins_table": Data(_plain(frame))}


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry"))


def _clusters(shown: PointsClusters) -> dict[str, Data]:
    if shown.found.refused:
        return {}
    points = terms_at(shown.reading, shown.xy).rename_axis("point")
    points.insert(2, "cluster", shown.labels)
    hulls = shown.hulls.assign(method=shown.found.method, file=shown.reading.asked.source.name)
    hulls.index = pd.Index([f"cluster-{k:04d}" for k in range(len(hulls))], name="id")
    return {
        "clusters": Data(hulls, HULLS, _LINE),
        "clusters_table": Data(shown.found.table),
        "cluster_points": Data(points),
        "ripley": Data(shown.ripley.table),
    }


def _spots(shown: PointsHotSpots) -> dict[str, Data]:
    if shown.found.refused:
        return {}
    named = shown.cells.rename(columns={"n": "points"})
    frame = named.assign(file=shown.reading.asked.source.name)
    return {"hotspots": Data(frame, AREA, _CELL), "hotspots_table": Data(_plain(frame))}


def _near(shown: PointsParks) -> dict[str, Data]:
    frame = parks_frame(shown).to_crs(4326)
    known = frame[frame["near_mid"].notna()]
    said: dict[str, Any] = {
        "intervals": (("near_drawn", "near_low", "near_high"),),
        "why": "outside.parks",
    }
    parks = Data(known, POINT, _PARK, **said)
    return {"parks": parks, "parks_table": Data(_plain(frame), **said)}
