from __future__ import annotations

from dataclasses import replace

from layers.language.bilingual import Bilingual
from layers.language.values import row_of
from layers.pack.city import City
from layers.places.citation import cited, cited_at
from tests import ROOT

MARK = "（据译文，待核原文）"


def test_a_line_is_cited_by_the_shortest_task_that_holds_it(tianjin: City) -> None:
    # Read in the text: line 375 stands below "The third chapter", "First, build a strategic …".
    assert cited_at(tianjin, 375, "zh") == f"规划第三章第一节{MARK}"
    assert (
        cited_at(tianjin, 599, "en")
        == "Plan, chapter 8, section 3 (from a translation, not the original wording)"
    )
    assert cited_at(tianjin, 10_000, "zh") == ""


def test_every_task_and_every_place_of_the_plan_is_cited_by_its_chapter(tianjin: City) -> None:
    for id_, row in tianjin.plan.clauses.iterrows():
        chapter, _, rest = str(id_).removeprefix("c").partition(".")
        assert row["chapter"] == int(chapter)
        if row["level"] in ("section", "clause"):
            assert row["section"] == int(rest.split(".")[0])
    for layer in tianjin.layers.values():
        if layer.spec.group == "plan":
            for line in layer.frame["plan_line"].dropna():
                assert cited_at(tianjin, int(line), "zh").startswith("规划第")


def test_the_plan_itself_is_cited_without_a_mark_and_by_its_path_without_a_chapter(
    toy: City,
) -> None:
    tasks = toy.plan.clauses
    assert cited(toy, row_of(tasks, "c1.2"), "zh") == "规划第一章第二节"
    assert cited(toy, row_of(tasks, "c1"), "en") == "Plan, chapter 1"
    read = replace(toy, plan=replace(toy.plan, text=Bilingual("译文", "a translation")))
    assert cited(read, row_of(tasks, "c1"), "zh") == f"规划第一章{MARK}"
    bare = row_of(tasks.assign(chapter=None), "c1")
    assert cited(toy, bare, "zh") == bare["path_zh"]


def test_no_text_of_the_pack_cites_a_line_of_the_translation() -> None:
    for path in sorted((ROOT / "data/tianjin/raw/authored").glob("*_texts.csv")):
        if path.name != "source_texts.csv":
            text = path.read_text(encoding="utf-8")
            assert "英译本第" not in text
            assert "line of the" not in text
