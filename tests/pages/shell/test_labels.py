"""Show that a label says what the data says: nothing in it is read as Markdown."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from layers.language.messages import HIDDEN, display
from pages.shell import html
from pages.shell.labels import JOINER, MARKDOWN, PLAIN, cells, literal, short
from pages.shell.navigation import SCREENS
from tests.hostile import HOSTILE_TEXTS, PIECES, hostile_pack
from tests.screens import app

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
SYNTAX = re.compile(
    r"[\\`*_\[\]<$~]|:(?=\S)|&#?\w+;|^ *(?:#{1,6}|[-+*>=|]+|\d{1,9}[.)])(?=\s|$)|^ {4}"
)
"""What Markdown and its extensions in Streamlit read, after all escaped marks are taken out."""
PASSES = re.compile(
    r"https?://|www\.|[-.\w+]@[-\w]|:[\w+-]+:|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)",
    re.IGNORECASE,
)
"""What Streamlit looks for once more in the text that comes out: there an escape is gone."""


def read(label: str) -> str:
    """Return the text that Markdown makes of a label without constructs."""
    return ESCAPED.sub(r"\1", label).replace(JOINER, "")


def active(label: str) -> list[str]:
    """Return what of a label is read as more than letters."""
    bare = ESCAPED.sub("\N{REPLACEMENT CHARACTER}", label)
    shown = ESCAPED.sub(r"\1", label)
    return [found[0] for pattern, text in ((SYNTAX, bare), (PASSES, shown)) for found in
            pattern.finditer(text)]  # fmt: skip


def plain(text: str) -> str:
    return re.sub("[ \t\n\u2028\u2029]+", " ", text).strip(" ")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Binhai (Tianjin): R&D, 3.5 km – 东疆", "Binhai (Tianjin): R&D, 3.5 km – 东疆"),
        ("![p](https://evil.example/p.png)", f"!\\[p\\](https\\:{JOINER}//evil.example/p.png)"),
        ("www.evil.example", f"www{JOINER}.evil.example"),
        ("a@evil.example", f"a@{JOINER}evil.example"),
        (":material_delete:", f"\\:{JOINER}material\\_delete:"),
        ("a -> b", f"a -{JOINER}> b"),
        ("1. one", "1\\. one"),
        ("---", f"\\-{JOINER}-{JOINER}-"),
        ("    a\n# b", "a # b"),
        ("tail\\", "tail\\\\"),
        ("&lt; &x", "\\&lt; &x"),
    ],
)
def test_a_label_keeps_what_is_ordinary_and_parts_what_is_not(text: str, label: str) -> None:
    assert literal(text) == label


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_a_hostile_text_is_read_back_from_its_label(text: str) -> None:
    label = literal(text)
    assert active(label) == []
    assert read(label) == plain(display(text, longest=200))


def test_any_heap_of_pieces_is_read_back_from_its_label() -> None:
    """The same heaps are drawn in a browser by ``python -m tests.attack labels``."""
    dice, stirred = random.Random(20261129), 0
    for _ in range(3_000):
        text = "".join(dice.choices(PIECES, k=dice.randint(1, 9)))
        label = literal(text, longest=None)
        assert active(label) == [], text
        assert read(label) == plain(display(text)), text
        stirred += bool(active(text))
    assert stirred > 1_000


def test_a_name_is_cut_and_a_table_shows_every_character_as_itself() -> None:
    assert short("长" * 9_000).endswith("…")
    table = cells(pd.DataFrame({"a\u202e": ["b\u202e", None], "n": [1.5, 2.0]}))
    assert list(table) == ["a⟦U+202E⟧", "n"]
    assert table.iloc[0, 0] == "b⟦U+202E⟧"
    assert table.isna().to_numpy().sum() == 1
    assert table["n"].tolist() == [1.5, 2.0]


def test_no_argument_is_both_read_as_markdown_and_shown_as_it_is() -> None:
    for element in MARKDOWN.keys() & PLAIN.keys():
        assert not {*MARKDOWN[element]} & {*PLAIN[element]}


# Every screen ----------------------------------------------------------------------------------

READ = frozenset({"label", "help", "body", "text", "content", "captions"})
"""Names of the fields of Streamlit's messages that its front end reads as Markdown."""


def marked(message: Any) -> Iterator[str]:
    """Yield what the front end reads as Markdown in a message."""
    for field, value in message.ListFields():
        each = value if field.is_repeated else [value]
        if field.type == field.TYPE_MESSAGE:
            for part in each:
                yield from marked(part) if hasattr(part, "DESCRIPTOR") else ()
        elif field.type == field.TYPE_STRING:
            options = field.name == "options" and message.DESCRIPTOR.name == "Radio"
            yield from each if field.name in READ or options else ()


def messages(block: Any) -> Iterator[Any]:
    """Yield the messages of all elements and blocks of a page."""
    for child in block.children.values():
        if hasattr(getattr(child, "proto", None), "DESCRIPTOR"):
            yield child.proto
        if hasattr(child, "children"):
            yield from messages(child)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    for number, text in enumerate((None, HOSTILE_TEXTS[12], HOSTILE_TEXTS[13])):
        hostile_pack(folder, text, f"hostile{number}")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("page", "pack"), [*zip(SCREENS, (1, 2, 0, 0, 1, 1, 2, 1), strict=True)])
def test_no_label_of_a_screen_is_read_as_markdown(
    page: str, pack: int, lang: str, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(packs))
    at = app(page, city=f"hostile{pack}", lang=lang, sel="990101")
    assert not at.exception
    labels = 0
    for message in messages(at._tree):
        name = message.DESCRIPTOR.name
        if name == "Html":
            assert not [c for c in message.body if _hidden(c)], message.body
            continue
        for label in marked(message):
            labels += 1
            assert active(label) == [], f"{name}: {label}"
    assert labels > 5


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN and character not in "\n\t"


def test_a_table_may_have_two_columns_of_one_name() -> None:
    table = pd.DataFrame([[1, "a"], [2, "b"]], columns=["n", "n"], index=["x", "x"])
    shown = html.grid(table)
    assert shown.count('<th scope="col"') == 3
    assert [shown.count(f">{value}</td>") for value in (1, "a", 2, "b")] == [1, 1, 1, 1]
