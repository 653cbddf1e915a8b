from __future__ import annotations

from dataclasses import replace

from layers.pack.city import City
from layers.places.dating import compiled, years
from layers.view.totals import plan_places


def dated(city: City, *days: str) -> City:
    """Return the city with one layer of the plan, a row for each day."""
    layer = city.layers["platform"]
    rows = layer.frame.iloc[[0] * len(days)].assign(as_of=list(days))
    return replace(city, layers={"platform": replace(layer, frame=rows)})


def test_most_sources_of_tianjin_are_of_four_years(tianjin: City) -> None:
    assert years(tianjin) == (2021, 2024)
    found = plan_places(tianjin)["as_of"].str[:4].astype(int)
    assert found.between(2021, 2024).mean() >= 0.8 > found.between(2021, 2023).mean()
    assert found.between(2022, 2024).mean() < 0.8
    assert compiled(tianjin, "zh") == "整理于 2026-11-28；资料多止于 2021—2024 年"
    assert compiled(tianjin, "en") == "Compiled 2026-11-28; most sources date from 2021–2024"


def test_the_span_is_the_shortest_then_the_fullest_then_the_latest(toy: City) -> None:
    assert years(dated(toy, "2019", "2021-03", "2021", "2021", "2021-05-01")) == (2021, 2021)
    assert years(dated(toy, "2019", "2020", "2022", "2023", "2023")) == (2020, 2023)
    assert years(dated(toy, *["2019"] * 2, *["2020"] * 6, *["2021"] * 2)) == (2020, 2021)
    assert compiled(dated(toy, "2021", "2021"), "zh").endswith("资料多止于 2021 年")


def test_a_city_without_the_plan_s_layers_says_only_when_it_was_compiled(toy: City) -> None:
    bare = replace(toy, layers={name: toy.layers[name] for name in ("district", "university")})
    assert years(bare) is None
    assert compiled(bare, "zh") == f"整理于 {toy.data_date}"
