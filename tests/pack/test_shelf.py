"""Serve the sound packs whatever is wrong with the others, and notice what changes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.base.errors import ParameterError, Problem
from layers.language.messages import LANGS, speaker
from layers.language.problems import worded
from layers.pack import shelf as packs
from layers.pack.city import City, load_city
from layers.pack.consistency import PackRows, pack_problems
from layers.pack.reader import PackFiles
from layers.pack.shelf import DATA_FOLDER, Shelf, folders
from layers.view.address import VERSION
from tests.attack.packs import Spoil, malformed
from tests.hostile import TOY
from tests.screens import app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packs with a sound one in it, looked at anew each time; nothing is shipped."""
    folder = tmp_path / "a-secret-place"
    copied(folder, "good")
    monkeypatch.setattr(packs, "LOOK_AGAIN_S", 0.0)
    monkeypatch.setattr(packs, "_PAUSE_S", 0.0)
    monkeypatch.setattr(packs, "DATA_FOLDER", tmp_path / "none")
    monkeypatch.setenv("ATLAS_PACKS", str(folder))
    return folder


def copied(home: Path, name: str, city: str = "") -> Path:
    pack = home / name
    shutil.copytree(TOY, pack, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    if city:
        settings = pack / "city.toml"
        settings.write_text(settings.read_text("utf-8").replace('"toy"', f'"{city}"', 1), "utf-8")
    return pack


def refused(shelf: Shelf, home: Path) -> dict[str, str]:
    """Return what is wrong with each refused pack, by its folder; the sound one must be served."""
    found = shelf.packs(str(home))
    assert "toy" in found.served
    for pack in found.refused:
        assert all("a-secret-place" not in str(problem) for problem in pack.problems)
    return {
        pack.name: "\n".join(worded(problem, "en") for problem in pack.problems)
        for pack in found.refused
    }


def more(pack: Path) -> None:
    """Add a line to a file of a pack; it stays sound."""
    with (pack / "aliases.csv").open("a", encoding="utf-8") as file:
        file.write("新名,park-one,,\n")


def test_the_shipped_packs_come_first() -> None:
    found, empty = folders(str(TOY))
    assert found == [DATA_FOLDER / "tianjin", TOY]
    assert empty == []


@pytest.mark.parametrize("extra", [f"{os.pathsep}{TOY}{os.pathsep}", str(TOY.parent)])
def test_a_pack_or_a_folder_of_packs_is_found_once(extra: str) -> None:
    found, empty = folders(f"{extra}{os.pathsep}{TOY}")
    assert [folder.name for folder in found] == ["tianjin", "toy"]
    assert empty == []


def test_a_folder_that_holds_no_pack_is_told_by_its_name(home: Path) -> None:
    (home / ".replacing").mkdir()
    (home / ".replacing" / "city.toml").write_text("id = 'x'")
    found, empty = folders(f"{home / 'gone'}{os.pathsep}{home}")
    assert [folder.name for folder in found] == ["good"]
    assert [(part.name, str(home) in str(part.problems)) for part in empty] == [("gone", False)]


@pytest.mark.slow
def test_of_two_packs_of_one_city_the_first_sound_one_is_shown(home: Path) -> None:
    shelf = Shelf()
    copied(home, "later")
    assert "is the city toy, as the pack good is" in refused(shelf, home)["later"]
    (home / "later" / "aliases.csv").unlink()
    assert "aliases.csv: cannot be read" in refused(shelf, home)["later"]
    copied(home, "earlier")
    (home / "earlier" / "axis.geojson").unlink()
    told = refused(shelf, home)
    assert list(told) == ["earlier", "later"]
    assert "axis.geojson: cannot be read" in told["earlier"]


@pytest.mark.slow
def test_a_broken_off_build_is_told(home: Path) -> None:
    pack = copied(home, "built", "built")
    (pack / ".replacing" / "old").mkdir(parents=True)
    shelf = Shelf()
    assert "built" in shelf.packs(str(home)).served, (
        "what is left of a finished build harms nothing"
    )
    (pack / ".replacing" / "journal.json").write_text("{}")
    assert "journal" in str(shelf.packs(str(home)).served["built"].problems), "it is none of ours"
    assert "journal" in refused(Shelf(), home)["built"]
    told = {"seal": "city.toml", "added": ["later.geojson"]}
    (pack / ".replacing" / "journal.json").write_text(json.dumps(told))
    (pack / "city.toml").rename(pack / ".replacing" / "old" / "city.toml")
    (pack / "later.geojson").write_text("half a file")
    served = Shelf().packs(str(home)).served["built"]
    assert not served.problems, "as long as the journal stands, the older set counts"


@pytest.mark.slow
def test_what_changes_is_read_again_and_told(home: Path) -> None:
    shelf = Shelf()
    first = shelf.packs(str(home)).served["toy"]
    assert shelf.packs(str(home)).served["toy"] is first
    assert not first.again
    more(home / "good")
    second = shelf.packs(str(home)).served["toy"]
    assert second.again
    assert second.city.digest != first.city.digest
    assert shelf.version(first.city.digest) is first.city, "a run that began with it ends with it"
    sea = home / "good" / "base" / "sea.geojson"
    sea.write_text("[")
    broken = shelf.packs(str(home)).served["toy"]
    assert broken.city is second.city
    assert "base/sea.geojson" in str(broken.problems)
    shutil.copy(TOY / "base" / "sea.geojson", sea)
    assert shelf.packs(str(home)).served["toy"].problems == ()


@pytest.mark.slow
def test_a_file_written_over_with_its_old_time_and_size_is_noticed(home: Path) -> None:
    shelf = Shelf()
    before = shelf.packs(str(home)).served["toy"].city.digest
    file = home / "good" / "aliases.csv"
    was = file.stat()
    file.write_bytes(file.read_bytes().replace(b"Old Alpha", b"Odd Alpha"))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert shelf.packs(str(home)).served["toy"].city.digest != before


@pytest.mark.parametrize("name", ["park_links.csv", "extra.geojson"])
def test_a_file_that_comes_later_is_noticed(home: Path, name: str) -> None:
    shelf = Shelf()
    assert shelf.packs(str(home)).served["toy"].problems == ()
    (home / "good" / name).write_text("")
    assert name in str(shelf.packs(str(home)).served["toy"].problems)


@pytest.mark.slow
def test_files_that_change_while_they_are_read_are_not_taken(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, load = Shelf(), load_city
    first = shelf.packs(str(home)).served["toy"].city

    def restless(folder: Path, files: PackFiles) -> City:
        city = load(folder, files)
        more(folder)
        return city

    more(home / "good")
    with monkeypatch.context() as patch:
        patch.setattr(packs, "load_city", restless)
        torn = shelf.packs(str(home)).served["toy"]
        assert torn.city is first
        assert "pack.changing" in str(torn.problems)
    assert shelf.packs(str(home)).served["toy"].problems == ()


@pytest.mark.slow
def test_a_pack_that_is_taken_away_is_shown_and_told_until_another_is_that_city(
    home: Path,
) -> None:
    shelf = Shelf()
    city = shelf.packs(str(home)).served["toy"].city
    shutil.rmtree(home / "good")
    gone = shelf.packs(str(home)).served["toy"]
    assert gone.gone
    assert gone.city is city
    copied(home, "new")
    assert shelf.packs(str(home)).served["toy"].name == "new"
    assert shelf.packs(str(home)).refused == ()


def _method_refuses(text: str) -> Exception:
    return ParameterError(text, [])


@pytest.mark.slow
@pytest.mark.unforeseen
@pytest.mark.parametrize("kind", [RuntimeError, _method_refuses], ids=["bug", "ours"])
def test_an_unforeseen_error_is_a_problem_with_a_number(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: Callable[[str], Exception],
) -> None:
    """Also one of ours that a pack is not to raise: a method's own refusal."""
    bad = copied(home, "bad", "bad")
    check = pack_problems

    def fail(rows: PackRows, *, plan_folder: str) -> list[Problem]:
        if (bad / "now").exists():
            raise kind(f"at {home}")
        return check(rows, plan_folder=plan_folder)

    monkeypatch.setattr("layers.pack.city.pack_problems", fail)
    shelf = Shelf()
    assert refused(shelf, home) == {}
    (bad / "now").touch()
    more(bad)
    shutil.rmtree(home / "good")
    (problem,) = shelf.packs(str(home)).served["bad"].problems
    assert problem.key == "pack.unforeseen"
    assert str(home) not in str(problem)
    number = str(problem.values["number"])
    assert any(number in line.getMessage() and line.exc_info for line in caplog.records)


@pytest.mark.unforeseen
def test_an_unforeseen_error_in_the_settings_refuses_that_pack_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings are read once more, for the name under which the pack is refused."""
    copied(home, "bad", "bad")
    settings = PackFiles.settings

    def fail(files: PackFiles, name: str) -> dict[str, Any]:
        if files.folder.name == "bad":
            raise RuntimeError(name)
        return settings(files, name)

    monkeypatch.setattr(PackFiles, "settings", fail)
    told = refused(Shelf(), home)
    assert list(told) == ["bad"]
    assert "number" in told["bad"]


SAMPLE = list(malformed())[::17]


@pytest.mark.slow
@pytest.mark.parametrize(("what", "file", "spoil"), SAMPLE, ids=[what for what, _, _ in SAMPLE])
def test_a_malformed_pack_is_told_and_the_others_are_served(
    home: Path, what: str, file: str, spoil: Spoil
) -> None:
    spoil(copied(home, "rotten", "rotten"))
    told = refused(Shelf(), home)["rotten"]
    assert file in told, what
    assert "could not be checked to the end" not in told, what


# On the screen ----------------------------------------------------------------------------------


def text(at: AppTest) -> str:
    """Return all that a page says."""
    words = [element.proto.body for element in at.get("html")]
    return " ".join([*words, *(error.value for error in at.error)])


@pytest.mark.slow
def test_a_bad_pack_is_listed_by_its_folder_and_the_rest_is_shown(home: Path) -> None:
    bad = copied(home, "rotten", "bad")
    settings = bad / "city.toml"
    settings.write_text(settings.read_text("utf-8") + f"big = {'9' * 5000}\n", "utf-8")
    at = app("sources")
    assert not at.exception
    assert not at.error
    assert "rotten" in text(at)
    assert "city.toml：不是有效的 TOML" in text(at)
    assert str(home.parent) not in text(at)
    assert "a-secret-place" not in text(at)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_who_asks_for_a_bad_pack_is_told_why_and_offered_the_others(home: Path, lang: str) -> None:
    (copied(home, "rotten", "bad") / "axis.geojson").unlink()
    at = app(city="bad")
    assert not at.exception
    assert speaker(lang)("error.pack_refused") in text(at)
    assert "axis.geojson: cannot be read" in text(at)
    assert "a-secret-place" not in text(at)
    (link,) = at.get("page_link")
    assert "玩具市" in link.proto.label
    assert link.proto.query_string == f"v={VERSION}&city=toy"


def test_without_a_sound_pack_every_fault_is_told(home: Path) -> None:
    (home / "good" / "city.toml").unlink()
    at = app()
    assert not at.exception
    assert speaker("zh")("error.packs_none") in text(at)
    assert "city.toml: cannot be read" in text(at)
    assert "a-secret-place" not in text(at)


@pytest.mark.slow
def test_a_reader_is_told_when_the_files_change_under_the_page(home: Path) -> None:
    at = app()
    assert 'class="news"' not in text(at)
    more(home / "good")
    assert "已于" in news(at.run())
    assert "重新读取" in news(at)
    (home / "good" / "aliases.csv").unlink()
    assert "上一版" in news(at.run())
    assert "重新读取" not in text(app()), "who comes later has seen no other version"
    shutil.rmtree(home / "good")
    assert "不在原处" in news(at.run())
    assert not at.exception


def news(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    (said,) = (e.proto.body for e in at.get("html") if 'class="news"' in e.proto.body)
    return str(said)
