"""A pack about the plan holds ledger and audit in full, and every number of them comes back."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from docx import Document

from layers.language.messages import speaker
from layers.pack.city import City
from layers.plan.audit import audit
from layers.plan.ledger import ledger
from layers.present.pack.meeting_pack import MeetingPack, meeting_pack
from layers.present.pack.plan_parts import ledgers, sheets
from layers.present.story import stories
from layers.view.state import default_state

pytestmark = pytest.mark.slow
LEDGER, AUDIT = "规划任务完成情况台账", "图文核对"


@pytest.fixture(scope="module")
def pack(tianjin: City, ask: Any) -> MeetingPack:
    story = stories(tianjin)["plan"]
    about = replace(story, scenes=story.scenes[:1])
    return meeting_pack(tianjin, about, default_state(tianjin), parts=("xlsx", "docx"), ask=ask)


def of(pack: MeetingPack, ending: str) -> io.BytesIO:
    found = [data for name, data in pack.package.files.items() if name.endswith(ending)]
    assert len(found) == 1
    return io.BytesIO(found[0])


def test_the_workbook_holds_every_task_and_every_finding(pack: MeetingPack, tianjin: City) -> None:
    assert pack.failed == {}
    book, say = openpyxl.load_workbook(of(pack, ".xlsx")), speaker("zh")
    kept = ledger(tianjin, tianjin.plan)
    rows = [*book[LEDGER].iter_rows(min_row=4, values_only=True)]
    assert [row[0] for row in rows] == [*range(1, len(kept.accounts) + 1)]
    assert [row[2] for row in rows] == [each.title.zh for each in kept.accounts]
    states = Counter(str(row[5]) for row in rows)
    assert states == Counter(say(f"plan.state.{each.state}") for each in kept.accounts)
    found = Counter(row[0] for row in book[AUDIT].iter_rows(min_row=4, values_only=True))
    assert found == Counter(say(f"plan.audit.{f.kind}") for f in audit(tianjin, tianjin.plan))


def test_the_ledger_is_a_document_of_its_own(pack: MeetingPack, tianjin: City) -> None:
    document = Document(of(pack, f"_{LEDGER}.docx"))
    kept, say = ledger(tianjin, tianjin.plan), speaker("zh")
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows][1:]
    assert [row[2] for row in rows] == [each.title.zh for each in kept.accounts]
    counted = Counter(row[5] for row in rows)
    said = [paragraph.text for paragraph in document.paragraphs]
    sentence = next(text for text in said if "项任务" in text)
    numbers = [int(n) for n in re.findall(r"\d+", sentence)]
    assert numbers[0] == len(rows)
    assert Counter(numbers[1:]) == Counter(counted.values())
    assert say("plan.ledger.title") in said


def test_a_story_without_a_scene_of_the_plan_holds_neither(tianjin: City, chinese: Any) -> None:
    told = [each.told for each in chinese]
    assert ledgers(told) == []
    assert [*sheets(told, "zh")] == []
