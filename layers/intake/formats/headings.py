"""Find the columns that hold positions by what people call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from geo.intake.words import bare

_SYSTEM_WORDS: Final = re.compile(
    r"cgcs2000|国家?2000|大地2000|2000(?:坐标系?|系)?|北京(?:19)?54|西安(?:19)?80|bj54|xa80|"
    r"utm(?:zone)?(?:\d{1,2}n?)?|epsg\d{4,5}|4548|4527|投影|平面|高斯|坐标系|"
    r"中央(?:子午|经)线\d{2,3}[度e]?|cm\d{2,3}e?|[36]度分?带"
)
_LON: Final = re.compile(
    r"[经經]度|[东東][经經]|longitude|(?<![a-z])(?:lon|lng|long)(?![a-z])|^(?:lon|lng)|(?:lon|lng)$"
)
_LAT: Final = re.compile(r"[纬緯]度|北[纬緯]|latitude|(?<![a-z])lat(?![a-z])|^lat(?!est)|lat$")
_EAST: Final = re.compile(
    r"东坐标|横坐标|easting|^(?:[xy]?东[xy]?|e|x)(?:方?向|距|轴|值)?(?:坐标)?[m米]?$|"
    r"^(?:east|pointx|xcoord|coordx|坐标x|xcoordinate)$"
)
_NORTH: Final = re.compile(
    r"北坐标|纵坐标|northing|^(?:[xy]?北[xy]?|n|y)(?:方?向|距|轴|值)?(?:坐标)?[m米]?$|"
    r"^(?:north|pointy|ycoord|coordy|坐标y|ycoordinate)$"
)
_BOTH: Final = re.compile(
    r"[经經][纬緯]度|[纬緯][经經]度|坐标(?!系)|^(?:location|loc|lnglat|lonlat|latlng|latlon|coord\w*|point|wkt\w*|"
    r"position|geom|geometry|thegeom|shape|xy|gps|位置|地理位置|点位|geo)$"
)
_SIDES: Final = frozenset(("南", "西"))
_PAIRED: Final = re.compile(r"[经經][纬緯]|[纬緯][经經]")
_NAME: Final = re.compile(
    r"^(?:name|namezh|title|名称|企业名称|单位名称|公司名称|机构名称|点名|地名|项目名称|企业|单位|名字|全称|园区名称|平台名称)$"
)
_DISTRICT: Final = re.compile(
    r"^(?:行政区|所属区|所在区|区县|区|区划|行政区划|坐落区|district|county|区名|辖区)\w*$"
)
_CODE: Final = re.compile(r"^(?:adcode|行政区划代码|区划代码|代码|行政代码|code)$")
_DATUMS: Final = (
    (
        "gcj02",
        re.compile(
            r"(?<![a-z])(?:gcj|amap|gaode|autonavi|tencent|qqmap|mapbar)|火星|高德|腾讯"
            r"|图吧|国测局|(?<![a-z])mars[-_ ]?(?:lng|lon|lat|x|y|coord|crs|datum|gcj|geodetic)",
            re.IGNORECASE,
        ),
    ),
    ("bd09", re.compile(r"(?<![a-z])bd[-_ ]?(?:09|ll|mc|l(?:ng|on|at))|百度|baidu", re.IGNORECASE)),
)
_NO_MAP: Final = re.compile("wgs|百科|指数|搜索|投资|入股|大厦|新闻|网盘")
_DEGREES: Final = re.compile(r"wgs|gps|经度|纬度|lon|lng|lat", re.IGNORECASE)
_SYSTEMS: Final = (
    ("1954", re.compile(r"北京\s*(?:19)?54|1954\s*年?\s*北京|(?:beijing|bj|peking)[\s-]*(?:19)?54",
                        re.IGNORECASE)),
    ("1980", re.compile(r"西安\s*(?:19)?80|1980\s*年?\s*(?:西安|国家)|(?:xi'?an|xa)[\s-]*(?:19)?80",
                        re.IGNORECASE)),
    ("utm", re.compile(r"utm", re.IGNORECASE)),
    ("cgcs2000", re.compile(r"cgcs\s*-?_?2000|国家?2000|大地2000|2000坐标|2000\s*国家|china\s*2000",
                            re.IGNORECASE)),
)  # fmt: skip


GIVEN_BACK: Final = ("经度_lon", "纬度_lat", "处理_done")
"""Columns by which a file shows that it was handed back: the first two hold its positions."""

GUIDE_SHEET: Final = "说明 Read me"
"""Sheet that says what the columns of a workbook of ours mean."""


_BOUND: Final = re.compile(
    r"最[小大]|(?<![a-z])(?:min|max)|(?<=[xy])(?:min|max)|(?:min|max)(?![a-z])|"
    r"(?:左|右)[上下]角?|[东西]至|[南北]至|[东西南北]界"
)


def is_bound(name: str) -> bool:
    """Tell whether a column is called as the edge of an area: no place stands there.

    Parameters
    ----------
    name
        Of the column.

    Examples
    --------
    >>> [is_bound(one) for one in ("xmin", "最小经度", "lon_max", "minutes", "admin_lon", "经度")]
    [True, True, True, False, False, False]
    """
    told = bare(name)
    return bool(_BOUND.search(told)) and "minut" not in told


class Headings(NamedTuple):
    """Names of columns by what they seem to hold; empty for none."""

    x: str = ""
    y: str = ""
    both: str = ""
    kind: str = ""
    """``degrees`` or ``metres``, as the names of a pair say."""


def headings(names: Sequence[str]) -> Headings:
    """Return the columns of positions.

    Parameters
    ----------
    names
        Of the columns.

    Returns
    -------
    Headings
        A pair of longitude and latitude before one of metres, and that before one column of both.

    Examples
    --------
    >>> headings(["名称", "GPS经度", "GPS纬度"])[:2]
    ('GPS经度', 'GPS纬度')
    >>> headings(["点名", "X坐标", "Y坐标"]).kind
    'metres'
    >>> headings(["lng", "lat", "lng_wgs84", "lat_wgs84"])[:2]
    ('lng_wgs84', 'lat_wgs84')
    >>> headings(["name", "北（米）", "东（米）"])[:2], headings(["东", "南", "西", "北"])[:2]
    (('东（米）', '北（米）'), ('', ''))
    """
    if set(names) >= set(GIVEN_BACK):  # beside the file's own, which may lack what was placed
        return Headings(*GIVEN_BACK[:2], kind="degrees")
    plain = {name: _without_system(bare(name)) for name in names if not is_bound(name)}
    if _SIDES & set(plain.values()):  # counts by side, such as gates: 东, 南, 西, 北
        plain = {name: text for name, text in plain.items() if text not in ("东", "北")}
    both = next((name for name in plain if _BOTH.search(plain[name]) and not _single(plain[name])),
                "")  # fmt: skip
    for kind, one, two in (("degrees", _LON, _LAT), ("metres", _EAST, _NORTH)):
        pair = _pair(plain, one, two)
        if pair is not None:
            return Headings(*pair, both, kind)
    return Headings(both=both)


def _without_system(name: str) -> str:
    return _SYSTEM_WORDS.sub("", name) or name


def _single(name: str) -> bool:
    patterns = (_LON, _LAT, _EAST, _NORTH)
    return not _PAIRED.search(name) and any(p.search(name) for p in patterns)


def _pair(
    plain: dict[str, str], one: re.Pattern[str], two: re.Pattern[str]
) -> tuple[str, str] | None:
    """Return the first two columns that fit: WGS 84 before others, of one stem if possible."""

    def fitting(pattern: re.Pattern[str]) -> list[str]:
        hits = [name for name, text in plain.items() if pattern.search(text) and not _mixed(text)]
        return sorted(hits, key=lambda name: (bool(datum_of(name)), "wgs" not in plain[name],
                                              len(plain[name])))  # fmt: skip

    first, second = fitting(one), fitting(two)
    for x in first:
        stem = one.sub("", plain[x])
        for y in second:
            if x != y and two.sub("", plain[y]) == stem:
                return x, y
    return (first[0], second[0]) if first and second and first[0] != second[0] else None


def _mixed(name: str) -> bool:
    return bool(_PAIRED.search(name)) or bool(_LON.search(name) and _LAT.search(name))


def datum_of(text: str) -> str:
    """Return the datum of a commercial map that a text names: ``gcj02``, ``bd09``, or nothing.

    Parameters
    ----------
    text
        Name of a column or of a file, or a cell. One that names WGS 84 too says what positions
        were, not what they are.

    Examples
    --------
    >>> datum_of("gcj_lng"), datum_of("百度经度"), datum_of("lng"), datum_of("roadmap.csv")
    ('gcj02', 'bd09', '', '')
    >>> datum_of("GCJ-02 -> WGS-84"), datum_of("mars_lng"), datum_of("Mars"), datum_of("Marsla")
    ('', 'gcj02', '', '')
    """
    if re.search("wgs", text, re.IGNORECASE):
        return ""
    return next((datum for datum, pattern in _DATUMS if pattern.search(text)), "")


def datum_of_source(names: Sequence[str]) -> tuple[str, str]:
    """Return the datum of the map from which a file's columns come, and the column that says so.

    Parameters
    ----------
    names
        Of the columns. Those of coordinates speak of themselves only, and one of Baidu's
        encyclopaedia or of Tencent as an investor says nothing.

    Examples
    --------
    >>> datum_of_source(["name", "高德类型"]), datum_of_source(["gcj_lng", "百度百科"])
    (('gcj02', '高德类型'), ('', ''))
    """
    for name in names:
        plain = bare(name)
        if any(pattern.search(plain) for pattern in (_LON, _LAT, _EAST, _NORTH, _BOTH)):
            continue
        for datum, pattern in _DATUMS:
            if pattern.match(plain) and not _NO_MAP.search(plain):
                return datum, name
    return "", ""


_OF_COORDINATES: Final = re.compile(
    r"坐标|经纬度|基准|coordinate|datum|\bcrs\b|projection", re.IGNORECASE
)


def speaks_of_system(text: str) -> bool:
    """Tell whether a sentence beside a table says in which datum or system its positions are.

    Parameters
    ----------
    text
        A note, a line of a read-me, a cell of another sheet.

    Examples
    --------
    >>> speaks_of_system("注：坐标取自高德地图"), speaks_of_system("高德地图天津分公司")
    (True, False)
    """
    return bool(_OF_COORDINATES.search(text) and (datum_of(text) or system_of(text)))


def system_of(text: str) -> str:
    """Return the family of planes that a text names: ``1954``, ``1980``, ``utm``, ``cgcs2000``.

    Parameters
    ----------
    text
        Name of a column, of a file, or a line above the header.

    Examples
    --------
    >>> system_of("X（CGCS2000）"), system_of("东坐标")
    ('cgcs2000', '')
    """
    return next((system for system, pattern in _SYSTEMS if pattern.search(text)), "")


def name_column(names: Sequence[str]) -> str:
    """Return the column of the rows' names; empty for none.

    Parameters
    ----------
    names
        Of the columns.
    """
    return next((name for name in names if _NAME.match(bare(name))), "")


def district_column(names: Sequence[str]) -> str:
    """Return the column that names a district or holds its code; empty for none.

    Parameters
    ----------
    names
        Of the columns.
    """
    for pattern in (_CODE, _DISTRICT):
        for name in names:
            if pattern.match(bare(name)):
                return name
    return ""


def speaks_of_position(cells: Sequence[str]) -> int:
    """Return how many of some cells are names of columns of positions.

    Parameters
    ----------
    cells
        One row of a table.
    """
    words = [_without_system(bare(cell)) for cell in cells]
    return sum(
        any(pattern.search(word) for pattern in (_LON, _LAT, _EAST, _NORTH, _BOTH))
        for word in words
        if word and len(word) <= 24
    )
