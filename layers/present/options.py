"""Hold the options that a scene sets side by side: sites that are added, moved or closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo.base.errors import AtlasError, Problem
from geo.coverage.scenario import MOST_NAME, Scenario
from layers.language.bilingual import Bilingual
from layers.pack.city import City

MOST: Final = 4
"""Options of one scene: more are not told apart on a wall."""
_OPTION: Final = frozenset({"name_zh", "name_en", "add", "move", "close"})
_ADD: Final = frozenset({"lon", "lat", "kind", "name"})
_MOVE: Final = frozenset({"id", "lon", "lat"})


@dataclass(frozen=True)
class Option:
    """One of the options, never part of the pack's facts.

    Parameters
    ----------
    name
        What it is called.
    changes
        Its changes, whose own name does not matter.
    """

    name: Bilingual
    changes: Scenario

    def of(self, lang: str) -> Scenario:
        """Return it as a scenario of the coverage page.

        Parameters
        ----------
        lang
            Language of its name.
        """
        return Scenario(self.name.of(lang), self.changes.edits)


def read(given: object, row: str, where: str, problems: list[Problem]) -> tuple[Option, ...]:
    """Read the options of a scene.

    Parameters
    ----------
    given
        Value of ``option`` in a story file, of any content.
    row, where
        The scene and the file, for what is wrong.
    problems
        Takes what is wrong.

    Returns
    -------
    tuple
        Empty where something is wrong; whether its sites and kinds are known asks :func:`misled`.
    """
    if not isinstance(given, list) or len(given) > MOST:
        problems.append(Problem("story.options", where, row, "option", most=MOST))
        return ()
    found = []
    for each in given:
        option = _option(each)
        if option is None:
            problems.append(Problem("story.option", where, row, "option"))
        else:
            found.append(option)
    names = [name for option in found for name in option.name]
    if len(set(names)) < len(names) and len(found) > 1:
        problems.append(Problem("story.option_names", where, row, "option"))
    return tuple(found)


def _option(given: object) -> Option | None:
    if not isinstance(given, dict) or not set(given) <= _OPTION:
        return None
    name = Bilingual(given.get("name_zh", ""), given.get("name_en", ""))
    if not all(isinstance(text, str) and 0 < len(text.strip()) <= MOST_NAME for text in name):
        return None
    changes = Scenario("")
    try:
        for each in _tables(given, "add", _ADD):
            lon, lat, kind = float(each["lon"]), float(each["lat"]), str(each["kind"])
            changes = changes.added(lon, lat, kind=kind, name=str(each.get("name", ""))[:MOST_NAME])
        for each in _tables(given, "move", _MOVE):
            changes = changes.moved(str(each["id"]), float(each["lon"]), float(each["lat"]))
        for id_ in given.get("close", []):
            changes = changes.closed(str(id_))
    except (AtlasError, KeyError, TypeError, ValueError):
        return None
    return Option(name, changes)


def _tables(given: Mapping[str, Any], key: str, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    for each in given.get(key, []):
        if not isinstance(each, dict) or not set(each) <= known:
            raise TypeError(key)
        yield each


def misled(options: Sequence[Option], row: str, city: City, where: str) -> Iterator[Problem]:
    """Yield what of the options a city does not know.

    Parameters
    ----------
    options
        The options of a scene.
    row, where
        The scene and the file, for what is wrong.
    city
        The pack that is told of; it is not changed.
    """
    layers = {id_: layer for id_, layer in city.layers.items() if layer.spec.is_places}
    known = {str(id_) for layer in layers.values() for id_ in layer.frame.index}
    west, south, east, north = city.bbox
    for edit in (edit for option in options for edit in option.changes.edits):
        if edit.action == "add" and edit.kind not in layers:
            yield Problem("story.option_kind", where, row, "option", value=edit.kind)
        if edit.action != "add" and edit.id not in known:
            yield Problem("story.option_site", where, row, "option", value=edit.id)
        at = edit.point
        if at is not None and not (west <= at.x <= east and south <= at.y <= north):
            yield Problem("story.option_place", where, row, "option", value=f"{at.x}, {at.y}")


def written(options: Sequence[Option]) -> list[dict[str, Any]]:
    """Return options as a story file holds them; :func:`read` gives them back.

    Parameters
    ----------
    options
        The options of a scene.
    """
    return [_written(option) for option in options]


def _written(option: Option) -> dict[str, Any]:
    tree: dict[str, Any] = {"name_zh": option.name.zh, "name_en": option.name.en}
    lists: dict[str, list[Any]] = {"add": [], "move": [], "close": []}
    for edit in option.changes.edits:
        at = {"lon": edit.lon, "lat": edit.lat}
        named = {"name": edit.name} if edit.name else {}
        lists[edit.action].append(
            {**at, "kind": edit.kind, **named}
            if edit.action == "add"
            else {"id": edit.id, **at}
            if edit.action == "move"
            else edit.id
        )
    return tree | {action: each for action, each in lists.items() if each}
