"""List what is on record of an area's places, and let a reader take it back."""

from __future__ import annotations

from layers.store.entries import Entry, standing
from layers.store.lay_over import ABOUT_PLACES, told
from layers.view.rows import gather
from pages.shell.entering import records, taking_back
from pages.shell.frame import Screen


def panel(screen: Screen, district: str | None) -> None:
    """List the entries that act on the places of an area, the last first.

    Parameters
    ----------
    screen
        City, state and words of this run.
    district
        Adcode of the district; None for the whole city.
    """
    lang = screen.state.lang
    found = _on_record(screen, district)
    taking_back.panel(screen, found, lambda entry: told(screen.city, entry).of(lang))


def _on_record(screen: Screen, district: str | None) -> list[Entry]:
    acting, frame = screen.city.entered.numbers, gather(screen.city).frame
    saved = standing(records.entries_of(screen.city.id)).values()
    return [
        entry
        for entry in saved
        if entry.kind in ABOUT_PLACES
        and entry.number in acting
        and (
            district is None
            or district in tuple(frame.loc[entry.subject, ["host_adcode", "site_adcode"]])
        )
    ]
