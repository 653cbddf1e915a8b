"""Tell totals, notes and names of columns that come again from rows whose position is missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

_NOISE: Final = re.compile(r"[\s_\-.·:：/\\()（）\[\]【】{}<>《》*°'\"“”]+|度数|十进制|decimal")
_TOTAL: Final = re.compile(
    r"(?:合计|总计|小计|共计|总数|汇总|(?:总|全市)?平均)[数额量值]?(?![\u4e00-\u9fff])|"
    r".{0,12}(?:合计|总计|小计|平均值?|均值)$|"
    r"(?:grand|sub-?)?total(?![a-z])|sum(?![a-z])|(?:average|avg|mean)(?![a-z])|"
    r"(?:注|说明|备注|notes?|(?:数据|资料)?来源|source|制表人?|填表人?|审核)\d*(?:[:.、]|$)"
)
"""What the first cells of a row say, without blanks, if it is a total or a note."""
_SUMS: Final = re.compile(r".{0,4}(?:合计|总计|小计|共计|总数|平均|均值|中位)[数额量值]?[:：]?")
_LOOSE_SUMS: Final = re.compile(
    r"全市|(?:grand|sub-?)?totals?|sums?|averages?|avg\.?|means?|medians?"
)
"""Words of a row of sums that may be the name of a place too."""
LONGEST: Final = 60
"""A text of more characters is no total."""


def bare(name: str) -> str:
    """Return a name without what people put around its words.

    Parameters
    ----------
    name
        Name of a column.

    Examples
    --------
    >>> bare(" 经度（°）"), bare("X_Coord")
    ('经度', 'xcoord')
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).replace("\ufeff", "").lower())


def stands_for_none(cells: Sequence[str], placed: str, heads: Collection[str]) -> str:
    """Return what a row without a position is, other than a place: ``total`` or ``header_again``.

    Parameters
    ----------
    cells
        Its first cells.
    placed
        Its cell in the first column of positions.
    heads
        Names of the columns of positions, see :func:`bare`.

    Returns
    -------
    str
        Empty for a row that stands for a place.

    Examples
    --------
    >>> stands_for_none(["合 计：", "120"], "", ["lon"]), stands_for_none(["a"], "Lon", ["lon"])
    ('total', 'header_again')
    >>> stands_for_none(["Summit Tower"], "", ["lon"]), stands_for_none(["注塑厂"], "", ["lon"])
    ('', '')
    """
    if bare(placed) in heads:
        return "header_again"
    words = ("".join(unicodedata.normalize("NFKC", cell).lower().split()) for cell in cells)
    is_total = any(len(word) <= LONGEST and _TOTAL.match(word) for word in words)
    return "total" if is_total else ""


def names_sum(text: str, own: Collection[str]) -> str:
    """Return how surely a cell is the name of a row of sums: ``sum``, ``maybe``, or empty.

    Parameters
    ----------
    text
        The cell.
    own
        What the whole is called, see :func:`bare`.

    Examples
    --------
    >>> names_sum("合 计：", ["天津市"]), names_sum("Total", []), names_sum("天津市", ["天津市"])
    ('sum', 'maybe', 'maybe')
    >>> names_sum("平均律音乐有限公司", ["天津市"])
    ''
    """
    if len(text) > LONGEST:
        return ""
    word = "".join(unicodedata.normalize("NFKC", text).lower().split())
    if _SUMS.fullmatch(word):
        return "sum"
    return "maybe" if _LOOSE_SUMS.fullmatch(word) or word in own else ""
