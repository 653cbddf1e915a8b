"""Say what was clicked on the wall, in a few large lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from layers.language.messages import display, speaker
from layers.pack.city import City
from layers.places.brief import Brief, brief
from layers.places.district_profile import profile
from layers.present.comments.comment import Comment
from layers.view.rows import View, gather

MOST_NAMED = 8
"""Places at one point that are named; the others are counted."""


@dataclass(frozen=True)
class Caption:
    """What stands over the map.

    Parameters
    ----------
    title
        Name of what was clicked.
    line
        What it is, in one line.
    more
        Smaller lines: who says so, how sure it is; or the names of all that stand at one point.
    """

    title: str
    line: str
    more: tuple[str, ...] = ()

    def texts(self) -> dict[str, object]:
        """Return its texts as they may be shown."""
        return {name: _shown(text) for name, text in asdict(self).items()}


def _shown(text: object) -> object:
    if isinstance(text, tuple):
        return [display(line, longest=200) for line in text]
    return display(str(text), longest=200)


def caption(view: View, selected: str | None) -> Caption | None:
    """Return what is said of the selection.

    Parameters
    ----------
    view
        What the map draws.
    selected
        Id of a place or a district, or ``@id`` of all places at one point; None for nothing.
    """
    if selected is None:
        return None
    city, lang = view.city, view.state.lang
    if selected in city.districts.index:
        told = profile(city, selected, lang)
        return Caption(told.name, told.sentence)
    pile = next((s for s in view.stacks if selected.removeprefix("@") in s.ids), None)
    if selected.startswith("@") and pile is not None:
        return _stack(view, pile.ids)
    place = selected.removeprefix("@")
    return _place(city, place, lang) if place in gather(city).frame.index else None


def of_comment(known: Sequence[Comment], id_: str, lang: str) -> Caption | None:
    """Return what is said of a comment: the words themselves, then who and of what.

    Parameters
    ----------
    known
        The comments in order.
    id_
        Id of the one that was clicked; empty for none.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    for n, each in enumerate(known, start=1):
        if each.id == id_:
            about = (each.who or say("comments.somebody"), each.name.of(lang))
            return Caption(say("comments.caption", n=n), each.what, (say("brief.dot").join(about),))
    return None


def _place(city: City, place: str, lang: str) -> Caption:
    told, say = brief(city, place, lang), speaker(lang)
    colon = say("deck.colon")
    lines = _lines(told)
    facts = [lines[name] for name in ("level", "status", "lead") if name in lines]
    more = tuple(f"{lamp.label}{colon}{lamp.text}" for lamp in told.lamps)
    return Caption(told.title, say("brief.dot").join(facts or lines.values()), more)


def _lines(told: Brief) -> dict[str, str]:
    return {line.name: line.text for line in told.lines}


def _stack(view: View, ids: tuple[str, ...]) -> Caption:
    lang = view.state.lang
    say, names = speaker(lang), view.places[f"name_{lang}"]
    named = [str(names[place]) for place in ids[:MOST_NAMED]]
    if len(ids) > MOST_NAMED:
        named.append(say("deck.more_places", count=len(ids) - MOST_NAMED))
    return Caption(say("explore.stack_title", count=len(ids)), "", tuple(named))
