"""Deck: a story of scenes for a meeting, on the wall, with its speaker's notes, and at the desk."""

from __future__ import annotations

from pages.panels.deck import desk, notes, wall
from pages.panels.deck.asked import asked
from pages.shell import frame

screen = frame.open_page("deck")
now, deck = asked(screen.city, screen.state, desk.known(screen)), screen.state.deck
desk.keep(screen)
if now is None or deck.view == "edit":
    desk.show(screen, now)
elif deck.notes and deck.view != "locked":
    notes.show(screen, now)
else:
    wall.show(screen, now)
