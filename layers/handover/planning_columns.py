"""Add the columns that planning databases expect, as a pack maps them on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from geo.base.schema import Field
from layers.handover.contents import Sheet
from layers.language.bilingual import Bilingual
from layers.pack.city import City

NUMBER: Final = "#"
"""Stands in ``column`` for the running number of the row."""


def with_planning_columns(city: City, sheet: Sheet) -> Sheet:
    """Return a table with the further columns of its city's pack, such as BSM, YSDM, XZQDM, XZQMC.

    Parameters
    ----------
    city
        Its ``planning_columns`` say what each column holds: a column of ours, the running number,
        or a constant; a row for one layer comes before a row for all.
    sheet
        A table with the columns of the catalogue; not changed.
    """
    told = city.planning_columns
    frame, fields, titles = sheet.frame.copy(), [*sheet.fields], dict(sheet.titles)
    for name in dict.fromkeys(told["name"]):
        rows = told[(told["name"] == name) & told["layer"].isin([sheet.id, ""])]
        own = rows.sort_values("layer", ascending=False, kind="stable").to_dict("records")
        values = _values(sheet, own[0]) if own else pd.Series(None, frame.index, dtype=object)
        frame.insert(len(frame.columns) - bool(sheet.geometry), name, values)
        fields.append(Field(name))
        titled = (own or told[told["name"] == name].to_dict("records"))[0]
        titles[name] = Bilingual(str(titled["title_zh"]), str(titled["title_en"]))
    return replace(sheet, frame=frame, fields=tuple(fields), titles=titles)


def _values(sheet: Sheet, told: Mapping[str, object]) -> pd.Series:
    """Return what a column holds, as texts: a code may begin with a nought."""
    index, column = sheet.frame.index, str(told["column"] or "")
    if told["constant"]:
        return pd.Series(str(told["constant"]), index, dtype=object)
    if column == NUMBER:
        return pd.Series([str(n) for n in range(1, len(index) + 1)], index, dtype=object)
    if column == sheet.key:
        return pd.Series([str(key) for key in index], index, dtype=object)
    if column in sheet.names:
        given = sheet.frame[column]
        return given.astype(object).where(given.notna(), None)
    return pd.Series(None, index, dtype=object)
