"""Give the words of the interface in the reader's language, and make data's words safe to draw."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LANGS = ("zh", "en")
TEXT_FOLDER = Path(__file__).resolve().parent.parent / "data" / "text"

Say = Callable[..., str]
"""``say(key, **values)`` returns the sentence of that key with the values filled in."""

ENTITIES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "\\": "&#92;",
        "`": "&#96;",
        "{": "&#123;",
        "}": "&#125;",
        "$": "&#36;",
    }
)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        flat |= _flatten(value, key + ".") if isinstance(value, dict) else {key: str(value)}
    return flat


@cache
def texts(lang: str) -> Mapping[str, str]:
    """Return all sentences of a language by dotted key."""
    path = TEXT_FOLDER / f"{lang}.toml"
    return MappingProxyType(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))


def speaker(lang: str) -> Say:
    """Return the function that speaks ``lang``.

    An unknown key raises KeyError: a missing sentence is a bug, and the tests call every key.
    """
    sentences = texts(lang)

    def say(key: str, /, **values: object) -> str:
        return sentences[key].format(**values)

    return say
