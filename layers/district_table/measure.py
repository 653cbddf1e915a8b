"""Set the figures of a table against a denominator, and divide them into classes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from geo.inventory.classes import class_limits, class_of
from layers.district_table.table import DistrictTable, is_rate
from layers.intake.districts.figures import Column
from layers.pack.city import City
from layers.view.codecs import token
from layers.view.page_options import TableOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.state import ViewState

BASES: Final = {
    "people": ("population_2020_territorial", 10_000.0),
    "area": ("area_km2_reference", 1.0),
}
"""By denominator, the column of the districts and how many of it one figure is told for."""


@dataclass(frozen=True)
class TableQuestion(Question[TableOptions]):
    """What is asked of a table by district, whatever the plan's places are."""

    table: DistrictTable


@dataclass(frozen=True, eq=False)
class TableAnswer:
    """One column of a table, by district.

    Parameters
    ----------
    city, question
        What was asked.
    column
        The column.
    frame
        Of all districts, indexed by adcode: ``half``, ``value`` (as the table has it), ``base``
        (the denominator), ``figure`` (what is drawn) and ``class_no`` from 1; NaN without data.
    limits
        Upper limits of the classes.
    halves
        By part of the city, sums of the districts that have data: ``n``, ``of``, ``value``,
        ``base``, ``figure``. None where the figures cannot be added up, or the city has no parts.
    """

    city: City
    question: TableQuestion
    column: Column
    frame: pd.DataFrame
    limits: tuple[float, ...]
    halves: pd.DataFrame | None

    @property
    def options(self) -> TableOptions:
        """How the table was asked."""
        return self.question.options


def question(state: ViewState, table: DistrictTable) -> TableQuestion:
    """Return what of a state decides the answer about a table.

    Parameters
    ----------
    state
        Only its options of the table are taken.
    table
        The reader's figures.
    """
    bare = rows_asked(ViewState(state.city))
    return TableQuestion(**bare, options=state.table, table=table)


def column_of(table: DistrictTable, chosen: str) -> Column | None:
    """Return a column of figures: the one that is chosen, else the first; None without any.

    Parameters
    ----------
    table
        The reader's figures.
    chosen
        Token of a column's name.
    """
    named = {token(each.name): each for each in table.columns}
    return named.get(chosen) or next(iter(table.columns), None)


def undivided(asked: TableQuestion) -> TableQuestion:
    """Return what is asked without a denominator where the column has none: a page offers none.

    Parameters
    ----------
    asked
        The table, the column, the denominator, and the rule of the classes.
    """
    column = column_of(asked.table, asked.options.column)
    if column is None or not is_rate(column):
        return asked
    return replace(asked, options=replace(asked.options, per="none"))


def measure(city: City, asked: TableQuestion) -> TableAnswer | Refusal:
    """Return one column by district, in classes.

    Parameters
    ----------
    city
        Whose districts are filled; it is not changed.
    asked
        The table, the column, the denominator, and the rule of the classes.

    Returns
    -------
    TableAnswer or Refusal
        Refused where no district of the table has a figure, and where a rate is to be divided.
    """
    column = column_of(asked.table, asked.options.column)
    if column is None:
        return Refusal(
            city=city,
            question=asked,
            reason="district_table.nothing",
            parameters={"file": asked.table.file},
        )
    if is_rate(column) and asked.options.per != "none":
        return Refusal(
            city=city,
            question=asked,
            reason="district_table.no_denominator",
            parameters={"file": asked.table.file, "column": column.name},
        )
    frame = _frame(city, column, asked.options.per)
    figures = frame["figure"].to_numpy(dtype=float)
    limits = class_limits(figures, rule=asked.options.rule, classes=asked.options.classes)
    frame["class_no"] = class_of(figures, limits) + 1
    return TableAnswer(
        city, asked, column, frame, limits, _halves(city, frame, column, asked.options.per)
    )


def _frame(city: City, column: Column, per: str) -> pd.DataFrame:
    districts = city.districts
    values = pd.Series(dict(column.values), dtype=float).reindex(districts.index)
    frame = pd.DataFrame({"half": districts["half"].fillna(""), "value": values})
    if per == "none":
        return frame.assign(base=np.nan, figure=values)
    name, unit = BASES[per]
    base = districts[name].astype(float)
    return frame.assign(base=base, figure=values / base.where(base > 0) * unit)


def _halves(city: City, frame: pd.DataFrame, column: Column, per: str) -> pd.DataFrame | None:
    if not city.halves or is_rate(column):
        return None
    known = frame[frame["value"].notna()]
    order = [half for half in (*city.halves, "") if (frame["half"] == half).any()]
    found = pd.DataFrame(
        {
            "n": known.groupby("half").size(),
            "of": frame.groupby("half").size(),
            "value": known.groupby("half")["value"].sum(),
            "base": known.groupby("half")["base"].sum(min_count=1),
        }
    ).reindex(order)
    found["n"] = found["n"].fillna(0).astype(int)
    unit = 1.0 if per == "none" else BASES[per][1]
    rate = found["value"] if per == "none" else found["value"] / found["base"] * unit
    return found.assign(figure=rate).rename_axis("half")
