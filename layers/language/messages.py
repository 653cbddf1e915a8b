"""Give the words of the interface in the reader's language, and make data's words safe to draw."""

from __future__ import annotations

import string
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

LANGS: tuple[Literal["zh", "en"], ...] = ("zh", "en")
TEXT_FOLDER = Path(__file__).resolve().parents[2] / "data" / "text"

Say = Callable[..., str]
"""``say(key, **values)`` returns the sentence of that key with the values filled in."""

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Unicode categories whose characters have no glyph of their own."""

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


LONGEST_LABEL = 80
"""A longer name is cut with an ellipsis on screen; exports keep it whole."""


def display(text: str, *, longest: int | None = None) -> str:
    """Return ``text`` so that every character shows as itself.

    Control and direction-changing characters (U+202E and its kin) are written out as ``⟦U+202E⟧``:
    shown, they would reorder or hide the words around them.

    Parameters
    ----------
    text
        Any text, also a stranger's.
    longest
        Characters kept, an ellipsis as the last; None to keep all. What is written out counts as it
        is shown.
    """
    shown = text if text.isprintable() else "".join(map(_written_out, text))
    if longest is not None and len(shown) > longest:
        return shown[: longest - 1] + "…"
    return shown


def _written_out(character: str) -> str:
    if unicodedata.category(character) not in HIDDEN or character in "\n\t":
        return character
    return f"⟦U+{ord(character):04X}⟧"


def safe(text: str, *, longest: int | None = LONGEST_LABEL) -> str:
    """Return ``text`` as HTML that nothing downstream can run.

    Folium and branca execute Jinja found in data, Leaflet inserts tooltips as HTML, and the
    map's script is one long JavaScript text: the characters that mean anything to any of
    these become entities. Everything that reaches Folium passes through here, keys too.

    Parameters
    ----------
    text
        Any text, also a stranger's.
    longest
        Characters kept before they become entities; None to keep all, as a key must be.
    """
    return display(text, longest=longest).translate(ENTITIES)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        flat |= _flatten(value, key + ".") if isinstance(value, dict) else {key: str(value)}
    return flat


@cache
def texts(lang: str) -> Mapping[str, str]:
    """Return all sentences of a language by dotted key, read once for each process.

    Parameters
    ----------
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Mapping
        Read-only; see :func:`read_texts`.

    Raises
    ------
    ValueError
        As :func:`read_texts`.
    """
    return MappingProxyType(read_texts(TEXT_FOLDER / lang))


def read_texts(folder: Path) -> dict[str, str]:
    """Return the sentences of every TOML file in a folder by dotted key.

    Parameters
    ----------
    folder
        Folder of one language; folders within it are not read.

    Returns
    -------
    dict
        Sentence by key: the names of the tables that it stands in and its own, joined by dots.

    Raises
    ------
    ValueError
        A key stands in two files: one of the two sentences would never be said.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        part = _flatten(tomllib.loads(path.read_text(encoding="utf-8")))
        if twice := found.keys() & part.keys():
            raise ValueError(f"{path} says again what another file says: {sorted(twice)}")
        found |= part
    return found


def speaker(lang: str) -> Say:
    """Return the function that speaks a language.

    Parameters
    ----------
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Say
        An unknown key raises KeyError: a missing sentence is a bug, and the tests call every key.
    """
    sentences = texts(lang)

    def say(key: str, /, **values: object) -> str:
        return fill(sentences[key], values)

    return say


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """Put values into a sentence, in the form of ``str.format``.

    A word that goes with a number stands behind it for one and for any other: ``{n:place|places}``.

    Parameters
    ----------
    sentence
        Text with places such as ``{n}``.
    values
        What stands in each place, by its name; one more than the sentence names is passed over.

    Raises
    ------
    KeyError
        A place has no value.

    Examples
    --------
    >>> [fill("{n} {n:place|places}", {"n": n}) for n in (0, 1, "1", 2)]
    ['0 places', '1 place', '1 place', '2 places']
    """
    return _FILLER.vformat(sentence, (), values) if "|" in sentence else sentence.format(**values)


class _Filler(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, more = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else more


_FILLER = _Filler()
