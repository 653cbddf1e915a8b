"""Plan: its tasks beside the map, its indicators, the ledger, the audit, and what changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from layers.pack.city import Plan
from layers.plan.shown import affected
from layers.plan.wording import audit_sentence, light_sentence, state_sentence
from pages.panels import chips, hand_over
from pages.panels.deck import add
from pages.panels.plan import audit, changes, entering, indicators, ledger, parts, tasks
from pages.panels.plan.chosen import chosen
from pages.shell import frame

screen = frame.open_page("plan")
say, state = screen.say, screen.state
of = chosen(screen)
part = state.plan.part
title = say("plan.title", city=screen.city.name.of(state.lang))
places = frame.scene(screen)
with places.head:
    frame.heading(screen, title, frame.subtitle(screen), partial(add.button, screen))
    chips.show(screen)
    parts.switch(of)

if part == "tasks":
    parts.statement(of, state_sentence(of.ledger, state.lang), say("plan.ledger.doubt"), places)
    parts.plate(of, tasks.on_map(of), places)
    if places.side is not None:
        with places.side:
            hand_over.picture(screen)  # first: below a long list its box would open off the screen
            tasks.reader(of)
            entering.state(of)
            entering.place(of)
elif part == "indicators":
    parts.statement(of, light_sentence(of.indicators, state.lang), parts.earlier(of), places)
    with places.sentence:
        if of.indicator is not None:
            indicators.chart(of, of.indicator)
    parts.plate(of, indicators.on_map(of), places)
    if places.side is not None:
        with places.side:
            if of.indicator is not None:
                shown = replace(state.plan, indicator=of.indicator.no)
                hand_over.picture(screen, plan=shown)
            indicators.choice(of)
            if of.indicator is not None:
                entering.value(of, of.indicator)
                indicators.behind(of, of.indicator)
    if of.indicator is not None:
        indicators.values(of, of.indicator)
elif part == "ledger":
    parts.statement(of, ledger.sentence(of), say("plan.ledger.doubt"), places)
    with places.picture:
        ledger.filters(of)
        with st.container(horizontal=True, key="plan_files"):
            ledger.files(of)
            ledger.picture(of)
        ledger.show(of)
elif part == "audit":
    findings = audit.found(of)
    head = say("plan.audit_page.sentence", count=len(findings))
    parts.statement(of, head, audit_sentence(findings, state.lang), places)
    with places.picture:
        audit.picture(of, findings)
        audit.show(of, findings)
else:
    other = changes.against(of)
    if other is None:
        parts.statement(of, say("plan.changes.none"), "", places)
        st.stop()
    before, after, found = changes.changes(of, other)
    told = {"before": before, "after": after, "count": len(found)}
    matched = say("plan.changes.matched") if isinstance(other, Plan) else ""
    sentence = say("plan.changes.sentence", **told)
    parts.statement(of, sentence, matched, places)
    parts.plate(of, affected(found), places)
    if places.side is not None:
        with places.side:
            changes.choice(of)
            changes.picture(of, other, sentence, found)
    changes.show(of, found)
