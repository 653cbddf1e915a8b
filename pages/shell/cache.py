"""Keep what is costly and plain: packs, map scripts, export packages. Keys are plain values."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from geo.coverage.scenario import Comparison, Scenario
from geo.inventory.balance import By
from geo.point_files.bin import Columns
from layers.balance import files as balance_files
from layers.balance import measure as balance_measure
from layers.balance import wording as balance_wording
from layers.coverage import drawing as reach_drawing
from layers.coverage import files as coverage_files
from layers.coverage import measure as coverage_measure
from layers.coverage import pairing, radii, scenario, siting
from layers.coverage import question as coverage_question
from layers.density import files as density_files
from layers.density import measure as density_measure
from layers.density import wording as density_wording
from layers.handover import view_export
from layers.map import folium_map
from layers.map.overlay import Drawing
from layers.own_points import answer as points_answer
from layers.own_points import source as points_source
from layers.own_points.source import Folder, Layout, Source, open_folder
from layers.own_points.wording import Told
from layers.pack.city import City
from layers.pack.shelf import PACKS_VARIABLE, Packs, Shelf
from layers.view.page_options import PointsOptions
from layers.view.rows import look
from layers.view.state import Allowed, Lang, ViewState, allowed
from layers.view.totals import Headline, headline
from pages.shell.jobs import Desk

POINTS_VARIABLE = "ATLAS_POINTS"
"""Names the folder of files of the readers' own points."""
SCHEDULER_VARIABLE = "ATLAS_DASK"
"""Holds the address of a dask scheduler that reads them."""
LOOK_AGAIN_S = 2.0
"""Seconds for which the list of that folder is taken as it was."""


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


def packs() -> Packs:
    """Return the shipped packs and those that the environment adds, as their files are now."""
    return _shelf().packs(os.environ.get(PACKS_VARIABLE))


def city(digest: str) -> City:
    """Return a city by the digest of all its files, so that no answer mixes two versions."""
    return _shelf().version(digest)


@st.cache_resource(show_spinner=False, max_entries=16)
def _allowed(city_id: str, digest: str) -> Allowed:
    return allowed(city(digest))


def allowed_of(place: City) -> Allowed:
    """Return the values that an address of this city may hold."""
    return _allowed(place.id, place.digest)


@st.cache_data(show_spinner=False, max_entries=16)
def _headline(city_id: str, digest: str) -> Headline:
    return headline(city(digest))


def headline_of(place: City) -> Headline:
    """Return the numbers of a city for a headline."""
    return _headline(place.id, place.digest)


@st.cache_data(show_spinner=False, max_entries=16)
def _base(city_id: str, digest: str, lang: str) -> str:
    return folium_map.base_json(city(digest), lang)


def base_of(place: City, lang: str) -> str:
    """Return the map's constant script for a city and a language."""
    return _base(place.id, place.digest, lang)


@st.cache_data(show_spinner=False, max_entries=32)
def package(
    city_id: str, digest: str, state: ViewState, layers: tuple[str, ...], fmt: str, epsg: int
) -> bytes:
    """Return an export of the view as a zip file."""
    return view_export.package(city(digest), state, layers=layers, fmt=fmt, epsg=epsg).zip()


def tiles_of(place: City, lang: str) -> Mapping[str, str] | None:
    """Return the online tiles that the pack declares and the environment has a key for."""
    if place.online_base is None:
        return None
    return folium_map.tiles(place.online_base, lang, os.environ)


@st.cache_resource(show_spinner=False, max_entries=8)
def _coverage(city_id: str, digest: str, asked: ViewState) -> coverage_measure.Coverage:
    return coverage_measure.coverage(city(digest), asked)


def coverage_of(place: City, state: ViewState) -> coverage_measure.Coverage:
    """Return what the places of a state reach."""
    answer = _coverage(place.id, place.digest, coverage_question.question(state))
    return coverage_measure.in_language(answer, state.lang)


@st.cache_resource(show_spinner=False, max_entries=8)
def _coverage_rings(city_id: str, digest: str, asked: ViewState) -> radii.Rings:
    answer = _coverage(city_id, digest, asked)
    if answer.area is not None:
        _ = answer.distance_doubt
    return radii.rings(answer)


def coverage_depth(place: City, state: ViewState) -> None:
    """Measure what the page tells below its map; readers who ask at once wait for one of them."""
    _coverage_rings(place.id, place.digest, coverage_question.question(state))


@st.cache_resource(show_spinner=False, max_entries=8)
def _coverage_drawing(city_id: str, digest: str, asked: ViewState, drawn: str) -> Drawing | None:
    answer = _coverage(city_id, digest, asked)
    nested = drawn == "all"
    return radii.ring_drawing(answer) if nested else reach_drawing.drawing(answer)


def coverage_drawing(place: City, state: ViewState) -> Drawing | None:
    """Return what is drawn of it."""
    drawn = state.coverage.rings
    return _coverage_drawing(place.id, place.digest, coverage_question.question(state), drawn)


@st.cache_resource(show_spinner=False, max_entries=64)
def _coverage_table(
    city_id: str, digest: str, asked: ViewState, lang: Lang, name: str,
    _build: Callable[[], pd.DataFrame],
) -> pd.DataFrame:  # fmt: skip
    return _build()


def coverage_table(
    place: City, state: ViewState, name: str, build: Callable[[], pd.DataFrame]
) -> pd.DataFrame:
    """Return a table of the answer; ``build`` lays it out for the first who asks."""
    asked = coverage_question.question(state)
    return _coverage_table(place.id, place.digest, asked, state.lang, name, build)


@st.cache_data(show_spinner=False, max_entries=8)
def _coverage_package(city_id: str, digest: str, asked: ViewState, lang: Lang, fmt: str) -> bytes:
    answer = coverage_measure.in_language(_coverage(city_id, digest, asked), lang)
    return coverage_files.package(answer, fmt).zip()


@st.cache_resource(show_spinner=False, max_entries=8)
def _pairing(city_id: str, digest: str, asked: ViewState) -> pairing.Paired | None:
    return pairing.paired(city(digest), asked)


def pairing_of(place: City, state: ViewState) -> pairing.Paired | None:
    """Return which university has which park."""
    answer = _pairing(place.id, place.digest, coverage_question.question(state))
    return answer and coverage_measure.in_language(answer, state.lang)


@st.cache_data(show_spinner=False, max_entries=8)
def _pairing_package(city_id: str, digest: str, asked: ViewState, lang: Lang, fmt: str) -> bytes:
    answer = _pairing(city_id, digest, asked)
    if answer is None:
        return b""
    return pairing.package(coverage_measure.in_language(answer, lang), fmt).zip()


def analysis_package(place: City, state: ViewState, name: str, fmt: str) -> bytes:
    """Return an answer of the coverage page as a zip of files."""
    builders = {
        "coverage": _coverage_package,
        "pairing": _pairing_package,
    }
    build = builders[name]
    return build(place.id, place.digest, coverage_question.question(state), state.lang, fmt)


@st.cache_resource(show_spinner=False, max_entries=12)
def _density(city_id: str, digest: str, asked: ViewState) -> density_measure.Measured:
    return density_measure.measure(look(city(digest), asked))


def _density_asked(state: ViewState) -> ViewState:
    """Return the part of a state that decides the surface."""
    options = replace(state.density, by="host")
    return ViewState(
        city=state.city, period=state.period, later=state.later, layers=state.layers,
        filters=state.filters, density=options,
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=24)
def _density_told(
    city_id: str, digest: str, asked: ViewState, lang: str
) -> density_wording.DensityTold:
    return density_wording.tell(_density(city_id, digest, asked), lang)


def density_told(place: City, state: ViewState) -> density_wording.DensityTold:
    """Return it in words."""
    return _density_told(place.id, place.digest, _density_asked(state), state.lang)


@st.cache_data(show_spinner=False, max_entries=8)
def _density_files(city_id: str, digest: str, asked: ViewState, name: str) -> bytes:
    measured = _density(city_id, digest, asked)
    return density_files.geotiff(measured) if name else density_files.files(measured).zip()


def density_geotiff(place: City, state: ViewState) -> bytes:
    """Return the surface as a GeoTIFF."""
    return _density_files(place.id, place.digest, _density_asked(state), "geotiff")


def density_package(place: City, state: ViewState) -> bytes:
    """Return surface, contours and tables as a zip."""
    return _density_files(place.id, place.digest, _density_asked(state), "")


@st.cache_resource(show_spinner=False, max_entries=24)
def _counted(city_id: str, digest: str, asked: ViewState, by: By) -> balance_measure.Counted:
    return balance_measure.measure(look(city(digest), asked), by)


@st.cache_resource(show_spinner=False, max_entries=24)
def _balance(
    city_id: str, digest: str, asked: ViewState, by: By, lang: str
) -> balance_wording.BalanceTold:
    counts, other = (
        _counted(city_id, digest, asked, way) for way in (by, balance_measure.other_of(by))
    )
    return balance_wording.in_words(counts, other, lang)


def balance_of(place: City, state: ViewState) -> balance_wording.BalanceTold:
    """Return how the places of a state are spread."""
    asked = _density_asked(state)
    return _balance(place.id, place.digest, asked, state.density.by, state.lang)


@st.cache_data(show_spinner=False, max_entries=8)
def _balance_files(city_id: str, digest: str, asked: ViewState, by: By) -> bytes:
    return balance_files.files(look(city(digest), asked), by).zip()


def balance_package(place: City, state: ViewState) -> bytes:
    """Return the balance tables as a zip."""
    return _balance_files(place.id, place.digest, _density_asked(state), state.density.by)


@st.cache_resource(show_spinner=False, max_entries=8)
def _asked(city_id: str, digest: str, asked: ViewState) -> coverage_question.Asked:
    return coverage_question.ask(city(digest), asked)


def asked_of(place: City, state: ViewState) -> coverage_question.Asked:
    """Return what enters an analysis of reach."""
    asked = _asked(place.id, place.digest, coverage_question.question(state))
    return coverage_question.asked_in(asked, state.lang)


@st.cache_resource(show_spinner=False, max_entries=8)
def _compared(
    city_id: str, digest: str, asked: ViewState, scenarios: tuple[Scenario, ...], doubt: bool
) -> Comparison:
    return scenario.compared(_asked(city_id, digest, asked), scenarios, doubt=doubt)


def compared_of(
    place: City, state: ViewState, scenarios: tuple[Scenario, ...], *, doubt: bool
) -> Comparison:
    """Return scenarios beside the present, with ``doubt`` the interval of every change."""
    return _compared(place.id, place.digest, coverage_question.question(state), scenarios, doubt)


@st.cache_resource(show_spinner=False, max_entries=8)
def _siting(
    city_id: str, digest: str, asked: ViewState, drawn: tuple[siting.Spot, ...]
) -> siting.Sited:
    return siting.sited(city(digest), asked, drawn)


def siting_of(place: City, state: ViewState, drawn: tuple[siting.Spot, ...]) -> siting.Sited:
    """Return where places could be added."""
    answer = _siting(place.id, place.digest, coverage_question.question(state), drawn)
    return coverage_measure.in_language(answer, state.lang)


@st.cache_data(show_spinner=False, max_entries=8)
def _siting_doubt(
    city_id: str, digest: str, asked: ViewState, drawn: tuple[siting.Spot, ...]
) -> tuple[float, float] | None:
    return siting.doubt(_siting(city_id, digest, asked, drawn))


def siting_doubt(place: City, state: ViewState, drawn: tuple[siting.Spot, ...]) -> str:
    """Return the proposal's interval in words."""
    found = _siting_doubt(place.id, place.digest, coverage_question.question(state), drawn)
    return siting.doubt_words(found, state.lang)


@st.cache_data(show_spinner=False, max_entries=8)
def _siting_package(
    city_id: str, digest: str, asked: ViewState, drawn: tuple[siting.Spot, ...],
    lang: Lang, fmt: str,
) -> bytes:  # fmt: skip
    answer = coverage_measure.in_language(_siting(city_id, digest, asked, drawn), lang)
    return siting.package(answer, fmt).zip()


def siting_package(
    place: City, state: ViewState, drawn: tuple[siting.Spot, ...], fmt: str
) -> bytes:
    """Return the proposal as a zip of files."""
    asked = coverage_question.question(state)
    return _siting_package(place.id, place.digest, asked, drawn, state.lang, fmt)


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
    """Return the columns of a file of points."""
    return points_source.layout(source)


@st.cache_resource(show_spinner=False, max_entries=32)
def points_columns(
    source: Source, options: PointsOptions, plane: int, bbox: tuple[float, float, float, float]
) -> Columns | None:
    """Return where a file of points holds its positions."""
    return points_source.columns(source, points_layout(source), options, plane=plane, bbox=bbox)


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """Return where long work is done and its results are kept."""
    return Desk()


@st.cache_resource(show_spinner=False, max_entries=12)
def points_told(key: Hashable, lang: str, _shown: points_answer.Shown) -> Told:
    """Return an answer about the readers' own points in words."""
    return points_answer.told(_shown, lang)
