from __future__ import annotations

from dataclasses import replace

import pandas as pd

from layers.pack.catalogue import FIRM
from layers.pack.city import City
from layers.view.totals import Headline, headline, is_named, plan_places
from tests import ROOT


def test_tianjin_is_counted_as_the_facts_say(tianjin: City) -> None:
    assert headline(tianjin) == Headline(
        recorded=85,
        mapped=62,
        counted=61,
        named=54,
        counted_later=6,
        national=13,
        later=13,
        titles=5,
    )


def test_the_readme_counts_as_the_facts_do(tianjin: City) -> None:
    found, places = headline(tianjin), plan_places(tianjin)
    mapped = places[places.geometry.notna()]
    weak = int((~mapped["location_class"].isin(FIRM)).sum())
    said = (
        f"Of {found.recorded} rows {found.mapped} have a point, and {weak} of those are stand-ins"
    )
    assert said in (ROOT / "README.md").read_text("utf-8")


def test_the_toy_city_is_counted_by_hand(toy: City) -> None:
    # Not counted: park-late, sign-maybe, zone-part. Of the rest the plan names all.
    # National and granted: park-one, zone-all; platform-none is only aimed at.
    assert headline(toy) == Headline(
        recorded=10, mapped=9, counted=7, named=7, counted_later=0, national=2, later=1, titles=0
    )


def test_neither_nested_nor_later_nor_implied_nor_candidate_rows_are_named() -> None:
    rows = pd.DataFrame(
        [
            ("named", True, "to_build", "named"),
            ("boxed", True, "to_build", "implied;box"),
            ("nested", False, "to_build", "named"),
            ("later", True, "later_fact", "named"),
            ("context", True, "context", None),
            ("implied", True, "existing_2020", "implied;implied"),
            ("candidate", True, "to_build", "candidate"),
            ("silent", True, None, None),
        ],
        columns=["id", "counted", "plan_status", "clause_basis"],
    ).set_index("id")
    assert list(is_named(rows)[is_named(rows)].index) == ["named", "boxed"]


def test_a_city_without_plan_layers_counts_nothing(toy: City) -> None:
    frame = {name: toy.layers[name] for name in ("district", "university")}
    assert headline(replace(toy, layers=frame)) == Headline(0, 0, 0, 0, 0, 0, 0, 0)
