"""List the numbers of a story that rest on drawn positions, as a table for a GIS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd

from geo.base.draws import SEED
from geo.base.finding import Finding
from geo.base.schema import Field, FieldType
from geo.coverage.scenario import PRESENT
from geo.coverage.service_area import CITY
from geo.coverage.simulation import simulate_reached
from layers.coverage import scenario
from layers.coverage.measure import ReachAnswer
from layers.coverage.radii import ALL, radii
from layers.coverage.scenario_change import from_median, present
from layers.coverage.wording import unit_name
from layers.density.measure import DRAWS, DensityAnswer
from layers.density.phrases import spot_words
from layers.handover.contents import Sheet
from layers.language.bilingual import BLANK, Bilingual, pair
from layers.language.messages import LANGS
from layers.language.outside import REASONS, with_reasons
from layers.language.values import paragraph
from layers.present.telling import Told
from layers.view.filtered import in_words

ID: Final = "findings"
COLUMNS: Final[tuple[tuple[str, FieldType], ...]] = (
    *((name, "text") for name in ("id", "scene", "chapter_zh", "chapter_en")),
    *((name, "text") for name in ("subject_zh", "subject_en", "measure", "unit")),
    *((name, "number") for name in ("value", "low", "high", "radius_km")),
    *((name, "integer") for name in ("n", "draws", "seed")),
    *((name, "text") for name in ("basis_zh", "basis_en", "caveats_zh", "caveats_en")),
    *((name, "text") for name in ("filter_zh", "filter_en")),
)
"""Of the table, the first its index."""
WHOLE: Final = tuple(name for name, kind in COLUMNS if kind == "integer")
MEASURES: Final = (
    *("height", "makers", "doubt_km", "rows", "dense_in", "parts", "unmapped", "titles"),
    *("beyond", "places", "precise", "area", "open", "share", "people", "campuses", "change"),
    *("only_first", "only_second", "both", "campuses_only_first", "campuses_only_second"),
    *("campuses_both", "sites", "added", "moved", "closed"),
)
"""What is measured; each has its words in ``[present.measure]``."""
_PERCENT: Final = 100.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Number:
    """One number that a scene says or sets in its table.

    Parameters
    ----------
    subject
        Of what.
    measure
        One of ``MEASURES``.
    value
        With places as drawn, or the one figure there is; NaN where only an interval is said.
    low, high
        Between which 90 % of the draws lie; NaN where nothing was drawn.
    unit
        Symbol; empty for a count.
    radius_km
        Within which; NaN where none was asked.
    n
        On how many places it rests; None where it is itself their count.
    finding
        Whose method and caveats it has; None for a count.
    draws
        How many.
    """

    subject: Bilingual
    measure: str
    value: float
    low: float = float("nan")
    high: float = float("nan")
    unit: str = ""
    radius_km: float = float("nan")
    n: int | None = None
    finding: Finding | None = None
    draws: int | None = None


def sheet(told: Sequence[Told]) -> Sheet | None:
    """Return the numbers of all scenes as a table without a shape; None where no scene has any.

    Parameters
    ----------
    told
        The scenes of a story, of one city.
    """
    found = (row for each in told for row in _rows(each))
    rows = [[f"finding-{n}", *row] for n, row in enumerate(found, start=1)]
    if not rows:
        return None
    names = [name for name, _ in COLUMNS]
    frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(WHOLE, "Int64"))
    titled = {name: pair(f"present.number_column.{name}") for name in names}
    frame = with_reasons(frame, (("value", "low", "high"),), titled.__getitem__)
    reasons = tuple(Field(name) for name in REASONS)
    return Sheet(
        id=ID,
        title=pair("present.findings"),
        frame=frame.set_index(names[0]),
        fields=tuple(Field(name, kind, required=name == "id") for name, kind in COLUMNS) + reasons,
        titles=titled,
        codes={"measure": {name: " ".join(pair(f"present.measure.{name}")) for name in MEASURES}},
        group=pair("present.findings"),
        facts=(pair("present.numbers_of"), pair("present.numbers_interval")),
        inside=True,
    )


def _rows(told: Told) -> Iterator[list[Any]]:
    """Yield the numbers of a scene and of what stands beside it as rows of the table."""
    name, answer = told.answered or ("", None)
    narrowed = in_words(told.city, told.state, told.scene.page) or BLANK
    for each in _OF.get(name, _none)(answer):
        found = each.finding
        caveats = [pair(key, **found.parameters) for key in found.caveats] if found else []
        joined = Bilingual(*(paragraph([c.of(lang) for c in caveats], lang) for lang in LANGS))
        basis = pair(found.method) if found else pair("present.counted")
        seed = SEED if each.draws else None
        yield [
            *(told.scene.id, *told.scene.chapter, *each.subject, each.measure, each.unit),
            *(each.value, each.low, each.high, each.radius_km, each.n, each.draws, seed),
            *(*basis, *joined, *narrowed),
        ]
    if told.beside is not None:
        yield from _rows(told.beside)


def _none(answer: Any) -> Iterator[Number]:  # noqa: ARG001 - one shape
    """Yield nothing: what rests on the list is counted from the layers of places."""
    yield from ()


def _both(words: Callable[[str], str]) -> Bilingual:
    return Bilingual(*map(words, LANGS))


def _density(answer: DensityAnswer) -> Iterator[Number]:
    city = answer.city
    counts = {
        "rows": answer.shown,
        "dense_in": answer.surface.n,
        "parts": answer.nested,
        "unmapped": answer.unmapped,
        "titles": answer.titles,
        "beyond": answer.outside,
    }
    for name, value in counts.items():
        yield Number(subject=city.name, measure=name, value=value, finding=answer.surface)
    for at, (peak, height) in enumerate(zip(answer.peaks, answer.heights, strict=True)):
        spot = _both(partial(spot_words, answer, at))
        yield Number(
            subject=spot,
            measure="height",
            value=_PERCENT * peak.value,
            low=_PERCENT * height.low if height else float("nan"),
            high=_PERCENT * height.high if height else float("nan"),
            unit="1/100 km²",
            n=peak.n,
            finding=height or peak,
            draws=DRAWS if height else None,
        )
        yield Number(subject=spot, measure="makers", value=len(peak.makers), finding=peak)
        doubt = float(str(peak.parameters["doubt_km"]))
        yield Number(subject=spot, measure="doubt_km", value=doubt, unit="km", finding=peak)


def _reach(answer: Any) -> Iterator[Number]:
    if not isinstance(answer, ReachAnswer):  # refused: the sentence says why
        return
    city = answer.city
    found, km = answer.simulation, answer.inputs.radius_m / 1000
    resolved, drawn = answer.resolution, int(str(found.parameters["draws"]))
    yield Number(subject=city.name, measure="places", value=resolved.n, finding=resolved)
    yield Number(
        subject=city.name, measure="precise", value=resolved.value, radius_km=km, finding=resolved
    )
    shared: dict[str, Any] = {"unit": "%", "finding": found, "draws": drawn}
    for unit, row in answer.units.to_dict("index").items():
        yield from _unit(_both(partial(unit_name, city, str(unit))), row, km, found.n, shared)
    for kind, served in answer.served.items():
        yield from _served(city.layers[kind].title, served.n, served.found, km)
    yield from _radii(answer, shared)


def _unit(
    subject: Bilingual, row: Any, km: float, n: int, shared: Mapping[str, Any]
) -> Iterator[Number]:
    """Yield how much of the city, a part of it or a district is reached, and how much is not."""
    area = float(row["area_km2"])
    yield Number(subject=subject, measure="area", value=area, unit="km²")
    ends = [max(0.0, 1 - float(row[name])) * area for name in ("share", "high", "low")]
    yield Number(
        subject=subject, measure="open", value=ends[0], low=ends[1], high=ends[2],
        radius_km=km, n=n, **{**shared, "unit": "km²"},
    )  # fmt: skip
    for measure, names in (
        ("share", ("share", "low", "high")),
        ("people", ("people_share", "people_low", "people_high")),
    ):
        value, low, high = (_PERCENT * float(row[name]) for name in names)
        yield Number(
            subject=subject, measure=measure, value=value, low=low, high=high,
            radius_km=km, n=n, **shared,
        )  # fmt: skip


def _radii(answer: ReachAnswer, shared: Mapping[str, Any]) -> Iterator[Number]:
    """Yield what each kind of place covers at each radius, and for how many that is fine enough."""
    for row in radii(answer).to_dict("records"):
        kind, km = str(row["kind"]), float(row["radius_m"]) / 1000
        title = answer.city.layers[kind].title if kind != ALL else pair("coverage_page.rings_all")
        value, low, high = (
            float("nan") if pd.isna(row[name]) else _PERCENT * float(row[name])
            for name in ("share", "low", "high")
        )
        yield Number(
            subject=title, measure="share", value=value, low=low, high=high,
            radius_km=km, n=int(row["n"]), **shared,
        )  # fmt: skip
        yield Number(subject=title, measure="precise", value=float(row["qualify"]), radius_km=km)


def _served(subject: Bilingual, n: int, found: Any, km: float) -> Iterator[Number]:
    """Yield how many places of a layer there are, and how many are reached."""
    yield Number(subject=subject, measure="places", value=n)
    if found is not None:
        drawn = int(found.parameters["draws"])
        yield Number(
            subject=subject, measure="campuses", value=found.value, low=found.low, high=found.high,
            radius_km=km, n=found.n, finding=found, draws=drawn,
        )  # fmt: skip


def _scenario(answer: Any) -> Iterator[Number]:
    if not isinstance(answer, scenario.ScenarioAnswer):
        return
    given, compared, km = answer.inputs, answer.comparison, answer.inputs.radius_m / 1000
    now, drawn = present(given), int(str(compared.parameters["draws"])) or None
    low, high = (_PERCENT * float(each) for each in now.units.loc[[CITY], ["low", "high"]].iloc[0])
    how: dict[str, Any] = {"radius_km": km, "n": now.n, "finding": now, "draws": drawn}
    yield Number(
        subject=pair("scenario.present"),
        measure="share",
        value=_PERCENT * float(now.draws.median()[CITY]),
        low=low,
        high=high,
        unit="%",
        **how,
    )
    if len(given.universities):
        found = simulate_reached(given.universities, given.sites, radius_m=given.radius_m)
        yield from _served(pair("scenario.present"), found.n, found, km)
    how["finding"] = compared
    for name, row in compared.table.to_dict("index").items():
        units = pd.DataFrame(compared.units.loc[str(name)])
        yield from _option(str(name), row, from_median(given, units).loc[CITY], how)
    if (both := answer.versus) is not None:
        title = f"{both.first.name} / {both.second.name}"
        how["finding"] = both.found
        for part, row in both.found.table.to_dict("index").items():
            area = [row[name] for name in ("area_km2", "low_km2", "high_km2")]
            hit = [row[name] for name in ("points_reached", "points_low", "points_high")]
            subject = Bilingual(title, title)
            for measure, ends_, unit in ((str(part), area, "km²"), (f"campuses_{part}", hit, "")):
                value, low, high = map(float, ends_)
                yield Number(
                    subject=subject, measure=measure, value=value, low=low, high=high,
                    unit=unit, **how,
                )  # fmt: skip


def _option(name: str, row: Any, city_row: Any, how: Mapping[str, Any]) -> Iterator[Number]:
    """Yield of what one option consists, and what it changes."""
    own = name != PRESENT
    subject = Bilingual(name, name) if own else pair("scenario.present")
    counts = {"sites": "n_sites", "added": "added", "moved": "moved", "closed": "closed"}
    for measure, column in counts.items():
        yield Number(subject=subject, measure=measure, value=row[column])
    if own:
        after, change = (_PERCENT * float(city_row[each]) for each in ("after", "change"))
        low, high = (_PERCENT * float(city_row[f"after_{end}"]) for end in ("low", "high"))
        yield Number(
            subject=subject, measure="share", value=after, low=low, high=high, unit="%", **how
        )
        low, high = (_PERCENT * float(row[end]) for end in ("low", "high"))
        yield Number(
            subject=subject, measure="change", value=change, low=low, high=high, unit="%", **how
        )


_OF: Final[Mapping[str, Callable[[Any], Iterator[Number]]]] = {
    "density": _density,
    "reach": _reach,
    "scenario": _scenario,
}
