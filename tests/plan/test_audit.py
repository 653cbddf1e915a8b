"""Show that the audit finds in the toy city what one finds by reading its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.pack.city import City
from layers.plan import audit
from tests import ROOT

FOUND = {
    ("task_without_place", "c1.3", "could"),
    ("task_without_place", "c1.4", "none"),
    ("place_without_task", "meadow-one", "context"),
    ("gap", "gap-sign", "2"),
    ("elsewhere", "zone-all", "乙区"),
    ("repost", "e5", "中文 source e5"),
    ("no_reason", "sign-maybe", "candidate"),
    ("no_reason", "zone-part", "implied"),
    ("no_reason", "park-late", "written"),
    ("no_value", "1", "2025"),
}
"""By hand: two tasks that no row of a place cites, one of which could have a place; the meadow; two
sign areas counted and none named; the zone of Beta that stands in Alpha; the one event read from a
copy; three ties that give no reason; no value of 2025 for the first indicator."""


def test_the_toy_city_has_the_findings_counted_by_hand(toy: City) -> None:
    found = audit.audit(toy, toy.plan)
    assert {(each.kind, each.id, each.detail) for each in found} == FOUND
    assert sum(audit.counts(found).values()) == len(found) == len(FOUND)


def test_the_next_plan_is_audited_by_itself(toy: City) -> None:
    kinds = audit.counts(audit.audit(toy, toy.plans[1]))
    assert (kinds["task_without_place"], kinds["no_reason"], kinds["no_value"]) == (0, 0, 2)


@pytest.mark.slow
def test_the_command_ends_with_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    file = tmp_path / "audit.csv"
    assert audit.main(["--city", "toy", "--csv", str(file)]) == 1
    assert "没有落点的任务: 2" in capsys.readouterr().out
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(FOUND)
    assert audit.main(["--city", "toy", "--fail-on", "stale"]) == 0
    assert audit.main(["--city", "toy", "--fail-on", "staple"]) == 2
    assert audit.main(["--city", "toy", "--period", "1999-2003"]) == 2


def test_tianjin_gives_a_reason_for_every_tie(tianjin: City) -> None:
    found = audit.counts(audit.audit(tianjin, tianjin.plan))
    assert found["no_reason"] == 0
    assert (found["task_without_place"], found["elsewhere"], found["gap"]) == (43, 7, 2)
    assert found["no_value"] == 11
