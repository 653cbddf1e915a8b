"""Read what stands in the labels of Streamlit's elements: interface words, or data made literal."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.shell.labels import MARKDOWN, PLAIN, WORDLESS

Mode = Literal["markdown", "plain", "html"]
READY: dict[Mode, frozenset[str]] = {
    "markdown": frozenset({"literal"}),
    "plain": frozenset({"display", "cells"}),
    "html": frozenset({"Markup"}),
}
"""By what an argument is read as, the functions that make data ready for it."""
TEXTUAL = frozenset(
    {
        *("alt", "body", "caption", "captions", "column_config", "format_func", "help", "icon"),
        *("label", "menu_items", "message", "page_title", "placeholder", "text", "title"),
    }
)
"""Names of arguments that can hold a text of the data."""

OWN_HTML = frozenset({"_acting", "_hit_marks", "_speak", "_symbols", "show"})
"""Functions that write HTML in another way. ``show`` is handed a template, which is looked at
where it is called. The others write a script and a style, where nothing can be escaped: they put
in languages, names of screens, numbers, and ids of layers and places only, which hold a to z, 0 to
9, ``_`` and ``-``."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _last(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@dataclass(frozen=True)
class Reader:
    """One module of pages, in which calls of elements are looked for.

    Parameters
    ----------
    tree
        The module.
    """

    tree: ast.Module

    def faults(self) -> Iterator[str]:
        """Yield a line for each argument that holds neither interface words nor ready data."""
        for function, call in self._calls():
            element = _last(call.func)
            if element not in {*MARKDOWN, *PLAIN, *WORDLESS}:
                yield f"line {call.lineno}: nothing is known of st.{element}"
                continue
            if element == "html" and function is not None and function.name in OWN_HTML:
                continue
            for name, value in self._arguments(call, element):
                where = f"line {call.lineno}: {element}({name}=…)"
                mode = self._mode(element, name)
                if mode is None:
                    yield f"{where}: not known whether this is read as Markdown"
                elif not self.fit(value, mode, function):
                    yield f"{where}: {ast.unparse(value)}"

    def templates(self) -> Iterator[str]:
        """Yield a line for each template of HTML that is not written out where it is used."""
        for call in ast.walk(self.tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("html.show", "Markup"):
                fit = isinstance(call.args[0], ast.Constant) if call.args else False
                if not fit and ast.unparse(call.args[0]) != "template":
                    yield f"line {call.lineno}: {ast.unparse(call)[:60]}"

    def _calls(self) -> Iterator[tuple[Function | None, ast.Call]]:
        """Yield the calls of elements, of ``st`` or of a container, each with its function."""
        imported = {
            alias.asname or alias.name.split(".")[0]
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        } - {"st"}
        homes = {
            child: node
            for node in ast.walk(self.tree)
            if isinstance(node, Function)
            for child in ast.walk(node)
        }
        for call in ast.walk(self.tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            whole = ast.unparse(call.func.value)
            root = whole.split(".")[0].split("(")[0].split("[")[0]
            known = call.func.attr in {*MARKDOWN, *PLAIN} and root not in {*imported, "self"}
            if whole == "st" or known:
                yield homes.get(call), call

    def _arguments(self, call: ast.Call, element: str) -> Iterator[tuple[str, ast.expr]]:
        """Yield the texts of a call; options that nobody words stand in ``format_func``."""
        names = list(inspect.signature(getattr(st, element)).parameters)
        given = dict(zip(names, call.args, strict=False))
        given |= {keyword.arg or "**": keyword.value for keyword in call.keywords}
        asked = {*MARKDOWN.get(element, ()), *PLAIN.get(element, ())} | TEXTUAL | {"**"}
        yield from ((name, value) for name, value in given.items() if name in asked)
        if "options" in given and "format_func" not in given:
            yield "format_func", given["options"]

    def _mode(self, element: str, name: str) -> Mode | None:
        if (element, name) == ("html", "body"):
            return "html"
        if name in MARKDOWN.get(element, ()):
            return "markdown"
        return "plain" if name in PLAIN.get(element, ()) else None

    def fit(self, value: ast.expr, mode: Mode, function: Function | None) -> bool:
        """Tell whether an expression is interface words, or data made ready for ``mode``."""
        if mode == "html":
            return self._escaped(value, function)
        match value:
            case ast.Constant():
                return True
            case ast.IfExp():
                return all(self.fit(part, mode, function) for part in (value.body, value.orelse))
            case ast.Lambda():
                return self.fit(value.body, mode, function)
            case ast.GeneratorExp() | ast.ListComp():
                return self.fit(value.elt, mode, function)
            case ast.Call():
                return self._call_fits(value, mode, function)
            case ast.Name() if value.id.isupper():
                return True
            case ast.Name() if function and (found := _assigned(function, value.id)):
                return all(self.fit(each, mode, function) for each in found)
            case ast.Name() | ast.Attribute():
                return self._returns_fit(_last(value), mode)
        return False

    def _escaped(self, value: ast.expr, function: Function | None) -> bool:
        """Tell whether an expression is HTML of ours into which data came escaped."""
        match value:
            case ast.Name() if function and (found := _assigned(function, value.id)):
                return all(self._escaped(each, function) for each in found)
            case ast.Name():
                return value.id.isupper()
            case ast.Call(func=ast.Attribute(value=ast.Call() as base, attr="format")):
                return _last(base.func) == "Markup" and isinstance(base.args[0], ast.Constant)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="html"))):
                return True  # pages.shell.html is read by this rule as well
            case ast.Call():
                return any(
                    isinstance(node, Function)
                    and node.name == _last(value.func)
                    and node.returns is not None
                    and ast.unparse(node.returns) == "Markup"
                    for node in ast.walk(self.tree)
                )
        return False

    def _call_fits(self, call: ast.Call, mode: Mode, function: Function | None) -> bool:
        name = _last(call.func)
        said = name == "say" or (
            isinstance(call.func, ast.Call) and _last(call.func.func) == "speaker"
        )
        if said:  # a sentence of ours, whatever its key; with a value it may hold data
            return all(isinstance(keyword.value, ast.Constant) for keyword in call.keywords)
        if name in frozenset().union(*READY.values()):
            return name in READY[mode]
        if name == "join" and isinstance(call.func, ast.Attribute):
            parts = [call.func.value, *call.args]
            return mode == "plain" and all(self.fit(part, mode, function) for part in parts)
        if name == "partial":
            return self.fit(call.args[0], mode, function)
        return self._returns_fit(name, mode)

    def _returns_fit(self, name: str, mode: Mode) -> bool:
        """Tell whether all that a function of this module returns is fit."""
        found = [n for n in ast.walk(self.tree) if isinstance(n, Function) and n.name == name]
        returned = [
            (function, node.value)
            for function in found
            for node in ast.walk(function)
            if isinstance(node, ast.Return) and node.value is not None
        ]
        return bool(returned) and all(self.fit(value, mode, home) for home, value in returned)


def _assigned(function: Function, name: str) -> list[ast.expr]:
    """Return all that a local name is given; a parameter or the name of a loop is given nothing."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
