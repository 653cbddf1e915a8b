"""Load a city's pack: its layers with their provenance, its plan, its words for search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from layers.spec import LayerSpec


class Bilingual(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Return the text in ``lang`` (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Provenance:
    """Where a layer comes from, under which terms, how it was made and how old it may grow."""

    source: Bilingual
    licence: str
    licence_note: Bilingual
    retrieved: str
    method: Bilingual
    limits: Bilingual
    citation: str
    verified_on: str
    freshness_days: int


@dataclass(frozen=True)
class Layer:
    """One layer of a pack: what it is, its rows, where they come from."""

    spec: LayerSpec
    title: Bilingual
    frame: gpd.GeoDataFrame
    """EPSG:4326, indexed by ``id``, sorted by ``id``, columns in the order of the schema."""
    provenance: Provenance
    digest: str
    """SHA-256 of the file."""


@dataclass(frozen=True)
class Plan:
    """The plan document: its tasks and its indicators."""

    period: str
    title: Bilingual
    number: str
    issued: str
    clauses: pd.DataFrame
    """Indexed by clause id: parent_id, level, path_zh/en, title_zh/en, line_from, line_to, digest_zh/en, text_lost."""
    indicators: pd.DataFrame
    """Indexed by number: name_zh/en, unit, value_2020, value_2025, direction, notes, observed values."""
    gaps: pd.DataFrame
    """What the plan counts but the source does not name (one row per lost box)."""


@dataclass(frozen=True)
class City:
    """Everything the atlas knows of one city. Frames are read-only by agreement."""

    id: str
    name: Bilingual
    bbox: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    metric_epsg: int
    centre: tuple[float, float]
    """Latitude and longitude of the first view."""
    zoom: int
    data_date: str
    """Day on which the pack was last verified; every export carries it."""
    plan: Plan
    layers: Mapping[str, Layer]
    """In the order of the catalogue; kinds that the catalogue does not know come last."""
    base: Mapping[str, gpd.GeoDataFrame]
    """``land``, ``sea``, ``river``, ``label``: the base map, EPSG:4326."""
    base_provenance: Mapping[str, Provenance]
    aliases: pd.DataFrame
    """Columns term, target, note_zh, note_en."""
    notices: Mapping[str, Bilingual]
    """Words the map must carry: ``boundary`` (base map source), ``enclaves`` (by adcode) …"""
    digest: str
    """SHA-256 over the pack's files: the key of every cache."""

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """District polygons, indexed by adcode."""
        return self.layers["district"].frame


def load_city(folder: Path) -> City:
    """Read and check the pack in ``folder``; raise one DataError that lists every problem."""
    raise NotImplementedError


def find_packs(extra: str | None = None) -> Mapping[str, Path]:
    """Return the folders of all packs by city id: the shipped ones, then those in ``ATLAS_PACKS``."""
    raise NotImplementedError
