"""Tell what a file's own columns hold when they go back: numbers, codes, ways to reach people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_PLAIN: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?", re.ASCII)
"""A number that loses nothing as one: no zero leads it, and it is short enough to be exact."""
_CODE: Final = re.compile(
    r"代码|编码|编号|区划|邮编|邮政|电话|手机|传真|联系|证号|证件|信用|账号|日期|时间|"
    r"code|phone|tel(?![a-z])|mobile|fax|zip|postal|uscc|credit|date|time|(?:^|[^a-z])id$",
    re.IGNORECASE,
)
"""Names of columns whose digits count nothing."""
_PERSON: Final = re.compile(
    r"电话|手机|传真|联系|微信|邮箱|电子邮件|身份证|负责人|法人代表|法定代表人|"
    r"phone|mobile|fax|e-?mail|contact|wechat|(?<![a-z])tel(?![a-z])",
    re.IGNORECASE,
)
"""Names of columns that tell a person, or how to reach one."""
_NUMBER: Final = re.compile(
    r"(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}|"
    r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]",
    re.ASCII,
)
"""Number of a mobile telephone, or of an identity card."""
LOOKED_AT: Final = 200
"""Rows that say what a column holds by its cells."""
_LONG: Final = 11
"""Digits from which numbers of one length are those of telephones, papers and accounts."""


def numbered(frame: pd.DataFrame, names: Sequence[str], is_row: NDArray[np.bool_]) -> pd.DataFrame:
    """Return rows with numbers as numbers, in columns that hold nothing else.

    Parameters
    ----------
    frame
        The rows, cells as texts.
    names
        Columns of the file itself.
    is_row
        Which rows stand for something: a total or a note may say anything, but stays what it is.

    Returns
    -------
    DataFrame
        Whole numbers as such. Codes, numbers of telephones and papers, and days stay texts.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": ["59", "7"], "adcode": ["120101", "120102"]})
    >>> numbered(rows, ["n", "adcode"], np.array([True, True])).dtypes.astype(str).tolist()
    ['Int64', 'object']
    """
    made = {}
    for name in names:
        cells = frame[name].tolist()
        if _CODE.search(str(name)):
            made[name] = pd.Series(list(map(_as_text, cells)), frame.index, dtype=object)
        elif _are_numbers([cell for cell, there in zip(cells, is_row, strict=True) if there]):
            made[name] = _as_numbers(cells, frame.index)
    return frame.assign(**made)


def _are_numbers(cells: Sequence[object]) -> bool:
    texts = [cell for cell in cells if not _is_blank(cell)]
    if not all(_is_number(cell) for cell in texts):
        return False
    lengths = {len(str(text)) for text in texts}
    return bool(texts) and not (len(lengths) == 1 and min(lengths) >= _LONG and _whole(texts))


def _is_number(cell: object) -> bool:
    if isinstance(cell, str):
        return _PLAIN.fullmatch(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _whole(texts: Sequence[object]) -> bool:
    return all(str(text).isdecimal() for text in texts)


def _as_numbers(cells: Sequence[object], index: pd.Index) -> pd.Series:
    found = [_number(cell) for cell in cells]
    told = [cell for cell in found if cell is not None]
    if not all(isinstance(cell, int | float) for cell in told):
        return pd.Series(found, index, dtype=object)
    if all(isinstance(cell, int) for cell in told):
        return pd.Series(found, index, dtype="Int64")
    return pd.Series(found, index, dtype=float)


def _number(cell: object) -> object:
    if _is_blank(cell):
        return None
    text = str(cell)
    if not isinstance(cell, str) or not _PLAIN.fullmatch(text):
        return cell
    return float(text) if "." in text else int(text)


def _as_text(cell: object) -> object:
    """Return digits as a text, whatever kind of number a file holds them as."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell) if isinstance(cell, int | float) and not _is_blank(cell) else cell


def _is_blank(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell == "" or cell != cell


def contacts(frame: pd.DataFrame, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns by which a person could be reached or told.

    Parameters
    ----------
    frame
        The rows, cells as texts.
    names
        Columns of the file itself.

    Returns
    -------
    tuple of str
        Those whose names say so, and those whose first cells are mostly numbers of mobile
        telephones or of identity cards.

    Examples
    --------
    >>> contacts(pd.DataFrame({"联系人": ["张某"], "n": ["7"], "a": ["13800001000"]}), ["n", "a"])
    ('a',)
    """
    return tuple(
        name for name in names if _PERSON.search(str(name)) or _reach(frame[name].iloc[:LOOKED_AT])
    )


def _reach(cells: pd.Series) -> bool:
    told = [str(_as_text(cell)).strip() for cell in cells.tolist() if not _is_blank(cell)]
    return sum(bool(_NUMBER.fullmatch(text)) for text in told) > len(told) / 2
