"""Show that fields declare how the address says them, with classes made for the purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import pytest

from layers.view.address import KEYS
from layers.view.codecs import (
    LONGEST_VALUE,
    Codec,
    Day,
    Id,
    Ids,
    Name,
    Switches,
    Token,
    Tokens,
    Whole,
    among,
    choices,
    codec,
    flag,
    group,
    hold,
    keys,
    limits,
    one_of,
    option,
    pages_of,
    read,
    token,
    unknown,
    write,
)
from layers.view.state import Filters, ViewState
from pages.shell.navigation import SCREENS

Colour = Literal["red", "green"]
KNOWN = {"trees": frozenset({"oak", "elm", "ash", "none"}), "towns": frozenset({"a", "b"})}


@dataclass(frozen=True)
class Leaf:
    colour: Colour = option("c", one_of(Colour), default="green")
    veins: int = option("n", among(3, 5), default=3)


@dataclass(frozen=True)
class Wood:
    name: str
    """Not in the address."""
    trees: frozenset[str] = option("t", Ids("trees", "all"), default=frozenset())
    town: str | None = option("w", Id("towns"), default=None)
    height: int = option("h", Whole(1, 90), default=20, page="side")
    dry: bool = option("y", flag(), default=False)
    leaf: Leaf = group(Leaf, page="side")

    def __post_init__(self) -> None:
        hold(self)


PLAIN = Wood("plain")
OTHER = Wood("plain", frozenset({"oak", "ash"}), "b", 30, True, Leaf("red", 5))


def test_only_what_differs_is_said_in_the_order_declared() -> None:
    assert write(PLAIN, PLAIN) == {}
    assert list(write(OTHER, PLAIN).items()) == [
        ("t", "ash.oak"), ("w", "b"), ("h", "30"), ("y", "1"), ("c", "red"), ("n", "5"),
    ]  # fmt: skip
    assert write(PLAIN, None) == {"t": "all", "w": "none", "h": "20", "y": "0"} | {
        "c": "green",
        "n": "3",
    }
    assert read(PLAIN, write(OTHER, PLAIN), KNOWN) == OTHER
    assert read(OTHER, write(PLAIN, OTHER), KNOWN) == PLAIN


def test_a_page_has_what_all_share_and_its_own() -> None:
    assert write(OTHER, PLAIN, "front") == {"t": "ash.oak", "w": "b", "y": "1"}
    assert write(OTHER, PLAIN, "side") == write(OTHER, PLAIN)
    read_there = read(PLAIN, write(OTHER, PLAIN), KNOWN, "front")
    assert read_there == replace(OTHER, height=20, leaf=Leaf())


def test_what_is_said_wrongly_is_the_default() -> None:
    said = {"t": "fir", "w": "c", "h": "x", "y": "2", "c": "blue", "n": "4"}
    assert read(OTHER, said, KNOWN) == OTHER
    lost = unknown(PLAIN, {**said, "q": "1"}, KNOWN)
    assert lost == {key: [text] for key, text in said.items()}


@pytest.mark.parametrize(
    ("how", "texts", "value"),
    [
        (Ids("trees", "all"), ["oak,fir", "elm"], {"oak", "elm"}),
        (Ids("trees", "all"), ["all"], set()),
        (Ids("trees", "none"), ["none"], {"none"}),
        (Switches("trees", "all"), ["~"], {"oak", "elm"}),
        (Switches("trees", "all"), ["~ash.-oak"], {"elm", "ash"}),
        (Switches("trees", "all"), ["~fir.-fir"], {"oak", "elm"}),
        (Switches("trees", "all"), ["-oak.ash"], {"ash"}),
        (Id("towns"), ["none"], None),
        (Whole(1, 90), ["7", "700"], 90),
        (flag(), ["1"], True),
        (Token(), ["none"], ""),
        (Token(), [token("企业.csv")], token("企业.csv")),
        (Name(), ["none"], ""),
        (Name(), ["x", "twin_cities"], "twin_cities"),
        (Tokens(), ["none"], frozenset()),
        (Tokens(), [f"{token('甲')}.x,{token('乙')}"], frozenset({token("甲"), token("乙")})),
    ],
)
def test_a_codec_reads(how: Codec[Any], texts: Sequence[str], value: object) -> None:
    assert how.read(texts, KNOWN, frozenset({"oak", "elm"})) == value


@pytest.mark.parametrize(
    ("how", "texts", "lost"),
    [
        (Ids("trees", "all"), ["oak,fir", "all", ""], {"fir"}),
        (Switches("trees", "all"), ["~fir.-oak,-yew"], {"fir", "yew"}),
        (Switches("trees", "all"), ["-oak"], {"-oak"}),
        (Tokens(), [f"{token('甲')}.x", "none"], {"x"}),
        (Id("towns"), ["a", "b"], {"a"}),
        (Id("towns"), ["c", ""], {"c"}),
        (Name(), ["<b>"], {"<b>"}),
        (Name(), ["x" * 41], {"x" * 41}),
        (one_of(Colour), ["red", "red"], set()),
        (Whole(1, 90), ["1e3"], {"1e3"}),
    ],
)
def test_a_codec_tells_what_it_passes_over(
    how: Codec[Any], texts: Sequence[str], lost: set[str]
) -> None:
    assert how.unknown(texts, KNOWN) == lost


def test_what_widgets_offer_stands_in_the_fields() -> None:
    assert choices(Leaf, "colour") == get_args(Colour)
    assert choices(Leaf, "veins") == (3, 5)
    assert limits(Wood, "height") == (1, 90)
    assert (Wood("tall", height=900).height, Wood("low", height=-1).height) == (90, 1)
    assert keys(Wood) == {"trees": "t", "town": "w", "height": "h", "dry": "y"}
    with pytest.raises(TypeError, match="trees"):
        choices(Wood, "trees")
    with pytest.raises(TypeError, match="colour"):
        limits(Leaf, "colour")


def test_a_very_long_value_is_cut_before_it_is_read() -> None:
    assert read(PLAIN, {"t": "x" * LONGEST_VALUE + ".oak"}, KNOWN) == PLAIN


def _all(options: Any) -> list[str]:
    parts = [getattr(options, name) for name in options.__dataclass_fields__]
    groups = [part for part in parts if hasattr(part, "__dataclass_fields__")]
    return [*keys(options).values(), *(key for part in groups for key in _all(part))]


def test_no_key_has_two_meanings() -> None:
    every = _all(ViewState("tianjin"))
    assert len(every) == len(set(every))
    assert {*every, "city"} == KEYS


def test_every_option_belongs_to_a_page_that_is_there() -> None:
    declared = ViewState.__dataclass_fields__.values()
    named = {page for each in declared for page in pages_of(each.metadata)}
    assert named <= {*SCREENS}
    assert "deck" in named
    assert codec(Filters, "level") == Ids("level", "all")


@pytest.mark.parametrize("text", ["2026", "2026-06", "2024-02-29"])
def test_a_date_is_a_year_a_month_or_a_day(text: str) -> None:
    assert Day().read(["none", text], {}, "") == text
    assert Day().write(text, "") == text
    assert Day().read([Day().write("", "")], {}, text) == ""


@pytest.mark.parametrize("text", ["", "26", "2026-6", "2026-13", "2023-02-29", "0000", "二〇二六"])
def test_what_the_calendar_does_not_know_is_no_date(text: str) -> None:
    with pytest.raises(LookupError):
        Day().read([text], {}, "")
