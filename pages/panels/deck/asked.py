"""Find the story and the scene that an address asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from layers.pack.city import City
from layers.places.district_profile import fullest
from layers.present.story import Scene, Story
from layers.view.state import ViewState


@dataclass(frozen=True, eq=False)
class Asked:
    """What is presented.

    Parameters
    ----------
    told
        The story; of any district it is told of the one chosen.
    whole
        The same before a district was chosen.
    at
        Number of the scene shown, from 0.
    district
        Adcode of the district that it is told of; empty for a story of the city.
    """

    told: Story
    whole: Story
    at: int
    district: str

    @property
    def scene(self) -> Scene:
        """The scene shown."""
        return self.told.scenes[self.at]


def asked(city: City, state: ViewState, known: Mapping[str, Story]) -> Asked | None:
    """Return the story and the scene that a state asks for.

    Parameters
    ----------
    city
        The pack; it is not changed.
    state
        Names story, scene and district; where it names none that there is, the first is meant, and
        the district with most places.
    known
        The stories that there are, by name.

    Returns
    -------
    Asked or None
        None where there is no story.
    """
    if not known:
        return None
    whole = known.get(state.deck.story) or next(iter(known.values()))
    district = ""
    if whole.any_district:
        chosen = state.district or ""
        district = chosen if chosen in city.districts.index else fullest(city)
    told = whole.of(district) if district else whole
    ids = [scene.id for scene in told.scenes]
    at = ids.index(state.deck.scene) if state.deck.scene in ids else 0
    return Asked(told, whole, at, district)


def next_of(city: City, now: Asked) -> Iterator[Scene]:
    """Yield the scenes that may be turned to, the nearest first.

    Parameters
    ----------
    city
        The pack; it is not changed.
    now
        What is shown.
    """
    scenes, codes = now.told.scenes, [str(code) for code in city.districts.index]
    yield from scenes[now.at + 1 : now.at + 2]
    if now.district:
        here = codes.index(now.district)
        below, above = codes[here + 1 :], codes[:here][::-1]
        for code in chain(below[:1], above[:1], below[1:], above[1:]):
            yield now.whole.of(code).scenes[now.at]
    yield from scenes[: now.at][::-1]
    yield from scenes[now.at + 2 :]
