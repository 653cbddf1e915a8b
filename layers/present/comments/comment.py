"""Hold what somebody said in a meeting of a place, a spot, an area or the whole city."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, NamedTuple, get_args

from geo.base.errors import DataError, Problem
from layers import __version__
from layers.language.bilingual import BLANK, Bilingual, pair
from layers.language.messages import LANGS
from layers.pack.city import City
from layers.places.areas import area_name
from layers.places.card import name_of
from layers.view.areas import areas
from layers.view.rows import gather

On = Literal["place", "area", "spot", "city"]
MOST: Final = 300
"""Comments of one meeting that are kept."""
LONGEST: Final = 1000
"""Characters of one text."""
MOST_BYTES: Final = 20_000
"""Of one comment as it is kept."""
DIGITS: Final = 5
"""Of a degree: about a metre, more than a click knows."""
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?", re.ASCII)


class Anchor(NamedTuple):
    """What a comment is pinned to.

    Parameters
    ----------
    on
        Kind of thing.
    target
        Id of the place or the area; empty for a spot and for the city.
    name
        What it is called.
    lon, lat
        Where the comment stands on a map, degrees WGS 84; None where that is not known.
    """

    on: On
    target: str
    name: Bilingual
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Comment:
    """What somebody said, with what was on the wall meanwhile.

    Parameters
    ----------
    id
        32 hexadecimal digits.
    said
        Local time of the server, ISO 8601 to the second.
    who, what
        The speaker, who may be unknown, and the words.
    on, target, name, lon, lat
        See :class:`Anchor`.
    clause, clause_name
        Id and place of the plan's task that it belongs to; empty for none.
    page, address
        What was shown: its name, and the address that shows it again.
    filtered
        What narrowed the rows; empty for nothing.
    data_date, digest, version
        Of the pack and of the atlas with which it was shown.
    """

    id: str
    said: str
    who: str
    what: str
    on: On
    target: str
    name: Bilingual
    lon: float | None
    lat: float | None
    clause: str
    clause_name: Bilingual
    page: Bilingual
    address: str
    filtered: Bilingual
    data_date: str
    digest: str
    version: str


def made_with(city: City) -> dict[str, str]:
    """Return the fields of a comment that say with which data it was made.

    Parameters
    ----------
    city
        The pack that is shown; it is not changed.
    """
    return {"data_date": city.data_date, "digest": city.digest, "version": __version__}


def whole(city: City) -> Anchor:
    """Return the anchor of what is said of the city.

    Parameters
    ----------
    city
        The pack; it is not changed.
    """
    return Anchor("city", "", city.name)


def spot(lon: float, lat: float) -> Anchor:
    """Return the anchor of what is said of a spot of the map.

    Parameters
    ----------
    lon, lat
        Degrees WGS 84.
    """
    at = round(lon, DIGITS), round(lat, DIGITS)
    return Anchor("spot", "", pair("comments.spot", lon=at[0], lat=at[1]), *at)


def anchor(city: City, selected: str | None) -> Anchor | None:
    """Return the anchor of a selection: a place, or an area.

    Parameters
    ----------
    city
        The pack; it is not changed.
    selected
        Id of a place, ``@id`` of all places at its point, or id of an area.

    Returns
    -------
    Anchor or None
        None where nothing that the city knows is selected.
    """
    if selected is None:
        return None
    found = areas(city)
    if selected in found:
        name = Bilingual(*(area_name(city, selected, lang) for lang in LANGS))
        rows = city.districts.loc[list(found[selected])]
        at = rows.union_all().representative_point()
        return Anchor("area", selected, name, round(at.x, DIGITS), round(at.y, DIGITS))
    place, rows = selected.removeprefix("@"), gather(city).frame
    if place not in rows.index:
        return None
    row = rows.loc[place]
    name = Bilingual(*(name_of(row, lang) for lang in LANGS))
    if row.geometry is None or row.geometry.is_empty:
        return Anchor("place", place, name)
    return Anchor(
        "place", place, name, round(row.geometry.x, DIGITS), round(row.geometry.y, DIGITS)
    )


def clauses(city: City, pinned: Anchor) -> tuple[str, ...]:
    """Return the tasks of the plan that a comment may belong to, those of its place first.

    Parameters
    ----------
    city
        The pack; it is not changed.
    pinned
        What the comment is pinned to.
    """
    every = city.plan.clauses
    ids = [str(id_) for id_ in every.index[every["level"] != "chapter"]]
    own: Sequence[str] = ()
    if pinned.on == "place":
        named = gather(city).frame.loc[pinned.target].get("clause_ids")
        own = [id_ for id_ in re.split(r"[;,\s]+", str(named)) if id_ in every.index]
    return (*dict.fromkeys([*own, *ids]),)


def ordered(comments: Sequence[Comment]) -> list[Comment]:
    """Return comments in the order in which they were said.

    Parameters
    ----------
    comments
        In any order.
    """
    return sorted(comments, key=lambda each: (each.said, each.id))


def write(comment: Comment) -> str:
    """Return a comment as JSON; :func:`read` gives it back.

    Parameters
    ----------
    comment
        What is written.
    """
    return json.dumps(asdict(comment), ensure_ascii=False)


def read(text: str) -> Comment:
    """Read a comment that a browser has kept.

    Parameters
    ----------
    text
        JSON from outside. That its place or clause is not in the pack any more is no fault: what
        was said is kept.

    Raises
    ------
    DataError
        It is none of ours.
    """
    try:
        tree = json.loads(text) if len(text.encode("utf-8", "replace")) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict) or not _is_sound(tree):
        raise DataError("comment_refused", [Problem("comment.stored", "comment")])
    pairs = {name: Bilingual(*tree[name]) for name in _PAIRS}
    return Comment(**{**tree, **pairs})


_PAIRS: Final = ("name", "clause_name", "page", "filtered")
_NAMES: Final = frozenset(each.name for each in fields(Comment))
_TEXTS: Final = _NAMES - {*_PAIRS, "lon", "lat"}


def _is_sound(tree: Mapping[str, Any]) -> bool:
    return (
        set(tree) == _NAMES
        and all(_is_text(tree[name]) for name in _TEXTS)
        and all(_is_pair(tree[name]) for name in _PAIRS)
        and tree["on"] in get_args(On)
        and bool(_ID.fullmatch(tree["id"]))
        and bool(_MOMENT.fullmatch(tree["said"]))
        and bool(tree["what"].strip())
        and _is_point(tree["lon"], tree["lat"])
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 4 * LONGEST


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == len(BLANK) and all(map(_is_text, value))


def _is_point(lon: object, lat: object) -> bool:
    if lon is None or lat is None:
        return lon is lat
    numbers = (lon, lat)
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        return False
    x, y = float(str(lon)), float(str(lat))
    return math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90
