"""Show that a sheet gives a district its stretch of the axes, and says so where it has none."""

from __future__ import annotations

from layers.language.values import THIN
from layers.pack.city import City
from layers.present.sheet.basis import basis
from layers.present.sheet.belt import belt
from layers.view.state import default_state


def test_a_district_has_its_stretch_as_the_metre_grid_has_it(toy: City) -> None:
    """The axis runs through 990103 from 5 to 15 km; the grass at (5, 10) lies at 10 km, surely."""
    told = belt(basis(toy, default_state(toy), "en"), "990103", {"area-two": "7"})
    ((axis, stretch, places, empty),) = told["rows"]
    assert axis == "Schematic line"
    assert stretch == "5–15 (10 of 26)"
    assert places.startswith("no. 7: 7 (5–9); ")
    assert places.endswith(": 10")
    # From the part of the zone at 14 km to the later park at 21.7 km: it begins in this district.
    assert empty.replace(THIN, " ").startswith("8 km (km 14–22)")


def test_a_district_beside_the_axes_has_a_sentence_or_nothing(toy: City) -> None:
    told = belt(basis(toy, default_state(toy), "en"), "990101", {})
    assert told["rows"] == []
    assert [note.replace(THIN, " ") for note in told["notes"]] == [
        "No axis crosses the district; 4 of its places lie within 10 km of: Schematic line "
        "(schematic)."
    ]
    assert belt(basis(toy, default_state(toy), "zh"), "no such", {}) == {}


def test_a_second_axis_counts_what_the_first_has_listed(tianjin: City) -> None:
    told = belt(basis(tianjin, default_state(tianjin), "zh"), "120114", {"zone-ndz-wuqing": "58"})
    belt_row, _, loop = told["rows"]
    assert "58 号：89（85–93）" in belt_row[2]
    assert "其余 1 处" in loop[2]
    # On a loop the longest stretch leads on through the start.
    assert loop[3].replace(THIN, " ").startswith("39 公里（里程 0–39）")
