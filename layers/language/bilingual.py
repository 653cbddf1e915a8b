"""Say things in both languages at once, for files that leave the atlas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from layers.language.messages import LANGS, speaker


def pair(key: str, /, **values: object) -> Bilingual:
    """Return the sentence of ``key`` in both languages; a bilingual value is filled in by language.

    Raises
    ------
    KeyError
        The key has no sentence: a missing sentence is a bug.
    """
    zh, en = (speaker(lang)(key, **_in(lang, values)) for lang in LANGS)
    return Bilingual(zh, en)


def _in(lang: str, values: Mapping[str, object]) -> dict[str, object]:
    return {n: v.of(lang) if isinstance(v, Bilingual) else v for n, v in values.items()}


def both(key: str, /, **values: object) -> str:
    """Return the sentence of ``key`` in Chinese and English on one line."""
    return " ".join(pair(key, **values))


def column(name: str, part: str = "title") -> Bilingual:
    """Return the ``title`` or ``note`` of a column; one that only a pack knows keeps its name."""
    try:
        return pair(f"column.{name}.{part}")
    except KeyError:
        return Bilingual(name, name) if part == "title" else Bilingual("", "")


class Bilingual(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Return the text in ``lang`` (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en


BLANK = Bilingual("", "")
