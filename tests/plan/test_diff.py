"""Show that changes between packs and between plans are those that were made."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from layers.pack.city import City
from layers.plan import changes
from layers.plan.diff import packs, plans
from tests.hostile import TOY
from tests.toy.make import at, degrees


def changed(toy: City) -> City:
    """Return the toy city with one place less, one more, three moved and one of another status."""
    layers = dict(toy.layers)
    areas = layers["gathering_area"].frame.copy()
    areas.loc["area-one", "geometry"] = degrees(at(5, 8))  # 3 km, within its 4 km of doubt
    areas.loc["area-two", "geometry"] = degrees(at(6, 15))  # 5 km by 4 and 3, beyond its 2 km
    areas.loc["area-two", "current_status"] = "existing"
    layers["gathering_area"] = replace(layers["gathering_area"], frame=areas)
    parks = layers["science_park"].frame.rename(index={"park-late": "park-new"})
    layers["science_park"] = replace(layers["science_park"], frame=parks)
    platforms = layers["platform"].frame.copy()
    platforms.loc["platform-none", "geometry"] = degrees(at(1, 1))
    layers["platform"] = replace(layers["platform"], frame=platforms)
    return replace(toy, layers=MappingProxyType(layers), digest="changed")


def test_two_versions_of_a_pack(toy: City) -> None:
    found = {(each.how, each.id, each.field): each for each in packs(toy, changed(toy))}
    assert set(found) == {
        ("new", "park-new", ""),
        ("gone", "park-late", ""),
        ("moved", "area-one", ""),
        ("moved", "area-two", ""),
        ("moved", "platform-none", "point"),
        ("status", "area-two", "current_status"),
    }
    near, far = found["moved", "area-one", ""], found["moved", "area-two", ""]
    assert near.metres == pytest.approx(3000, abs=0.2)
    assert far.metres == pytest.approx(5000, abs=0.2)
    assert (near.beyond, far.beyond) == (False, True)
    told = found["status", "area-two", "current_status"]
    assert (told.before, told.after) == ("unknown", "existing")


def test_nothing_has_changed_in_the_same_pack(toy: City, tianjin: City) -> None:
    assert packs(toy, toy) == ()
    assert packs(tianjin, tianjin) == ()


@pytest.mark.slow
def test_the_command_compares_with_the_folder_of_an_earlier_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(TOY.parent))
    earlier = tmp_path / "toy"
    shutil.copytree(TOY, earlier)
    asked = ["--city", "toy", "--before", str(earlier), "--lang", "en"]
    assert changes.main(asked) == 0
    areas = earlier / "gathering_area.geojson"
    tree = json.loads(areas.read_text("utf-8"))
    other = next(f["properties"] for f in tree["features"] if f["properties"]["id"] == "area-two")
    other["current_status"] = "existing"
    areas.write_text(json.dumps(tree), "utf-8")
    file = tmp_path / "changes.csv"
    assert changes.main([*asked, "--csv", str(file)]) == 1
    assert other["name_en"] in capsys.readouterr().out
    assert other["name_en"] in file.read_text("utf-8-sig")
    assert changes.main([*asked[:3], str(tmp_path / "nowhere")]) == 2


def test_two_plans(toy: City) -> None:
    found = plans(toy, toy.plan, toy, toy.plans[1])
    tasks = {(each.how, each.id, each.field) for each in found if each.of == "task"}
    assert tasks == {
        ("text", "d1.1", "title"),
        ("text", "d1.1", "digest"),
        ("new", "d1.2", ""),
        ("gone", "c1.2", ""),
        ("gone", "c1.3", ""),
        ("gone", "c1.4", ""),
    }
    affected = next(each.places for each in found if each.id == "d1.2")
    assert affected == ("meadow-one",)
    targets = {
        (each.how, each.id, each.field): (each.before, each.after)
        for each in found
        if each.of == "indicator"
    }
    assert targets == {
        ("target", "1", "baseline"): ("1", "8"),
        ("target", "1", "target"): ("8", "12"),
        ("new", "4", "target"): ("", "10"),
        ("gone", "2", "target"): ("5", ""),
        ("gone", "3", "target"): ("60", ""),
    }
