"""Find where positions stand and in which system; ask what only the reader knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from geo.base.arrays import Floats
from geo.base.bridge import WGS84, canonical, name_of, transformer
from geo.base.errors import CrsError, DataError, Problem, UnfitError
from geo.intake.columns import STATES, Coordinates, coordinates, pairs
from geo.intake.datum import DATUMS, most_offset_m
from geo.intake.odd_columns import angles_in_order, angles_in_parts, code_of_place
from geo.intake.packed_angles import (
    DMS_BIT,
    LEAST_ASKED,
    LEAST_FIT,
    RARE,
    SELDOM,
    chance,
    said,
    unpacked,
)
from geo.intake.pairs import srid
from geo.intake.systems import (
    DEGREES,
    MERCATOR,
    Fit,
    by_zone,
    fits,
    is_in_degrees,
    packed,
    share_in,
)
from geo.intake.words import bare
from geo.point_files import wkb
from layers.intake.declared import Declared, declared
from layers.intake.formats.georeference import is_given_back
from layers.intake.formats.headings import (
    Headings,
    datum_of,
    datum_of_source,
    headings,
    is_bound,
    speaks_of_system,
    system_of,
)
from layers.intake.formats.table import Observation, Option, Question, Table
from layers.intake.known_places import suspected_datum
from layers.pack.city import City

Answers = Mapping[str, str]
FORMS: Final = {
    "dms": "form_dms",
    "decimal_comma": "form_decimal_comma",
    "thousands": "form_thousands",
}
"""Notations that are told, by their names in :mod:`geo.intake.notation`."""
_SURE: Final = 0.8
"""Share of the rows that must lie in the city in one system for columns that nothing else tells."""
_SAME: Final = 1e-3
"""Two pairs of columns nearer than this, degrees or metres, are one position written twice."""
_TWICE: Final = re.compile(r" \(\d+\)$")
GRID_LEAST: Final = 0.5
"""Share of the rows that must speak for a reading that the values alone tell."""
_SAMPLE: Final = 2000
_NUMBER: Final = STATES.index("number")
_OTHER: Final = STATES.index("not_a_number")
_NOT_A_POINT: Final = STATES.index("not_a_point")
_SHAPE_STATES: Final = {
    wkb.POINT: "number", wkb.EMPTY: "empty_point", wkb.FOREIGN: "not_a_point", wkb.MISSING: "blank"
}  # fmt: skip
_SAYS_DATUM: Final = re.compile(
    r"coord.*(?:type|sys)|坐标类型|坐标系|坐标体系|crs|datum|srs|system|基准|来源|source|provider"
)
_SENTENCES: Final = ("title", "header_goes_on", "beside")
_SAYING: Final = (*_SENTENCES, "sheet", "layer", "crs_member")
"""Observations that quote the file, which may name a datum there."""
_MOST_NOTES: Final = 20
"""Rows without a position that are read as notes, from above and from below."""
_NOTE_COLUMNS: Final = 5


_SHOWN_BY: Final = {
    "name": "datum_offset",
    "position": "datum_position",
    "district": "datum_district",
}


@dataclass(frozen=True, eq=False)
class Placement:
    """How the positions of one table are read.

    Parameters
    ----------
    table
        As it was opened.
    first, second
        The two coordinates of each row in the order of the file; None where the format holds
        points itself.
    columns
        Names of the columns that hold them: two, one for both, or none.
    crs
        Reference system as :func:`geo.base.bridge.canonical` writes it; empty until it is known.
    north_first
        Whether the first coordinate is the northing or latitude.
    datum
        ``gcj02`` or ``bd09`` where the reader has said that the positions stand in it.
    declared
        EPSG code that the cells themselves name, as PostGIS writes it; 0 for none.
    """

    table: Table
    columns: tuple[str, ...]
    first: Coordinates | None = None
    second: Coordinates | None = None
    crs: str = ""
    north_first: bool = False
    datum: str = ""
    declared: int = 0


@dataclass
class Diagnosis:
    """What was found in a file, what is proposed, and what only the reader can say.

    Parameters
    ----------
    placements
        One for each table of which the positions were found.
    found
        Observations, in the order in which they were made.
    questions
        What must be answered before anything is read.
    problems
        Why it cannot be read at all.
    """

    placements: list[Placement] = field(default_factory=list)
    found: list[Observation] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def ask(self, question: Question) -> None:
        """Ask once, also if several parts of a folder raise the question.

        Parameters
        ----------
        question
            What is asked.
        """
        if question.key not in {one.key for one in self.questions}:
            self.questions.append(question)

    def tell(self, key: str, sure: str = "certain", **values: Any) -> None:
        """Note one observation; equal ones of several parts once.

        Parameters
        ----------
        key, sure, **values
            As of :class:`layers.intake.formats.table.Observation`.
        """
        told = Observation(key, sure, values)
        if told not in self.found:
            self.found.append(told)


def diagnose(tables: Sequence[Table], city: City, answers: Answers) -> Diagnosis:
    """Return how the positions of some tables are to be read.

    Parameters
    ----------
    tables
        Parts of one file or folder.
    city
        Where the positions should lie.
    answers
        What the reader has said: ``crs``, ``x`` and ``y`` or ``both`` (columns), ``datum``.

    Returns
    -------
    Diagnosis
        Without questions and problems it can be read.
    """
    result = Diagnosis()
    for table in tables:
        for one in table.found:
            result.tell(one.key, one.sure, **one.values)
        try:
            placed = _placed(table, city, answers, result)
            if placed is not None:
                result.placements.append(_in_system(placed, city, answers, result))
        except (DataError, CrsError) as error:
            result.problems += error.problems
        except ProjError:  # such as a grid of zones that names none
            said = answers.get("crs", "?")[:80]
            problem = Problem("system.not_understood", table.where, field="crs", value=said)
            result.problems.append(problem)
        except UnfitError as error:
            result.problems.append(Problem(error.key, table.where, values=error.values))
    _ask_datum(result, city, answers)
    _name_datum(result)
    systems = {one.crs for one in result.placements if one.crs}
    if len(systems) > 1:
        result.tell("parts_differ", value=tuple(sorted(name_of(one)[:60] for one in systems)))
    return result


def _placed(table: Table, city: City, answers: Answers, result: Diagnosis) -> Placement | None:
    """Return where the positions of a table stand; tell and ask what there is to say."""
    chosen = _chosen(table, answers)
    if chosen is None and table.shapes is not None:
        if not (table.shapes.kind == wkb.POINT).any() and len(table.shapes.kind):
            if (table.shapes.kind == wkb.FOREIGN).any():
                raise UnfitError("intake.not_points")
        else:
            return Placement(table, (table.shapes.column,) if table.shapes.column else ())
    found = chosen or _in_parts(table, city, result)
    found = found or _by_names(table, result) or _by_values(table, city, result)
    if found is None:
        code = code_of_place(table.cells)
        if code[0]:
            problem = Problem("intake.code_of_place", table.where, column=code[0], kind=code[1])
            result.problems.append(problem)
            return None
        names = tuple(name[:40] for name in table.names[:20])
        result.problems.append(Problem("intake.no_columns", table.where, known=names))
        return None
    for one in {id(c): c for c in (found.first, found.second) if c is not None}.values():
        for form in one.forms:
            result.tell(FORMS[form], "certain", value=form)
    return _by_minutes(found, answers, result)


def _by_minutes(found: Placement, answers: Answers, result: Diagnosis) -> Placement:
    """Read degrees, minutes and seconds in one number if that is said; ask if it seems so."""
    one, two = found.first, found.second
    answer = answers.get("notation", "")
    if one is None or two is None or answer == "decimal":
        return found
    form = "dms" if answer == "minutes" else next(filter(None, map(said, found.columns)), "")
    if form:
        angles = _unpacked(one, form), _unpacked(two, form)
        fit = np.isfinite(angles[0].values) & np.isfinite(angles[1].values)
        known = np.isfinite(one.values) & np.isfinite(two.values)
        if not answer and _share(fit[known]) <= LEAST_FIT:  # the heading is not right
            return found
        result.tell("form_minutes" if answer else "form_packed", value=form)
        return replace(found, first=angles[0], second=angles[1])
    if one.forms or two.forms or is_given_back(found.table):
        return found
    chances, rows = chance(one.values, two.values), int(np.isfinite(one.values).sum())
    if chances < RARE and rows >= LEAST_ASKED:
        options = (Option("minutes", "intake.option.minutes"),
                   Option("decimal", "intake.option.decimal"))  # fmt: skip
        result.ask(Question("notation", options, {"n": rows}))
    elif chances < SELDOM:
        result.tell("maybe_minutes", "open", value=rows)
    return found


def _unpacked(one: Coordinates, form: str) -> Coordinates:
    """Return angles of packed numbers; cells with marks of their own stay as they are."""
    plain = (one.written & DMS_BIT == 0) & (one.states == _NUMBER)
    values = np.where(plain, unpacked(one.values, form), one.values)
    wrong = plain & np.isnan(values)
    return replace(one, values=values, states=np.where(wrong, _OTHER, one.states).astype(np.int8),
                   written=np.where(plain, one.written | DMS_BIT, one.written))  # fmt: skip


def _chosen(table: Table, answers: Answers) -> Placement | None:
    """Return the columns that the reader has named."""
    names = [answers[key] for key in ("x", "y") if answers.get(key)]
    if both := answers.get("both", ""):
        names = [both]
    if not names:
        return None
    for name in names:
        if name not in table.names:
            known = tuple(one[:40] for one in table.names[:20])
            problem = Problem("point_column.missing", table.where, field=name[:80], known=known)
            raise DataError("intake.refused", [problem])
    return _of_columns(table, tuple(names))


def _of_columns(table: Table, names: tuple[str, ...]) -> Placement:
    if len(names) == 1:
        texts = _texts(table, names[0])
        return Placement(table, names, *pairs(texts), declared=_srid_of(texts))
    first, second = (coordinates(column_of(table, name)) for name in names)
    return Placement(table, names, first, second)


def column_of(table: Table, name: str) -> Any:
    """Return a column of a table as one Arrow array.

    Parameters
    ----------
    table
        As it was opened.
    name
        Of the column.
    """
    column = table.cells.column(name).combine_chunks()
    return column if not hasattr(column, "chunks") else column.chunk(0)


def _srid_of(texts: Any) -> int:
    """Return the code that all of the first cells declare that are filled; 0 for none."""
    codes = {srid(text) for text in texts.slice(0, _SAMPLE).to_pylist() if text}
    return codes.pop() if len(codes) == 1 else 0


def _texts(table: Table, name: str) -> Any:
    import pyarrow as pa

    column = column_of(table, name)
    try:
        return column.cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnfitError("point_column.not_numbers", type=str(column.type)[:60]) from error


def _in_parts(table: Table, city: City, result: Diagnosis) -> Placement | None:
    """Return the columns of degrees, minutes and seconds, by their names or by their order."""
    named = angles_in_parts(table.cells) if table.has_names else None
    split = named or angles_in_order(table.cells, city.bbox)
    if split is None:
        return None
    # Of 度 分 秒 below two names each is read, also the second.
    result.found = [one for one in result.found if one.key != "columns_twice"]
    result.tell("split_angles", "certain" if named else "likely", value=split.columns)
    return Placement(table, split.columns, split.first, split.second)


def _by_names(table: Table, result: Diagnosis) -> Placement | None:
    """Return the columns that are called as people call coordinates, if they hold numbers."""
    names = table.names if table.has_names else ()
    named = first = headings(names)
    while named.x:  # decimal degrees may be left blank beside verbatim ones
        found = _of_columns(table, (named.x, named.y))
        if _holds_numbers(found):
            result.tell("columns", "certain", value=f"{named.x} + {named.y}")
            _tell_second(table, named, found, result)
            return found
        names = tuple(name for name in names if name not in (named.x, named.y))
        named = headings(names)
    if first.x and not first.both:
        result.tell("columns", "certain", value=f"{first.x} + {first.y}")
        return _of_columns(table, (first.x, first.y))
    named = first
    if named.both:
        found = _of_columns(table, (named.both,))
        if _holds_numbers(found):
            result.tell("one_column", "certain", value=named.both)
            return found
        if found.first is not None and _share(found.first.states == _NOT_A_POINT) > GRID_LEAST:
            raise UnfitError("intake.not_points")
    return None


def _tell_second(table: Table, used: Headings, found: Placement, result: Diagnosis) -> None:
    """Tell of positions that a second pair of columns holds: those of a table beside the first."""
    rest = [name for name in table.names if name not in (used.x, used.y)]
    # A name that stands twice has a number behind it.
    first = {_TWICE.sub("", name): name for name in reversed(rest)}
    other = headings(list(first))
    if not other.x or other.kind != used.kind or datum_of(other.x) or is_given_back(table):
        return
    names = first[other.x], first[other.y]
    second = _of_columns(table, names)
    apart = [one - two for one, two in zip(values_of(found), values_of(second), strict=True)]
    known = np.isfinite(apart[0]) & np.isfinite(apart[1])
    if not _holds_numbers(second) or _share(np.hypot(*apart)[known] < _SAME) > _SURE:
        return
    n = int((np.isfinite(values_of(second)[0]) & np.isfinite(values_of(second)[1])).sum())
    result.tell("second_pair", "open", value=f"{names[0]} + {names[1]}", n=n)


def _holds_numbers(found: Placement) -> bool:
    return all(c is not None and (c.states == _NUMBER).any() for c in (found.first, found.second))


def _by_values(table: Table, city: City, result: Diagnosis) -> Placement | None:
    """Return the columns whose values can be nothing but positions in the city."""
    head = Table(table.where, table.cells.slice(0, _SAMPLE), table.lines[:_SAMPLE])
    numbers: dict[str, Floats] = {}
    for name in head.names[:60]:
        for names, placed in _tries(head, name):
            if len(names) == 1 and _fit_of(placed, city) is not None:
                result.tell("one_column", "likely", value=name)
                return _of_columns(table, names)
        values = None if is_bound(name) else _numbers(head, name)
        if values is not None:
            numbers[name] = values
    best: tuple[float, str, str] | None = None
    for one, x in numbers.items():
        for two, y in numbers.items():
            if one < two or one == two:
                continue
            share = _share_of(x, y, city)
            if share >= _SURE and (best is None or share > best[0]):
                ordered = (
                    (one, two) if head.names.index(one) < head.names.index(two) else (two, one)
                )
                best = (share, *ordered)
    if best is None:
        return None
    result.tell("columns_by_values", "likely", value=f"{best[1]} + {best[2]}")
    return _of_columns(table, best[1:])


def _share_of(x: Floats, y: Floats, city: City) -> float:
    """Return which share lies in the city in an unmistakable system, or in the city's own plane."""
    fit = by_zone(fits(x, y, city.bbox), _SURE)
    if fit is not None:
        return fit.share
    own = f"EPSG:{city.metric_epsg}"
    return max(share_in(x, y, own, city.bbox), share_in(y, x, own, city.bbox))


def _tries(head: Table, name: str) -> Iterator[tuple[tuple[str, ...], Placement]]:
    try:
        placed = _of_columns(head, (name,))
    except UnfitError:
        return
    if placed.first is not None and _share(placed.first.states == _NUMBER) > GRID_LEAST:
        yield (name,), placed


def _numbers(head: Table, name: str) -> Floats | None:
    try:
        found = coordinates(column_of(head, name))
    except UnfitError:
        return None
    return found.values if _share(found.states == _NUMBER) > GRID_LEAST else None


def _share(told: NDArray[np.bool_]) -> float:
    """Return which share of the rows it holds for; of no rows, none."""
    return float(np.mean(told)) if len(told) else 0.0


def _fit_of(placed: Placement, city: City) -> Fit | None:
    if placed.first is None or placed.second is None:
        return None
    return by_zone(fits(placed.first.values, placed.second.values, city.bbox), _SURE)


def values_of(placed: Placement) -> tuple[Floats, Floats]:
    """Return the two coordinates of each row as the file has them, in its order.

    Parameters
    ----------
    placed
        Where they stand.
    """
    if placed.first is None or placed.second is None:
        shapes = placed.table.shapes
        assert shapes is not None
        return shapes.x, shapes.y
    return placed.first.values, placed.second.values


def states_of(placed: Placement) -> tuple[list[str], Any, Any]:
    """Return what the cells hold: names of the states, and their codes for each row.

    Parameters
    ----------
    placed
        Where the positions stand.
    """
    if placed.first is None or placed.second is None:
        shapes = placed.table.shapes
        assert shapes is not None
        return [_SHAPE_STATES[code] for code in range(4)], shapes.kind, shapes.kind
    return list(STATES), placed.first.states, placed.second.states


def _in_system(placed: Placement, city: City, answers: Answers, result: Diagnosis) -> Placement:
    """Return the placement with its system, as said, as declared, or as only one reading tells."""
    shapes = placed.table.shapes if placed.first is None else None
    first, second = values_of(placed)
    axes = placed.first.axes if placed.first is not None else np.zeros(0)
    flip = _share(axes == 2) > GRID_LEAST
    found = fits(first, second, city.bbox)
    if answers.get("crs"):
        crs = crs_of(answers["crs"])
        if _are_degrees(crs, first, second, city):
            result.ask(_ask_degrees(crs))
            return placed
        result.tell("crs_said", value=name_of(crs))
        return _with(placed, crs, _flipped(crs, first, second, city) or flip, result)
    if shapes is not None and shapes.refused is not None:
        raise DataError("intake.refused", [shapes.refused])
    if shapes is not None and shapes.crs is not None:
        result.tell("crs_declared", value=name_of(shapes.crs)[:200])
        return _with(placed, shapes.crs, False, result)
    if placed.declared:
        crs = canonical(f"EPSG:{placed.declared}", where=placed.table.where)
        result.tell("crs_declared", value=name_of(crs)[:200])
        return _with(placed, crs, False, result)
    return _by_fit(placed, found, (city, answers), flip, result)


def crs_of(text: str) -> str:
    """Return the system that a reader names, see :func:`geo.base.bridge.canonical`.

    Parameters
    ----------
    text
        An EPSG code, with its authority or without, WKT or PROJJSON.

    Raises
    ------
    CrsError
        It cannot be understood, or is none of places.
    """
    return canonical(f"EPSG:{text}" if text.isdecimal() else text, where="--crs")


def _are_degrees(crs: str, first: Floats, second: Floats, city: City) -> bool:
    """Tell whether a plane was named for numbers that can only be degrees.

    As metres all of them would lie in one spot far from any city, and no row would say why.
    """
    known = np.isfinite(first) & np.isfinite(second)
    small = (np.abs(first[known]) <= 180) & (np.abs(second[known]) <= 180)
    if is_in_degrees(crs) or _share(small) <= GRID_LEAST:
        return False
    return not _fits_in(crs, first, second, city)


def _ask_degrees(crs: str) -> Question:
    """Return the question whether numbers for which a plane was named are read as degrees."""
    options = tuple(Option(one, "intake.option.degrees", {"value": one})
                    for one in (DEGREES, "EPSG:4490"))  # fmt: skip
    return Question("crs", options, {"variant": "crs_degrees", "value": name_of(crs)[:80]})


def _flipped(crs: str, first: Floats, second: Floats, city: City) -> bool:
    """Tell whether the coordinates lie in the city only if the first is the northing."""
    straight = share_in(first, second, crs, city.bbox)
    turned = share_in(second, first, crs, city.bbox)
    return turned > straight


def _fits_in(crs: str, first: Floats, second: Floats, city: City) -> bool:
    """Tell whether most rows lie in the city in a system, in either order of the axes."""
    orders = ((first, second), (second, first))
    return any(share_in(x, y, crs, city.bbox) >= GRID_LEAST for x, y in orders)


def _with(placed: Placement, crs: str, north_first: bool, result: Diagnosis) -> Placement:
    if north_first:
        named = headings(placed.columns).kind if len(placed.columns) == 2 else ""
        key = "columns_swapped" if named == "degrees" else "north_first"
        result.tell(key, "certain", value=placed.columns[0] if placed.columns else "1")
    return Placement(placed.table, placed.columns, placed.first, placed.second, crs, north_first)


def _by_fit(
    placed: Placement,
    found: Sequence[Fit],
    given: tuple[City, Answers],
    flip: bool,
    result: Diagnosis,
) -> Placement:
    city, _ = given
    stated = declared(placed.table, placed.columns)
    family = _family(placed) or stated.family
    first, second = values_of(placed)
    known = np.isfinite(first) & np.isfinite(second)
    degrees = (np.abs(first[known]) <= 180) & (np.abs(second[known]) <= 180)
    are_degrees = _share(degrees) > GRID_LEAST
    fit = by_zone(found, GRID_LEAST)
    if stated.columns:
        result.tell("system_in_cells", value=", ".join(stated.columns), said=stated.told)
    if family in ("1954", "1980") or stated.gravest in ("1954", "1980", "other"):
        result.ask(_ask_old(ask_crs(found, city, family), stated))
        return placed
    if stated.plane and _fits_in(stated.plane, first, second, city):
        return _with(placed, stated.plane, _flipped(stated.plane, first, second, city), result)
    if fit is not None and (fit.crs == DEGREES or not are_degrees):
        key = {DEGREES: "degrees", MERCATOR: "mercator"}.get(fit.crs, "zone")
        result.tell(key, "likely" if fit.crs == DEGREES else "certain", value=fit.crs)
        return _with(placed, fit.crs, fit.north_first, result)
    if are_degrees or not known.any():
        result.tell("degrees", "likely", value=DEGREES)
        return _with(placed, DEGREES, flip, result)
    named = [one for one in found if one.share >= GRID_LEAST and _is_of(one.crs, family)]
    if family and named:
        result.tell("plane_named", "likely", value=named[0].crs, family=family)
        return _with(placed, named[0].crs, named[0].north_first, result)
    if found and found[0].north_first:
        result.tell("north_first", "likely", value=placed.columns[0] if placed.columns else "1")
    result.ask(ask_crs(found, city, "", packed(first, second, city.bbox)))
    return placed


def _ask_old(question: Question, stated: Declared) -> Question:
    """Return the question for the plane in the words in which the cells name the system."""
    if not stated.gravest:
        return question
    words = stated.words[stated.gravest][:40]
    return replace(question, values={"variant": "crs_words", "family": words})


def _is_of(crs: str, family: str) -> bool:
    return crs.startswith("EPSG:326") if family == "utm" else not crs.startswith("EPSG:326")


def _quoted(table: Table, keys: Collection[str]) -> list[str]:
    """Return what the file itself says in some of the observations made of it."""
    told = (one.values for one in table.found if one.key in keys)
    return [str(values.get("over", values.get("value", ""))) for values in told]


def _notes(placed: Placement) -> list[str]:
    """Return what rows without a position say of coordinates, such as a note below the table."""
    _, first, second = states_of(placed)
    if placed.first is None or placed.second is None:
        return []
    bare_rows = np.flatnonzero((first != _NUMBER) & (second != _NUMBER))
    rows = [*bare_rows[:_MOST_NOTES], *bare_rows[_MOST_NOTES:][-_MOST_NOTES:]]
    cells = placed.table.cells.select(range(min(_NOTE_COLUMNS, placed.table.cells.num_columns)))
    said = cells.take(np.array(rows, np.int64)).to_pylist() if rows else []
    texts = (str(cell) for row in said for cell in row.values() if cell is not None)
    return [text for text in texts if speaks_of_system(text)]


def _family(placed: Placement) -> str:
    told = [*placed.columns, *_quoted(placed.table, _SENTENCES), *_notes(placed)]
    return next((family for family in map(system_of, told) if family), "")


def ask_crs(found: Sequence[Fit], city: City, family: str, form: str = "") -> Question:
    """Return the question for the plane: what fits the city, the city's own first.

    Parameters
    ----------
    found
        As :func:`geo.intake.systems.fits` returns them.
    city
        Where the positions should lie.
    family
        The old system that the file names; empty for none.
    form
        What else the numbers may be, see :func:`geo.intake.systems.packed`.
    """
    own = f"EPSG:{city.metric_epsg}"
    fitting = list(dict.fromkeys(one.crs for one in found if one.share >= GRID_LEAST))
    codes = sorted(fitting or [own], key=lambda crs: crs != own)
    options = tuple(Option(crs, "intake.option.crs", {"value": described(crs)}) for crs in codes)
    key = "crs_old" if family else f"crs_{form}" if form else "crs"
    return Question("crs", options, {"variant": key, "family": family})


def described(crs: str) -> str:
    """Return a system's code and its name in the register, the code alone where it has none.

    Parameters
    ----------
    crs
        Such as ``EPSG:4548``.
    """
    try:
        return f"{crs} {CRS(crs).name}"
    except CRSError:
        return crs


def _ask_datum(result: Diagnosis, city: City, answers: Answers) -> None:
    """Ask about the datum where the file names that of a commercial map, or its points show one."""
    said = answers.get("datum", "")
    placed = [one for one in result.placements if one.crs]
    if said and placed:
        offset = int(most_offset_m(city.bbox, said)) if said in DATUMS else 0
        result.tell("datum_said", value=said, offset=offset)
    if said in DATUMS:
        result.placements = [replace(one, datum=said if one.crs else "")
                             for one in result.placements]  # fmt: skip
    if said:
        return
    for one in placed:
        datum = _datum_of(one, city, result)
        if datum == "bd09" and one.crs == MERCATOR and not answers.get("crs"):
            # Baidu's own metres lie 20 km beside Web Mercator, and look like it.
            codes = (MERCATOR, f"EPSG:{city.metric_epsg}")
            options = tuple(Option(code, "intake.option.crs", {"value": code}) for code in codes)
            result.ask(Question("crs", options, {"variant": "crs_bd09mc", "family": ""}))
        elif datum:
            values = (datum, "wgs84", *(other for other in DATUMS if other != datum))
            options = tuple(Option(value, f"intake.option.{value}") for value in values)
            result.ask(Question("datum", options, {"datum": datum}))


def _name_datum(result: Diagnosis) -> None:
    """Let what was said of degrees hold: they are WGS 84 only where no other datum is known."""
    datums = {one.datum for one in result.placements if one.datum}
    for at, told in enumerate(result.found):
        if told.key != "degrees":
            continue
        if "datum" in {one.key for one in result.questions}:
            result.found[at] = replace(told, key="degrees_open", sure="open")
        elif datums:
            values = {"value": next(iter(datums))}
            result.found[at] = replace(told, key="degrees_of_datum", sure="certain", values=values)


def _datum_of(placed: Placement, city: City, result: Diagnosis) -> str:
    """Return the datum that words of the file name, or that its points show; tell why."""
    if placed.crs == MERCATOR or is_in_degrees(placed.crs):
        datum, evidence = _datum_hint(placed)
        if datum:
            result.tell("datum_named", "likely", value=datum, evidence=evidence[:80])
            return datum
    if is_given_back(placed.table):  # what its points show was asked before
        return ""
    seen = suspected_datum(placed.table, *_lonlat(placed), city)
    if seen.datum:
        key = _SHOWN_BY[seen.by]
        result.tell(key, "likely", value=seen.datum, places=seen.places)
    return seen.datum


def _lonlat(placed: Placement) -> tuple[Floats, Floats]:
    """Return where the rows lie, degrees; NaN where that is nowhere."""
    first, second = values_of(placed)
    x, y = (second, first) if placed.north_first else (first, second)
    if not is_in_degrees(placed.crs):
        x, y = transformer(CRS(placed.crs), WGS84).transform(x, y)
    there = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    return np.where(there, x, np.nan), np.where(there, y, np.nan)


def _datum_hint(placed: Placement) -> tuple[str, str]:
    """Return the datum that names or cells say, and what says it."""
    stated = declared(placed.table, placed.columns)
    if stated.gravest in DATUMS or is_given_back(placed.table):
        return (stated.gravest, stated.words[stated.gravest]) if stated.gravest else ("", "")
    if any("wgs" in bare(name) for name in placed.columns):
        return "", ""
    told = _quoted(placed.table, _SAYING)
    for text in (*placed.columns, placed.table.where, *told, *_notes(placed)):
        if datum := datum_of(text):
            return datum, text
    for name in placed.table.names[:60]:
        if not _SAYS_DATUM.search(bare(name)):
            continue
        column = placed.table.cells.column(name).slice(0, _SAMPLE)
        for value in dict.fromkeys(str(v).strip() for v in column.to_pylist() if v is not None):
            if len(value) <= 30 and (datum := datum_of(value)):
                return datum, value
    return datum_of_source(placed.table.names[:60])
