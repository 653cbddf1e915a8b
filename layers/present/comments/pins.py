"""Draw comments on a map as what they are: numbered notes, no places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from layers.language.messages import speaker
from layers.map.overlay import Drawing, Handle
from layers.map.symbols import svg
from layers.present.comments.comment import Comment, ordered
from layers.present.picture import Picture

PREFIX: Final = "comment-"
"""What the ids of their marks begin with: they are never taken for a place of the pack."""
APART: Final = 0.012
"""Degrees by which comments on one point stand apart."""


def with_pins(drawn: Picture, comments: Sequence[Comment], *, place: bool) -> Picture:
    """Return what a map draws with the comments over it, and their sign in its legend.

    Parameters
    ----------
    drawn
        What it draws without them.
    comments
        In any order.
    place
        Whether a click on the ground hands its position to the page.
    """
    if not comments and not place:
        return drawn
    lang = drawn.view.state.lang
    base = drawn.drawing or Drawing(subject=True)  # of a layout map the places stay the subject
    marks = [*_marks(ordered(comments), lang)]
    sign = [(note(len(marks)), speaker(lang)("comments.sign"))] if marks else []
    legend = drawn.plate.legend if drawn.plate else drawn.legend
    return replace(
        drawn,
        drawing=replace(base, handles=[*base.handles, *marks], place=base.place or place),
        plate=drawn.plate and replace(drawn.plate, legend=(*legend, *sign)),
        legend=() if drawn.plate else (*legend, *sign),
    )


def _marks(comments: Sequence[Comment], lang: str) -> Iterator[Handle]:
    say, taken = speaker(lang), dict[tuple[float, float], int]()
    for n, each in enumerate(comments, start=1):
        if each.lon is None or each.lat is None:
            continue
        at = (each.lon, each.lat)
        aside = taken[at] = taken.get(at, -1) + 1
        name = say("comments.mark", n=n, who=each.who or say("comments.somebody"), what=each.what)
        yield Handle(
            f"{PREFIX}{each.id}", each.lon + aside * APART, each.lat, note(n), name, movable=False
        )


def note(n: int) -> str:
    """Return the sign of a comment: a white note with its number.

    Parameters
    ----------
    n
        Its number in the record.
    """
    return svg(
        '<path d="M1 1H19V14H12L10 19L8 14H1Z" fill="#FFFFFF" stroke="#B5322A" stroke-width="1.6"/>'
        f'<text x="10" y="11.6" text-anchor="middle" font-size="{10 if n < 100 else 8}" '
        f'font-family="sans-serif" font-weight="700" fill="#B5322A">{n}</text>'
    )
