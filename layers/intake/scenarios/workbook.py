"""Write a scenario as a workbook that people change and bring back, and one to be filled in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from geo.coverage.scenario import Edit, Scenario
from layers.intake.formats.headings import GUIDE_SHEET
from layers.intake.outcome import CREATED
from layers.language.messages import speaker
from layers.language.values import cell
from layers.pack.city import City

COLUMNS: Final = ("name", "action", "kind", "lon", "lat", "id")
_WIDTHS: Final = (34, 10, 26, 14, 14, 24)
_GUIDE_WIDTHS: Final = (16, 90)


def scenario_workbook(scenario: Scenario, city: City, lang: str) -> bytes:
    """Return a scenario as a workbook, which reads back equal.

    Parameters
    ----------
    scenario
        Its name stands over the table.
    city
        Whose layers and places it names.
    lang
        Language of headings, deeds and kinds.
    """
    rows = [_row(edit, city, lang) for edit in scenario.edits]
    return _book(scenario.name, rows, city, lang)


def template(city: City, lang: str) -> bytes:
    """Return a workbook to be filled in: a place that is new, one that moves, one that closes.

    Parameters
    ----------
    city
        Whose layers and places the examples name.
    lang
        Language of headings, deeds and kinds.
    """
    say = speaker(lang)
    layers = [layer for layer in city.layers.values() if layer.spec.is_places]
    kind = next(iter(layers)).title.of(lang) if layers else ""
    lat, lon = city.centre
    rows: list[list[object]] = [
        [say("scenario_table.example"), say("scenario_table.add"), kind, lon, lat, ""]
    ]
    known = [str(id_) for layer in layers for id_ in layer.frame.index]
    for id_, action in zip(known, ("move", "close"), strict=False):
        at = (round(lon + 0.01, 4), lat) if action == "move" else ("", "")
        rows.append([_name(id_, city, lang), say(f"scenario_table.{action}"), "", *at, id_])
    return _book(say("scenario_table.title"), rows, city, lang)


def _row(edit: Edit, city: City, lang: str) -> list[object]:
    is_new = edit.action == "add"
    known = city.layers.get(edit.kind)
    kind = known.title.of(lang) if known is not None else edit.kind
    name = edit.name if is_new else _name(edit.id, city, lang)
    at = ["" if edit.lon is None else edit.lon, "" if edit.lat is None else edit.lat]
    return [name, speaker(lang)(f"scenario_table.{edit.action}"), kind, *at, edit.id]


def _name(id_: str, city: City, lang: str) -> str:
    frames = (layer.frame for layer in city.layers.values() if id_ in layer.frame.index)
    frame = next(frames, None)
    return "" if frame is None else cell(frame.loc[id_], "name", lang)


def _book(title: str, rows: Sequence[Sequence[object]], city: City, lang: str) -> bytes:
    """Write the table under its title, and on a second sheet what its cells may say."""
    import xlsxwriter

    say, room = speaker(lang), io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(room, options) as book:
        book.set_properties({"created": CREATED})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(say("scenario_table.sheet"))
        sheet.write_string(0, 0, title, bold)
        sheet.write_row(1, 0, [say(f"scenario_table.column.{one}") for one in COLUMNS], bold)
        _fill(sheet, 2, rows)
        sheet.freeze_panes(2, 0)
        _widen(sheet, _WIDTHS)
        guide = book.add_worksheet(GUIDE_SHEET)
        kinds = [layer.title.of(lang) for layer in city.layers.values() if layer.spec.is_places]
        _fill(
            guide,
            0,
            [
                *(
                    [say(f"scenario_table.column.{one}"), say(f"scenario_table.guide.{one}")]
                    for one in COLUMNS
                ),
                ["", ""],
                *(["" if n else say("scenario_table.kinds"), kind] for n, kind in enumerate(kinds)),
            ],
        )
        _widen(guide, _GUIDE_WIDTHS)
    return room.getvalue()


def _fill(sheet: Any, first: int, rows: Sequence[Sequence[object]]) -> None:
    for at, row in enumerate(rows, start=first):
        for column, value in enumerate(row):
            if isinstance(value, float):
                sheet.write_number(at, column, value)
            elif value != "":
                sheet.write_string(at, column, str(value))


def _widen(sheet: Any, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
