"""Count how places are spread over districts and the halves of the city, and how evenly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.base.errors import DataError, Problem
from geo.base.finding import Finding

By = Literal["host", "site"]
"""``host``: the administering district (a directory); ``site``: where the point lies (a map)."""

LEAST_COUNT = 10
"""Below this a ratio jumps with every single place: at 9, one more moves it by a ninth."""
PUBLISHED = ("verified", "dataset", "host")
"""Location classes that are a point somebody stands for: who verified it, or who published it, of
the place or of the host that is named."""
DISPUTED_PCT = 5.0
"""A polygon that differs by more from the reference area makes densities there unsettled."""
AIMED_AT = "aimed_at"
"""A level that the plan strives for is not held yet: it is counted apart."""
OUTSIDE, UNPLACED = "outside", ""
"""Stand for the district of a row beyond the city, and of one whose district is not known."""
NO_HALF = ""
"""Stands for the half of a district that is given none: a row of its own among the halves."""
PER_10K = 1e4

_PLACE = ("kind", "level", "level_basis", "plan_status", "counted", "location_class")
_DISTRICT = (
    "half", "half_status", "population_2020_territorial", "area_km2_reference",
    "polygon_deviation_pct",
)  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Balance(Finding):
    """Counts by district and by half; the main figure is how many places count in the city.

    Parameters
    ----------
    districts
        One row per district, in the order given. ``half``; ``n`` (counted places), ``rows``
        (counted or not), ``published`` and ``published_share`` (counted places on a published
        point); ``share`` (of the city's counted places); ``population``, ``per_10k``;
        ``area_km2`` (reference), ``per_km2``; ``kind_*``, ``level_*``, ``status_*`` (counted
        places by value; ``level_aimed_at`` apart from the level aimed at); ``caveats`` (keys).
    halves
        The same by half, in the order of first appearance; a ratio is that of the sums. Districts
        without a half make a row of their own, ``NO_HALF``, so that the halves add up to the city.
    city
        The same for the whole city.
    outside, unplaced
        Rows beyond the city, and rows whose district is not known: they enter no share.
    not_named
        Districts that no row names: a fact about the text, not about the district.
    data_date
        Day of the data.
    """

    districts: pd.DataFrame
    halves: pd.DataFrame
    city: pd.Series
    outside: int
    unplaced: int
    not_named: tuple[str, ...]
    data_date: str = ""


def balance(
    places: pd.DataFrame, districts: pd.DataFrame, *, by: By = "host", data_date: str = ""
) -> Balance:
    """Count places by district and half.

    Parameters
    ----------
    places
        Indexed by id, with the catalogue's columns ``kind``, ``level``, ``level_basis``,
        ``plan_status``, ``counted``, ``location_class`` and ``host_adcode`` or ``site_adcode``.
    districts
        Indexed by code, with ``half``, ``half_status``, ``population_2020_territorial``,
        ``area_km2_reference`` and ``polygon_deviation_pct``.
    by
        Which district a place belongs to. A blank code with a ``host_name_zh`` (or site) lies
        beyond the city; blank without a name is not known. Places that are not mapped have no site.
    data_date
        Day of the data.

    Returns
    -------
    Balance
        Only rows with ``counted`` enter ``n`` and what rests on it.

    Raises
    ------
    DataError
        With every column that is missing and every district that is not known.

    Notes
    -----
    Densities divide by people where they live (territorial census count) and by the published
    reference area, not by the polygon. Published: location class ``dataset`` or ``host``.
    """
    where = _district_of(places, districts, by)
    table = _counts(places, where, districts)
    parts = table.drop(columns=["half"])
    halves = _with_ratios(parts.groupby(table["half"], sort=False).sum(), table)
    total = _with_ratios(parts.sum().to_frame("city").T, table)
    assumed = table.loc[districts["half_status"] == "assumption", "half"].unique()
    halves["caveats"] = [
        ("balance.half_assumed",) if half in assumed else () for half in halves.index
    ]
    result = _with_ratios(parts, table)
    result.insert(0, "half", table["half"])
    result["caveats"] = _district_caveats(districts, result)
    left_out = _without_any(where, districts)
    outside, unplaced = (int((where == code).sum()) for code in (OUTSIDE, UNPLACED))
    without = int((table["half"] == NO_HALF).sum())
    counted = _flags(places["counted"])
    uncounted = int((~counted).sum())
    n = int(total["n"].iloc[0])
    said = {
        "balance.uncounted": uncounted > 0,
        "balance.outside": outside > 0,
        "balance.unplaced": unplaced > 0,
        "balance.not_named": bool(left_out),
        "balance.half_assumed": len(assumed) > 0,
        "balance.no_half": 0 < without < len(table),
        "balance.area_disputed": bool(area_disputed(districts).any()),
        "balance.published": n > 0,
    }
    return Balance(
        value=float(n),
        unit="",
        n=n,
        method=f"balance.method.{by}",
        parameters={
            "by": by,
            "rows": len(places),
            "n": n,
            "uncounted": uncounted,
            "outside": outside,
            "unplaced": unplaced,
            "counted_outside": int((counted & (where == OUTSIDE)).sum()),
            "counted_unplaced": int((counted & (where == UNPLACED)).sum()),
            "not_named": left_out,
            "districts": len(left_out),
            "no_half": without,
            "published": int(total["published"].iloc[0]),
        },
        caveats=tuple(key for key, true in said.items() if true),
        districts=result,
        halves=halves,
        city=total.iloc[0],
        outside=outside,
        unplaced=unplaced,
        not_named=left_out,
        data_date=data_date,
    )


def not_named(places: pd.DataFrame, districts: pd.DataFrame, *, by: By = "host") -> tuple[str, ...]:
    """Return the districts that no row names.

    Parameters
    ----------
    places, districts, by
        As in :func:`balance`.

    Returns
    -------
    tuple of str
        Their codes, in the order of ``districts``.

    Raises
    ------
    DataError
        As in :func:`balance`.
    """
    return _without_any(_district_of(places, districts, by), districts)


def _without_any(where: pd.Series, districts: pd.DataFrame) -> tuple[str, ...]:
    named = set(where)
    return tuple(str(code) for code in districts.index if code not in named)


def _flags(column: pd.Series) -> pd.Series:
    return column.fillna(False).astype(bool)


def area_disputed(districts: pd.DataFrame) -> pd.Series:
    """Return for each district whether its outline and its published area differ by over 5 %.

    Parameters
    ----------
    districts
        With ``polygon_deviation_pct``; a blank one is not disputed.

    Returns
    -------
    Series of bool
        Where it is, a figure per km² is unsettled: it comes with ``balance.area_disputed``.

    Examples
    --------
    >>> area_disputed(pd.DataFrame({"polygon_deviation_pct": [-7.5, 5.0, None]})).tolist()
    [True, False, False]
    """
    deviation = pd.to_numeric(districts["polygon_deviation_pct"], errors="coerce").abs()
    return deviation > DISPUTED_PCT


def _halves(districts: pd.DataFrame) -> pd.Series:
    half = districts["half"].astype(object)
    return half.where(half.notna(), NO_HALF)


def _district_of(places: pd.DataFrame, districts: pd.DataFrame, by: By) -> pd.Series:
    """Return the district's code of each place, ``outside`` or blank where it has none."""
    column = f"{by}_adcode"
    problems = [
        Problem("column.missing", where, field=name)
        for where, frame, names in (
            ("places", places, (*_PLACE, column)),
            ("districts", districts, _DISTRICT),
        )
        for name in names
        if name not in frame.columns
    ]
    if problems:
        raise DataError("balance.columns", problems)
    codes = places[column].astype(object)
    codes = codes.where(codes.notna(), UNPLACED)
    name = places.get(f"{by}_name_zh", pd.Series(None, places.index, dtype=object))
    beyond = (codes == UNPLACED) & name.notna() & (name != "")  # a named district, not of ours
    codes = codes.where(~beyond, OUTSIDE)
    known = set(districts.index) | {OUTSIDE, UNPLACED}
    problems = [
        Problem("balance.district", "places", str(id_), column, code=str(code))
        for id_, code in codes.items()
        if code not in known
    ]
    if problems:
        raise DataError("balance.districts", problems)
    return codes


def _counts(places: pd.DataFrame, where: pd.Series, districts: pd.DataFrame) -> pd.DataFrame:
    """Return sums by district: all that can be added up over districts."""
    at = districts.index.get_indexer(pd.Index(where))
    counted = (at >= 0) & _flags(places["counted"]).to_numpy()
    published = places["location_class"].isin(PUBLISHED).to_numpy(dtype=bool)
    level = places["level"].where(places["level_basis"] != AIMED_AT, AIMED_AT)

    def tally(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        return np.bincount(at[which], minlength=len(districts))

    columns: dict[str, pd.Series | npt.NDArray[np.int64]] = {
        "half": _halves(districts),
        "n": tally(counted),
        "rows": tally(at >= 0),
        "published": tally(counted & published),
        "population": districts["population_2020_territorial"].astype(float),
        "area_km2": districts["area_km2_reference"].astype(float),
    }
    for stem, values in (("kind", places["kind"]), ("level", level), ("status", _status(places))):
        codes, names = pd.factorize(values)
        for code, name in enumerate(names):
            columns[f"{stem}_{name}"] = tally(counted & (codes == code))
    return pd.DataFrame(columns, index=districts.index)


def _status(places: pd.DataFrame) -> pd.Series:
    return places["plan_status"].where(places["plan_status"].notna(), None)


def _with_ratios(sums: pd.DataFrame, city: pd.DataFrame) -> pd.DataFrame:
    """Return sums with the ratios that rest on them; NaN where the base is zero."""
    table = sums.copy()
    for at, (name, top, base, unit) in enumerate(
        (
            ("share", "n", float(city["n"].sum()), 1.0),
            ("published_share", "published", "n", 1.0),
            ("per_10k", "n", "population", PER_10K),
            ("per_km2", "n", "area_km2", 1.0),
        )
    ):
        below = np.asarray(table[base] if isinstance(base, str) else base, dtype=np.float64)
        ratio = table[top].to_numpy(float) * unit / np.where(below > 0, below, np.nan)
        table.insert(5 + at, name, ratio)
    return table


def _district_caveats(districts: pd.DataFrame, table: pd.DataFrame) -> list[tuple[str, ...]]:
    disputed = area_disputed(districts)
    return [
        tuple(
            key
            for key, true in (
                ("balance.area_disputed", disputed[code]),
                ("balance.not_named_here", table["rows"][code] == 0),
                ("balance.few", 0 < table["n"][code] < LEAST_COUNT),
            )
            if true
        )
        for code in districts.index
    ]


def matrix(
    places: pd.DataFrame,
    districts: pd.DataFrame,
    *,
    rows: Literal["kind", "field"] = "kind",
    values: Sequence[str] = (),
    by: By = "host",
) -> pd.DataFrame:
    """Return the counted places of each kind or field in each district, empty cells as zero.

    Parameters
    ----------
    places, districts, by
        As in :func:`balance`; ``places`` with the column ``rows`` too.
    rows
        What stands in the rows.
    values
        Rows that are wanted in any case, in this order; others that occur follow.

    Returns
    -------
    DataFrame of int
        Values × districts; a blank value is the row ``unknown``, last, if there is any.

    Raises
    ------
    DataError
        As in :func:`balance`.
    """
    where = _district_of(places, districts, by)
    if rows not in places.columns:
        raise DataError("balance.columns", [Problem("column.missing", "places", field=rows)])
    column = places[rows].astype(object)
    column = column.where(column.notna() & (column != ""), "unknown")
    counted = _flags(places["counted"]) & where.isin(districts.index)
    found = dict.fromkeys([*values, *sorted(set(column[counted]) - {"unknown"})])
    if (column[counted] == "unknown").any():
        found["unknown"] = None
    table = pd.crosstab(column[counted], where[counted])
    table = table.reindex(index=pd.Index(found, name=rows), columns=districts.index, fill_value=0)
    return table.astype(int)


@dataclass(frozen=True, eq=False, kw_only=True)
class Quotients(Finding):
    """Location quotients; the main figure is how many cells carry one.

    Parameters
    ----------
    table
        As the matrix: share of the kind in the district over its share in the city; NaN where
        the counts are too small.
    """

    table: pd.DataFrame


def location_quotients(counts: pd.DataFrame) -> Quotients:
    """Say which kinds a district has more of than the city as a whole.

    Parameters
    ----------
    counts
        Kinds (or fields) × districts, see :func:`matrix`.

    Returns
    -------
    Quotients
        A cell needs ten places of the kind and ten in the district; else it is NaN, with the
        caveat ``balance.too_few`` (``balance.none`` if no cell carries one).

    Notes
    -----
    LQ = (n_kd/n_d) / (n_k/n) (Isard 1960, Methods of Regional Analysis). With fewer than ten,
    one place moves it by a tenth and more: our own limit.

    Examples
    --------
    >>> counts = pd.DataFrame({"a": [10, 20], "b": [10, 0]}, index=["park", "platform"])
    >>> float(location_quotients(counts).table.loc["park", "b"])
    2.0
    """
    kind, district = counts.sum(axis=1), counts.sum(axis=0)
    total = float(counts.to_numpy().sum())
    enough = np.outer(kind >= LEAST_COUNT, district >= LEAST_COUNT)
    expected = np.outer(kind, district) / total if total else np.zeros(counts.shape)
    ratio = np.divide(
        counts.to_numpy(float), expected, where=expected > 0, out=np.full(counts.shape, np.nan)
    )
    table = pd.DataFrame(np.where(enough, ratio, np.nan), counts.index, counts.columns)
    carried = int(enough.sum())
    caveats = () if enough.all() else ("balance.too_few" if carried else "balance.none",)
    return Quotients(
        value=float(carried),
        unit="",
        n=int(total),
        method="balance.method.quotient",
        parameters={
            "cells": int(counts.size),
            "carried": carried,
            "least": LEAST_COUNT,
            "n": int(total),
            "largest": int(district.max()) if len(district) else 0,
        },
        caveats=caveats,
        table=table,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Concentration(Finding):
    """How unevenly places are spread; the main figure is Gini's coefficient, 0 to 1.

    Parameters
    ----------
    gini
        Area between the Lorenz curve and even spread, doubled; NaN if refused.
    hhi
        Sum of squared shares (Herfindahl and Hirschman): 1 is all in one district.
    hhi_even
        What it would be if all districts had the same.
    top
        District with the most; the first of equals.
    top_share
        Its share.
    refused
        Key of the sentence that says why there is no figure; empty if there is.
    """

    gini: float
    hhi: float
    hhi_even: float
    top: str
    top_share: float
    refused: str = ""


def concentration(counts: pd.Series, *, base: pd.Series | None = None) -> Concentration:
    """Measure how unevenly places are spread over districts.

    Parameters
    ----------
    counts
        Places by district.
    base
        What an even spread would follow, by district (people, km²); None for one each.

    Returns
    -------
    Concentration
        Refused below ten places.

    Raises
    ------
    DataError
        A district has no base, or one that is not above zero.

    Notes
    -----
    Gini by the Lorenz curve of districts ordered by places per base (Gini 1912; as a coefficient
    of localisation Krugman 1991). HHI: Hirschman 1964.

    Examples
    --------
    >>> concentration(pd.Series({"a": 10, "b": 0})).gini
    0.5
    """
    weight = pd.Series(1.0, counts.index) if base is None else base.reindex(counts.index)
    weight = pd.to_numeric(weight, errors="coerce").astype(float)
    if bad := [str(code) for code in counts.index[~(weight > 0)]]:
        raise DataError("balance.base", [Problem("balance.base", "base", code) for code in bad])
    total = float(counts.sum())
    said = {"n": int(total), "least": LEAST_COUNT, "districts": len(counts)}
    if total < LEAST_COUNT:
        nan = math.nan
        return Concentration(
            value=nan, unit="", n=int(total), method="balance.method.concentration",
            parameters=said, caveats=("balance.refused",), gini=nan, hhi=nan, hhi_even=nan,
            top="", top_share=nan, refused="balance.refused",
        )  # fmt: skip
    share, even = counts / total, weight / weight.sum()
    order = np.argsort((share / even).to_numpy(), kind="stable")
    lorenz = np.concatenate([[0.0], np.cumsum(share.to_numpy()[order])])
    gini = 1.0 - float(((lorenz[1:] + lorenz[:-1]) * even.to_numpy()[order]).sum())
    first = int(share.to_numpy().argmax())
    top, top_share = str(share.index[first]), float(share.iloc[first])
    return Concentration(
        value=gini,
        unit="",
        n=int(total),
        method="balance.method.concentration",
        parameters={**said, "top": top, "top_percent": round(100 * top_share)},
        caveats=("balance.few_districts",),
        gini=gini,
        hhi=float((share**2).sum()),
        hhi_even=1.0 / len(share),
        top=top,
        top_share=top_share,
    )
