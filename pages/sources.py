"""Data and sources: where each layer comes from, how old it is, what it cannot say."""

from __future__ import annotations

from datetime import UTC, datetime

from layers.places.dating import compiled
from layers.places.screen_tables import sources_table
from pages.panels import chips
from pages.panels import sources as provenance
from pages.shell import frame

screen = frame.open_page("sources")
say = screen.say

dated = compiled(screen.city, screen.state.lang)
note = say("sources.subtitle", date=dated)
frame.heading(screen, say("sources.title"), note)
chips.show(screen)
today = datetime.now(UTC).date()
rows = sources_table(screen.city, screen.state.lang, today=today)
provenance.overview(rows)
provenance.picture(screen, note, rows)
provenance.packs(screen)
provenance.plan(screen)
for layer in screen.city.layers.values():
    provenance.layer_sheet(screen, layer, today)
provenance.base_map(screen)
provenance.technical(screen)
