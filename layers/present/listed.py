"""Put a page that is one table on paper, on slides and into a workbook: sources, ledger, audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from layers.handover.build import build
from layers.handover.contents import Form
from layers.handover.selection import select
from layers.handover.view_export import contents
from layers.language.messages import display
from layers.pack.city import City
from layers.present.pack.made import Kind, Made
from layers.present.pack.on_screen import named
from layers.present.sheet import typeset
from layers.present.slides import table_slides
from layers.view.state import ViewState

TEMPLATE: Final = "listed.typ"
PPI: Final = 220
LEAST, MOST = 7, 30
"""Characters of its longest cell by which a column is weighed."""


@dataclass(frozen=True, eq=False)
class ListedPage:
    """A page that shows one table.

    Parameters
    ----------
    city
        The pack; it is not changed.
    state
        Language, and what the list of the workbook shows.
    title
        What the table is.
    note
        What stands below the title.
    rows
        The table, its first column the names of the rows.
    """

    city: City
    state: ViewState
    title: str
    note: str
    rows: pd.DataFrame

    @property
    def footer(self) -> str:
        """What it may be used for."""
        return self.city.notices["footer"].of(self.state.lang)


def file_of(kind: Kind, page: ListedPage) -> Made:
    """Return the page as a file.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    page
        What it shows.
    """
    return named(kind, page.title, page.city, _MAKERS[kind](page))


def _data(page: ListedPage, *, picture: bool) -> dict[str, Any]:
    cells = [[display(str(cell)) for cell in row] for row in page.rows.to_numpy()]
    heads = [display(str(name)) for name in page.rows.columns]
    longest = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    return {
        "title": display(page.title),
        "lang": page.state.lang,
        "note": display(page.note),
        "footer": display(page.footer),
        "notes": display(page.city.plan.title.of(page.state.lang)),
        "widths": [min(max(each, LEAST), MOST) for each in longest],
        "heads": heads,
        "rows": cells,
        "picture": picture,
    }


def _pdf(page: ListedPage) -> bytes:
    return typeset.pdf(TEMPLATE, _data(page, picture=False), {}, page.city.data_date)


def _png(page: ListedPage) -> bytes:
    return typeset.png(TEMPLATE, _data(page, picture=True), {}, page.city.data_date, ppi=PPI)


def _svg(page: ListedPage) -> bytes:
    return typeset.svg(TEMPLATE, _data(page, picture=True), {}, page.city.data_date)


def _pptx(page: ListedPage) -> bytes:
    rows = page.rows.set_index(page.rows.columns[0])
    return table_slides(page.city, page.state.lang, (page.title, page.note), rows)


def _xlsx(page: ListedPage) -> bytes:
    form = Form("xlsx", lang=page.state.lang)
    listed = contents(select(page.city, page.state, layers=None, form=form))
    book = replace(listed, listing={page.title: page.rows, **listed.listing})
    return build(book).whole()


_MAKERS: Final[Mapping[Kind, Callable[[ListedPage], bytes]]] = {
    "png": _png,
    "copy": _png,
    "svg": _svg,
    "pdf": _pdf,
    "pptx": _pptx,
    "xlsx": _xlsx,
}
