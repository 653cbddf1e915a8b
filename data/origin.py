"""Trace a problem of a built pack back to the raw file, row and column where it can be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from data.raw import Raw, Row, row_label
from data.rawtables import PLACE_KINDS, TABLES
from geo.base.errors import Problem

_PLACE = {
    "host_adcode": "host_district",
    "host_name_zh": "host_district",
    "host_name_en": "host_district",
    "site_adcode": "point_in_district",
    "site_name_zh": "point_in_district",
    "site_name_en": "point_in_district",
    "name_status": "name_zh_status",
    "approved_by_zh": "approved_by",
    "bounds_zh": "bounds_text_zh",
    "bounds_en": "bounds_text_en",
    "geometry": "lon, lat",
}
_TASKS = {"clause_ids": "clause_id", "clause_basis": "basis"}
_UNIVERSITY = _PLACE | {"name_en": "name_en_clean", "subkind": "type"}
_DISTRICT = {"half": "twin_city", "half_status": "twin_city_status", "id": "adcode"}
_INDICATOR = {
    "name_zh": "indicator_zh",
    "name_en": "indicator_en",
    "unit_zh": "indicator_zh",
    "unit_en": "unit",
    "clause_id": "plan_line_name",
    "line_name": "plan_line_name",
    "baseline": "value_2020",
    "target": "value_2025",
    "line_baseline": "plan_line_2020",
    "line_target": "plan_line_2025",
}

_SORTED = {"authored/aliases.csv": ("target", "term"), "park_links.csv": ("place_id",)}
"""Tables that the build sorts, and by which columns; the others stay in their order."""


def _of(problem: Problem, columns: Mapping[str, str], *tables: str) -> Problem:
    """Return the problem in the first table that has its column, in the last where none has."""
    field = columns.get(problem.field, problem.field)
    fitting = [name for name in tables if field in TABLES[name].names]
    return replace(problem, where=(fitting or list(tables))[0 if fitting else -1], field=field)


def _numbered(problem: Problem, name: str, rows: list[Row]) -> Problem:
    """Return a problem of a table that was sorted, with the number that the row has in its file."""
    number = problem.row.removeprefix("#")
    if not (number.isdigit() and 0 < int(number) <= len(rows)):
        return replace(problem, where=name)
    keys = _SORTED.get(name, ())  # of equal rows the first stands first
    order = sorted(range(len(rows)), key=lambda at: tuple(rows[at][key] for key in keys))
    return replace(problem, where=name, row=f"#{order[int(number) - 1] + 1}")


def _settings(problem: Problem) -> Problem:
    group, _, rest = problem.field.partition(".")
    layer, _, field = rest.partition(".")
    if group in ("layer", "base") and layer:
        return replace(problem, where="authored/layer_texts.csv", row=layer, field=field)
    return replace(problem, where="city.toml")


def traced(problem: Problem, raw: Raw) -> Problem:  # noqa: C901 - a file each
    """Return a problem of the built pack as one of the raw material.

    Parameters
    ----------
    problem
        What the loader found, by the files of the pack.
    raw
        The material that the pack was built from.

    Returns
    -------
    Problem
        The same, with file, row and column under ``raw/``; a file that is built from outlines
        alone keeps its own name.
    """
    problem = replace(problem, row=row_label(problem.row))
    path = PurePosixPath(problem.where)
    stem = path.stem
    if stem in PLACE_KINDS and problem.field in _TASKS:
        return _of(problem, _TASKS, "authored/place_clauses.csv")
    if stem in PLACE_KINDS:
        return _of(problem, _PLACE, "authored/place_texts.csv", "places.csv")
    if stem == "university":
        return _of(problem, _UNIVERSITY, "authored/university_texts.csv", "universities.csv")
    if stem == "district" and problem.field == "geometry":
        return replace(problem, where="tianjin_districts.geojson")
    if stem == "district":
        return _of(problem, _DISTRICT, "authored/district_texts.csv", "districts.csv")
    if stem == "axis":
        return _of(problem, {"id": "axis_id"}, "authored/axis_texts.csv")
    if stem == "indicators":
        return _of(problem, _INDICATOR, "authored/indicator_texts.csv", "indicators.csv")
    if stem in ("clauses", "gaps", "observations", "events", "relations"):
        return replace(problem, where=f"authored/{path.name}")
    if path.name == "corrections.csv":
        return problem
    if path.name in ("aliases.csv", "park_links.csv", "node_links.csv", "planning_columns.csv"):
        name = path.name if path.name in TABLES else f"authored/{path.name}"
        return _numbered(problem, name, raw.tables[name])
    if path.name == "sources.csv":
        return replace(problem, where="authored/source_texts.csv")
    if path.name == "plan.toml":
        return replace(problem, where="plan.toml")
    return _settings(problem) if path.name == "city.toml" else problem
