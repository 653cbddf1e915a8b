"""Edit the reader's own story: its scenes, their words, its file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Final

import streamlit as st

from geo.base.errors import DataError, Problem
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, LONGEST_LABEL, display
from layers.pack.city import City
from layers.present.figures import FIGURES
from layers.present.story import LONGEST, MOST_BYTES, Scene, Story, read, write
from pages.browser import stories
from pages.panels.deck.asked import Asked
from pages.shell import html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal, short

FAULTS: Final = "atlas.story_faults"
"""What was wrong with the last change."""
LOADED: Final = "atlas.story_file"
"""What came of the file that the uploader holds."""
TEXTS: Final = ("chapter", "sentence", "doubt")
AUTO: Final = "*"
"""That the map decides which parts stand enlarged; no id of one."""


@dataclass(frozen=True)
class _Loaded:
    file: str
    problems: tuple[Problem, ...] = ()


def turn_to(story: str, scene: str = "") -> None:
    """Show another story at the desk, or another scene.

    Parameters
    ----------
    story, scene
        Name and id; an empty id for the first.
    """
    deck = replace(session.state().deck, story=story, scene=scene, view="edit")
    session.change(deck=deck, selected=None)


def news(screen: Screen, story: Story) -> None:
    """Say that a story was made with other data than these, and what its scenes said then.

    Parameters
    ----------
    screen
        City, state and words of this run.
    story
        The story.
    """
    made, city, say = story.made_with, screen.city, screen.say
    if not made or made.get("digest") == city.digest:
        return
    same = made.get("data_date") == city.data_date
    key = "deck.changed_files" if same else "deck.changed_date"
    words = say(key, then=made.get("data_date", "—"), now=city.data_date)
    html.show('<p class="news" role="status">{}</p>', words)
    if any(scene.said for scene in story.scenes):
        lines = [*_changes(screen, story)] or [say("deck.nothing_changed")]
        st.html(html.bullets([html.text(line) for line in lines]))
    if story.name == stories.OWN:
        st.button(say("deck.renew"), key="story_renew", on_click=_renew, args=(city, story))


def _changes(screen: Screen, story: Story) -> Iterator[str]:
    """Yield what the sentence of each scene was, and what it is, where it is another one."""
    say, lang = screen.say, screen.state.lang
    for n, scene in enumerate(story.scenes, start=1):
        then, now = scene.said.of(lang), stories.noted(screen.city, scene).said.of(lang)
        if then and then != now:
            chapter = scene.chapter.of(lang)
            yield say("deck.changed_scene", n=n, chapter=chapter, then=then, now=now)


def _renew(city: City, story: Story) -> None:
    """Take the data of today for those that the story was made with."""
    scenes = tuple(stories.noted(city, scene) for scene in story.scenes)
    stories.put(city, replace(story, scenes=scenes, made_with=stories.made_with(city)))


def copy(screen: Screen, now: Asked) -> None:
    """Offer to go on with a story of the pack as one's own.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        What is presented; of any district it is told of the one chosen.
    """

    def begin() -> None:
        _renew(screen.city, now.told)
        turn_to(stories.OWN)

    st.button(screen.say("deck.copy"), key="story_copy", on_click=begin)


def rows(screen: Screen, now: Asked) -> None:
    """List the scenes of the own story, each to be edited, moved or removed.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        What is presented.
    """
    say, lang = screen.say, screen.state.lang
    last = len(now.whole.scenes) - 1
    for n, scene in enumerate(now.whole.scenes):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                literal(short(say("deck.chapter", n=n + 1, name=scene.chapter.of(lang)))),
                key=f"scene_{scene.id}",
                type="primary" if n == now.at else "tertiary",
                on_click=turn_to,
                args=(stories.OWN, scene.id),
            )
            for key, by, stuck in (("up", -1, n == 0), ("down", 1, n == last)):
                st.button(
                    say(f"deck.{key}"),
                    key=f"{key}_{scene.id}",
                    disabled=stuck,
                    on_click=_move,
                    args=(screen, now.whole, n, n + by),
                )
            st.button(
                say("deck.remove"),
                key=f"remove_{scene.id}",
                disabled=not last,
                on_click=_move,
                args=(screen, now.whole, n, None),
            )


def _move(screen: Screen, story: Story, at: int, to: int | None) -> None:
    """Put a scene in another place, or nowhere."""
    scenes = [*story.scenes]
    scene = scenes.pop(at)
    if to is not None:
        scenes.insert(to, scene)
    stories.put(screen.city, replace(story, scenes=tuple(scenes)))


def words(screen: Screen, now: Asked) -> None:
    """Offer the words of the scene shown, in both languages; they are checked as a file is.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        What is presented.
    """
    say, scene = screen.say, now.scene
    stamp = zlib.crc32(repr((scene, now.whole.title)).encode())  # other words, another field
    texts = {"title": now.whole.title, **{name: getattr(scene, name) for name in TEXTS}}
    with st.form(f"words_{stamp}", border=False):
        for name, text in texts.items():
            with st.container(horizontal=True):
                for lang in LANGS:
                    st.text_input(
                        say(f"deck.field_{name}_{lang}"),
                        text.of(lang),
                        key=f"{name}_{lang}_{stamp}",
                        max_chars=LONGEST,
                    )
        _insets(screen, scene, stamp)
        known = FIGURES[scene.page]
        if known:
            html.small(say("deck.figures", names="、".join(f"{{{each}}}" for each in known)))
        st.form_submit_button(say("deck.keep"), on_click=_keep, args=(screen, now, stamp))
    if problems := st.session_state.pop(FAULTS, ()):
        html.faults("", problems, screen.state.lang)


def _insets(screen: Screen, scene: Scene, stamp: int) -> None:
    """Offer which parts of the city stand enlarged beside its map."""
    say, lang = screen.say, screen.state.lang
    names = {each.id: each.name.of(lang) for each in screen.city.insets}
    if not names or scene.page == "plan":
        return
    sets = [c for n in range(len(names) + 1) for c in combinations(names, n)]
    labels = {" ".join(c): say("present.comma").join(names[i] for i in c) for c in sets}
    labels = {AUTO: say("deck.insets_auto"), **labels, "": say("deck.insets_none")}
    now = scene.insets
    chosen = AUTO if now is None else " ".join(id_ for id_ in names if id_ in now)
    st.selectbox(
        say("deck.insets"),
        [*labels],
        [*labels].index(chosen),
        format_func=lambda way: display(labels[way], longest=LONGEST_LABEL),
        key=f"insets_{stamp}",
    )


def _keep(screen: Screen, now: Asked, stamp: int) -> None:
    def typed(name: str) -> Bilingual:
        return Bilingual(*(str(st.session_state[f"{name}_{lang}_{stamp}"]) for lang in LANGS))

    changed: dict[str, Any] = {name: typed(name) for name in TEXTS}
    if f"insets_{stamp}" in st.session_state:
        way = st.session_state[f"insets_{stamp}"]
        changed["insets"] = None if way == AUTO else tuple(way.split())
    scenes: list[Scene] = [*now.whole.scenes]
    scenes[now.at] = replace(scenes[now.at], **changed)
    if now.whole.made_with.get("digest") == screen.city.digest:
        scenes[now.at] = stories.noted(screen.city, scenes[now.at])
    story = replace(now.whole, title=typed("title"), scenes=tuple(scenes))
    try:
        stories.put(screen.city, stories.checked(screen.city, story))
    except DataError as error:
        st.session_state[FAULTS] = tuple(error.problems)


def files(screen: Screen, now: Asked | None) -> None:
    """Offer the story as a file, and take one.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        What is presented; None where there is no story.
    """
    say, city = screen.say, screen.city
    if now is not None:
        st.download_button(
            say("deck.save"),
            partial(_written, city, now.told),
            file_name=f"{city.id}_{now.whole.name}.toml",
            mime="application/toml",
            on_click="ignore",
            key="story_save",
        )
    given = st.file_uploader(say("deck.load"), type=["toml"], key="story_load", max_upload_size=1)
    if given is None:
        st.session_state.pop(LOADED, None)
        return
    before: _Loaded | None = st.session_state.get(LOADED)
    if before is None or before.file != given.file_id:
        text = given.getvalue()[: MOST_BYTES + 1].decode("utf-8", "replace")
        before = st.session_state[LOADED] = _load(screen, given.file_id, text)
        if not before.problems:
            st.rerun()
    if before.problems:
        html.faults("", before.problems, screen.state.lang)


def _written(city: City, story: Story) -> str:
    """Return a story as a file that says with which data it was made, and what it said then."""
    if not story.made_with:
        scenes = tuple(stories.noted(city, scene) for scene in story.scenes)
        story = replace(story, scenes=scenes, made_with=stories.made_with(city))
    return write(story)


def _load(screen: Screen, file: str, text: str) -> _Loaded:
    """Take a file once; one with faults stays out."""
    try:
        story = read(text, screen.city, name=stories.OWN)
    except DataError as error:
        return _Loaded(file, tuple(error.problems))
    stories.put(screen.city, story)
    turn_to(stories.OWN)
    return _Loaded(file)
