"""Read the raw material of a pack, and list everything that is wrong with it before a build."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shapely import is_valid_reason, union_all
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from data.corrections import Corrections
from data.rawtables import AREAS, LINE_FILES, LINES, MAY_BE_EMPTY, PLACE_KINDS, SHAPES, TABLES
from geo.base.errors import Problem, Value
from geo.base.validation import is_date, printable, schema_problems, text_problems
from geo.formats.read_geojson import read_features
from layers.pack.catalogue import PLAN_KINDS
from layers.pack.city import CORRECTIONS, STORIES
from layers.pack.reader import MOST_SETTINGS, PackFiles, typed
from layers.pack.table_schemas import BASE

Row = dict[str, str]
Shape = tuple[dict[str, Any], BaseGeometry]

OUTSIDE = {
    "Beijing": ("北京市", "Beijing"),
    "Beijing (Haidian)": ("北京市海淀区", "Haidian, Beijing"),
    "Beijing (Tongzhou)": ("北京市通州区", "Tongzhou, Beijing"),
    "Langfang (Hebei)": ("河北省廊坊市", "Langfang, Hebei"),
    "Xiong'an (Hebei)": ("河北雄安新区", "Xiong'an New Area, Hebei"),
    "海淀区": ("北京市海淀区", "Haidian, Beijing"),
    "通州区": ("北京市通州区", "Tongzhou, Beijing"),
    "安次区": ("河北省廊坊市安次区", "Anci, Langfang, Hebei"),
}
"""Names of places beyond the city, as the facts write them: in Chinese and in English."""

RIVERS = {
    "Hai": ("海河", "Hai River"),
    "Luan": ("滦河", "Luan River"),
    "Sanggan": ("桑干河", "Sanggan River"),
    "Yongding": ("永定河", "Yongding River"),
}

LAND = "natural_earth_land.geojson"
_FOLDER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}", re.ASCII)
_UNIT = re.compile(r"（([^（）]+)）$")

JOINS = (
    ("authored/place_texts.csv", "id", "places.csv", "id"),
    ("places.csv", "id", "authored/place_texts.csv", "id"),
    ("authored/place_clauses.csv", "place_id", "places.csv", "id"),
    ("authored/place_clauses.csv", "clause_id", "authored/clauses.csv", "id"),
    ("authored/university_texts.csv", "id", "universities.csv", "id"),
    ("universities.csv", "id", "authored/university_texts.csv", "id"),
    ("authored/district_texts.csv", "adcode", "districts.csv", "adcode"),
    ("districts.csv", "adcode", "authored/district_texts.csv", "adcode"),
    ("authored/indicator_texts.csv", "no", "indicators.csv", "no"),
    ("indicators.csv", "no", "authored/indicator_texts.csv", "no"),
    ("authored/observations.csv", "no", "indicators.csv", "no"),
    ("authored/events.csv", "task_id", "authored/clauses.csv", "id"),
    ("authored/events.csv", "place_id", "places.csv", "id"),
    ("authored/relations.csv", "task_id", "authored/clauses.csv", "id"),
    ("authored/relations.csv", "place_id", "places.csv", "id"),
    ("authored/relations.csv", "indicator", "indicators.csv", "no"),
)
"""Column of a table whose every value must stand in a column of another."""


@dataclass(frozen=True)
class Raw:
    """The raw material of a pack.

    Parameters
    ----------
    tables
        Rows as text by file; a cell with a fault is blank.
    shapes
        Properties and geometry of each feature by file.
    head, plan
        The settings of the city and of the plan.
    stories
        The stories that the settings name, as they are, by their names in the pack.
    problems
        Everything that was found wrong, by file.
    whole
        Whether every file could be read and has its columns, so that a build can be tried.
    """

    tables: Mapping[str, list[Row]]
    shapes: Mapping[str, list[Shape]]
    head: Mapping[str, Any]
    plan: Mapping[str, Any]
    stories: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    whole: bool

    @property
    def faulty(self) -> frozenset[str]:
        """Names of the rows that have a fault, and of the places whose task has one.

        Where a row has a number only, the name of its file stands before it.
        """
        rows = {
            f"{problem.where}{problem.row}" if problem.row.startswith("#") else problem.row
            for problem in self.problems
        }
        name = "authored/place_clauses.csv"
        tasks = enumerate(self.tables.get(name, ()), start=1)
        places = {row["place_id"] for n, row in tasks if any(f"{name}#{n}" in r for r in rows)}
        # A row that has another id than the others have for it.
        named = {str(p.values["near"]) for p in self.problems if p.key == "raw.row_gone_near"}
        return frozenset(rows | places | named) - {""}

    def by(self, name: str, key: str) -> Mapping[str, Row]:
        """Return the rows of a table by a column.

        Parameters
        ----------
        name
            Name of the table, a key of ``data.rawtables.TABLES``.
        key
            Column whose values are unique; of equal ones the last row counts.

        Returns
        -------
        Mapping
            In the order of the table; whatever else is looked up is a row of blank cells.

        Raises
        ------
        KeyError
            The table could not be read.
        """
        blank = dict.fromkeys(TABLES[name].names, "")
        rows: dict[str, Row] = defaultdict(lambda: dict(blank))
        return rows | {row[key]: row for row in self.tables[name]}


def read(folder: Path) -> Raw:
    """Read the folder ``raw`` of a pack and check every file, row and cell of it.

    Parameters
    ----------
    folder
        Folder with the tables, outlines and settings; nothing in it is changed.

    Returns
    -------
    Raw
        What could be read, with all problems.
    """
    files = PackFiles(folder.parent)
    head, plan = (files.settings(f"{folder.name}/{name}.toml") for name in ("city", "plan"))
    found = _rows(files, folder.name, CORRECTIONS, Corrections())
    right = Corrections(tuple(found or ()))
    tables = {
        name: found if name == CORRECTIONS else _rows(files, folder.name, name, right)
        for name in TABLES
    }
    shapes = {name: _shapes(files, folder.name, name) for name in SHAPES}
    settled = _settings(files, folder.name, head, plan)
    stories = _stories(files, folder.name, head)
    broken = {name for name in TABLES if _broken(files.problems, f"{folder.name}/{name}", name)}
    sound = {name: rows for name, rows in tables.items() if rows is not None}
    outlines = {name: found for name, found in shapes.items() if found is not None}
    keyed = {name: rows for name, rows in sound.items() if name not in broken}
    relations = [*_joins(keyed), *_places(sound), *_frame(keyed, outlines), *_plan(sound)]
    for name, rows in sound.items():
        _blank(rows, [problem for problem in relations if problem.where == name], name)
    files.problems += [
        replace(problem, where=f"{folder.name}/{problem.where}") for problem in relations
    ]
    described = f"{folder.name}/authored/layer_texts.csv"
    settled &= not any(p.where == described and p.field == "layer" for p in files.problems)
    whole = len(sound) == len(TABLES) and len(outlines) == len(SHAPES) and settled
    whole &= not broken
    problems = tuple(dict.fromkeys(_causes(files.problems, f"{folder.name}/")))
    return Raw(sound, outlines, head, plan, stories, problems, whole)


def _broken(problems: Iterable[Problem], where: str, name: str) -> bool:
    """Tell whether ids of a table cannot be read: what refers to its rows cannot be told."""
    key = TABLES[name].names[0]
    found = (one for one in problems if one.where == where and one.field == key)
    return any(one.key != "id.repeated" for one in found)


_NOT_IN = frozenset({"raw.not_in", "raw.not_in_near"})


def _cited(problem: Problem) -> tuple[str, str]:
    """Return table and id of the row that is not there; blank where that is not the fault."""
    file = str(problem.values.get("file", ""))
    if problem.key == "raw.outline_without_row":
        return file, problem.row
    return (file, str(problem.values["value"])) if problem.key in _NOT_IN else ("", "")


def _causes(problems: Iterable[Problem], folder: str) -> Iterator[Problem]:
    """Tell once of a row that is not there, though several others cite it.

    Parameters
    ----------
    problems
        By file under the folder.
    folder
        Its name with a stroke.
    """
    citing: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    strays: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in problems:
        table, other = one.where.removeprefix(folder), str(one.values.get("file", ""))
        citing[_cited(one)].append(one)
        own = table in TABLES and one.field == TABLES[table].names[0]
        if own and one.key in {*_NOT_IN, "raw.row_without_outline"}:
            strays[table, other].add(one.row)
    often = {cited: found for cited, found in citing.items() if cited[0] and len(set(found)) > 1}
    gone = Counter(table for table, _ in often)
    for one in problems:
        table, cited = one.where.removeprefix(folder), _cited(one)
        other = str(one.values.get("file", ""))
        mine, theirs = strays[table, other], strays[other, table]
        if cited in often:
            yield _gone(*cited, often[cited], folder, strays)
        elif one.row in mine and len(mine) <= gone[table]:
            continue  # it has another id than the others have for it
        elif one.row in mine and 0 < len(mine) <= len(theirs) and other.endswith("_texts.csv"):
            continue  # the same of a row of the texts, which is told
        else:
            yield one


def _gone(
    table: str,
    value: str,
    citing: list[Problem],
    folder: str,
    strays: Mapping[tuple[str, str], set[str]],
) -> Problem:
    """Return the problem of a row that several cite and that is not there."""
    first, key = citing[0], TABLES[table].names[0]
    told: dict[str, Value] = {"n": len(set(citing)), "file": first.where, "at": first.row}
    others = {row for (name, _), rows in strays.items() if name == table for row in rows}
    if len(others) == 1:
        return Problem(
            "raw.row_gone_near", folder + table, row_label(value), key, told, near=others.pop()
        )
    return Problem("raw.row_gone", folder + table, row_label(value), key, told)


def _rows(files: PackFiles, folder: str, name: str, right: Corrections) -> list[Row] | None:
    """Return the corrected rows of a table, faulty cells blanked; None if it cannot be read."""
    schema, where = TABLES[name], f"{folder}/{name}"
    numbered = schema.names[0] == "row"
    before = len(files.problems)
    table = files.cells(where)
    if table is None:
        return None
    short = {problem.row for problem in files.problems[before:]}
    header, rows = table
    missing = [column for column in schema.names if column not in header and column != "row"]
    for column in missing:
        files.report("column.missing", where, field=column)
    if not rows and name not in MAY_BE_EMPTY:
        files.report("raw.no_row", where)
        return None
    if not missing:
        files.problems += [replace(p, where=f"{folder}/{p.where}") for p in right.apply(name, rows)]
    key, dropped = schema.names[0], right.dropped(name)
    records = [
        {
            **({"row": number} if numbered else {}),
            **{n: typed(v, schema, n) for n, v in row.items()},
        }
        for number, row in enumerate(rows, start=1)
    ]
    problems = text_problems(records, where=where, key=key)
    problems += schema_problems(records, schema, where=where)
    said = {*short, *(_name(rows, row, key) for row in short)}
    files.problems += [
        problem for problem in problems if problem.field not in missing and problem.row not in said
    ]
    if missing:
        return None
    _blank(rows, problems, name)
    full = [dict.fromkeys(schema.names, "") | row for row in rows]
    if numbered:
        return full
    kept = [row for row in full if row[key].strip() and row[key] not in dropped]
    return list({row[key]: row for row in reversed(kept)}.values())[::-1]


def _name(rows: list[Row], row: str, key: str) -> str:
    """Return the name of the row that is known by its number."""
    return printable(rows[int(row.removeprefix("#")) - 1].get(key, "")) or row


def _blank(rows: list[Row], problems: Iterable[Problem], name: str) -> None:
    """Blank the cells that have a fault, so that a build can go on to find the others."""
    key = TABLES[name].names[0]
    faults = {(problem.row, column) for problem in problems for column in problem.field.split(", ")}
    for number, row in enumerate(rows, start=1):
        names = {f"#{number}", f"#{row.get(key)}", printable(row.get(key, ""))}
        for column in row.keys() - {key}:
            if faults & {(own, column) for own in names}:
                row[column] = ""


def _shapes(files: PackFiles, folder: str, name: str) -> list[Shape] | None:
    """Return the features of an outline file, or None if one of them cannot be used."""
    where = f"{folder}/{name}"
    data = files.content(where)
    if data is None:
        return None
    features, problems = read_features(data, where=where)
    allowed = LINES if name in LINE_FILES else AREAS
    for number, feature in enumerate(features, start=1):
        properties = feature["properties"] or {}
        lacking = [column for column in SHAPES[name] if properties.get(column) in (None, "")]
        problems += [Problem("value.blank", where, f"#{number}", column) for column in lacking]
        if not feature.get("geometry"):
            problems.append(Problem("geometry.missing", where, f"#{number}"))
        elif (kind := feature["geometry"]["type"]) not in allowed:
            told = printable(str(kind))
            wrong = Problem("geometry.type", where, f"#{number}", type=told, allowed=allowed)
            problems.append(wrong)
    problems += _twice(features, name, where)
    if not features and not problems:
        problems.append(Problem("raw.no_row", where))
    files.problems += problems
    if problems:
        return None
    found = [(feature["properties"] or {}, shape(feature["geometry"])) for feature in features]
    for number, (_, outline) in enumerate(found, start=1):
        if (reason := is_valid_reason(outline)) != "Valid Geometry":
            files.report("geometry.invalid", where, f"#{number}", reason=reason)
        elif outline.is_empty or outline.has_z:
            key = "geometry.empty" if outline.is_empty else "geometry.heights"
            files.report(key, where, f"#{number}")
    sound = all(one.is_valid and not one.is_empty and not one.has_z for _, one in found)
    return found if sound else None


def _twice(features: Iterable[Mapping[str, Any]], name: str, where: str) -> Iterator[Problem]:
    """Yield the ids that several outlines of a file have."""
    key = next(iter(SHAPES[name]), "")
    if key not in ("adcode", "axis_id"):
        return
    counts = Counter(str((one["properties"] or {}).get(key) or "") for one in features)
    for value, n in counts.items():
        if value and n > 1:
            yield Problem("id.repeated", where, printable(value), key, n=n)


def _settings(
    files: PackFiles, folder: str, head: Mapping[str, Any], plan: Mapping[str, Any]
) -> bool:
    """Report the settings without which nothing can be built; the loader checks the others."""
    period, issued = head.get("plan"), plan.get("issued")
    named = isinstance(period, str) and _FOLDER.fullmatch(period) is not None
    dated = isinstance(issued, str) and is_date(issued)
    told = {problem.where for problem in files.problems}
    if not named and (head or f"{folder}/city.toml" not in told):
        files.report("raw.plan_folder", f"{folder}/city.toml", field="plan")
    if not dated and (plan or f"{folder}/plan.toml" not in told):
        files.report("raw.issued", f"{folder}/plan.toml", field="issued")
    return named and dated


def _stories(files: PackFiles, folder: str, head: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the stories that can be read; the loader says what is wrong with their names."""
    names = head.get("stories")
    wanted = [f"{STORIES}/{n}.toml" for n in names] if isinstance(names, list) else []
    found = {name: files.content(f"{folder}/{name}", MOST_SETTINGS) for name in wanted}
    return {name: data for name, data in found.items() if data is not None}


def row_label(value: str) -> str:
    """Return the name of a row as problems give it.

    Parameters
    ----------
    value
        Identifier or number of the row, of any content.

    Returns
    -------
    str
        A number of up to three digits carries a sign, ``#12``; anything else is fit to be shown.
    """
    return f"#{value}" if value.isdigit() and len(value) < 4 else printable(value)


def _column(tables: Mapping[str, list[Row]], name: str, column: str) -> list[str] | None:
    return [row[column] for row in tables[name]] if name in tables else None


def _near(value: str, known: Iterable[str]) -> str:
    """Return the value that was meant, if one is like it."""
    return next(iter(difflib.get_close_matches(value, sorted(known), n=1, cutoff=0.5)), "")


def _joins(tables: Mapping[str, list[Row]]) -> Iterator[Problem]:
    """Yield every value that must stand in another table and does not."""
    for name, column, other, key in JOINS:
        values, known = _column(tables, name, column), _column(tables, other, key)
        if values is None or known is None:
            continue
        for number, value in enumerate(values, start=1):
            if value and value not in known:
                own = TABLES[name].names[0] == column
                row = row_label(value) if own else f"#{number}"
                told = {"value": printable(value), "file": other, "column": key}
                if near := _near(value, known):
                    yield Problem("raw.not_in_near", name, row, column, told, near=near)
                else:
                    yield Problem("raw.not_in", name, row, column, told)


def _places(tables: Mapping[str, list[Row]]) -> Iterator[Problem]:
    """Yield districts that do not exist and points that cannot be."""
    districts = _column(tables, "districts.csv", "name_zh")
    for name, columns in (
        ("places.csv", ("host_district", "point_in_district")),
        ("universities.csv", ("point_in_district",)),
    ):
        for row in tables.get(name, ()):
            row_name = printable(row["id"])
            for column in columns:
                known = {*(districts or ()), *OUTSIDE}
                if districts is not None and row[column] and row[column] not in known:
                    yield _no_district(name, row_name, column, row[column], known)
            yield from _adcode(name, row_name, row, tables.get("districts.csv", ()))
            yield from _point(name, row_name, row)


def _adcode(name: str, row_name: str, row: Row, districts: Iterable[Row]) -> Iterator[Problem]:
    """Yield an adcode that is not that of the district beside it."""
    said = row.get("host_adcode", "")
    meant = {one["name_zh"]: one["adcode"] for one in districts}.get(row.get("host_district", ""))
    if said and meant and said != meant:
        told = {"value": printable(said)}
        yield Problem("raw.other_adcode", name, row_name, "host_adcode", told, expected=meant)


def _no_district(name: str, row: str, column: str, value: str, known: set[str]) -> Problem:
    told = {"value": printable(value)}
    if near := _near(value, known):
        return Problem("raw.no_district_near", name, row, column, told, near=near)
    return Problem("raw.no_district", name, row, column, told)


def _point(name: str, row_name: str, row: Row) -> Iterator[Problem]:
    if bool(row["lon"].strip()) != bool(row["lat"].strip()):
        blank = "lat" if row["lon"].strip() else "lon"
        yield Problem("raw.lon_and_lat", name, row_name, blank)
    elif row["lon"].strip():
        lon, lat = float(row["lon"]), float(row["lat"])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            swapped = -90 <= lon <= 90 and -180 <= lat <= 180
            key = "raw.degrees_swapped" if swapped else "raw.degrees"
            yield Problem(key, name, row_name, "lon, lat", lon=row["lon"], lat=row["lat"])


def _frame(tables: Mapping[str, list[Row]], shapes: Mapping[str, list[Shape]]) -> Iterator[Problem]:
    """Yield outlines without facts, facts without outlines, and what :func:`_provenance` finds."""
    for file, key, name in (
        ("tianjin_districts.geojson", "adcode", "districts.csv"),
        ("axis.geojson", "axis_id", "authored/axis_texts.csv"),
    ):
        known = _column(tables, name, key)
        if known is None or file not in shapes:
            continue
        drawn = [str(properties[key]) for properties, _ in shapes[file]]
        for value in sorted(set(drawn) - set(known)):
            row = printable(value)
            yield Problem("raw.outline_without_row", file, row, key, file=name, column=key)
        for value in sorted(set(known) - set(drawn)):
            yield Problem("raw.row_without_outline", name, printable(value), key, file=file)
    yield from _provenance(tables)
    yield from _land(shapes)
    for properties, _ in shapes.get("coast_rivers_naturalearth.geojson", ()):
        if properties["kind"] == "river_ne" and properties.get("name") not in RIVERS:
            river = printable(str(properties.get("name")))
            yield Problem("raw.river_name", "coast_rivers_naturalearth.geojson", value=river)


def _land(shapes: Mapping[str, list[Shape]]) -> Iterator[Problem]:
    """Yield it if the city would lie in the sea, or the land go round the world."""
    land, districts = shapes.get(LAND), shapes.get("tianjin_districts.geojson")
    if not land or not districts:
        return
    ground = union_all([outline for _, outline in land])
    west, _, east, _ = ground.bounds
    dry = [ground.covers(outline.representative_point()) for _, outline in districts]
    if 2 * sum(dry) < len(dry) or east - west > 180:
        yield Problem("raw.land", LAND)


def _provenance(tables: Mapping[str, list[Row]]) -> Iterator[Problem]:
    """Yield layers without provenance, and provenance of kinds without places."""
    told = _column(tables, "authored/layer_texts.csv", "layer")
    kinds = _column(tables, "places.csv", "kind")
    if told is not None and kinds is not None:
        needed = {*BASE, "district", "axis", "university", *(set(kinds) & PLACE_KINDS)}
        for value in sorted(needed - set(told)):
            yield Problem("raw.no_provenance", "authored/layer_texts.csv", value, "layer")
        for value in sorted(PLAN_KINDS - set(kinds)):
            if value in told:
                yield Problem("raw.no_place_of_kind", "authored/layer_texts.csv", value, "layer")


def _plan(tables: Mapping[str, list[Row]]) -> Iterator[Problem]:
    """Yield indicators without a unit or without a task of the plan."""
    tasks = tables.get("authored/clauses.csv")
    for row in tables.get("indicators.csv", ()):
        name = row_label(row["no"])
        if row["indicator_zh"] and not _UNIT.search(row["indicator_zh"]):
            yield Problem("raw.no_unit", "indicators.csv", name, "indicator_zh")
        line = row["plan_line_name"]
        if tasks is not None and line and task_at(int(line), tasks) is None:
            told = {"line": line}
            yield Problem("raw.no_indicator_task", "indicators.csv", name, "plan_line_name", told)


def task_at(line: int, tasks: Iterable[Row]) -> str | None:
    """Return the id of the first task that holds an indicator and covers a line of the plan.

    Parameters
    ----------
    line
        Number of the line in the plan's text.
    tasks
        Rows of ``authored/clauses.csv``, in the order of the plan.

    Returns
    -------
    str or None
        None if the line lies in none of them.
    """
    for task in tasks:
        first, last = task["line_from"], task["line_to"]
        if task["level"] == "indicator" and first and last and int(first) <= line <= int(last):
            return task["id"]
    return None


def unit_of(indicator_zh: str) -> tuple[str, str]:
    """Part the Chinese name of an indicator from its unit.

    Parameters
    ----------
    indicator_zh
        The name, its unit behind it in full-width brackets.

    Returns
    -------
    tuple of str
        Name and unit; the unit is blank if there is none.
    """
    match = _UNIT.search(indicator_zh)
    return (indicator_zh[: match.start()], match[1]) if match else (indicator_zh, "")
