"""Put the codes of a table into the reader's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from layers.language.messages import speaker, texts
from layers.language.source_credits import attribution
from layers.language.values import is_known
from layers.pack import exchange
from layers.pack.city import City, city_word

CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
WHOLE_CITY: Final = "city"
CREDITS: Final = frozenset({exchange.SOURCES, "evidence", "mode_status"})
"""Columns that hold sources and notes as the facts write them."""
FREE: Final = ("_zh", "_en")
"""Ends of columns that hold words of their own."""


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a city for what its tables hold as codes.

    Parameters
    ----------
    city
        Its layers, parts, districts and places have names of their own.
    lang
        Language of the words, ``zh`` or ``en``.
    """

    city: City
    lang: str

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each district and each place is called, by its identifier."""
        frames = [layer.frame for layer in self.city.layers.values()]
        column = f"name_{self.lang}"
        return {
            str(id_): str(name)
            for frame in (*frames, self.city.districts)
            if column in frame
            for id_, name in frame[column].items()
            if is_known(name)
        }

    @cached_property
    def schools(self) -> Mapping[str, str]:
        """The English name of each university by its Chinese one; brackets name a campus."""
        frames = (layer.frame for layer in self.city.layers.values())
        return {
            str(zh).partition("（")[0]: str(en).partition(" (")[0]
            for frame in frames
            if {"name_zh", "name_en"} <= {*frame}
            for zh, en in zip(frame["name_zh"], frame["name_en"], strict=True)
            if is_known(en)
        }

    def of(self, column: str, value: object) -> object:
        """Return a value in words; one that is no code stays as it is.

        Parameters
        ----------
        column
            Name of the column.
        value
            Of a cell; of several, in a tuple or parted by semicolons, each is put into words.
        """
        if column in CREDITS and isinstance(value, str):
            city = self.city
            return attribution(city.attributions, value, self.lang, technical=city.technical)
        if column == exchange.PROTOCOL and isinstance(value, str):
            protocol = exchange.word_of(column, value)
            return protocol.of(self.lang) if protocol else value
        if column.endswith(FREE) or not isinstance(value, str | tuple | list) or not value:
            return value
        parts = value.split(";") if isinstance(value, str) else [*map(str, value)]
        words = [self._word(column, part) for part in parts]
        if isinstance(value, str) and None in words:
            return value
        told = [word or part for word, part in zip(words, parts, strict=True)]
        return speaker(self.lang)("coverage_page.comma").join(told)

    def _word(self, column: str, value: str) -> str | None:
        if exchanged := exchange.word_of(column, value):
            return exchanged.of(self.lang)
        known = texts(self.lang)
        if f"{column}.{value}" in known or f"{column}.{value}" in self.city.words:
            return city_word(self.city, column, value, self.lang)
        return self._own(column, value) or self._common(value)

    def _own(self, column: str, value: str) -> str | None:
        """Return the name that the city has for it."""
        if column == "unit" and value == WHOLE_CITY:
            return self.city.name.of(self.lang)
        if value in self.city.layers:
            return self.city.layers[value].title.of(self.lang)
        if value in self.city.halves:
            return city_word(self.city, "half", value, self.lang)
        if column == "institution" and self.lang == "en":
            return self.schools.get(value)
        return self.names.get(value)

    def _common(self, value: str) -> str | None:
        """Return the word that holds in every column; a sentence only if it names no number."""
        if not CODE.fullmatch(value):
            return None
        known = texts(self.lang)
        if "." in value and "{" not in known.get(value, "{"):
            return known[value].rstrip("。.")
        key = f"coded.{value.rpartition('.')[2]}"
        return known.get(key)
