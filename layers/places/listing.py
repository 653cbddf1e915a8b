"""List the places shown by kind, each with its number, its name and its district."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from layers.language.messages import speaker
from layers.language.values import Row, cell
from layers.pack.catalogue import CITY
from layers.pack.city import City
from layers.places.screen_tables import district_words
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
        What stands beside its name: the district that runs it, with that of its site where they
        differ, and that none is known is said (a title of the city is the whole city's); or what
        the caller of :func:`grouped` says.
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
    say = speaker(lang)

    def beside(row: Row) -> str:
        home = say("list.city" if cell(row, "title_of", lang) == CITY else "list.nowhere")
        return district_words(row, lang) or home

    return grouped(view.city, view.places, lang, beside)


def grouped(
    city: City, places: gpd.GeoDataFrame, lang: str, beside: Callable[[Row], str]
) -> tuple[Group, ...]:
    """Return places by kind, each with its index number and what stands beside its name.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    places
        Rows of the city's places.
    lang
        Language of the words, ``zh`` or ``en``.
    beside
        Says what stands beside the name of a row.

    Returns
    -------
    tuple
        In the order of the rows; kinds without a place are left out.
    """
    numbers = index_numbers(city)
    found: dict[str, list[Item]] = {}
    columns = ["kind", "location_class", f"name_{lang}"]
    rows = pd.DataFrame(places.drop(columns=places.geometry.name)).to_dict("records")
    for id_, row in zip(places.index, rows, strict=True):
        kind, known, name = (cell(row, column, lang) for column in columns)
        item = Item(str(id_), numbers.get(str(id_)), name, beside(row), known)
        found.setdefault(kind, []).append(item)
    return tuple(
        Group(kind, city.layers[kind].title.of(lang), tuple(items)) for kind, items in found.items()
    )
