"""Show that every problem has its sentences in both languages, and that no sentence is idle."""

from __future__ import annotations

import ast
import pickle
import re
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.base.errors import AtlasError, DataError, Problem
from layers.language.messages import HIDDEN, LANGS, texts
from layers.language.problems import LONGEST, lines, worded, worded_together
from tests import ROOT

KEY_AT = {"Problem": 0, "Fault": 0, "UnfitError": 0, "report": 0, "fault": 1}
"""What makes a problem, and which of its arguments is the key."""
PASSED_ON = {
    "geo.base.validation.at": "a fault gets its place",
    "geo.base.errors.__str__": "an unfit file is told like any problem",
    "geo.point_files.bin.unreadable": "an unfit file gets its name",
    "geo.point_files.bin.turned": "an unfit column gets its name",
    "geo.point_files.tally._rows": "an unfit column gets its name",
    "layers.intake.formats.open_file._guarded": "an unfit file gets its name",
    "layers.intake.diagnose.diagnose": "an unfit table gets its name",
    "layers.verification.read_back.answer": "an unfit row gets its number",
    "layers.verification.read_back._open": "an unfit sheet gets its name",
    "layers.verification.read_back.at_row": "a draft's problem gets its row",
    "layers.pack.reader.report": "a problem is kept",
    "layers.pack.consistency.fault": "a fault gets its row",
}
"""Where the key of a problem comes from whoever calls: the calls are looked at instead."""
ERRORS = {"AtlasError", "DataError", "CrsError", "ParameterError", "CancelledError"}


@dataclass(frozen=True)
class Made:
    """One place in the code that makes a problem."""

    where: str
    keys: frozenset[str]
    values: frozenset[str] | None
    """Names of the values, as far as they stand there; None if they come from elsewhere."""


Scope = ast.FunctionDef | ast.Module


def _functions(tree: ast.AST, scope: Scope) -> Iterator[tuple[Scope, ast.AST]]:
    """Yield every node with the innermost function that it stands in."""
    waiting = [(scope, tree)]
    while waiting:
        outer, parent = waiting.pop()
        for node in ast.iter_child_nodes(parent):
            inner = node if isinstance(node, ast.FunctionDef) else outer
            yield inner, node
            waiting.append((inner, node))


def _literals(node: ast.AST, scope: Scope, module: ast.Module) -> frozenset[str] | None:
    """Return the texts that an expression can be: a literal, a choice, or a table's member."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return frozenset({node.value})
    if isinstance(node, ast.IfExp):
        both = [_literals(part, scope, module) for part in (node.body, node.orelse)]
        return None if None in both else frozenset().union(*filter(None, both))
    if isinstance(node, ast.Subscript):  # of a table that the module declares
        return _named(node.value, module, module)
    return _named(node, scope, module)


def _named(node: ast.AST, scope: Scope, module: ast.Module) -> frozenset[str] | None:
    """Return the keys that stand where a name is given its value."""
    if not isinstance(node, ast.Name):
        return None
    found: set[str] = set()
    for each in ast.walk(scope):
        if isinstance(each, ast.Assign) and any(_is(target, node.id) for target in each.targets):
            found |= _keys_in(each.value)
        if isinstance(each, ast.comprehension) and node.id in _names(each.target):
            found |= _keys_in(each.iter)
            if isinstance(each.iter, ast.Call) and isinstance(each.iter.func, ast.Attribute):
                found |= _named(each.iter.func.value, module, module) or set()
    return frozenset(found) or None


def _is(target: ast.AST, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _names(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _keys_in(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", each.value)
    }


def _values(call: ast.Call, kind: str, scope: Scope) -> frozenset[str] | None:
    """Return the names of the values of a call, or None where they come from elsewhere."""
    place = {"where", "row", "field", "values"} if kind in ("Problem", "report") else set()
    named = {keyword.arg for keyword in call.keywords if keyword.arg} - place
    given = [keyword.value for keyword in call.keywords if keyword.arg in ("values", None)]
    given += call.args[4:5] if kind == "Problem" else call.args[1:2] if kind == "Fault" else []
    for value in given:
        tables = [value] if isinstance(value, ast.Dict) else _assigned(value, scope)
        if not tables:
            return None
        keys = [key for table in tables for key in table.keys]
        named |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return frozenset(named)


def _assigned(node: ast.AST, scope: Scope) -> list[ast.Dict]:
    """Return the table that a name was given last before the line in which it is used."""
    if not isinstance(node, ast.Name):
        return []
    before = [
        each
        for each in ast.walk(scope)
        if isinstance(each, ast.Assign)
        and any(_is(target, node.id) for target in each.targets)
        and each.lineno < node.lineno
    ]
    last = max(before, key=lambda each: each.lineno, default=None)
    return [last.value] if last and isinstance(last.value, ast.Dict) else []


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Return the code by the names of its modules."""
    files = [path for part in ("geo", "layers", "pages", "data") for path in _python(part)]
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts), ast.parse(path.read_text("utf-8")))
        for path in files
    ]


def _python(part: str) -> list[Path]:
    return sorted((ROOT / part).rglob("*.py"))


@cache
def made() -> list[Made]:
    """Return every place that makes a problem: found by the first test, on one worker."""
    return [
        Made(f"{where}:{node.lineno}", keys or frozenset(), _values(node, kind, scope))
        for name, module in modules()
        for scope, node in _functions(module, module)
        for where in [f"{name}.{getattr(scope, 'name', '')}"]
        if isinstance(node, ast.Call)
        for kind in [_called(node)]
        if kind in KEY_AT and len(node.args) > KEY_AT[kind]
        if not (kind == "report" and name.startswith("pages"))  # into the log, with a number
        for keys in [_literals(node.args[KEY_AT[kind]], scope, module)]
        if keys or where not in PASSED_ON
    ]


def used() -> frozenset[str]:
    """Return the keys of all problems."""
    return frozenset[str]().union(*(each.keys for each in made()))


def _sentences(lang: str) -> dict[str, str]:
    """Return the sentences of problems in a language, by their keys after ``problem.``."""
    return {
        key.removeprefix("problem."): text
        for key, text in texts(lang).items()
        if key.startswith("problem.")
    }


def _remedy(key: str, lang: str) -> str:
    said, group = _sentences(lang), key.partition(".")[0]
    return said.get(f"{key}.remedy", said.get(f"{group}.remedy", ""))


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_there_are_problems_to_look_at() -> None:
    assert len(made()) > 200
    assert {each.where.partition(".")[0] for each in made()} == {"geo", "layers", "pages", "data"}


def test_every_key_stands_where_it_can_be_found() -> None:
    assert [each.where for each in made() if not each.keys] == []


def test_every_problem_has_its_sentence() -> None:
    known = {key.removesuffix(".what") for key in _sentences("zh") if key.endswith(".what")}
    assert {(each.where, key) for each in made() for key in each.keys - known} == set()


def test_no_sentence_is_idle() -> None:
    groups = {key.partition(".")[0] for key in used()}
    wanted = {f"{key}.{part}" for key in used() for part in ("what", "remedy")}
    wanted |= {f"{group}.remedy" for group in groups}
    assert set(_sentences("zh")) - wanted == set()


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentences_name_what_the_problem_holds(lang: str) -> None:
    said = _sentences(lang)
    lacking = [
        (each.where, key, wanted - each.values)
        for each in made()
        if each.values is not None
        for key in each.keys
        for wanted in [_placeholders(said[f"{key}.what"]) | _placeholders(_remedy(key, lang))]
        if wanted - each.values
    ]
    assert lacking == []


def test_no_value_is_told_in_vain() -> None:
    said = _sentences("zh")
    spare = [
        (each.where, key, each.values - wanted)
        for each in made()
        if each.values is not None and len(each.keys) == 1
        for key in each.keys
        for wanted in [_placeholders(said[f"{key}.what"]) | _placeholders(_remedy(key, "zh"))]
        if each.values - wanted
    ]
    assert spare == []


@pytest.mark.slow
def test_every_refusal_has_its_sentence() -> None:
    keys = {
        (f"{name}:{node.lineno}", str(node.args[0].value))
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _called(node) in ERRORS and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert keys
    assert {(where, key) for where, key in keys if f"error.{key}" not in texts("zh")} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_a_sentence_ends_as_one_and_the_remedy_too(lang: str) -> None:
    ends = ("。", "？", "{reason}") if lang == "zh" else (".", "?", "{reason}")
    assert [key for key, text in _sentences(lang).items() if not text.endswith(ends)] == []


def test_chinese_sentences_are_chinese() -> None:
    """A sentence without a Chinese character was forgotten."""
    assert [
        key for key, text in _sentences("zh").items() if not re.search("[\u4e00-\u9fff]", text)
    ] == []


NUMBER = Problem("value.not_number", "places.csv", "#12", "lon", value="'x'")


@pytest.mark.parametrize(
    ("problem", "zh", "en"),
    [
        (
            NUMBER,
            "places.csv · 第 12 行 · lon：应为有限的数，现为 'x'。",
            "places.csv · #12 · lon: must be a finite number, not 'x'.",
        ),
        (
            Problem("column.unknown", "places.csv", field="colour"),
            "places.csv · colour：图集没有这一列。请删去。",
            "places.csv · colour: the column is not known. Remove it.",
        ),
        (
            Problem("point_file.column_twice", "firms.csv", name="x"),
            "firms.csv：有不止一列“x”。请重新生成这个文件，或把它移走。",
            "firms.csv: has more than one column x. Write the file again, or take it away.",
        ),
        (
            Problem("siting.no_demand", "demand"),
            "需求点：没有点。请选择有点位的图层。",
            "demand: holds no point. Choose a layer with places on the map.",
        ),
        (
            Problem("export.unknown", "layer", value="lab", known=("axis", "platform")),
            "layer：没有“lab”。可用的有：axis、platform。",
            "layer: 'lab' is unknown. Known are: axis, platform.",
        ),
        (
            Problem("csv.cells", "t.csv", "#1", n=1, expected=3),
            "t.csv · 第 1 行：有 1 格，表头有 3 格。",
            "t.csv · #1: has 1 cell; the header has 3.",
        ),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(problem: Problem, zh: str, en: str) -> None:
    assert worded(problem, "zh") == zh
    assert worded(problem, "en") == en


def test_rows_of_which_the_same_is_said_share_a_line() -> None:
    same = [replace(NUMBER, row=f"#{n}") for n in (2, 3, 4, 9)]
    other = replace(NUMBER, row="#5", values={"value": "'y'"})
    told = list(worded_together([*same, other], "en"))
    assert told == [worded(replace(NUMBER, row="#2–4, 9"), "en"), worded(other, "en")]
    assert len(list(worded_together(same[1:], "en"))) == 3, "few stand alone"


def test_without_a_text_table_a_problem_names_place_key_and_values() -> None:
    assert str(NUMBER) == "places.csv · #12 · lon: value.not_number value=\"'x'\""


def test_problems_are_compared_kept_in_sets_moved_and_sent() -> None:
    twin = Problem("value.not_number", "places.csv", "#12", "lon", {"value": "'x'"})
    other = replace(NUMBER, where="raw/places.csv")
    assert {NUMBER, twin, other} == {NUMBER, other}
    assert other.values == NUMBER.values
    error = DataError("geojson_invalid", [NUMBER, other])
    again: AtlasError = pickle.loads(pickle.dumps(error))
    assert (type(again), again.key, again.problems) == (DataError, error.key, error.problems)
    assert lines(again, "en").count("\n") == 1


@given(st.text(max_size=400), st.sampled_from(LANGS))
def test_what_a_file_holds_stays_one_line_of_visible_text(value: str, lang: str) -> None:
    problem = Problem("point_file.no_column", value, f"#{value}", value, name=value)
    said = worded(problem, lang)
    hidden = {sign for sign in said if sign not in "\n\t" and unicodedata.category(sign) in HIDDEN}
    assert hidden == set()
    assert len(said) < 8 * 4 * LONGEST + 200
