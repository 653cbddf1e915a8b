"""Put what is known of a district on a sheet of paper, and all districts into an atlas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal

from layers.pack.city import City
from layers.present.sheet.basis import Ask, Basis, basis
from layers.present.sheet.content import district, overview
from layers.present.sheet.typeset import pdf
from layers.present.static_map import Paper, static_map
from layers.view.state import ViewState

__all__ = ["atlas", "district_sheet", "sheet_data"]

Size = Literal["a3", "a4"]
Maps = dict[str, bytes]

DISTRICT: Final = {
    ("a3", True): Paper(196, 158),
    ("a3", False): Paper(196, 120),
    ("a4", True): Paper(186, 145),
    ("a4", False): Paper(186, 100),
}
"""Room for the map of a district, by the size of the sheet and whether its lists are short."""
LONGER_MM: Final = 22.0
"""What English lists take from the map where they are long."""
CITY: Final = {"a3": Paper(236, 204), "a4": Paper(186, 118)}
"""Room for the map of the whole city."""


def sheet_data(
    city: City, state: ViewState, adcode: str, lang: str, *, ask: Ask | None = None
) -> dict[str, Any]:
    """Return all that the sheet of a district prints, but for the map.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for: period, layers and filters, how density and coverage are
        measured.
    adcode
        Code of the district.
    lang
        Language of the words, ``zh`` or ``en``.
    ask
        Answers the question of an analysis by its name, such as a session that keeps its answers;
        None to measure.

    Returns
    -------
    dict
        Texts, lists and dicts of them, as JSON can hold them.

    Raises
    ------
    KeyError
        If the city has no such district.
    """
    return district(basis(city, state, lang, ask), adcode)


def district_sheet(
    city: City,
    state: ViewState,
    adcode: str,
    lang: str,
    *,
    paper: Size = "a3",
    ask: Ask | None = None,
) -> bytes:
    """Return the sheet of a district as PDF.

    Parameters
    ----------
    city, state, adcode, lang, ask
        As for :func:`sheet_data`.
    paper
        ``a3``, one page across, or ``a4``, a leaf of two pages upright.

    Returns
    -------
    bytes
        A list that is too long for its page goes on on a further one. The same pack and state give
        the same bytes.

    Raises
    ------
    KeyError
        If the city has no such district.
    """
    on, maps = basis(city, state, lang, ask), Maps()
    sheet = _sheet(on, adcode, paper, maps)
    return pdf("one.typ", {"sheet": sheet, "paper": paper}, maps, city.data_date)


def atlas(
    city: City, state: ViewState, lang: str, *, paper: Size = "a4", ask: Ask | None = None
) -> bytes:
    """Return the sheets of all districts as one PDF: first the city, with the page of each.

    Parameters
    ----------
    city, state, lang, ask
        As for :func:`sheet_data`.
    paper
        As for :func:`district_sheet`.

    Returns
    -------
    bytes
        Districts in the order of their codes; on A4 each begins on a page to the right.
    """
    on, maps = basis(city, state, lang, ask), Maps()
    first = overview(on)
    first["map"] = _map(on, "city", None, CITY[paper], maps)
    sheets = [_sheet(on, str(code), paper, maps) for code in city.districts.index]
    for sheet in sheets:
        del sheet["indicators"]  # of the whole city: its own page gives them
    return pdf("atlas.typ", {"city": first, "sheets": sheets, "paper": paper}, maps, city.data_date)


def _sheet(on: Basis, adcode: str, paper: Size, maps: Maps) -> dict[str, Any]:
    sheet = district(on, adcode)
    room = DISTRICT[paper, bool(sheet["roomy"])]
    if not sheet["roomy"] and on.lang == "en":
        room = replace(room, height_mm=room.height_mm - LONGER_MM)
    sheet["map"] = _map(on, adcode, adcode, room, maps)
    return sheet


def _map(on: Basis, name: str, focus: str | None, room: Paper, maps: Maps) -> dict[str, Any]:
    """Draw a map, lay it by, and return how it stands on its page."""
    drawn = static_map(on.city, on.state, on.lang, room, focus=focus)
    maps[name] = drawn.svg()
    return {"name": name, "width": room.width_mm, "height": room.height_mm, "alt": drawn.alt}
