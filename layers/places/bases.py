"""Set every way of counting beside the one that the headlines use, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from geo.base.arrays import Flags
from geo.density.peaks import counted_once
from geo.inventory.pairing import institution_names
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import speaker
from layers.language.values import cell, count
from layers.pack.catalogue import FIRM, OUTSIDE
from layers.pack.city import City, outlines
from layers.places.spread import level_counts, spread
from layers.view.areas import areas
from layers.view.rows import View
from layers.view.totals import is_named, is_national
from layers.view.vague import VAGUE_M, is_vague

UNIVERSITY = "university"
STANDING = frozenset({"existing_2020", "under_construction"})
"""Plan statuses of what stood or was being built when the plan was issued."""


@dataclass(frozen=True)
class Way:
    """One way of counting the places of a view.

    Parameters
    ----------
    key
        Its name; words and reason stand under ``bases.<key>``.
    n
        Places, or rows, counted so.
    national
        How many of them are of national level; only ``aimed`` counts those that are striven for.
    stand_ins
        Of rows with a point (``mapped``), how many points are stand-ins or inferences.
    """

    key: str
    n: int
    national: int
    stand_ins: int = 0

    @property
    def words(self) -> Bilingual:
        """What is counted."""
        return pair(f"bases.{self.key}.what")

    @property
    def reason(self) -> Bilingual:
        """Why the figure is another one."""
        told = {"count": self.stand_ins} if self.key == "mapped" else {}
        return pair(f"bases.{self.key}.why", **told)


def ways(view: View, area: str | None = None) -> tuple[Way, ...]:
    """Count the places of a view in every way, that of the headlines first.

    Parameters
    ----------
    view
        What is shown; rows of layers that are not the plan's are left aside.
    area
        Id of a district or a part that is asked about; None for the whole city.

    Returns
    -------
    tuple of Way
        The headlines count each place once (``counted``), a district's those that it administers.
        Of the whole city stand first all that count, then those of them that count in a district.
    """
    rows = _Rows(view, area)
    return tuple(rows.each())


class _Rows:
    """The rows of a view with a mask for every way of counting."""

    def __init__(self, view: View, area: str | None) -> None:
        city = view.city
        plan = [id_ for id_, layer in city.layers.items() if layer.spec.group == "plan"]
        mask = view.places["kind"].isin(plan).to_numpy(dtype=bool)
        self.view, self.area = view, area
        self.rows = view.places[mask]
        self.drawable = view.rows.drawable[view.mask][mask]
        self.codes = frozenset(areas(city)[area] if area else map(str, city.districts.index))
        self.counted = self.rows["counted"].fillna(False).to_numpy(dtype=bool)
        self.national = self.rows["level"].eq("national").fillna(False).to_numpy(dtype=bool)
        self.titled = self.rows["title_of"].notna().to_numpy(dtype=bool)
        self.held = is_national(self.rows).to_numpy(dtype=bool)

    def _in(self, side: str) -> Flags:
        return np.asarray(self.rows[f"{side}_adcode"].isin(self.codes), dtype=bool)

    def _way(self, key: str, mask: Flags, national: Flags | None = None) -> Way:
        level = self.held if national is None else national
        return Way(key, int(mask.sum()), int((mask & level).sum()))

    def each(self) -> Iterator[Way]:
        """Yield each way of counting."""
        host, site = self._in("host"), self._in("site")
        here = host | site if self.area else np.ones(len(self.rows), dtype=bool)
        named = is_named(self.rows).to_numpy(dtype=bool)
        standing = self.rows["plan_status"].isin(STANDING).to_numpy(dtype=bool)
        if not self.area:
            yield self._way("all", self.counted)
        own = self.counted & host
        yield self._way("headline", own)
        yield self._way("aimed", own, self.national)
        yield self._way("titled", own | self.titled & (host if self.area else True))
        yield self._way("standing", own & standing)
        yield self._way("named", named & (host if self.area else True))
        yield self._way("site", self.counted & site)
        yield self._way("recorded", here)
        mapped = self._way("mapped", here & self.drawable)
        firm = self.rows["location_class"].isin(FIRM).to_numpy(dtype=bool)
        stand_ins = here & self.drawable & ~firm
        yield replace(mapped, stand_ins=int(stand_ins.sum()))
        yield self._way("surface", self._entering() & (site if self.area else True))

    def elsewhere(self) -> dict[str, Flags]:
        """Return counted rows of no known district and of beyond, by level."""
        codes = self.rows["host_adcode"].astype(object)
        beyond = (codes == OUTSIDE) | codes.isna() & self.rows["host_name_zh"].notna()
        beyond = beyond.to_numpy(dtype=bool)
        nowhere = ~self._in("host") & ~beyond & ~self.titled
        levels = np.column_stack([self.counted, self.held, self.national & ~self.held])
        return {
            key: levels & (self.counted & mask)[:, None]
            for key, mask in (("unplaced", nowhere), ("outside", beyond))
        }

    def _entering(self) -> Flags:
        """Tell which rows enter a density: with a point in the city, a part with its whole."""
        mapped = self.rows[self.drawable]
        once = counted_once(mapped).to_numpy(dtype=bool)
        area = outlines(self.view.city).geometry.union_all()
        points = mapped.geometry.to_crs(self.view.city.metric_epsg).to_numpy()
        entering = np.zeros(len(self.rows), dtype=bool)
        entering[np.flatnonzero(self.drawable)] = once & shapely.intersects(area, points)
        return entering


def table(view: View, lang: str, area: str | None = None) -> pd.DataFrame:
    """Return the ways of counting as they are read: what, how many, how many national, why.

    Parameters
    ----------
    view, area
        As in :func:`ways`.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    rows = {
        way.words.of(lang): [count(way.n), count(way.national), way.reason.of(lang)]
        for way in ways(view, area)
    }
    columns = [say(f"bases.column.{name}") for name in ("n", "national", "why")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def schools(city: City, lang: str) -> pd.DataFrame:
    """Return the numbers of universities that stand on the pages, each with what it counts and why.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By what is counted: how many, and why; empty for a city without universities.
    """
    say, layer = speaker(lang), city.layers.get(UNIVERSITY)
    if layer is None:
        return pd.DataFrame()
    frame = layer.frame
    placed = frame.geometry.notna().to_numpy(dtype=bool)
    sizes = {
        "institutions": int(institution_names(frame["name_zh"]).nunique()),
        "campuses": len(frame),
        "placed": int(placed.sum()),
        "near": int((placed & ~is_vague(frame)).sum()),
    }
    rows = {
        say(f"schools.{key}.what"): [
            count(n),
            say(f"schools.{key}.why", limit=f"{VAGUE_M / 1000:g}"),
        ]
        for key, n in sizes.items()
    }
    columns = [say("schools.n"), say("bases.column.why")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def by_district(view: View, lang: str) -> pd.DataFrame:
    """Return the headline's count of each district, the most places first, and what is left.

    Parameters
    ----------
    view
        What is shown.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By name of the district: places, of these national ones that are held, and ones that are
        striven for. The last rows are the districts together, the places whose district is not
        known, and places that are administered from outside the city.
    """
    say, found = speaker(lang), spread(view)
    ranked = found.districts.sort_values("n", ascending=False, kind="stable")
    names = {str(code): cell(row, "name", lang) for code, row in view.city.districts.iterrows()}
    rows = {
        names[str(code)]: [count(row["n"]), *map(count, level_counts(found, str(code)))]
        for code, row in ranked.iterrows()
    }
    rows[say("balance_page.city")] = [count(found.n), *map(count, level_counts(found))]
    for key, mask in _Rows(view, None).elsewhere().items():
        if mask.any():
            rows[say(f"bases.{key}")] = [count(int(part.sum())) for part in mask.T]
    columns = [say(f"bases.column.{name}") for name in ("n", "national", "aimed")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def sought(view: View) -> tuple[int, int]:
    """Return how many counted places the plan strives for as national, and of how many no district.

    Parameters
    ----------
    view
        What is shown.
    """
    rows = _Rows(view, None)
    mask = rows.counted & rows.national & ~rows.held
    return int(mask.sum()), int(rows.elsewhere()["unplaced"][:, 2].sum())


def lines(view: View) -> tuple[Bilingual, ...]:
    """Return the ways of counting as sentences, for the sources of a file.

    Parameters
    ----------
    view
        What is handed over.
    """
    return tuple(
        pair("bases.line", what=way.words, n=way.n, national=way.national, why=way.reason)
        for way in ways(view)
    )


def entry(view: View) -> dict[str, object]:
    """Return the ways of counting for the manifest of a file, for programs.

    Parameters
    ----------
    view
        What is handed over.

    Returns
    -------
    dict
        ``ways``: by key, ``n`` and ``national``; ``districts``: by adcode, the headline's ``n``,
        ``national`` and ``aimed``; ``unplaced``: places that count and whose district is not known;
        ``titles``: titles of an area, which count as no place;
        ``without``: adcodes of the districts in which the plan names nothing.
    """
    found = spread(view)
    districts = {
        str(code): dict(zip(("national", "aimed"), level_counts(found, str(code)), strict=True))
        | {"n": int(n)}
        for code, n in found.districts["n"].sort_index().items()
    }
    return {
        "ways": {way.key: {"n": way.n, "national": way.national} for way in ways(view)},
        "districts": districts,
        "unplaced": found.parameters["counted_unplaced"],
        "titles": found.parameters["titles"],
        "without": sorted(found.not_named),
    }
