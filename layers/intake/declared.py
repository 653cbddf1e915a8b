"""Find the reference system that the cells of a file name, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.base.bridge import canonical
from geo.base.errors import CrsError
from geo.intake.notation import LONGEST, plain
from geo.intake.words import bare
from layers.intake.formats.georeference import is_given_back, is_term
from layers.intake.formats.headings import datum_of, system_of
from layers.intake.formats.table import Table
from layers.pack.exchange import DATUM

SOUND: Final = ("wgs84", "cgcs2000", "utm")
"""Systems that lie on WGS 84 to a metre; ``utm`` is taken for its zone of the city."""
ASKED: Final = ("gcj02", "bd09", "1954", "1980", "other")
"""What is never taken silently, the gravest last; ``other`` is any system that is not known."""
_MOST_DISTINCT: Final = 50
_PREFIX: Final = r"(?:https?rstdwgorg)?(?:dwc(?:iri)?)?(?:terms)?"
_STRICT: Final = re.compile(
    rf"{_PREFIX}(?:geodeticdatum|verbatimsrs|verbatimcoordinatesystem)|crs|srs|"
    r"(?:coordinate|spatial)(?:reference)?system|坐标系统?|(?:坐标|大地)基准|基准面|空间参考系?"
)
"""Names of columns that hold nothing but systems: a word there that is none we know is asked."""
_LOOSE: Final = re.compile(
    r"datum|坐标类型|坐标系类型|coord(?:inate)?(?:type|sys)|srid|epsg(?:code)?|投影(?:坐标系?)?"
)
"""Names that may hold something else, such as a German's dates: only systems we know count."""
_NONE: Final = re.compile(
    r"unknown|notrecorded|notspecified|unspecified|none|na|nil|null|无|未知|不详|不明|暂无|待定|待补|"
    r"(?:decimal)?degrees?|dd|dms|ddmmss|degrees?(?:decimal)?minutes?(?:seconds?)?|度分秒|经纬度|"
    r"(?:十进制)?度|lat(?:itude)?lon(?:g(?:itude)?)?|geographic(?:coordinates?)?|geodetic|projected|"
    r"(?:地理|大地|投影|平面|直角|平面直角|高斯)(?:坐标)?系?|(?:地理|大地|投影|平面)坐标系?统?|"
)
_WGS84: Final = re.compile(r"wgs[-_ ]*(?:19)?84|world geodetic system 1984|crs:?84|^gps$", re.I)
_LOCAL: Final = re.compile(
    r"独立|地方|任意|工程坐标|城市坐标|天津\s*(?:19)?90|90\s*天津|1990年?天津"
)
_EPSG: Final = re.compile(r"(?:.*epsg[^0-9]*(?:[0-9.]+:)?:*)?([0-9]{4,6})", re.IGNORECASE)


class Declared(NamedTuple):
    """What the cells of a file say of the system of its positions.

    Parameters
    ----------
    columns
        Names of the columns that say it.
    systems
        Rows by system: of ``SOUND``, of ``ASKED``, or the code of a plane such as ``EPSG:4548``.
    words
        Of each system the first words that name it.
    """

    columns: tuple[str, ...]
    systems: Counter[str]
    words: dict[str, str]

    @property
    def gravest(self) -> str:
        """The system that must be asked about; empty for none."""
        return next((one for one in reversed(ASKED) if one in self.systems), "")

    @property
    def plane(self) -> str:
        """The one plane that is named; empty for none, or several."""
        planes = [one for one in self.systems if one.startswith("EPSG:")]
        return planes[0] if len(planes) == len(self.systems) == 1 else ""

    @property
    def told(self) -> tuple[str, ...]:
        """What the cells say, each with its number of rows."""
        return tuple(f"{self.words[one]} ({n})" for one, n in self.systems.most_common(5))

    @property
    def family(self) -> str:
        """The family of planes that is named, as of a heading; empty for none, or several."""
        named = [one for one in ("cgcs2000", "utm") if one in self.systems]
        return named[0] if len(named) == len(self.systems) == 1 else ""


def declared(table: Table, columns: tuple[str, ...]) -> Declared:
    """Return which systems the cells of a table name.

    Parameters
    ----------
    table
        As it was opened; in one that was handed back, ``geodeticDatum`` alone counts.
    columns
        Those of the positions: what is said of verbatim coordinates is about those.
    """
    found = Declared((), Counter(), {})
    for name, strict in _named(table, columns):
        counts = table.cells.column(name).value_counts().slice(0, _MOST_DISTINCT).to_pylist()
        for pair in counts:
            text = str(pair["values"] if pair["values"] is not None else "").strip()
            system = meaning(text[:LONGEST], strict=strict)
            if system:
                found.systems[system] += pair["counts"]
                found.words.setdefault(system, text)
                found = found._replace(columns=tuple(dict.fromkeys((*found.columns, name))))
    return found


def _named(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Yield the columns of systems, and whether they can hold nothing else."""
    is_decimal = any("decimal" in column.lower() for column in columns)
    for name in table.names:
        told = bare(name)
        if is_given_back(table) and not is_term(name, DATUM):
            continue
        if is_decimal and "verbatim" in told:
            continue
        strict = _STRICT.fullmatch(told) is not None
        if strict or _LOOSE.fullmatch(told):
            yield name, strict


@lru_cache(maxsize=1024)
def meaning(text: str, *, strict: bool) -> str:
    """Return the system that a cell names: of ``SOUND``, of ``ASKED``, or a plane's code.

    Parameters
    ----------
    text
        The cell.
    strict
        Whether its column holds nothing but systems, so that words that are none are ``other``.

    Examples
    --------
    >>> [meaning(one, strict=True) for one in ("EPSG:4326", "Xian 1980", "unknown", "高德")]
    ['wgs84', '1980', '', 'gcj02']
    """
    told = plain(text)
    if not told or _NONE.fullmatch(bare(text)):
        return ""
    datum, family = datum_of(told), system_of(told)
    if _WGS84.search(told):
        # "GCJ-02 -> WGS-84" says what the positions were, not what they are.
        return "" if datum else family or "wgs84"
    if datum or family:
        return datum or family
    if _LOCAL.search(told):
        return "other"
    code = _EPSG.fullmatch(told)
    return _of_register(f"EPSG:{code[1]}" if code else told, strict=strict)


def _of_register(text: str, *, strict: bool) -> str:
    try:
        crs = CRS(canonical(text, where="cell"))
    except (CRSError, CrsError, ValueError):
        return "other" if strict else ""
    base = crs.geodetic_crs
    name = base.datum.name if base is not None and base.datum is not None else ""
    if system_of(name) in ASKED:
        return system_of(name)
    is_known = "1984" in name or "China" in name
    if not is_known:
        return "other"
    if crs.is_geographic:
        return "wgs84" if "1984" in name else "cgcs2000"
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else "other"
