from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
import shapely

from data import build
from layers.catalog import CATALOG


@pytest.fixture(scope="module")
def files() -> build.Files:
    return build.build(build.HERE / "tianjin" / "raw")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped pack that the command takes for the shipped one."""
    shutil.copytree(build.HERE / "tianjin", tmp_path / "tianjin")
    monkeypatch.setattr(build, "HERE", tmp_path)
    return tmp_path / "tianjin"


def run(*arguments: str) -> tuple[int, str]:
    said: list[str] = []
    code = build.main(["tianjin", *arguments], say=said.append)
    return code, "\n".join(said)


def test_a_rebuild_gives_the_shipped_bytes(files: build.Files) -> None:
    assert build.differences(files, build.HERE / "tianjin") == []


def test_check_says_so_and_changes_nothing(copy: Path) -> None:
    assert run("--check") == (0, "A rebuild gives the same bytes: 22 files.")


def test_check_names_what_differs_is_missing_or_left_over(copy: Path) -> None:
    (copy / "district.geojson").write_text("{}")
    (copy / "base/sea.geojson").unlink()
    (copy / "old.geojson").write_text("{}")
    before = sorted(copy.rglob("*"))
    assert run("--check") == (
        1,
        "A rebuild would change these files: base/sea.geojson (missing), "
        "old.geojson (not built), district.geojson.",
    )
    assert sorted(copy.rglob("*")) == before


def test_the_command_mends_what_differs(copy: Path, files: build.Files) -> None:
    (copy / "district.geojson").write_text("{}")
    (copy / "base/sea.geojson").unlink()
    (copy / "old.geojson").write_text("{}")
    assert run() == (0, "Built 22 files; 3 changed.")
    assert build.differences(files, copy) == []


def test_problems_of_a_pack_are_listed_and_nothing_is_written(copy: Path) -> None:
    for name, old, new in (
        (
            "authored/place_clauses.csv",
            "transfer-trading-platform,c5.2.2",
            "transfer-trading-platform,c66",
        ),
        ("districts.csv", "assumption", "guess"),
        ("authored/place_texts.csv", "zone-ftz,", "zone-xyz,"),
        ("places.csv", ",红桥区,120106,", ",洪桥区,120106,"),
    ):
        path = copy / "raw" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    before = {path: path.read_bytes() for path in copy.rglob("*.geojson")}
    code, said = run()
    assert code == 1
    assert said.count("half_status: 'guess' is not one of: assumption, stated.") == 9
    for problem in (
        "clause_ids: there is no plan task 'c66'.",
        "zone-ftz · location_reason_zh: must not be blank.",
        "gather-hongqiao · host_adcode: there is no district '洪桥区'.",
    ):
        assert problem in said
    assert {path: path.read_bytes() for path in copy.rglob("*.geojson")} == before


def test_files_are_utf8_with_plain_line_ends(files: build.Files) -> None:
    for name, data in files.items():
        assert b"\r" not in data, name
        assert data.endswith(b"\n"), name
        data.decode("utf-8")


def test_outlines_keep_every_vertex(files: build.Files) -> None:
    raw = build.read_shapes(build.HERE / "tianjin/raw/tianjin_districts.geojson")
    built = json.loads(files["district.geojson"])["features"]
    count = sum(
        len(ring)
        for feature in built
        for part in (
            feature["geometry"]["coordinates"]
            if feature["geometry"]["type"] == "MultiPolygon"
            else [feature["geometry"]["coordinates"]]
        )
        for ring in part
    )
    assert count == sum(shapely.get_num_coordinates(outline) for _, outline in raw)


def test_the_base_map_is_small(files: build.Files) -> None:
    assert sum(len(files[f"base/{name}.geojson"]) for name in ("land", "sea", "river")) < 90_000


def test_no_sentence_of_the_plan_is_shipped() -> None:
    raw = build.HERE / "tianjin/raw"
    assert "plan_phrase" not in build.read_rows(raw / "places.csv")[0]
    assert "plan_name" not in build.read_rows(raw / "indicators.csv")[0]


@pytest.mark.parametrize(
    ("dates", "texts", "newest"),
    [
        (["2021-08-08", "2019"], [], "2021-08-08"),
        (["2024", ""], ["seen (2023-05-12), (2022-11)"], "2024"),
        ([], ["http://x/2025/20250101.html in 2025", "no. 2024-13-01"], ""),
        ([""], ["津 2024-01报道"], "2024-01"),
        ([], [], ""),
    ],
)
def test_the_newest_date_is_found(dates: list[str], texts: list[str], newest: str) -> None:
    assert build.newest_date(dates, texts) == newest


@pytest.mark.parametrize(
    ("alternates", "best"),
    [
        ("Xianshuigu|咸水沽|咸水沽镇|津南|津南区", "咸水沽"),
        ("Shicheng|南石城|石城|石城镇", "石城"),
        ("Hangu|han gu", ""),
        ("乙村|甲乙|甲乙镇|丙丁", "甲乙"),
        ("Донцзе|Tiền", ""),
    ],
)
def test_the_best_chinese_name_is_short_and_attested(alternates: str, best: str) -> None:
    assert build.han_name(alternates, districts=["津南区"]) == best


def test_ascii_names() -> None:
    assert build.ascii_name("Xi’an") == "Xi'an"
    assert build.ascii_name("Lüshun") == "Lushun"


def test_toml_is_read_back_as_it_was() -> None:
    tree = {"a": '引“号”"\\\n', "n": 3, "list": [1.5, 2], "t": {"x": {"zh": "甲"}, "120117": 1}}
    assert tomllib.loads(build.toml(tree)) == tree


def test_every_layer_of_the_catalogue_is_built(files: build.Files) -> None:
    assert {f"{name}.geojson" for name in CATALOG} <= files.keys()
