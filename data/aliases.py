"""Make the spellings by which a Chinese name is typed: pinyin, initials, traditional characters.

They are made when a pack is built, so that a server needs neither library.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import opencc
from pypinyin import Style, lazy_pinyin

from layers.language.messages import texts
from layers.pack.catalogue import CATALOG, FILTER_VALUES

Pairs = Iterator[tuple[str, str]]

HAN: Final = re.compile(r"[\u3400-\u9fff]+")
SORTS: Final = {
    "pinyin": ("拼音", "pinyin"),
    "initials": ("拼音首字母", "pinyin initials"),
    "traditional": ("繁体", "traditional characters"),
}
"""What is noted of each spelling, in Chinese and English."""
VARIANTS: Final = ("s2t", "s2tw", "s2hk")
"""Sets of traditional characters: 臺 in one is 台 in another."""


def named(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the Chinese name of all that can be searched for in a pack.

    Parameters
    ----------
    files
        The pack's files by name: its layers, and ``city.toml``.

    Returns
    -------
    dict
        By target as ``aliases.csv`` writes it: places, districts, layers, halves, and the values
        of filters.
    """
    city = tomllib.loads(files["city.toml"].decode())
    return {
        **dict(_layers(files, city)),
        **{f"half:{id_}": words["zh"] for id_, words in city.get("half", {}).items()},
        **dict(_values(city)),
        **dict(_rows(files)),
    }


def _layers(files: Mapping[str, bytes], city: Mapping[str, dict[str, dict[str, str]]]) -> Pairs:
    for id_ in CATALOG:
        if f"{id_}.geojson" in files:
            own = city.get("layer", {}).get(id_, {}).get("title_zh")
            yield f"layer:{id_}", own or texts("zh")[f"layer.{id_}"]


def _values(city: Mapping[str, dict[str, dict[str, str]]]) -> Pairs:
    for name, values in FILTER_VALUES.items():
        for value in values:
            own = city.get(name, {}).get(value, {}).get("zh")
            yield f"{name}:{value}", own or _word(name, value)


def _word(name: str, value: str) -> str:
    """Return a value as the filter words it, which may say more than the column does."""
    words = texts("zh")
    return words.get(f"filter_{name}.{value}") or words[f"{name}.{value}"]


def _rows(files: Mapping[str, bytes]) -> Pairs:
    for id_ in CATALOG:
        for feature in json.loads(files.get(f"{id_}.geojson", b'{"features": []}'))["features"]:
            name = feature["properties"].get("name_zh")
            if name and id_ != "axis":
                yield (f"district:{feature['id']}" if id_ == "district" else feature["id"]), name


def spelled(names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return rows for ``aliases.csv``: each name as it is typed.

    Parameters
    ----------
    names
        Chinese name by target, see :func:`named`.

    Returns
    -------
    list
        ``term``, ``target``, ``note_zh``, ``note_en``; by target in the order of ``names``. A
        spelling that is the name itself is left out.
    """
    return [
        {"term": term, "target": target, "note_zh": SORTS[sort][0], "note_en": SORTS[sort][1]}
        for target, name in names.items()
        for sort, term in _spellings(name)
    ]


def _spellings(name: str) -> Iterator[tuple[str, str]]:
    """Yield each sort of spelling with its text, of the Chinese characters of a name."""
    runs: Iterable[str] = HAN.findall(name)
    syllables = [syllable for run in runs for syllable in lazy_pinyin(run)]
    if not syllables:
        return
    yield "pinyin", " ".join(syllables)
    if len(syllables) > 1:
        letters = (lazy_pinyin(run, style=Style.FIRST_LETTER) for run in HAN.findall(name))
        yield "initials", "".join(letter for run in letters for letter in run)
    for written in dict.fromkeys(_converter(kind).convert(name) for kind in VARIANTS):
        if written != name:
            yield "traditional", written


@cache
def _converter(kind: str) -> opencc.OpenCC:
    return opencc.OpenCC(kind)
