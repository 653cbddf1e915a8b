"""Offer a part of the plan that is one table as a file: the ledger, the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from layers.language.values import paragraph
from layers.present.pack.made import Kind, Made
from pages.panels import hand_over
from pages.panels.plan.chosen import Chosen


def picture(of: Chosen, title: str, said: Sequence[str], table: Callable[[], pd.DataFrame]) -> None:
    """Offer the table as a picture, a page, slides or a workbook.

    Parameters
    ----------
    of
        What the page shows.
    title
        Key of what the table is.
    said
        Sentences that stand below the title.
    table
        Makes it, once it is asked for.
    """
    screen, lang = of.screen, of.screen.state.lang

    def make(kind: Kind) -> Made:
        from layers.present.listed import ListedPage, file_of  # no first view waits for it

        note = paragraph(said, lang)
        head = screen.say(
            "present.slide_title", chapter=screen.say(title), title=of.plan.title.of(lang)
        )
        return file_of(
            kind, ListedPage(screen.city, screen.state, head, note, table().reset_index())
        )

    shows = (title, screen.state, of.plan.period, tuple(entry.digest for entry in of.entries))
    hand_over.picture_by(screen, shows, make)
