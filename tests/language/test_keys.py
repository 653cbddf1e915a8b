"""Show that every key in the code has its sentence, and that no sentence is idle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from layers.language.messages import texts
from tests import ROOT

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
FILE = re.compile(r"\.(csv|md|geojson|json|toml|py|css|js|gpkg|zip|svg|tif|xlsx)$")
GROUPS_OF_VALUES = ("value_word", "city_word")
"""Functions that say the word for a value of a closed set; its name is among their arguments."""
ELSEWHERE = frozenset({"problem", "problem_line"})
"""Looked at more closely by ``test_problems``."""
NAMES = frozenset({"id", "attr", "arg", "name"})
"""Fields of a node that hold the name of something."""


@dataclass
class Code:
    """What the code holds that can be a key, or a part of one."""

    keys: set[str] = field(default_factory=set)
    """Texts that are written out and look like keys."""
    patterns: set[str] = field(default_factory=set)
    """Keys with gaps, ``{}``, that values of a closed set fill."""
    words: set[str] = field(default_factory=set)
    """Names, numbers and words of texts: what can fill a gap is one of these."""
    pieces: set[str] = field(default_factory=set)
    """Words with gaps of their own."""

    def read(self, tree: ast.Module) -> None:
        """Take in what one module holds."""
        nodes = list(ast.walk(tree))
        inside = {id(v) for n in nodes if isinstance(n, ast.JoinedStr) for v in n.values}
        inside |= _docstrings(nodes)
        for node in nodes:
            for name in {*node._fields} & NAMES:
                self.words.add(str(getattr(node, name)))
            if isinstance(node, ast.JoinedStr):
                self._gapped("".join(_part(value) for value in node.values))
            elif isinstance(node, ast.Call) and _called(node) in GROUPS_OF_VALUES:
                names = [str(arg.value) for arg in node.args[:2] if isinstance(arg, ast.Constant)]
                self.patterns |= {f"{name}.{{}}" for name in names if _is_ours(name)}
            elif isinstance(node, ast.Constant) and id(node) not in inside:
                self._text(str(node.value))

    def _text(self, text: str) -> None:
        self.words |= set(re.findall(r"\w+", text))
        if "{}" in text:
            self._gapped(text)
        elif KEY.fullmatch(text) and _is_ours(text) and not FILE.search(text):
            self.keys.add(text)
        else:
            self.keys |= {text} & _keys()

    def _gapped(self, text: str) -> None:
        if "." in text and _is_ours(text) and " " not in text:
            self.patterns.add(text)
        elif re.fullmatch(r"[a-z0-9_{}]+", text):
            self.pieces.add(text)

    def may_say(self, key: str) -> bool:
        """Tell whether the key is written out, or has a pattern whose gaps the code can fill."""
        if {key, key.removeprefix("error.")} & self.keys:
            return True
        return any(
            all(self._can_fill(part) for gap in match.groups() for part in gap.split("."))
            for pattern in self.patterns
            if (match := _matched(pattern, key))
        )

    def _can_fill(self, gap: str) -> bool:
        return gap in self.words or any(_matched(piece, gap) for piece in self.pieces)


def _docstrings(nodes: list[ast.AST]) -> set[int]:
    """Return the docstrings; they speak of keys, and say none."""
    return {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _part(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "{}"


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _is_ours(text: str) -> bool:
    return text.partition(".")[0] in _groups()


@cache
def _keys() -> frozenset[str]:
    return frozenset(key.removeprefix("error.") for key in texts("zh"))


@cache
def _groups() -> frozenset[str]:
    return frozenset(key.partition(".")[0] for key in texts("zh"))


@cache
def _as_expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\{\}", "(.+)"))


def _matched(pattern: str, text: str) -> re.Match[str] | None:
    return _as_expression(pattern).fullmatch(text) if pattern.strip("{}") else None


def _modules() -> Iterator[ast.Module]:
    for part in ("geo", "layers", "pages", "data"):
        for path in sorted((ROOT / part).rglob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


@cache
def code() -> Code:
    found = Code()
    for module in _modules():
        found.read(module)
    return found


@cache
def _sets() -> frozenset[str]:
    """Return what stands before a dot in the keys: a group, or a closed set with its values."""
    parts = (key.split(".") for key in texts("zh"))
    return frozenset(".".join(each[:n]) for each in parts for n in range(1, len(each)))


def _spoken(key: str) -> bool:
    said = texts("zh")
    own = (key, f"error.{key}", f"problem.{key}.what")
    return key in _sets() or any(name in said for name in own)


def test_every_key_in_the_code_has_a_sentence() -> None:
    """Also those that are handed on before they are said: caveats, methods, verdicts, stages."""
    assert len(code().keys) > 500
    assert sorted(key for key in code().keys if not _spoken(key)) == []


def test_every_pattern_of_keys_fits_some_sentence() -> None:
    said = texts("zh")
    assert [p for p in sorted(code().patterns) if not any(_matched(p, key) for key in said)] == []


def test_no_sentence_is_idle() -> None:
    """A key with a gap counts where a word of the code can fill it."""
    idle = [
        key
        for key in texts("zh")
        if key.partition(".")[0] not in ELSEWHERE | VALUES and not code().may_say(key)
    ]
    assert idle == []


VALUES = frozenset({"chrome", "current_status", "half_status"})
"""Words for values of columns whose name comes from the catalogue; ``test_messages`` holds them.

And Streamlit's own words: ``tests/browser/screens/test_words.py`` looks for them on the screen."""


def test_a_slip_would_be_noticed() -> None:
    slip = Code()
    slip.read(ast.parse('say("map.hoem")\nsay(f"nav.{name}")\nnames = ["explore"]'))
    assert [key for key in slip.keys if not _spoken(key)] == ["map.hoem"]
    assert slip.may_say("nav.explore")
    assert not slip.may_say("nav.density")
    assert not slip.may_say("map.home")
