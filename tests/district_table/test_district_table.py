"""Show that a table by district is joined, set in classes, summed and left uncoloured by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.inventory.classes import class_limits
from layers.district_table.drawing import draw
from layers.district_table.measure import TableAnswer, measure, question, undivided
from layers.district_table.table import DistrictTable, called, district_table
from layers.district_table.wording import word
from layers.intake.take_in import take_in
from layers.pack.city import City
from layers.present.own_points import table_told
from layers.view.codecs import token
from layers.view.page_options import TableOptions
from layers.view.question import Refusal
from layers.view.state import default_state

CSV = """区,企业数（家）,增长率,备注
和平,"1,200",3.5%,甲
Hedong District,300,4,乙
120103.0,—,1,丙
滨海新区,9000,8,丁
东丽区,100,2,戊
东丽,900,2,戊
海淀区,7,7,己
全市合计,9999,,
"""


@pytest.fixture(scope="module")
def table(tianjin: City) -> DistrictTable:
    taken = take_in(("t.csv", CSV.encode()), tianjin, {}, kind="districts")
    return district_table(taken, "t.csv")


def asked(city: City, table: DistrictTable, **options: object) -> TableAnswer:
    state = replace(default_state(city), table=TableOptions(**options))  # type: ignore[arg-type]
    answer = measure(city, question(state, table))
    assert isinstance(answer, TableAnswer)
    return answer


def test_every_row_is_accounted_for_and_a_district_named_twice_has_no_figure(
    table: DistrictTable,
) -> None:
    assert [column.name for column in table.columns] == ["企业数（家）", "增长率"]
    assert (table.rows, table.used, table.outside) == (8, 4, 1)
    assert dict(table.not_used) == {"repeated": 2, "total": 1}
    assert table.repeated == ("120110",)
    assert len(table.missing) == 16 - 5
    assert dict(table.columns[0].values) == {"120101": 1200, "120102": 300, "120116": 9000}
    assert [one[:3] for one in table.columns[0].unread] == [("120103", 4, "—")]


def test_a_rate_needs_a_denominator_and_no_colour_stands_without_data(
    tianjin: City, table: DistrictTable
) -> None:
    plain, rate = asked(tianjin, table), asked(tianjin, table, per="people")
    assert plain.frame.at["120116", "figure"] == 9000
    people = tianjin.districts.at["120116", "population_2020_territorial"]
    assert rate.frame.at["120116", "figure"] == pytest.approx(9000 / people * 10_000)
    assert plain.frame["figure"].notna().sum() == 3
    drawing = draw(plain, "zh")
    assert drawing is not None
    filled, bare = drawing.shapes
    assert set(filled.frame.index) == {"120101", "120102", "120116"}
    assert len(set(filled.frame["colour"])) == 3
    assert (len(bare.frame), bare.fill, bare.colour) == (13, "", "")
    assert [row[0] for row in word(plain, "zh").legend][-1] == ""


def test_parts_of_the_city_are_summed_over_what_is_known_and_a_rate_is_not(
    tianjin: City, table: DistrictTable
) -> None:
    halves = asked(tianjin, table, per="people").halves
    assert halves is not None
    inner = tianjin.districts.loc[["120101", "120102"], "population_2020_territorial"].sum()
    assert halves.at["jincheng", "value"] == 1500
    assert halves.at["jincheng", "figure"] == pytest.approx(1500 / inner * 10_000)
    assert halves.at["bincheng", "value"] == 9000
    growth = asked(tianjin, table, column=token("增长率"))
    assert growth.halves is None
    assert "不能相加" in " ".join(word(growth, "zh").notes)


def test_the_sentence_names_highest_lowest_and_how_many(
    tianjin: City, table: DistrictTable
) -> None:
    told = word(asked(tianjin, table), "zh")
    assert told.sentence == (
        "人口居前的西青区、武清区没有数据。"
        "企业数（家）：3 个有数据的区中，滨海新区最高（9\u202f000\u202f家），"
        "河东区最低（300\u202f家）；共 16 个区，13 个没有数据"
    )
    assert (
        "表中 8 行，用上 4 行；未用：同一区出现多行 2 行、合计或说明 1 行、不是本市的区 1 行。"
        in told.account
    )
    answer = asked(tianjin, table)
    assert table_told(answer, default_state(tianjin)).title == "《t》按区统计图"
    drawing = draw(answer, "zh")
    assert drawing is not None
    assert drawing.shapes[0].frame.at["120101", "name"] == "和平区：1\u202f200\u202f家"
    ranking = told.tables["ranking"]
    assert [*ranking.index[:3]] == ["滨海新区", "和平区", "河东区"]
    assert [*ranking["名次"][:4]] == ["1", "2", "3", "—"]


MIXED = """区,企业数,产值（亿元）
和平区,多,
河东区,"1,234",3.5
河西区,５,3000万元
南开区,-,12亿元
河北区,12%,
红桥区,3.5万,
"""


def test_a_column_mostly_of_figures_is_read_and_its_other_cells_are_told(tianjin: City) -> None:
    taken = take_in(("t.csv", MIXED.encode()), tianjin, {}, kind="districts")
    number, value = district_table(taken, "t.csv").columns
    assert dict(number.values) == {"120102": 1234, "120103": 5, "120105": 12, "120106": 35_000}
    assert dict(value.values) == {"120102": 3.5, "120103": 0.3, "120104": 12}
    assert [one[1:3] for one in number.unread] == [(2, "多"), (5, "-")]
    assert [one[1:] for one in number.converted] == [(6, "12%", 12.0), (7, "3.5万", 35_000.0)]
    rows, problems = taken.report.rows, taken.report.problems
    assert (rows.used, rows.not_used) == (5, {"no_figure": 1})
    assert [(p.row, p.field, p.values["value"]) for p in problems] == [("#2", "企业数", "多")]


OVER = """2025年各区企业情况表,,,
,,单位：家、亿元,
区域,企业数,投入,增速
和平区,5,1.5,3%
滨海新区（含开发区）,7,2,4%
海河教育园,1,1,1%
"""


def test_title_unit_and_date_over_a_table_are_told_and_a_rate_is_divided_by_nothing(
    tianjin: City,
) -> None:
    taken = take_in(("t.csv", OVER.encode()), tianjin, {}, kind="districts")
    table = district_table(taken, "t.csv", "00ff")
    assert (table.title, table.dated) == ("2025年各区企业情况表", "2025年")
    assert [called(one) for one in table.columns] == ["企业数（家）", "投入（亿元）", "增速（%）"]
    assert table.strangers == ("海河教育园",)
    assert dict(table.columns[0].values) == {"120101": 5, "120116": 7}
    told = word(asked(tianjin, table, per="people"), "zh")
    assert "2 个有数据的区中" in told.sentence
    assert any("海河教育园" in line for line in told.account)
    state = replace(default_state(tianjin), table=TableOptions(column=token("增速"), per="people"))
    refused = measure(tianjin, question(state, table))
    assert isinstance(refused, Refusal)
    assert "不再除以" in word(refused, "zh").sentence
    assert isinstance(measure(tianjin, undivided(question(state, table))), TableAnswer)


def long_form() -> bytes:
    """Return three years of two indicators in three districts, and the city's total of one."""
    rows = [
        f"{name},{entry},{year}年,{10 * year + at + (entry == '人员')},{unit}"
        for year in (2023, 2022, 2024)
        for at, name in enumerate(("和平区", "河东区", "滨海新区"))
        for entry, unit in (("企业", "家"), ("人员", "人"))
    ]
    return "\n".join(["区,指标,年度,数值,单位", *rows, "全市,企业,2024年,9,家"]).encode()


def test_of_a_table_in_long_form_the_latest_year_is_taken_or_what_is_said(tianjin: City) -> None:
    taken = take_in(("t.csv", long_form()), tianjin, {}, kind="districts")
    table = district_table(taken, "t.csv")
    assert [called(one) for one in table.columns] == ["企业（家）"]
    assert dict(table.columns[0].values) == {"120101": 20240, "120102": 20241, "120116": 20242}
    assert (table.rows, table.used) == (19, 3)
    assert dict(table.not_used) == {"other_year": 12, "other_entry": 3, "total": 1}
    assert [one.key for one in taken.report.questions] == ["only:年度", "only:指标"]
    told = word(asked(tianjin, table, per="none"), "zh")
    assert told.sentence.startswith("人口居前的西青区、武清区没有数据。2024年企业（家）：")
    answers = {"only:年度": "2022", "only:指标": "人员"}
    said = take_in(("t.csv", long_form()), tianjin, answers, kind="districts")
    (column,) = district_table(said, "t.csv").columns
    assert (called(column), dict(column.values)["120101"]) == ("人员（人）", 20221)
    wrong = take_in(("t.csv", long_form()), tianjin, {"only:年度": "2019"}, kind="districts")
    assert [one.key for one in wrong.report.problems] == ["intake.answer_value"]


def test_districts_written_once_over_their_years_are_filled_in(tianjin: City) -> None:
    rows = ["和平区,2023,1", ",2024,2", "河东区,2023,3", ",2024,4"]
    taken = take_in(("t.csv", "\n".join(["区,年份,家数", *rows]).encode()), tianjin, {},
                    kind="districts")  # fmt: skip
    table = district_table(taken, "t.csv")
    assert dict(table.columns[0].values) == {"120101": 2, "120102": 4}
    assert (table.time, dict(table.not_used)) == ("2024", {"other_year": 2})


def test_a_list_of_firms_is_no_table_in_long_form_and_its_numbers_are_no_figures(
    tianjin: City,
) -> None:
    rows = [f"{n},企业{n},{name},{2000 + n},{n * n}" for n, name in
            enumerate(("和平", "和平", "和平", "河东", "河东", "河西"), 1)]  # fmt: skip
    data = "\n".join(["序号,企业,区,成立年份,人数", *rows]).encode()
    joined = take_in(("t.csv", data), tianjin, {}, kind="districts").joined
    assert joined is not None
    assert (joined.chosen.choices, [one.name for one in joined.columns]) == (
        (),
        ["成立年份", "人数"],
    )


def test_a_table_without_figures_is_refused(tianjin: City) -> None:
    taken = take_in(("n.csv", "区,备注\n和平区,好\n".encode()), tianjin, {}, kind="districts")
    bare = district_table(taken, "n.csv")
    assert (bare.used, dict(bare.not_used)) == (0, {"no_figure": 1})
    answer = measure(tianjin, question(default_state(tianjin), bare))
    assert isinstance(answer, Refusal)
    assert word(answer, "en").sentence == "“n.csv” has no column of figures to be mapped."
    assert draw(answer, "en") is None


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["natural", "quantiles", "equal"])
def test_breaks_follow_their_rule(rule: str) -> None:
    """Two groups far apart; pandas and arithmetic are the second route."""
    values = np.array([1.0, 2.0, 3.0, 4.0, 100.0, 101.0])
    expected = {
        "natural": (4.0, 101.0),
        "quantiles": tuple(pd.Series(values).quantile([0.5, 1.0])),
        "equal": (1 + 100 / 2, 101.0),
    }
    assert class_limits(values, rule=rule, classes=2) == expected[rule]  # type: ignore[arg-type]
