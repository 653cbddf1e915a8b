"""Time the page of the plan beside the map, and the audit of a large plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from time import perf_counter
from types import MappingProxyType

import numpy as np
import pandas as pd
from playwright.sync_api import Browser, sync_playwright

from layers.pack.city import City, load_city
from layers.plan.audit import audit, counts
from layers.view.state import default_state
from tests import ROOT
from tests.bench.screens.bench_map import fresh
from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.harness import MARKS, WAIT_MS, marks, serve, settle

ROUNDS = 5
PLACES, TASKS = 10_000, 1_000
AUDIT_S = 5.0
PAGE_RATIO = 1.5


def large(city: City) -> City:
    """Return a city whose platforms are 10,000 and whose plan has 1,000 tasks, ten places each."""
    frame = city.layers["platform"].frame
    rows = frame.iloc[np.arange(PLACES) % len(frame)].copy()
    rows.index = pd.Index([f"p{n}" for n in range(PLACES)], name=frame.index.name)
    rows["clause_ids"] = [f"t{n % TASKS}" for n in range(PLACES)]
    rows["clause_basis"] = "named"
    clauses = city.plan.clauses
    tasks = clauses[clauses["task"].to_numpy(dtype=bool)]
    many = tasks.iloc[np.arange(TASKS + 1) % len(tasks)].copy()
    many.index = pd.Index([f"t{n}" for n in range(TASKS + 1)], name=clauses.index.name)
    empty = city.plan.relations.iloc[:0]
    plan = replace(city.plan, clauses=many, relations=empty, events=city.plan.events.iloc[:0])
    layers = {
        "district": city.layers["district"],
        "platform": replace(city.layers["platform"], frame=rows),
    }
    return replace(city, plan=plan, layers=MappingProxyType(layers), digest="large")


def _audited(city: City) -> float:
    """Return the seconds of an audit that finds the one task without a place."""
    big = large(city)
    begun = perf_counter()
    found = audit(big, big.plan)
    taken = perf_counter() - begun
    told = counts(found)
    if (told["task_without_place"], told["place_without_task"], told["no_reason"]) != (1, 0, 0):
        raise AssertionError(f"the audit is wrong: {told}")
    return taken


def _paints(browser: Browser, urls: tuple[str, ...], city: City) -> Iterator[float]:
    """Yield the median time of each page until all marks stand; the first visit warms up."""
    expected = marks(city, default_state(city))
    seconds: dict[str, list[float]] = {url: [] for url in urls}
    for round_ in range(ROUNDS + 1):
        for url in urls:
            with fresh(browser) as page:
                page.goto(url, wait_until="commit")
                taken = float(
                    page.evaluate("([t, e, p]) => stopwatch(t, e, p)", [MARKS, expected, WAIT_MS])
                )
                settle(page)
            if round_:
                seconds[url].append(taken / 1000)
    for url in urls:
        yield median(seconds[url])


def run() -> list[Row]:
    """Measure; raise if a page shows the wrong marks or the audit finds the wrong things."""
    city = load_city(ROOT / "data" / "tianjin")
    audited = median(_audited(city) for _ in range(3))
    with sync_playwright() as playwright, serve() as ours:
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        first, plan = _paints(browser, (ours.url, f"{ours.url}/plan"), city)
        browser.close()
    return [
        Row("page of the plan, first view / map's", plan / first, "", PAGE_RATIO),
        Row("page of the plan, first view", plan, "s"),
        Row(f"audit of {PLACES:,} places and {TASKS:,} tasks", audited, "s", AUDIT_S),
    ]
