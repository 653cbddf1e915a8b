"""Check a plan and its map against each other: ``python -m layers.plan.audit --city tianjin``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from geo.base.errors import ParameterError, Problem
from geo.formats.spreadsheet import safe_text
from layers.command_line.arguments import city_of
from layers.command_line.reply import reply
from layers.language.bilingual import BLANK, Bilingual
from layers.language.messages import LANGS, speaker
from layers.language.values import cell, is_known, row_of
from layers.pack.city import City, Plan
from layers.plan.entered import entries_in
from layers.plan.indicator import progress
from layers.plan.structure import CAMPUSES, Web, both, web
from layers.store.entries import Entry

Kind = Literal[
    "task_without_place", "place_without_task", "gap", "elsewhere", "stale", "repost",
    "no_reason", "no_value",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = (
    "task_without_place", "place_without_task", "gap", "elsewhere", "stale", "repost",
    "no_reason", "no_value",
)  # fmt: skip
COPIES: Final = re.compile(r"\b(?:copy|copies|repost)\b|转载", re.IGNORECASE)
"""How the facts say that a source was read from somebody else's page."""
YEAR, MONTH = 4, 7


@dataclass(frozen=True)
class Finding:
    """One thing that plan and map do not settle between them.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    of
        ``task``, ``place``, ``indicator``, ``gap``, ``event``, ``observation``.
    id
        Its id or number.
    name
        What it is called.
    detail
        What decides: of a task whether a place could exist (``could``, ``none``, ``unclear``), of a
        place without a task its status; of others a value.
    other
        The second side: another id, a district, or empty.
    """

    kind: Kind
    of: str
    id: str
    name: Bilingual
    detail: str = ""
    other: str = ""


def audit(city: City, plan: Plan, entries: Sequence[Entry] = ()) -> tuple[Finding, ...]:
    """Return all that plan and map do not settle between them, by kind.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    plan
        One of its plans.
    entries
        What readers have entered: a value that they gave is no longer missing.
    """
    woven = web(city, plan)
    found = [
        *_tasks(woven),
        *_places(woven),
        *_gaps(plan),
        *_elsewhere(woven),
        *_stale(woven),
        *_reposts(woven),
        *_ties(woven),
        *_values(city, plan, entries),
    ]
    return tuple(sorted(found, key=lambda each: KINDS.index(each.kind)))


def counts(findings: Sequence[Finding]) -> dict[Kind, int]:
    """Return how many findings there are of each kind.

    Parameters
    ----------
    findings
        As :func:`audit` returns them.
    """
    return {kind: sum(each.kind == kind for each in findings) for kind in KINDS}


def _tasks(woven: Web) -> Iterator[Finding]:
    for id_, row in woven.tasks.iterrows():
        if not woven.shown_with(str(id_)):
            could = row["has_site"]
            detail = "unclear" if not is_known(could) else "could" if could else "none"
            yield Finding("task_without_place", "task", str(id_), both(row, "title"), detail)


def _places(woven: Web) -> Iterator[Finding]:
    """Yield places without a task; campuses are no places of the plan one by one."""
    frame = woven.places
    for id_ in frame.index[(frame["kind"] != CAMPUSES).to_numpy(dtype=bool)]:
        if not any(tie.task for tie in woven.of_place(str(id_))):
            status = cell(row_of(frame, str(id_)), "plan_status", "zh")
            yield Finding("place_without_task", "place", str(id_), woven.names[str(id_)], status)


def _gaps(plan: Plan) -> Iterator[Finding]:
    for id_, row in plan.gaps.iterrows():
        missing = int(row["counted_total"]) - int(row["named_total"])
        if missing > 0:
            task = str(row["clause_id"])
            yield Finding("gap", "gap", str(id_), both(row, "sentence"), str(missing), task)


def _elsewhere(woven: Web) -> Iterator[Finding]:
    """Yield places that stand in another district than the one that administers them."""
    frame = woven.places
    known = frame["host_adcode"].notna() & frame["site_adcode"].notna()
    other = (known & (frame["host_adcode"] != frame["site_adcode"])).to_numpy(dtype=bool)
    rows = frame[other]
    for id_, host, site in zip(rows.index, rows["host_name_zh"], rows["site_name_zh"], strict=True):
        yield Finding("elsewhere", "place", str(id_), woven.names[str(id_)], str(host), str(site))


def _end(day: str) -> date:
    """Return the last day that a date may mean."""
    year = int(day[:YEAR])
    if len(day) == YEAR:
        return date(year, 12, 31)
    if len(day) > MONTH:
        return date.fromisoformat(day)
    month = int(day[5:MONTH])
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _stale(woven: Web) -> Iterator[Finding]:
    """Yield places whose newest statement is older than the rule of their layer allows."""
    city, frame = woven.city, woven.places
    now = _end(city.data_date)
    for id_, kind, day in zip(frame.index, frame["kind"], frame["as_of"], strict=True):
        layer = city.layers.get(str(kind))
        if layer is None or not is_known(day):
            continue
        if _end(str(day)) + timedelta(days=layer.provenance.freshness_days) < now:
            yield Finding(
                "stale",
                "place",
                str(id_),
                woven.names[str(id_)],
                str(day),
                str(kind),
            )


def _reposts(woven: Web) -> Iterator[Finding]:
    plan, frame = woven.plan, woven.places
    for of, table, stem in (
        ("event", plan.events, "what"),
        ("observation", plan.observations, "definition"),
    ):
        for id_, row in table[table["repost"].to_numpy(dtype=bool)].iterrows():
            about = str(row["no"]) if of == "observation" else cell(row, "task_id", "zh")
            yield Finding("repost", of, str(id_), both(row, stem), cell(row, "source", "zh"), about)
    for column in (name for name in frame.columns if str(name).endswith("_source")):
        texts = frame[column].astype("string").fillna("")
        for id_ in frame.index[texts.str.contains(COPIES).to_numpy(dtype=bool)]:
            yield Finding("repost", "place", str(id_), woven.names[str(id_)], str(column))


def _ties(woven: Web) -> Iterator[Finding]:
    for tie in woven.ties:
        if not tie.reasoned:
            name = woven.names.get(tie.place, BLANK)
            about = tie.task or str(tie.indicator)
            of, id_ = ("place", tie.place) if tie.place else ("task", tie.task)
            other = about if tie.place else str(tie.indicator)
            yield Finding("no_reason", of, id_, name, tie.basis, other)


def _values(city: City, plan: Plan, entries: Sequence[Entry]) -> Iterator[Finding]:
    for each in progress(city, plan, entries):
        if each.decisive is None:
            yield Finding("no_value", "indicator", str(each.no), each.name, str(each.year))


def table(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as a table, each side a column.

    Parameters
    ----------
    findings
        As :func:`audit` returns them.

    Returns
    -------
    DataFrame
        Columns finding, of, id, name_zh, name_en, detail, other, by row number.
    """
    rows = [(f.kind, f.of, f.id, f.name.zh, f.name.en, f.detail, f.other) for f in findings]
    names = ["finding", "of", "id", "name_zh", "name_en", "detail", "other"]
    return pd.DataFrame(rows, columns=names, index=pd.RangeIndex(1, len(rows) + 1, name="row"))


def csv(findings: Sequence[Finding]) -> bytes:
    """Return findings as CSV that Excel opens with Chinese intact.

    Parameters
    ----------
    findings
        As :func:`audit` returns them. A text that Excel would run as a formula begins with an
        apostrophe.
    """
    safe = table(findings).map(lambda v: safe_text(v) if isinstance(v, str) else v)
    return safe.to_csv(lineterminator="\r\n").encode("utf-8-sig")


def _lines(city: City, plan: Plan, findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """Yield what the command prints: a line for each kind, and its findings."""
    say = speaker(lang)
    yield f"{city.id} {plan.period}"
    for kind, n in counts(findings).items():
        yield f"{say(f'plan.audit.{kind}')}: {n}"
        for each in findings:
            if each.kind == kind:
                told = (each.id, each.name.of(lang), each.detail, each.other)
                yield "  " + " · ".join(filter(None, told))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the audit of a city's plan.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0 if nothing was found of the kinds that ``--fail-on`` names (all without it), 1 if
        something was, 2 if the audit could not be made.
    """
    given = _parser().parse_args(argv)
    hits: list[Finding] = []

    def answer() -> Iterator[str]:
        city = city_of(given.city, {})
        plan = _plan(city, given.period)
        grave = frozenset((given.fail_on or ",".join(KINDS)).split(","))
        if strange := sorted(grave - set(KINDS)):
            value, known = ",".join(strange), tuple(KINDS)
            problem = Problem("export.unknown", "--fail-on", value=value, known=known)
            raise ParameterError("export_refused", [problem])
        found = audit(city, plan, entries_in(city))
        hits.extend(each for each in found if each.kind in grave)
        if given.csv:
            given.csv.write_bytes(csv(found))
        yield from _lines(city, plan, found, given.lang)

    return reply(answer) or int(bool(hits))


def _plan(city: City, period: str | None) -> Plan:
    known = {plan.period: plan for plan in city.plans}
    if period is not None and period not in known:
        problem = Problem("export.unknown", "--period", value=period, known=tuple(known))
        raise ParameterError("export_refused", [problem])
    return known[period] if period else city.plan


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m layers.plan.audit",
        description="Check a plan and its map against each other. 0: nothing found, 1: findings.",
        allow_abbrev=False,
    )
    parser.add_argument("--city", required=True, help="id of the city, such as tianjin")
    parser.add_argument("--period", help="of the plan, such as 2021-2025; without it the present")
    parser.add_argument("--lang", choices=LANGS, default="zh")
    parser.add_argument("--csv", type=Path, help="file for the findings")
    parser.add_argument("--fail-on", help=f"kinds that make the status 1: {', '.join(KINDS)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
