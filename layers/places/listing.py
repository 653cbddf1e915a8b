"""List the places shown by kind, each with its number, its name and its district."""

from __future__ import annotations

from dataclasses import dataclass

from layers.language.messages import speaker
from layers.language.values import cell
from layers.pack.catalogue import CITY
from layers.view.index_numbers import index_numbers
from layers.view.rows import View


@dataclass(frozen=True)
class Item:
    """One place of the list.

    Parameters
    ----------
    id
        Id of the place.
    number
        Its index number on the map, the same in any view; None where it has no point.
    name
        In the reader's language.
    where
        The district that runs it, else that of its site; that none is known is said. A
        title of the city is the whole city's.
    location_class
        How its position is known, which decides its mark.
    """

    id: str
    number: int | None
    name: str
    where: str
    location_class: str


@dataclass(frozen=True)
class Group:
    """The places of one kind.

    Parameters
    ----------
    kind
        Id of the layer.
    title
        Its title in the reader's language.
    items
        Its places in the order of the view.
    """

    kind: str
    title: str
    items: tuple[Item, ...]


def listing(view: View, lang: str) -> tuple[Group, ...]:
    """Return the places shown, mapped or not, by kind.

    Parameters
    ----------
    view
        What is shown.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        In the order of the view; kinds without a place are left out.
    """
    numbers = index_numbers(view.city)
    say = speaker(lang)
    found: dict[str, list[Item]] = {}
    columns = ["kind", "location_class", f"name_{lang}"]
    for id_, row in view.places.iterrows():
        kind, known, name = (cell(row, column, lang) for column in columns)
        home = say("list.city" if cell(row, "title_of", lang) == CITY else "list.nowhere")
        where = cell(row, "host_name", lang) or cell(row, "site_name", lang) or home
        item = Item(str(id_), numbers.get(str(id_)), name, where, known)
        found.setdefault(kind, []).append(item)
    layers = view.city.layers
    return tuple(
        Group(kind, layers[kind].title.of(lang), tuple(items)) for kind, items in found.items()
    )
