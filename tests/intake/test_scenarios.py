"""A scenario in a table is understood as people write it, and a workbook of ours reads back."""

import pytest

from geo.coverage.scenario import Edit, Scenario, load
from layers.intake.features import changes
from layers.intake.scenarios.workbook import scenario_workbook, template
from layers.language.problems import worded
from layers.pack.city import City
from tests.intake.files import workbook

PLAN = (
    Scenario("方案甲：补北部")
    .added(117.2, 39.1, kind="platform", name="=SUM(1)")
    .moved("park-tju-jinnan", 117.3123456, 39.0)
    .closed("park-tiangong")
    .added(117.5, 39.0, kind="university", name="42")
)


def _read(city: City, *rows: list[object]) -> Scenario:
    data, _, _ = changes("方案.xlsx", workbook(("表", list(rows))), city, {})
    return load(data, bbox=city.bbox, name="方案").scenario


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scenario_goes_out_as_a_workbook_and_comes_back_equal(lang: str, tianjin: City) -> None:
    for plan in (PLAN, Scenario("2025").closed("park-tiangong")):
        data, _, _ = changes("x.xlsx", scenario_workbook(plan, tianjin, lang), tianjin, {})
        assert load(data, name="x").scenario == plan
    data, _, _ = changes("x.xlsx", template(tianjin, lang), tianjin, {})
    edits = load(data, bbox=tianjin.bbox).scenario.edits
    assert [edit.action for edit in edits] == ["add", "move", "close"]


def test_people_s_own_words_are_understood(tianjin: City) -> None:
    found = _read(
        tianjin,
        ["方案甲：补北部"],
        ["名称", "动作", "类型", "经度", "纬度"],
        ["蓟州新平台", "新增", "科技创新平台", 117.41, 40.04],
        ["宝坻新平台", "新增", "Innovation platform", "117°18′36″", "39°43′12″"],
        ["华苑科技园", "关闭", "", "", ""],
        ["天津工业大学科技园", "移动", "", 117.3, 39.1],
    )
    assert found == Scenario(
        "方案甲：补北部",
        (
            Edit("add", "new-1", 117.41, 40.04, "platform", "蓟州新平台"),
            Edit("add", "new-2", 117.31, 39.72, "platform", "宝坻新平台"),
            Edit("close", "zone-ndz-huayuan"),
            Edit("move", "park-tiangong", 117.3, 39.1),
        ),
    )
    rows: tuple[list[object], ...] = (["名称", "动作"], ["华苑科技园", "停用"])
    assert _read(tianjin, *rows).edits == (Edit("close", "zone-ndz-huayuan"),)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["名称", "经度", "纬度"], ["甲", 117.3, 39.1]], ["没有“动作”一列", "没有“类型”一列"]),
        ([["名称", "动作", "类型"], ["甲", "新增", "平台"]], ["没有“经度”“纬度”两列"]),
        (
            [
                ["名称", "动作", "类型", "经度", "纬度"],
                ["华苑", "关闭", "", "", ""],
                ["甲", "新增", "工厂", 117.3, 39.1],
                ["乙", "新增", "平台", "", ""],
                ["丙", "挪走", "", 117.3, 39.1],
            ],
            [
                "华苑科技园 (zone-ndz-huayuan)",
                "没有“工厂”",
                "没有可用的经纬度",
                "不认得“挪走”这个动作。请写新增、移动或停用",
            ],
        ),
    ],
)
def test_what_is_missing_is_told_in_the_words_of_the_file(
    rows: list[list[object]], told: list[str], tianjin: City
) -> None:
    _, report, _ = changes("方案.xlsx", workbook(("表", rows)), tianjin, {})
    assert report is not None
    assert (report.status, report.rows.read) == ("refused", len(rows) - 1)
    lines = [worded(one, "zh") for one in report.problems]
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))


def test_a_list_of_points_is_told_of_its_missing_columns_and_not_of_its_rows(tianjin: City) -> None:
    data = "名称,经度,纬度\n甲,117.2,39.1\n乙,39.12,117.22\n丙,117.25,39.13\n".encode()
    report = changes("t.csv", data, tianjin, {}).report
    assert report is not None
    assert [one.key for one in report.problems] == [
        "scenario_table.no_action",
        "scenario_table.no_kind",
    ]
    assert report.rows.not_used == {"refused": 3}
