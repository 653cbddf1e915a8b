"""Tell which districts a name may mean, however it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from geo.intake.words import bare
from layers.language.messages import LANGS
from layers.pack.city import City


class Loose(NamedTuple):
    """What a name may mean that is not surely the name of one district.

    Parameters
    ----------
    codes
        Adcodes of the districts that it may mean.
    former
        Whether it was the name of a district once, or is that of a part of one.
    others
        What else it may mean, as people call it.
    """

    codes: tuple[str, ...]
    former: bool = False
    others: tuple[str, ...] = ()


_ENDS = re.compile(r"(?:新区|[区區]|[县縣]|市|district|dist|newarea|county|qu|xian)$")
_MARKS = re.compile(r"^\d{1,2}(?=\D)|(?<=\D)\d{1,2}$|^[,、;]+|[,、;†‡#]+$")
"""A running number before a name, a mark of a footnote behind it."""
_PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
    "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆",
    "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港",
    "澳门", "beijing", "tianjin", "hebei", "shanxi", "innermongolia", "liaoning", "jilin",
    "heilongjiang", "shanghai", "jiangsu", "zhejiang", "anhui", "fujian", "jiangxi",
    "shandong", "henan", "hubei", "hunan", "guangdong", "guangxi", "hainan", "chongqing",
    "sichuan", "guizhou", "yunnan", "tibet", "shaanxi", "gansu", "qinghai", "ningxia",
    "xinjiang", "taiwan", "hongkong", "macau",
)  # fmt: skip
"""Names of provinces, and of cities of their rank, without their kind."""
_OF_PROVINCE = re.compile(
    r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区|province|municipality)$"
)
_CODE = re.compile(r"(?<!\d)(\d{6})(?:0{3}|0{6})?(?:\.0*)?(?!\d)")
_ONE_TO_ONE = ("traditional characters", "pinyin", "pinyin of the district name",
               "former county, now a district")  # fmt: skip
"""Notes of aliases that are the name of the whole district, written otherwise."""

_COUNTRY = re.compile(r",?\s*(?:p\.?\s*r\.?\s*)?china\s*$|^\s*中国", re.IGNORECASE)
_CHINESE, _LATIN = re.compile(r"[\u4e00-\u9fff]+"), re.compile(r"[A-Za-z][A-Za-z' .-]*[A-Za-z]")
_HELD = re.compile(r"\s*\(\s*(?:含|包括|包含|incl\b|including\b|with\b)[^()]*\)\s*$", re.IGNORECASE)
"""What a district is said to hold, as in 滨海新区（含开发区）: it still is the whole district."""


def spelling(text: str) -> str:
    """Return a name of a district without what it may be written with or without.

    Parameters
    ----------
    text
        As a table has it.

    Examples
    --------
    >>> spelling("1. 和平区*"), spelling("Heping District"), spelling("滨海新区①")
    ('和平', 'heping', '滨海')
    """
    plain = bare(unicodedata.normalize("NFKC", text)).replace("'", "")
    plain = _MARKS.sub("", _MARKS.sub("", plain))
    short = _ENDS.sub("", plain)
    return short if len(short) > 1 else plain


def spellings(city: City) -> Mapping[str, tuple[str, ...]]:
    """Return the districts by every way in which they may be written.

    Parameters
    ----------
    city
        The city.

    Returns
    -------
    dict
        By spelling the adcodes; more than one if it may mean several.
    """
    found: dict[str, list[str]] = {}
    frame, own = city.districts, own_names(city)
    other = _aliases(city)
    for adcode in frame.index.astype(str):
        names = [str(frame.at[adcode, column]) for column in ("name_zh", "name_en")
                 if column in frame]  # fmt: skip
        known = (*names, *other.get(adcode, ()))
        plain = {spelling(name) for name in known} | {_without_its_kind(name) for name in known}
        # "天津和平", "天津市市辖区和平", "heping,tianjin": the city's own name, and no other's.
        before = {f"{name}{mark}{one}" for name in own for mark in ("", "市", "市市辖区")
                  for one in plain}  # fmt: skip
        behind = {f"{one}{mark}{name}" for name in own if name.isascii() for one in plain
                  for mark in ("", ",", "district,", "dist,")}  # fmt: skip
        for written in {adcode, *plain, *before, *behind}:
            found.setdefault(written, []).append(adcode)
    return {written: tuple(dict.fromkeys(codes)) for written, codes in found.items()}


def own_names(city: City) -> tuple[str, ...]:
    """Return what a city is called, bare and without the word for a city.

    Parameters
    ----------
    city
        The city.
    """
    names = (bare(city.name.of(lang)) for lang in LANGS)
    return tuple(dict.fromkeys(name.removesuffix("市") for name in names if name))


def _aliases(city: City) -> Mapping[str, list[str]]:
    """Return other ways in which the pack says that whole districts are written."""
    found: dict[str, list[str]] = {}
    frame = city.aliases
    kept = frame[frame["target"].str.startswith("district:") & frame["note_en"].isin(_ONE_TO_ONE)]
    for term, target in zip(kept["term"], kept["target"], strict=True):
        found.setdefault(target.removeprefix("district:"), []).append(term)
    return found


def _without_its_kind(name: str) -> str:
    """Return a name without its last character where that only says that it is a district."""
    plain = bare(name)
    short = re.sub(r"(?<=..)[区區县縣]$", "", plain)
    return short or plain


def loose_names(city: City) -> Mapping[str, Loose]:
    """Return the names of parts of districts, and of districts that there were, by spelling.

    Parameters
    ----------
    city
        The city.
    """
    frame, found = city.aliases, dict[str, Loose]()
    kept = frame[frame["target"].str.startswith("district:") & ~frame["note_en"].isin(_ONE_TO_ONE)]
    for term, target, note in zip(kept["term"], kept["target"], kept["note_en"], strict=True):
        written, code = spelling(str(term)), str(target).removeprefix("district:")
        before = found.get(written, Loose(()))
        codes = tuple(dict.fromkeys((*before.codes, code)))
        former = before.former or "former" in str(note)
        for name in (written, *(own + written for own in own_names(city))):
            found[name] = Loose(codes, former)
    return found


def loosely(text: str, city: City, loose: Mapping[str, Loose]) -> Loose | None:
    """Return what a name may mean that is no district's; None if nothing of this city.

    Parameters
    ----------
    text
        As a table has it.
    city
        The city.
    loose
        As :func:`loose_names` returns them.
    """
    if (found := loose.get(spelling(text))) is not None:
        return found
    plain = bare(unicodedata.normalize("NFKC", text))
    frame = city.districts
    codes = tuple(
        str(code)
        for code, name in zip(frame.index, frame["name_zh"].astype(str), strict=True)
        if len(plain) > 1 and name != plain and name.endswith(plain)
    )
    return Loose(codes) if codes else None


def provinces_beside(texts: Sequence[str], city: City) -> Mapping[str, str]:
    """Return what names a province, in a column of districts that surely names some province.

    Parameters
    ----------
    texts
        The column's cells.
    city
        The city; its own name says nothing.

    Returns
    -------
    dict
        Names of provinces without their kind, and with it; empty where no cell is surely one.
    """
    known, own = spellings(city), own_names(city)
    for text in dict.fromkeys(texts):
        plain = spelling_of_province(text)
        short = _OF_PROVINCE.sub("", plain)
        if short in _PROVINCES and short not in own and (short != plain or short not in known):
            return {name: name + (" Province" if name.isascii() else "省") for name in _PROVINCES}
    return {}


def spelling_of_province(text: str) -> str:
    """Return a name of a province as it is compared: its kind stays, for 河北省 is no 河北区.

    Parameters
    ----------
    text
        As a table has it.
    """
    return bare(unicodedata.normalize("NFKC", text))


def match(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the districts that a cell may mean: none, one, or several.

    Parameters
    ----------
    text
        A name in any usual form, or an adcode as text or as a number.
    known
        As :func:`spellings` returns them.
    """
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", unicodedata.normalize("NFKC", text))
    code = _CODE.search(plain)
    if code is not None:
        return known.get(code[1], ())
    for written in (text, _HELD.sub("", plain), _COUNTRY.sub("", plain)):
        if found := known.get(spelling(written), ()):
            return found
    return _in_both_scripts(plain, known)


def _in_both_scripts(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the district that a cell names in Chinese and again in English, as yearbooks do."""
    chinese, latin = _CHINESE.findall(text), _LATIN.findall(text)
    if len(chinese) != 1 or len(latin) != 1:
        return ()
    one, two = (known.get(spelling(written), ()) for written in (chinese[0], latin[0]))
    return one if one == two else ()
