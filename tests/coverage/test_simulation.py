"""Show that doubt about locations is drawn as stated and carried through to the shares."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.draws import SEED, displacements
from geo.base.errors import CrsError, DataError, ParameterError
from geo.base.points import located
from geo.coverage.service_area import CITY, service_area
from geo.coverage.simulation import change, resolution, simulate, simulate_reached, unmapped_bound
from geo.grid import disc_kernels as kernels
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from tests import examples
from tests.plane import FOUR, scattered, sites, squares


def _drawn(frame: gpd.GeoDataFrame, draws: int = 4000, **options: object) -> np.ndarray:
    return displacements(located(frame, argument="sites"), draws=draws, seed=1, **options)  # type: ignore[arg-type]


def test_draws_are_uniform_on_the_disc() -> None:
    """Half of them lie within 1/√2 of the radius, none beyond, and no direction is preferred."""
    moves = _drawn(sites({"a": (0, 0)}, uncertainty_m=[3000.0]))[:, 0]
    length = np.hypot(*moves.T)
    assert length.max() <= 3000
    assert (length < 3000 / np.sqrt(2)).mean() == pytest.approx(0.5, abs=0.03)
    assert np.abs(moves.mean(axis=0)).max() < 3000 * 0.03
    assert (moves > 0).mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.03)


def test_rows_on_one_point_move_together_or_apart() -> None:
    stack = sites({"a": (0, 0), "b": (0, 0), "c": (9, 9)}, uncertainty_m=[1000.0, 4000.0, 1000.0])
    together, apart = _drawn(stack), _drawn(stack, stacks="apart")
    assert together[:, 1] == pytest.approx(4 * together[:, 0])
    assert abs(np.corrcoef(together[:, 0, 0], together[:, 2, 0])[0, 1]) < 0.06
    assert abs(np.corrcoef(apart[:, 0, 0], apart[:, 1, 0])[0, 1]) < 0.06


def test_a_site_moves_alike_whatever_stands_beside_it() -> None:
    three = sites({"a": (1, 1), "b": (2, 2), "c": (3, 3)}, uncertainty_m=[5.0, 5.0, 5.0])
    whole = _drawn(three)
    assert _drawn(three.loc[["c", "a"]])[:, 1].tolist() == whole[:, 0].tolist()


def test_without_doubt_every_draw_is_the_exact_share() -> None:
    frame = sites({"a": (10_000, 10_000), "b": (30_000, 20_000)}, uncertainty_m=[0.0, 0.0])
    found = simulate(frame, FOUR, radius_m=5000)
    assert found.value == pytest.approx(2 * np.pi * 25 / 1600, rel=1e-6)
    assert found.units["low"].tolist() == pytest.approx(found.units["high"].tolist())
    assert found.units["at_rest"].tolist() == pytest.approx(found.units["exact"].tolist(), abs=2e-4)
    assert found.pairs.empty


def test_the_interval_is_that_of_the_geometry() -> None:
    """A disc of 5 km moved by up to 5 km across the middle line: half its area on the mean."""
    frame = sites({"a": (20_000, 10_000)}, uncertainty_m=[5000.0])
    group = pd.Series({"sw": "west", "nw": "west", "se": "east", "ne": "east"})
    found = simulate(frame, FOUR, radius_m=5000, group=group, draws=2000)
    west = found.units.loc["west"]
    assert west["mean"] == pytest.approx(np.pi * 12.5 / 800, rel=0.05)
    assert west["low"] < west["exact"] < west["high"]
    parts = found.draws["west"] + found.draws["east"]
    assert (parts / 2).to_numpy() == pytest.approx(found.draws[CITY].to_numpy())
    assert found.pairs[["first", "second"]].to_numpy().tolist() == [["sw", "se"]]
    assert found.pairs["first_ahead"].iloc[0] == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.floats(0, 4e4), st.floats(0, 4e4), st.floats(0, 8e3)), min_size=1, max_size=6
    ),
    st.floats(1000, 8000),
)
@settings(max_examples=examples(12))
def test_the_undisturbed_draw_is_the_exact_share(
    rows: list[tuple[float, float, float]], radius_m: float
) -> None:
    places = {f"s{i}": row[:2] for i, row in enumerate(rows)}
    frame = sites(places, uncertainty_m=[row[2] for row in rows])
    found = simulate(frame, FOUR, radius_m=radius_m)
    assert found.units["at_rest"].tolist() == pytest.approx(found.units["exact"].tolist(), abs=2e-3)
    area = service_area(frame, radius_m=radius_m, within=FOUR)
    assert found.value == pytest.approx(area.covered_share, abs=1e-9)
    more = pd.concat([frame, sites({"new": (2e4, 2e4)}, uncertainty_m=[100.0])])
    after = simulate(more, FOUR, radius_m=radius_m)
    assert (after.draws >= found.draws - 1e-12).all().all()  # in every single draw


def test_simulation_is_reproducible_and_order_does_not_matter() -> None:
    frame = scattered(20, seed=2, side_m=40_000).assign(uncertainty_m=2000.0)
    first, again = (simulate(f, FOUR, radius_m=3000) for f in (frame, frame.iloc[::-1]))
    assert first.draws.to_numpy() == pytest.approx(again.draws.to_numpy(), abs=1e-12)
    assert (
        simulate(frame, FOUR, radius_m=3000, seed=5).units["low"][CITY] != first.units["low"][CITY]
    )


def test_a_change_holds_only_what_was_changed() -> None:
    frame = sites({"a": (1e4, 1e4), "b": (3e4, 3e4)}, uncertainty_m=[4000.0, 4000.0])
    added = pd.concat([frame, sites({"c": (3e4, 1e4)}, uncertainty_m=[0.0])])
    before, after = (simulate(f, FOUR, radius_m=4000) for f in (frame, added))
    moved = change(before, after)
    assert moved.loc["se", "low"] == pytest.approx(np.pi * 16 / 400, rel=2e-3)
    assert moved.loc["se", "high"] == pytest.approx(np.pi * 16 / 400, rel=2e-3)
    assert moved.loc["sw", ["change", "low", "high"]].to_numpy().tolist() == pytest.approx(
        [0, 0, 0], abs=1e-9
    )
    with pytest.raises(ParameterError):
        change(before, simulate(frame, FOUR, radius_m=4000, seed=9))


def test_a_radius_no_finer_than_the_doubt() -> None:
    frame = sites(
        {"a": (0, 0), "b": (1, 1), "c": (2, 2), "none": None},
        uncertainty_m=[500.0, 1500.0, 4000.0, np.nan],
    )
    verdicts = {
        radius: (found.verdict.split(".")[1], found.value)
        for radius in (900, 1499, 1500, 3000, 8000)
        for found in [resolution(frame, radius_m=radius)]
    }
    assert verdicts == {
        900: ("refused", 0),
        1499: ("refused", 1),
        1500: ("interval", 1),
        3000: ("interval", 2),
        8000: ("fixed", 3),
    }


def test_the_counts_of_the_inventory(tianjin: City) -> None:
    layers = [layer.frame for layer in tianjin.layers.values() if layer.spec.group == "plan"]
    places = gpd.GeoDataFrame(pd.concat(layers), crs=4326).to_crs(tianjin.metric_epsg)
    counts = [resolution(places, radius_m=r) for r in (1000, 3000, 5000, 10_000)]
    assert [(found.value, found.n) for found in counts] == [(0, 62), (14, 62), (21, 62), (51, 62)]
    assert [found.verdict.split(".")[1] for found in counts] == [
        *("refused", "refused", "interval", "interval")
    ]


@pytest.mark.slow
def test_the_inventory_at_5_km(tianjin: City) -> None:
    """As drawn, the places lie closer together than they may in fact: the finding says so."""
    layers = [layer.frame for layer in tianjin.layers.values() if layer.spec.group == "plan"]
    places = gpd.GeoDataFrame(pd.concat(layers), crs=4326).to_crs(tianjin.metric_epsg)
    districts = tianjin.districts.to_crs(tianjin.metric_epsg)
    found = simulate(places, districts, radius_m=5000)
    assert (found.units["at_rest"] - found.units["exact"]).abs().max() < 2e-3
    assert found.value < found.units["low"].iloc[0]
    assert "uncertainty.drawn_outside" in found.caveats
    assert found.parameters["n_unmapped"] == 23


def test_points_reached_have_an_interval_of_their_own() -> None:
    """The near one is always reached, the far one never, the middle one in about half the draws."""
    points = sites({"near": (0, 0), "mid": (5000, 0), "far": (50_000, 0)}, uncertainty_m=[0.0] * 3)
    found = simulate_reached(points, sites({"s": (0, 0)}, uncertainty_m=[1000.0]), radius_m=5000)
    assert found.points["covered"].tolist() == [True, True, False]
    assert found.points["covered_draws"].tolist() == pytest.approx([1, 0.5, 0], abs=0.08)
    assert (found.value, found.low, found.high) == (2, 1, 2)


def test_a_point_does_not_move_with_the_site_that_stands_on_it() -> None:
    point, site = (sites({id_: (0, 0)}, uncertainty_m=[2000.0]) for id_ in ("x", "y"))
    found = simulate_reached(point, site, radius_m=1000)
    assert 0 < found.points["covered_draws"]["x"] < 0.5


def test_a_point_among_the_sites_is_reached_only_by_another() -> None:
    """Of three sites in a row, two are neighbours and the third stands alone."""
    places = sites({"a": (0, 0), "b": (2_000, 0), "c": (50_000, 0)}, uncertainty_m=[0.0] * 3)
    found = simulate_reached(places, places, radius_m=3_000)
    assert found.points["covered"].tolist() == [True, True, False]
    assert (found.low, found.value, found.high) == (2, 2, 2)
    assert found.parameters["n_itself"] == 3
    assert "uncertainty.not_itself" in found.caveats
    apart = simulate_reached(places.loc[["c"]], places.loc[["a", "b"]], radius_m=3_000)
    assert "uncertainty.not_itself" not in apart.caveats


@pytest.mark.parametrize(
    ("n", "uncovered", "expected"), [(0, 100, 0), (2, 1000, 2 * np.pi * 25), (99, 100, 100)]
)
def test_unmapped_places_give_a_bound(n: int, uncovered: float, expected: float) -> None:
    assert unmapped_bound(n, radius_m=5000, uncovered_km2=uncovered).value == pytest.approx(
        expected
    )


@pytest.mark.slow
def test_compiled_and_plain_draws_are_one() -> None:
    random = np.random.default_rng(3)
    x, y = random.uniform(0, 10, (2, 3, 5))
    radius = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    pointer = np.arange(0, 22, 2)
    start, stop = np.tile([0.0, 5.0], 10), np.tile([4.0, 11.0], 10)
    code = np.tile(np.array([0, 1], dtype=np.int32), 10)
    results = []
    for loop in (kernels.covered_lengths, kernels.covered_lengths.py_func):  # type: ignore[attr-defined]
        lengths = np.zeros((3, 2))
        loop(x, y, radius, (0.5, 1.0), pointer, start, stop, code, lengths, 0, 3)
        results.append(lengths)
    assert results[0].tolist() == results[1].tolist()
    fine = np.linspace(0, 11, 110_001)
    for d in range(3):
        inside = np.zeros(2)
        for line in 0.5 + np.arange(10):
            hit = ((fine[:, None] - x[d]) ** 2 + (line - y[d]) ** 2 <= radius**2).any(axis=1)
            inside += [hit[fine < 4].sum() * 1e-4, hit[fine > 5].sum() * 1e-4]
        assert results[0][d] == pytest.approx(inside, abs=5e-3)


def test_doubts_must_be_numbers_and_draws_enough() -> None:
    frame = sites({"a": (0, 0), "b": (1, 1)}, uncertainty_m=[np.nan, -1.0])
    with pytest.raises(DataError) as caught:
        simulate(frame, FOUR, radius_m=3000)
    assert [(p.row, p.field) for p in caught.value.problems] == [
        ("a", "uncertainty_m"),
        ("b", "uncertainty_m"),
    ]
    good = sites({"a": (0, 0)}, uncertainty_m=[1.0])
    with pytest.raises(ParameterError, match="500"):
        simulate(good, FOUR, radius_m=3000, draws=100)
    with pytest.raises(ParameterError, match="500"):
        simulate_reached(good, good, radius_m=3000, draws=100)
    with pytest.raises(ParameterError, match="together"):
        simulate(good, FOUR, radius_m=3000, stacks="x")  # type: ignore[arg-type]
    with pytest.raises(ParameterError):
        unmapped_bound(-1, radius_m=1, uncovered_km2=1)
    with pytest.raises(DataError, match="uncertainty_m"):
        resolution(sites({"a": (0, 0)}), radius_m=1)
    with pytest.raises(CrsError):
        simulate(good.set_crs(4326, allow_override=True), FOUR, radius_m=3000)


def test_no_sites_and_no_districts() -> None:
    nobody = sites({}, uncertainty_m=[])
    found = simulate(nobody, FOUR, radius_m=3000)
    assert found.value == 0
    assert (found.draws == 0).all().all()
    assert resolution(nobody, radius_m=5000).n == 0
    empty = simulate(sites({"a": (0, 0)}, uncertainty_m=[1.0]), squares({}), radius_m=3000)
    assert np.isnan(empty.value)


@pytest.mark.parametrize("lang", LANGS)
def test_every_caveat_is_a_sentence(lang: str) -> None:
    say = speaker(lang)
    crowd = sites({f"s{i}": (2e4, 2e4) for i in range(5)} | {"x": None}, uncertainty_m=[6e3] * 6)
    findings = [
        simulate(crowd, FOUR, radius_m=3000, stacks="apart"),
        simulate(crowd, FOUR, radius_m=3000, seed=SEED),
        simulate_reached(crowd, crowd, radius_m=3000),
        unmapped_bound(2, radius_m=3000, uncovered_km2=10),
        *(resolution(crowd, radius_m=r) for r in (1000, 8000, 20_000)),
    ]
    assert "uncertainty.drawn_outside" in findings[0].caveats
    for finding in findings:
        for key in (finding.method, *finding.caveats, getattr(finding, "verdict", finding.method)):
            assert say(key, **finding.parameters)
