"""Show the speaker what the wall shows, what may be said to it, what comes next, and the time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st

from geo.base.errors import AtlasError
from layers.language.messages import display
from layers.present.telling import Told
from pages.panels.deck.asked import Asked
from pages.shell import scenes, session
from pages.shell.frame import Screen

KEY: Final = "deck_notes"
LONGEST: Final = 600
_BESIDE: Final = Path(__file__).parent
_NOTES: Final = st.components.v2.component(
    "atlas_deck_notes",
    js=(_BESIDE / "notes.js").read_text(encoding="utf-8"),
    css=(_BESIDE / "notes.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show(screen: Screen, now: Asked) -> None:
    """Show the notes of a scene; they follow the wall in another window of the same browser.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        What is presented.
    """
    say, lang, told = screen.say, screen.state.lang, now.told
    after = told.scenes[now.at + 1 : now.at + 2]
    chapter = say("deck.chapter", n=now.at + 1, name=now.scene.chapter.of(lang))
    try:
        words = _words(screen, scenes.ready(screen.city, now.scene, screen.state).told)
    except AtlasError:
        words = {"sentence": say("deck.failed"), "doubt": "", "notes": []}
    _NOTES(
        key=KEY,
        data={
            **words,
            "story": now.whole.name,
            "scene": now.scene.id,
            "district": now.district,
            "title": display(told.title.of(lang), longest=LONGEST),
            "chapter": display(chapter, longest=LONGEST),
            "page": f"{now.at + 1} / {len(told.scenes)}",
            "next": display(after[0].chapter.of(lang), longest=LONGEST) if after else "",
            "labels": {n: say(f"deck.{n}") for n in ("next", "last", "since", "notes")},
        },
        on_go_change=_follow,
    )


def _words(screen: Screen, told: Told) -> dict[str, object]:
    filtered = screen.say("present.filtered", words=told.filtered) if told.filtered else ""
    lines = [*told.notes, *([filtered] if filtered else []), told.dated]
    return {
        "sentence": display(told.sentence, longest=LONGEST),
        "doubt": display(told.doubt, longest=LONGEST),
        "notes": [display(line, longest=LONGEST) for line in lines],
    }


def _follow() -> None:
    """Turn to the scene that the wall shows."""
    seen = st.session_state[KEY]["go"]
    if not isinstance(seen, dict):
        return
    state = session.state()
    session.change(
        deck=replace(state.deck, story=str(seen["story"]), scene=str(seen["scene"])),
        district=str(seen["district"]) or state.district,
    )
