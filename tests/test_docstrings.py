"""Show that the docstring of every public function names its arguments, as numpydoc has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT

MODULES = [
    path
    for folder in ("geo", "layers", "pages", "data")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if getattr(node, "name", "_").startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    plain = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    stars = [(given.vararg, "*"), (given.kwarg, "**")]
    names = [each.arg for each in plain if each.arg not in ("self", "cls")]
    names += [f"{star}{each.arg}" for each, star in stars if each is not None]
    return [name for name in names if not name.lstrip("*").startswith("_")]


def _described(docstring: str) -> list[str]:
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-+$|\Z)", docstring, re.M | re.S)
    heads = re.findall(r"^(\S.*)$", section[1], re.M) if section else []
    return [name.strip() for head in heads for name in head.split(",")]


def _undescribed(tree: ast.Module) -> list[str]:
    return [
        f"{function.name}({name})"
        for function in _public(tree.body)
        for name in _arguments(function)
        if name not in _described(ast.get_docstring(function) or "")
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_argument_is_described(path: Path) -> None:
    assert _undescribed(ast.parse(path.read_text(encoding="utf-8"))) == []


TOLD = """Do.

    Parameters
    ----------
    a, b
        Two.

    Returns
    -------
    c
"""


def test_what_is_not_described_is_noticed() -> None:
    code = f"def f(a, b, c, *d):\n    {TOLD!r}\ndef _g(e): ...\ndef h(self, i): ...\n"
    assert _undescribed(ast.parse(code)) == ["f(c)", "f(*d)", "h(i)"]
