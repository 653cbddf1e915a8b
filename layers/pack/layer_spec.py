"""Describe a layer: what it holds, how it is drawn, and where it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.base.schema import Schema

Group = Literal["plan", "context", "frame"]
"""``plan``: what the plan names; ``context``: what helps to judge it; ``frame``: map lines."""

Shape = Literal[
    "circle", "hexagon", "star", "diamond", "square", "triangle", "pentagon", "ring", "cross",
    "dome", "area", "line", "text",
]  # fmt: skip


@dataclass(frozen=True)
class Style:
    """Drawing of a layer: the shape says the kind, the colour helps.

    Parameters
    ----------
    shape
        Mark of a point layer, or ``area``, ``line``, ``text``.
    colour
        ``#RRGGBB``; contrast at least 3:1 on land and on water.
    """

    shape: Shape
    colour: str


@dataclass(frozen=True)
class LayerSpec:
    """One entry of the catalogue.

    Parameters
    ----------
    id
        Stable identifier: the layer's file name, its key in the address, the rows' ``kind``.
    group
        Where it stands in the layer list.
    schema
        Columns and geometry types.
    style
        Drawing.
    card
        Columns shown on a place's card, in order.
    analyses
        Names of the analyses that the layer may enter.
    on
        Whether the layer is shown when nothing else is asked for.
    """

    id: str
    group: Group
    schema: Schema
    style: Style
    card: tuple[str, ...] = ()
    analyses: frozenset[str] = frozenset()
    on: bool = True

    @property
    def is_places(self) -> bool:
        """Whether the rows are places, with a card, a status and a doubt."""
        return self.group in ("plan", "context")
