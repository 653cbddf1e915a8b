"""Show that both languages say the same things, and that every value and key has its words."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layers.language.messages import ENTITIES, LANGS, TEXT_FOLDER, read_texts, speaker, texts
from layers.pack.catalogue import CATALOG, PERIODS
from tests import ROOT

SHOWN = {
    (field.name, value)
    for spec in CATALOG.values()
    for field in spec.schema.fields
    if field.name != "kind"
    for value in field.allowed or ()
}


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def _keys(table: dict[str, Any], stem: str = "") -> Iterator[str]:
    for name, value in table.items():
        yield from _keys(value, f"{stem}{name}.") if isinstance(value, dict) else [f"{stem}{name}"]


def _spoken(tree: ast.AST) -> set[str]:
    """Return the keys that a module says outright: ``say("a.b")``."""
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "say"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_both_languages_have_the_same_keys() -> None:
    assert sorted(texts("zh")) == sorted(texts("en"))


def test_both_languages_have_the_same_files_with_the_same_keys() -> None:
    """Who mends a sentence finds its twin in the file of the same name."""
    zh, en = (
        {
            path.name: sorted(_keys(tomllib.loads(path.read_text(encoding="utf-8"))))
            for path in files
        }
        for files in ((TEXT_FOLDER / lang).glob("*.toml") for lang in LANGS)
    )
    assert zh == en


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[map]\nhome = "1"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[map]\nzoom = "2"\n', encoding="utf-8")
    assert read_texts(tmp_path) == {"map.home": "1", "map.zoom": "2"}
    (tmp_path / "c.toml").write_text('[map]\nhome = "3"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"c\.toml.*map\.home"):
        read_texts(tmp_path)


def test_no_sentence_is_blank() -> None:
    assert [
        (lang, key) for lang in LANGS for key, text in texts(lang).items() if not text.strip()
    ] == []


def test_placeholders_are_equal_in_both_languages() -> None:
    differing = {
        key: (sentence, texts("en")[key])
        for key, sentence in texts("zh").items()
        if _placeholders(sentence) != _placeholders(texts("en")[key])
    }
    assert differing == {}


def test_placeholders_are_named() -> None:
    unnamed = {
        key
        for key, text in texts("zh").items()
        if not all(map(str.isidentifier, _placeholders(text)))
    }
    assert unnamed == set()


def test_chinese_is_written_in_chinese_marks() -> None:
    """A half-width comma between two Chinese characters is a slip of the keyboard."""
    slips = [
        key
        for key, text in texts("zh").items()
        for before, mark, after in zip(text, text[1:], text[2:], strict=False)
        if mark in ",;:?!" and "\u4e00" <= before <= "\u9fff" and "\u4e00" <= after <= "\u9fff"
    ]
    assert slips == []


@pytest.mark.parametrize("layer", CATALOG)
def test_every_layer_has_a_title(layer: str) -> None:
    assert f"layer.{layer}" in texts("zh")


@pytest.mark.parametrize(("column", "value"), sorted(SHOWN))
def test_every_value_of_the_catalogue_has_words(column: str, value: str) -> None:
    assert f"{column}.{value}" in texts("zh")


@pytest.mark.parametrize("period", PERIODS)
def test_every_period_has_words(period: str) -> None:
    assert f"period.{period}" in texts("zh")


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    sorted(file for folder in ("layers", "pages") for file in (ROOT / folder).rglob("*.py")),
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_every_key_said_in_the_code_has_a_sentence(file: Path) -> None:
    assert _spoken(ast.parse(file.read_text(encoding="utf-8"))) - set(texts("zh")) == set()


def test_a_speaker_fills_in_values_and_refuses_an_unknown_key() -> None:
    assert speaker("en")("furniture.date", date="2026") == "Data of 2026"
    with pytest.raises(KeyError):
        speaker("en")("no.such.sentence")


NEVER_ONE = {
    "least": "a minimum of a method, ten and more",
    "most": "a limit",
    "draws": "hundreds",
    "simulations": "hundreds",
    "runs": "six",
    "minutes": "offered in tens",
    "areas": "at least the minimum of the method",
    "shift_points": "percentage points, with a decimal",
    "change": "percentage points, with a decimal",
    "times": "a ratio, with a decimal",
    **dict.fromkeys(("sample", "kept", "tested", "grouped"), "thousands"),
}
"""Values that need no singular behind them, and why."""
ALWAYS_MANY = {
    "map.stack": "more than a bouquet holds",
    "pattern.refused_constant": "at least the minimum of the method",
    "chrome.options": "as Streamlit writes it, which has the singular as a sentence of its own",
    "chrome.refused_type": "a type of file, not a number",
    "problem.density.legend.what": "a fault in the code that calls",
    "problem.grid.size.what": "none, or more than the limit",
    "problem.grid.too_fine.what": "more than the limit",
    "problem.grid.too_fine_or_far.what": "more than the limit",
    "problem.scenario.too_many.what": "more than the limit",
    "problem.setting.degrees.what": "two or four",
}
"""Sentences whose numbers are never one, and why."""
NO_NOUNS = {"bytes", "covers", "does", "has", "holds", "is", "lies", "needs", "stands"}
"""Verbs; and bytes, which are told of where they are too many."""


def test_a_number_that_can_be_one_has_its_singular() -> None:
    """Not "1 places": an English plural behind a value has the singular beside it."""
    several = re.compile(
        r"\{(\w+)\}(?: (?:more|hot|cold|science|innovation|national))? ([a-z]+s)\b"
    )
    missing = [
        (key, found[0])
        for key, text in texts("en").items()
        for found in several.finditer(text)
        if key not in ALWAYS_MANY and found[1] not in NEVER_ONE and found[2] not in NO_NOUNS
    ]
    assert missing == []


def test_words_go_with_their_number() -> None:
    say = speaker("en")
    assert say("view.shown", mapped=1, total="1") == "1 of 1 place shown"
    assert say("view.shown", mapped=0, total="0") == "0 of 0 places shown"
    assert say("card.persons", count="1") == "1 resident"
    assert say("balance.unplaced", unplaced=1) == (
        "1 row has no known district and enters no share."
    )
    assert say("balance.unplaced", unplaced=21) == (
        "21 rows have no known district and enter no share."
    )
    assert speaker("zh")("balance.unplaced", unplaced=1) == "1 行所属区不详，不计入各区和份额。"


def test_the_entities_leave_nothing_that_runs() -> None:
    escaped = "{{7*7}}{%x%}<script>`${y}`\"'\\&".translate(ENTITIES)
    assert not set(escaped) & set("{}<>`$\"'\\")
    assert escaped.count("&") == escaped.count(";")
