"""Say things in both languages at once, for files that leave the atlas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from layers.language.messages import LANGS, speaker


def pair(key: str, /, **values: object) -> Bilingual:
    """Return a sentence in both languages.

    Parameters
    ----------
    key
        Key of the sentence.
    **values
        What the sentence names; of a bilingual value each language takes its own.

    Raises
    ------
    KeyError
        The key has no sentence, or the sentence names what is not given: that is a bug.
    """
    if not values:
        return _alone(key)
    zh, en = (speaker(lang)(key, **_in(lang, values)) for lang in LANGS)
    return Bilingual(zh, en)


@cache
def _alone(key: str) -> Bilingual:
    """Return a sentence that names nothing; a package says thousands of them."""
    zh, en = (speaker(lang)(key) for lang in LANGS)
    return Bilingual(zh, en)


def _in(lang: str, values: Mapping[str, object]) -> dict[str, object]:
    return {n: v.of(lang) if isinstance(v, Bilingual) else v for n, v in values.items()}


def both(key: str, /, **values: object) -> str:
    """Return a sentence in Chinese and in English on one line.

    Parameters
    ----------
    key, **values
        As for :func:`pair`.

    Raises
    ------
    KeyError
        As :func:`pair`.
    """
    return " ".join(pair(key, **values))


@lru_cache(maxsize=4096)  # readers bring columns of their own
def column(name: str, part: str = "title") -> Bilingual:
    """Return what a column is called or what is to be said of it, in both languages.

    Parameters
    ----------
    name
        Name of the column.
    part
        ``title`` or ``note``.

    Returns
    -------
    Bilingual
        A column that only a pack knows keeps its name as a title, and has no note.
    """
    try:
        return pair(f"column.{name}.{part}")
    except KeyError:
        return Bilingual(name, name) if part == "title" else Bilingual("", "")


class Bilingual(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Return the text in one language.

        Parameters
        ----------
        lang
            Language of the text, ``zh`` or ``en``.
        """
        return self.zh if lang == "zh" else self.en


BLANK = Bilingual("", "")
