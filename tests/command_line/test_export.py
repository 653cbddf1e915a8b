"""Show that the command line reads what the address bar says, and refuses what it cannot."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from geo.base.errors import DataError, ParameterError
from layers.command_line.export import ExportRequest, read
from layers.pack.city import City, load_city
from layers.view.address import every_key, to_query
from layers.view.state import Camera, Filters, ViewState, default_state
from tests.hostile import TOY


def ask(*flags: str) -> ExportRequest:
    return read([*flags, "--out", "there"])


def refused(*flags: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ParameterError) as caught:
        ask(*flags)
    return [(p.where, p.key, str(p.values.get("value", ""))) for p in caught.value.problems]


def test_a_city_alone_is_its_default_state_in_geojson(tianjin: City) -> None:
    wish = ask("--city", "tianjin")
    assert wish.city.digest == tianjin.digest
    assert wish.state == default_state(tianjin)
    assert (wish.layers, wish.form.fmt, wish.form.epsg) == (None, "geojson", 4326)
    assert (wish.out, wish.zipped) == (Path("there"), False)


def test_flags_become_the_state(tianjin: City) -> None:
    wish = ask(
        *("--city", "tianjin", "--period", "2025", "--no-later", "--level", "national,municipal"),
        *("--district", "120116,outside", "--subkind", "major_facility", "--field", "aerospace"),
        *("--plan-status", "to_build", "--current-status", "unknown", "--location-class", "none"),
        *("--format", "gpkg", "--crs", "EPSG:4527", "--layer", "platform, axis", "--zip"),
    )
    assert wish.state == replace(
        default_state(tianjin),
        period="2025",
        later=False,
        filters=Filters(
            level=frozenset({"national", "municipal"}),
            district=frozenset({"120116", "outside"}),
            subkind=frozenset({"major_facility"}),
            field=frozenset({"aerospace"}),
            plan_status=frozenset({"to_build"}),
            current_status=frozenset({"unknown"}),
            location_class=frozenset({"none"}),
        ),
    )
    assert (wish.layers, wish.form.fmt, wish.form.epsg) == (("axis", "platform"), "gpkg", 4527)
    assert wish.zipped


def test_all_means_every_layer_of_the_city(tianjin: City) -> None:
    assert ask("--city", "tianjin", "--layer", "all").layers == tuple(tianjin.layers)


@pytest.fixture
def view(tianjin: City) -> ViewState:
    """A view far from the default in everything."""
    return ViewState(
        city="tianjin",
        lang="en",
        period="2020",
        later=False,
        layers=frozenset({"platform", "district"}),
        filters=Filters(level=frozenset({"national"}), district=frozenset({"120116"})),
        selected="120116",
        camera=Camera(39.1, 117.2, 11),
        district="120116",
        compare="120101",
        present=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("before", ["", "?", "http://localhost:8501/explore?"])
@pytest.mark.parametrize("write", [to_query, every_key], ids=["now", "of old"])
def test_an_address_brings_its_view_whole_or_from_the_question_mark(
    view: ViewState, before: str, write: Callable[[ViewState], dict[str, str]]
) -> None:
    said = ask("--view", before + urlencode(write(view))).state
    if write is every_key:  # of old a national level was also one that is striven for
        assert said.filters.level == {"national", "national_aimed"}
        said = replace(said, filters=replace(said.filters, level=view.filters.level))
    assert said == view


def test_the_address_of_a_page_brings_the_rows_that_it_shows(
    tianjin: City, view: ViewState
) -> None:
    opened = default_state(tianjin)
    asked = replace(opened, filters=view.filters, layers=opened.layers - {"platform"})
    query = urlencode(to_query(asked, "density", opening=opened.layers, home="tianjin"))
    assert "layers=~-platform" in query
    assert ask("--view", f"http://localhost:8501/density?{query}#top").state == asked


@pytest.mark.slow
@pytest.mark.parametrize("address", ["http://localhost:8501", "http://localhost:8501/", "/?", ""])
def test_the_address_of_the_opening_view_says_nothing(tianjin: City, address: str) -> None:
    assert ask("--city", "tianjin", "--view", address).state == default_state(tianjin)
    assert refused("--view", address) == [("--city", "export.no_city", "")]


def test_flags_take_the_place_of_what_the_address_says(view: ViewState) -> None:
    query = urlencode(to_query(view))
    wish = ask("--view", query, "--period", "now", "--later", "--level", "municipal")
    assert wish.state == replace(
        view,
        period="now",
        later=True,
        filters=replace(view.filters, level=frozenset({"municipal"})),
    )
    assert wish.layers is None


def test_what_an_address_says_wrongly_is_refused_though_a_browser_forgives_it() -> None:
    told = refused(
        "--view", "city=tianjin&levle=national&level=national.natoinal&layers=none&period=2030"
    )
    assert told == [
        ("--view", "export.view_key", "levle"),
        ("--view", "export.view_word", "natoinal"),
        ("--view", "export.view_word", "2030"),
    ]
    told = refused("--view", "v=9&city=tianjin&layers=~bogus.-platform&later=2&period=2020&dx=1")
    assert told == [
        ("--view", "export.view_word", "9"),
        ("--view", "export.view_word", "bogus"),
        ("--view", "export.view_word", "2"),
        ("--view", "export.view_key", "dx"),
    ]


def test_an_address_of_a_screen_that_does_not_matter_here_is_forgiven() -> None:
    wish = ask("--view", "city=tianjin&sel=gone&at=1,2,3,4&lang=xx&level=all")
    assert wish.state.selected is None


def test_every_word_that_is_unknown_is_listed_at_once() -> None:
    told = refused(
        *("--city", "tianjin", "--period", "2030", "--level", "top,national", "--crs", "wgs84"),
        *("--district", "999999"),
    )
    assert told == [
        ("--period", "export.unknown", "2030"),
        ("--level", "export.unknown", "top"),
        ("--district", "export.unknown", "999999"),
        ("--crs", "export.epsg", "wgs84"),
    ]


def test_the_city_is_asked_for_and_must_be_one() -> None:
    assert refused("--layer", "all") == [("--city", "export.no_city", "")]
    assert refused("--city", "atlantis") == [("--city", "export.unknown", "atlantis")]
    assert refused("--view", "city=atlantis") == [("--city", "export.unknown", "atlantis")]
    told = refused("--city", "tianjin", "--view", "city=beijing")
    assert told == [("--view", "export.other_city", "")]


def test_packs_of_others_are_found_where_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(tmp_path))
    assert ask("--city", "tianjin").city.id == "tianjin", "an empty folder takes nothing away"
    with pytest.raises(ParameterError, match=r"pack\.no_pack"):
        ask("--city", "mytown")


@pytest.mark.slow
def test_a_city_that_two_packs_claim_is_taken_from_the_sound_one_or_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(tmp_path))
    for name in ("broken", "sound"):
        shutil.copytree(TOY, tmp_path / name)
    aliases = tmp_path / "broken" / "aliases.csv"
    words = aliases.read_bytes()
    aliases.write_bytes(words + b"More,nowhere,,\n")
    assert ask("--city", "toy").city.digest == load_city(TOY).digest
    aliases.write_bytes(words + b"More,park-one,,\n")
    with pytest.raises(ParameterError, match="'broken', 'sound'") as caught:
        ask("--city", "toy")
    assert str(tmp_path) not in str(caught.value)
    (tmp_path / "sound" / "city.toml").write_text("id = 'toy'\nzoom = " + "9" * 5000)
    aliases.unlink()
    with pytest.raises(DataError, match=r"aliases\.csv: file\.unreadable"):
        ask("--city", "toy")


@pytest.mark.parametrize("flags", [["--nowhere"], ["--city"], ["--lay", "all"], []])
def test_flags_that_do_not_exist_or_lack_a_value_end_with_status_2(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        read(flags)
    assert caught.value.code == 2
    assert "usage: python -m layers.export" in capsys.readouterr().err
