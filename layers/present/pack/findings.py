"""List the findings of a story as a workbook, before the places that the screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from layers.handover.build import build
from layers.handover.contents import Contents, Form
from layers.handover.selection import select
from layers.handover.view_export import contents
from layers.language.messages import speaker
from layers.pack.city import City
from layers.present.pack import plan_parts
from layers.present.telling import Told
from layers.view.state import ViewState

COLUMNS = ("chapter", "sentence", "doubt", "filter", "origin")


def workbook(city: City, over: ViewState, told: Sequence[Told]) -> bytes:
    """Return a workbook: what the scenes say, their tables, the list, counting, sources, notes.

    Parameters
    ----------
    city
        The pack that is told of; it is not changed.
    over
        Language, and the reader's own filters, which decide the list.
    told
        The scenes.
    """
    listed = contents(select(city, over, layers=None, form=Form("xlsx", lang=over.lang)))
    book = replace(listed, listing={**_sheets(told, over.lang), **listed.listing})
    return build(book).whole()


def selected(city: City, over: ViewState, fmt: str, epsg: int) -> Contents:
    """Return the places that the screen shows with all that goes with them.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    over
        The reader's own filters.
    fmt, epsg
        Format and coordinate system of the files.
    """
    return contents(select(city, over, layers=None, form=Form(fmt, epsg, over.lang)))


def _sheets(told: Sequence[Told], lang: str) -> dict[str, pd.DataFrame]:
    """Return by title the sentences of all scenes, and the table and bars of each."""
    say = speaker(lang)
    rows = [(t.scene.chapter.of(lang), t.sentence, t.doubt, t.filtered, t.dated) for t in told]
    named = [say(f"present.column_{name}") for name in COLUMNS]
    sheets = {say("present.findings"): pd.DataFrame(rows, columns=named)}
    for n, each in enumerate(told, start=1):
        title = f"{n} {each.scene.chapter.of(lang)}"
        if each.table is not None:
            sheets[title] = each.table.rename_axis(each.title).reset_index()
        if each.bars is not None:
            bars = pd.DataFrame([*each.bars.values.items()], columns=["", each.bars.title])
            sheets[say("present.bars_of", title=title)] = bars
    return sheets | dict(plan_parts.sheets(told, lang))
