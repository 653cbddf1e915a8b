"""Keep what is costly: packs, map scripts, answers, packages. Keys are plain values.

Every key holds the digest of all files of a pack: an edited layer is another city.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from layers.analysis import ANALYSES
from layers.handover import view_export
from layers.handover.contents import Form
from layers.map import folium_map
from layers.map.overlay import Drawing
from layers.map.thumbnail import Small
from layers.own_points import answer as own_points
from layers.own_points import source as points_source
from layers.own_points.one_by_one.in_shape import OwnInside, own_inside
from layers.own_points.reading import Reading
from layers.own_points.source import POINTS_VARIABLE, Folder, Layout, Source, open_folder
from layers.own_points.way_in import Decision, by_layout, decide
from layers.own_points.wording import PointsWording
from layers.pack.city import City
from layers.pack.shelf import PACKS_VARIABLE, Packs, Shelf
from layers.store.cities import EnteredCities
from layers.store.settings import settings
from layers.view.page_options import PointsOptions
from layers.view.question import Question
from layers.view.state import Allowed, ViewState, allowed
from layers.view.totals import Headline, headline
from pages.shell.jobs import JobQueue

SCHEDULER_VARIABLE = "ATLAS_DASK"
"""Holds the address of a dask scheduler that reads them."""
LOOK_AGAIN_S = 2.0
"""Seconds for which the list of that folder is taken as it was."""


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


@st.cache_resource(show_spinner=False)
def entered() -> EnteredCities:
    """Return what readers have entered, laid over the cities."""
    return EnteredCities(settings(os.environ))


def packs() -> Packs:
    """Return the shipped packs and those that the environment adds, as their files are now.

    What readers have entered is laid over them.
    """
    return entered().over(_shelf().packs(os.environ.get(PACKS_VARIABLE)))


def city(digest: str) -> City:
    """Return a city by the digest of its files and entries, so that no answer mixes two versions.

    Parameters
    ----------
    digest
        ``City.digest`` of the version.

    Raises
    ------
    KeyError
        It has been replaced so often that it is no longer kept.
    """
    return entered().version(digest) or _shelf().version(digest)


@st.cache_resource(show_spinner=False, max_entries=16)
def _allowed(city_id: str, digest: str) -> Allowed:
    return allowed(city(digest))


def allowed_of(place: City) -> Allowed:
    """Return the values that an address of this city may hold.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    """
    return _allowed(place.id, place.digest)


@st.cache_data(show_spinner=False, max_entries=16)
def _headline(city_id: str, digest: str) -> Headline:
    return headline(city(digest))


def headline_of(place: City) -> Headline:
    """Return the numbers of a city for a headline.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    """
    return _headline(place.id, place.digest)


@st.cache_data(show_spinner=False, max_entries=16)
def _base(city_id: str, digest: str, lang: str) -> str:
    return folium_map.base_json(city(digest), lang)


def base_of(place: City, lang: str) -> str:
    """Return the map's constant script for a city and a language.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        JSON for ``ATLAS.base``; see :func:`layers.map.folium_map.base_json`.
    """
    return _base(place.id, place.digest, lang)


@st.cache_data(show_spinner=False, max_entries=32)
def _package(
    city_id: str, digest: str, state: ViewState, layers: tuple[str, ...], form: Form
) -> bytes:
    place = city(digest)
    return view_export.in_form(place, state, form, layers).whole()


def package(place: City, state: ViewState, layers: tuple[str, ...], form: Form) -> bytes:
    """Return an export of the view as a workbook or a zip file.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    layers
        Ids of the layers that are written, shown or not.
    form
        Format and coordinate system of the files.
    """
    return _package(place.id, place.digest, state, layers, form)


def tiles_of(place: City, lang: str) -> Mapping[str, str] | None:
    """Return the online tiles that the pack declares and the environment has a key for.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Mapping or None
        Address and attribution; see :func:`layers.map.folium_map.tiles`. None where the pack
        declares none or the key is missing.
    """
    if place.online_base is None:
        return None
    return folium_map.tiles(place.online_base, lang, os.environ)


@st.cache_resource(show_spinner=False, max_entries=48)
def _answer(city_id: str, digest: str, analysis: str, asked: Question[Any]) -> Any:
    return ANALYSES[analysis].measure(city(digest), asked)


def answer(place: City, analysis: str, asked: Question[Any]) -> Any:
    """Return an answer; readers who ask the same at once wait for one of them.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    analysis
        Name of the analysis, a key of ``layers.analysis.ANALYSES``.
    asked
        What decides the answer; see :class:`layers.view.question.Question`.

    Returns
    -------
    Any
        What the analysis measures, or a :class:`layers.view.question.Refusal`.

    Raises
    ------
    AtlasError
        The pack or the question is not what the analysis can measure.
    """
    return _answer(place.id, place.digest, analysis, asked)


@st.cache_resource(show_spinner=False, max_entries=96)
def _wording(city_id: str, digest: str, analysis: str, asked: Question[Any], lang: str) -> Any:
    return ANALYSES[analysis].word(_answer(city_id, digest, analysis, asked), lang)


def wording(place: City, analysis: str, asked: Question[Any], lang: str) -> Any:
    """Return an answer in words.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    analysis
        Name of the analysis, a key of ``layers.analysis.ANALYSES``.
    asked
        What decides the answer; see :class:`layers.view.question.Question`.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Any
        A :class:`layers.language.wording.Wording`, with what the analysis adds to it.

    Raises
    ------
    AtlasError
        As :func:`answer`.
    """
    return _wording(place.id, place.digest, analysis, asked, lang)


@st.cache_resource(show_spinner=False, max_entries=48)
def _drawing(
    city_id: str, digest: str, analysis: str, asked: Question[Any], lang: str, look: dict[str, Any]
) -> Drawing | None:
    return ANALYSES[analysis].draw(_answer(city_id, digest, analysis, asked), lang, **look)


def drawing(
    place: City, analysis: str, asked: Question[Any], lang: str, **look: Any
) -> Drawing | None:
    """Return what is drawn of an answer.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    analysis
        Name of the analysis, a key of ``layers.analysis.ANALYSES``.
    asked
        What decides the answer; see :class:`layers.view.question.Question`.
    lang
        Language of the words, ``zh`` or ``en``.
    **look
        What the analysis lets the page choose of the drawing, such as ``nested``.

    Returns
    -------
    Drawing or None
        None where there is nothing to draw.

    Raises
    ------
    AtlasError
        As :func:`answer`.
    """
    return _drawing(place.id, place.digest, analysis, asked, lang, look)


@st.cache_data(show_spinner=False, max_entries=16)
def _files(city_id: str, digest: str, analysis: str, asked: Question[Any], form: Form) -> bytes:
    found = _answer(city_id, digest, analysis, asked)
    return ANALYSES[analysis].hand_over(found, form).whole()


def files(place: City, analysis: str, asked: Question[Any], form: Form) -> bytes:
    """Return an answer as a workbook or a zip of files.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.
    analysis
        Name of the analysis, a key of ``layers.analysis.ANALYSES``.
    asked
        What decides the answer; see :class:`layers.view.question.Question`.
    form
        Format and coordinate system of the files.

    Raises
    ------
    AtlasError
        As :func:`answer`.
    """
    return _files(place.id, place.digest, analysis, asked, form)


@st.cache_resource(show_spinner=False, ttl=LOOK_AGAIN_S, max_entries=4)
def _points_folder(setting: str | None) -> Folder:
    return open_folder(setting)


def points_folder() -> Folder:
    """Return what the folder of the readers' own points offers."""
    return _points_folder(os.environ.get(POINTS_VARIABLE))


def scheduler() -> str | None:
    """Return the address of the dask scheduler, if one is configured."""
    return os.environ.get(SCHEDULER_VARIABLE) or None


@st.cache_resource(show_spinner=False, max_entries=32)
def points_layout(source: Source) -> Layout:
    """Return the columns of a file of points.

    Parameters
    ----------
    source
        The file, or the folder of files.

    Raises
    ------
    DataError
        A file cannot be opened, or has other columns than the first.
    """
    return points_source.layout(source)


def points_decision(source: Source, options: PointsOptions, city: City, *, taken: bool) -> Decision:
    """Return how a file of points is read.

    Parameters
    ----------
    source
        The file, or the folder of files.
    options
        The columns and the system chosen; nothing else of the options counts.
    city
        Where the positions should lie.
    taken
        Whether it was written by us out of a file that was taken in.

    Raises
    ------
    CrsError, DataError
        As :func:`layers.own_points.way_in.decide`.
    """
    named = PointsOptions(weight=options.weight)
    if not taken:  # what was said of the columns of the file is done in what was written of it
        named = replace(
            named, x=options.x, y=options.y, crs=options.crs, datum=options.datum,
            head=options.head, encoding=options.encoding, notation=options.notation,
        )  # fmt: skip
    return _points_decision(source, named, (city.id, city.digest), taken, city)


@st.cache_resource(show_spinner=False, max_entries=32)
def _points_decision(
    source: Source, options: PointsOptions, of: Hashable, taken: bool, _city: City
) -> Decision:
    return (by_layout if taken else decide)(source, _city, options)


@st.cache_resource(show_spinner=False)
def jobs() -> JobQueue:
    """Return where long work is done and its results are kept."""
    return JobQueue()


@st.cache_resource(show_spinner=False)
def papers() -> JobQueue:
    """Return where pictures, slides and meeting packs are made, apart from what reads files."""
    return JobQueue()


@st.cache_resource(show_spinner=False, max_entries=12)
def points_inside(key: Hashable, shape: str, _reading: Reading) -> OwnInside | None:
    """Return how many of the readers' own points lie in a shape.

    Parameters
    ----------
    key
        Stands for what was read.
    shape
        As :func:`layers.own_points.one_by_one.in_shape.own_inside` takes it.
    _reading
        What was read; its name keeps it out of the cache's key.
    """
    return own_inside(_reading, shape)


@st.cache_resource(show_spinner=False, max_entries=12)
def points_wording(
    key: Hashable, lang: str, _answer: own_points.PointsAnswer
) -> tuple[PointsWording, Drawing, tuple[Small, ...]]:
    """Return an answer about the readers' own points in words, on the map and in pictures.

    Parameters
    ----------
    key
        Stands for the answer; equal keys have equal answers.
    lang
        Language of the words, ``zh`` or ``en``.
    _answer
        The answer itself; its name keeps it out of the cache's key.

    Returns
    -------
    tuple
        Words, drawing and small pictures; of the pictures there may be none.
    """
    return (
        own_points.word(_answer, lang),
        own_points.draw(_answer, lang),
        own_points.pictures(_answer, lang),
    )
