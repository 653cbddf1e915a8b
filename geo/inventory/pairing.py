"""Match universities with science parks: who has which, how far apart, and who has none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.errors import DataError, Problem
from geo.base.finding import Finding
from geo.base.points import Located, located, numbers, require_positive, require_same_crs
from geo.base.validation import printable

MODES: Mapping[str, str] = MappingProxyType(
    {
        "one school one park": "one_one",
        "one school many parks": "one_many",
        "many schools one park": "many_one",
    }
)
"""How a source puts it, and the key of the mode under ``pairing.mode``."""
COLUMNS = ("university_id", "university_zh", "place_id", "relation", "mode", "mode_status")
RELATION = "science_park"
_CAMPUS = re.compile("（[^（）]*）$")
_TEXTS = (*COLUMNS, "evidence")


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairing(Finding):
    """Universities and parks; ``value`` is how many universities have a park.

    A university is an institution: its campuses count once.
    """

    links: pd.DataFrame
    """One row per link, in the order given: ``institution``, ``university_id`` (campus; blank if
    not listed), ``place_id``, ``relation``, ``mode`` and ``mode_status`` as the source has them,
    ``mode_by_links`` as the links add up; ``distance_m`` with ``low_m`` and ``high_m``; ``within``
    (yes, no, unsettled, unknown); ``same_district`` (yes, no, unknown); ``evidence``."""
    universities: pd.DataFrame
    """By institution: ``n_parks``, ``nearest_id`` (of the science parks) and its distance with the
    interval, ``within``: whether any of them is."""
    parks: pd.DataFrame
    """By park: ``n_universities`` linked, ``nearest_id`` (campus), its distance with the interval,
    ``within``: whether any campus is."""

    @property
    def without_park(self) -> tuple[str, ...]:
        """Institutions without a link to a park."""
        return tuple(self.universities.index[self.universities["n_parks"] == 0])


def pair(
    universities: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    links: pd.DataFrame,
    *,
    reach_m: float,
    institution: str = "name_zh",
    district: str = "site_adcode",
) -> Pairing:
    """Set out every link between a university and a park, and what has none.

    Parameters
    ----------
    universities
        Campuses, points in a CRS in metres, indexed by id, with ``uncertainty_m`` and the columns
        ``institution`` and ``district``; a campus without a point counts all the same.
    parks
        Science parks (``kind`` = ``science_park``) and what else the links name, same CRS, indexed
        by id, with ``kind``, ``uncertainty_m`` and ``district``.
    links
        Columns ``university_id`` (blank for an institution without a campus in the list),
        ``university_zh``, ``place_id``, ``relation``, ``mode``, ``mode_status``, ``evidence``.
        Only ``relation`` = ``science_park`` makes a park of a university.
    reach_m
        Straight-line distance in metres up to which a park counts as within reach.
    institution
        Column with the institution's name; a campus in brackets behind it is not part of it.
    district
        Column with the id of the district that the point lies in.

    Returns
    -------
    Pairing
        Distances as d - (u + v) to d + (u + v), not below 0, with the doubts u and v of both ends:
        they add, as nothing says that they cancel. ``within`` is yes or no if the whole interval
        agrees, else unsettled.

    Raises
    ------
    CrsError
        A CRS is not metric, or the two differ.
    DataError
        With every fault of the frames or the links.
    ParameterError
        The reach is not above zero.
    """
    reach = require_positive(reach_m, argument="reach_m")
    campuses = located(universities, argument="universities").by_id()
    sites = located(parks, argument="parks").by_id()
    require_same_crs(parks, universities, argument="parks")
    names = institution_names(universities[institution])
    table = _checked(links, names, parks)
    spread = _Spread.between(campuses, sites, reach)
    owned = table[(table["relation"] == RELATION).to_numpy(dtype=bool)]
    science = parks.index[(parks["kind"] == RELATION).to_numpy(dtype=bool)]
    by_institution = _institutions(names, owned, science, spread)
    rows = _links(table, owned, spread, universities, parks, district)
    n_missing = len(universities) + len(parks) - len(campuses.x) - len(sites.x)
    differs = int(((rows["mode"] != "") & (rows["mode"] != rows["mode_by_links"])).sum())
    return Pairing(
        value=float((by_institution["n_parks"] > 0).sum()),
        unit="",
        n=len(by_institution),
        method="pairing.straight_line",
        parameters={
            "reach_km": reach / 1000,
            "n_links": len(owned),
            "n_unmapped": n_missing,
            "n_differs": differs,
            "n_unlisted": int((owned["university_id"] == "").sum()),
        },
        caveats=(
            "pairing.doubts_add",
            "pairing.partial",
            *(("pairing.unmapped",) if n_missing else ()),
            *(("pairing.unlisted",) if (owned["university_id"] == "").any() else ()),
            *(("pairing.mode_differs",) if differs else ()),
        ),
        links=rows,
        universities=by_institution,
        parks=_parks(parks, owned, spread),
    )


def institution_names(names: pd.Series) -> pd.Series:
    """Return the institution of each campus: its name without the campus in brackets behind it.

    Parameters
    ----------
    names
        Chinese names of campuses.

    Examples
    --------
    >>> institution_names(pd.Series(["甲大学", "甲大学（北校区）"])).tolist()
    ['甲大学', '甲大学']
    """
    return names.str.replace(_CAMPUS, "", regex=True)


def _checked(links: pd.DataFrame, institutions: pd.Series, parks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the links as text with the institution of each; raise with all that is wrong."""
    absent = [name for name in _TEXTS if name not in links]
    if absent:
        problems = [Problem("column.missing", "links", field=name) for name in absent]
        raise DataError("pairing.links", problems)
    table = links[list(_TEXTS)].fillna("").astype(str).reset_index(drop=True)
    problems, known = [], {"", *institutions.index}
    for number, row in enumerate(table.to_dict("records"), start=1):
        problems += [
            Problem(key, "links", f"#{number}", field, value=printable(row[field]))
            for field, key, wrong in (
                ("university_id", "pairing.university", row["university_id"] not in known),
                ("place_id", "pairing.park", row["place_id"] not in parks.index),
                ("mode", "pairing.mode", row["mode"] not in {"", *MODES}),
            )
            if wrong
        ]
        if row["university_zh"] == "":
            problems.append(Problem("value.blank", "links", f"#{number}", "university_zh"))
    twice = table.duplicated(["university_id", "university_zh", "place_id", "relation"])
    problems += [Problem("row.twice", "links", f"#{at + 1}") for at in table.index[twice]]
    if problems:
        raise DataError("pairing.links", problems)
    names = institutions.reindex(table["university_id"]).reset_index(drop=True)
    table["institution"] = names.where(names.notna(), table["university_zh"]).astype(str)
    table["mode"] = table["mode"].map({"": "", **MODES})
    return table


@dataclass(frozen=True, eq=False)
class _Spread:
    """Distances between all campuses and parks that have a point, with their doubt."""

    campuses: pd.Index
    sites: pd.Index
    distance: Floats
    doubt: Floats
    reach: float

    @classmethod
    def between(cls, campuses: Located, sites: Located, reach: float) -> _Spread:
        apart = campuses.xy[:, None, :] - sites.xy[None, :, :]
        doubts = [_doubt(campuses, "universities"), _doubt(sites, "parks")]
        return cls(
            campuses.frame.index,
            sites.frame.index,
            np.hypot(apart[:, :, 0], apart[:, :, 1]),
            doubts[0][:, None] + doubts[1][None, :],
            reach,
        )

    def of(self, campus: object, site: object) -> dict[str, object]:
        """Return the distance of one pair with its interval; unknown if an end has no point."""
        if campus not in self.campuses or site not in self.sites:
            return {"distance_m": np.nan, "low_m": np.nan, "high_m": np.nan, "within": "unknown"}
        at = np.ix_(self.campuses == campus, self.sites == site)
        return self._stated(self.distance[at].item(), self.doubt[at].item())

    def nearest(self, campuses: list[int], sites: list[int], *, to_site: bool) -> dict[str, object]:
        """Return the nearest pair, of equals the one with the lowest ids.

        ``within`` speaks of all pairs: yes if one surely is, no if none can be.
        """
        if not campuses or not sites:
            return {"nearest_id": None, **self.of(None, None)}
        distance = self.distance[np.ix_(campuses, sites)]
        doubt = self.doubt[np.ix_(campuses, sites)]
        i, j = np.unravel_index(int(distance.argmin()), distance.shape)
        name = self.sites[sites[j]] if to_site else self.campuses[campuses[i]]
        within = (
            "yes"
            if (distance + doubt <= self.reach).any()
            else "unsettled"
            if (distance - doubt <= self.reach).any()
            else "no"
        )
        return {
            "nearest_id": name,
            **self._stated(distance[i, j], doubt[i, j]),
            "within": within,
        }

    def _stated(self, distance: float, doubt: float) -> dict[str, object]:
        low, high = max(distance - doubt, 0.0), distance + doubt
        within = "yes" if high <= self.reach else "no" if low > self.reach else "unsettled"
        return {
            "distance_m": float(distance),
            "low_m": float(low),
            "high_m": float(high),
            "within": within,
        }


def _doubt(points: Located, argument: str) -> Floats:
    given = points.frame.get("uncertainty_m", np.full(len(points.x), np.nan))
    return numbers(given, points.frame, argument=argument, field="uncertainty_m")


def _mode_by_links(owned: pd.DataFrame) -> pd.Series:
    """Return by (institution, park) how many schools and parks the links make of it."""
    pairs = owned[["institution", "place_id"]].drop_duplicates()
    schools = pairs.groupby("place_id")["institution"].transform("size")
    parks = pairs.groupby("institution")["place_id"].transform("size")
    mode = np.select([schools > 1, parks > 1], ["many_one", "one_many"], "one_one")
    return pd.Series(mode, index=pd.MultiIndex.from_frame(pairs))


def _links(
    table: pd.DataFrame,
    owned: pd.DataFrame,
    spread: _Spread,
    universities: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    district: str,
) -> pd.DataFrame:
    modes = _mode_by_links(owned).to_dict()
    rows = []
    for row in table.to_dict("records"):
        campus, site = row["university_id"], row["place_id"]
        mine = universities[district].get(campus)
        theirs = parks[district].get(site)
        known = not (pd.isna(mine) or pd.isna(theirs) or "" in (mine, theirs))
        owns = row["relation"] == RELATION
        rows.append(
            {
                "institution": row["institution"],
                **{name: row[name] for name in COLUMNS if name != "university_zh"},
                "mode_by_links": modes[row["institution"], site] if owns else "",
                **spread.of(campus, site),
                "same_district": ("yes" if mine == theirs else "no") if known else "unknown",
                "evidence": row["evidence"],
            }
        )
    columns = ["institution", "university_id", "place_id", "relation", "mode", "mode_status"]
    columns += ["mode_by_links", "distance_m", "low_m", "high_m", "within", "same_district"]
    return pd.DataFrame(rows, columns=[*columns, "evidence"])


def _institutions(
    names: pd.Series, owned: pd.DataFrame, science: pd.Index, spread: _Spread
) -> pd.DataFrame:
    """Return one row per institution of the list, in the order of its first campus."""
    linked = owned.groupby("institution")["place_id"].nunique()
    parks = np.sort(spread.sites.get_indexer(science))
    rows = {}
    for name, campuses in names.groupby(names, sort=False).groups.items():
        here = spread.campuses.get_indexer(campuses)
        found = spread.nearest(here[here >= 0].tolist(), parks[parks >= 0].tolist(), to_site=True)
        rows[name] = {"n_parks": int(linked.get(name, 0)), **found}
    columns = ["n_parks", "nearest_id", "distance_m", "low_m", "high_m", "within"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("institution")


def _parks(parks: gpd.GeoDataFrame, owned: pd.DataFrame, spread: _Spread) -> pd.DataFrame:
    linked = owned.groupby("place_id")["institution"].nunique()
    everyone = list(range(len(spread.campuses)))
    rows = {}
    for name in parks.index:
        here = np.flatnonzero(spread.sites == name).tolist()
        found = spread.nearest(everyone, here, to_site=False)
        rows[name] = {"n_universities": int(linked.get(name, 0)), **found}
    columns = ["n_universities", "nearest_id", "distance_m", "low_m", "high_m", "within"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("park")
