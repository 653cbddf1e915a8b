"""Tell whether there is room on the paper, in boxes of millimetres."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from geo.base.arrays import Flags, Floats

Box = tuple[float, float, float, float]
"""Left, low, right and high in millimetres from the lower left corner of the sheet."""
Spot = tuple[float, float]
"""A point of the sheet in millimetres."""
STEP_MM: Final = 0.7
"""Between two spots at which a line is looked at."""


def meet(one: Box, other: Box) -> bool:
    """Tell whether two boxes share more than an edge.

    Parameters
    ----------
    one, other
        Boxes of the sheet.

    Examples
    --------
    >>> meet((0, 0, 2, 2), (1, 1, 3, 3)), meet((0, 0, 2, 2), (2, 0, 3, 2))
    (True, False)
    """
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def around(x: float, y: float, half_width: float, half_height: float) -> Box:
    """Return the box round a middle.

    Parameters
    ----------
    x, y
        Its middle.
    half_width, half_height
        How far it reaches from there.
    """
    return x - half_width, y - half_height, x + half_width, y + half_height


def within(box: Box, x: float, y: float) -> bool:
    """Tell whether a point lies in a box.

    Parameters
    ----------
    box
        A box of the sheet.
    x, y
        The point.
    """
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def nearest(box: Box, x: float, y: float) -> Spot:
    """Return the point of a box that lies nearest to another.

    Parameters
    ----------
    box
        A box of the sheet.
    x, y
        The other point.
    """
    return min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])


def along(start: Spot, end: Spot) -> list[Box]:
    """Return small boxes that cover a line.

    Parameters
    ----------
    start, end
        Its ends.
    """
    return [(left, low, right, high) for left, low, right, high in _along(start, end).tolist()]


def _along(start: Spot, end: Spot) -> Floats:
    steps = max(1, math.ceil(math.dist(start, end) / STEP_MM))
    share = np.arange(steps + 1)[:, None] / steps
    middles = np.array(start) * (1 - share) + np.array(end) * share
    return np.hstack([middles - STEP_MM / 4, middles + STEP_MM / 4])


class Room:
    """What is still free of a window of the sheet.

    Parameters
    ----------
    frame
        The window.
    edge
        How far from its edge a name stays.
    """

    def __init__(self, frame: Box, edge: float) -> None:
        left, low, right, high = frame
        self.frame = (left + edge, low + edge, right - edge, high - edge)
        self.furniture: list[Box] = []
        self._taken = np.empty((0, 4))
        self._owners: list[str] = []
        self._dots = np.empty((0, 4))

    def take(self, boxes: Iterable[Box], owner: str = "") -> None:
        """Note what is taken.

        Parameters
        ----------
        boxes
            By what stands there.
        owner
            Who may be asked to leave again; empty for what stays.
        """
        more = np.array(list(boxes)).reshape(-1, 4)
        self._taken = np.vstack([self._taken, more])
        self._owners += [owner] * len(more)

    def take_dots(self, boxes: Iterable[Box]) -> None:
        """Note where small dots are, which some names may cover.

        Parameters
        ----------
        boxes
            Of the dots.
        """
        self._dots = np.vstack([self._dots, np.array(list(boxes)).reshape(-1, 4)])

    def leave(self, owner: str) -> None:
        """Free what one owner has taken.

        Parameters
        ----------
        owner
            Who leaves.
        """
        stays = [n for n, other in enumerate(self._owners) if other != owner]
        self._taken = self._taken[stays]
        self._owners = [self._owners[n] for n in stays]

    def take_furniture(self, box: Box) -> None:
        """Note what furniture takes: no mark may stand there either.

        Parameters
        ----------
        box
            By what stands there.
        """
        self.furniture.append(box)
        self.take([box])

    @property
    def taken(self) -> list[Box]:
        """All that is taken, dots aside."""
        return [(left, low, right, high) for left, low, right, high in self._taken.tolist()]

    def owners(self, boxes: Floats) -> list[set[str]]:
        """Return who has taken some of each of many boxes; ``""`` stands for what stays.

        Parameters
        ----------
        boxes
            Rows of left, low, right and high.

        Returns
        -------
        list of set of str
            Empty sets for the free ones; a box beyond the window belongs to what stays.
        """
        found: list[set[str]] = [set() for _ in boxes]
        for n in np.flatnonzero(self._beyond(boxes) | _meet_each(boxes, self._dots).any(axis=1)):
            found[n].add("")
        for n, m in zip(
            *(at.tolist() for at in _meet_each(boxes, self._taken).nonzero()), strict=True
        ):
            found[n].add(self._owners[m])
        return found

    def free(self, boxes: Floats) -> Flags:
        """Tell of each of many boxes whether it lies in the window and on nothing that is taken.

        Parameters
        ----------
        boxes
            Rows of left, low, right and high.
        """
        found: Flags = ~self._beyond(boxes)
        for taken in (self._dots, self._taken):
            found[found] = ~_meet_each(boxes[found], taken).any(axis=1)
        return found

    def _beyond(self, boxes: Floats) -> Flags:
        left, low, right, high = self.frame
        found: Flags = (
            (boxes[:, 0] < left)
            | (boxes[:, 1] < low)
            | (boxes[:, 2] > right)
            | (boxes[:, 3] > high)
        )
        return found

    def holds(self, box: Box, *, over_dots: bool = False) -> bool:
        """Tell whether a box lies in the window and on nothing that is taken.

        Parameters
        ----------
        box
            What wants room.
        over_dots
            Whether it may lie on the small dots of places that an inset shows.
        """
        left, low, right, high = self.frame
        if box[0] < left or box[1] < low or box[2] > right or box[3] > high:
            return False
        one = np.array([box])
        if _meet_each(one, self._taken).any():
            return False
        return over_dots or not bool(_meet_each(one, self._dots).any())

    def crossed(self, start: Spot, end: Spot, own: Box) -> set[str]:
        """Return whose room a line crosses; ``""`` is among them for what stays.

        Parameters
        ----------
        start, end
            Its ends.
        own
            The mark from which it comes: that, and the line that leads there, do not count.
        """
        mark, pad = np.array([own]), STEP_MM / 4
        low, high = np.minimum(start, end) - pad, np.maximum(start, end) + pad
        near = np.flatnonzero(_meet_each(np.hstack([low, high])[None], self._taken)[0])
        boxes = self._taken[near]
        slim = boxes[:, 2] - boxes[:, 0] < STEP_MM
        same = (np.abs(boxes - mark) < 0.01).all(axis=1)
        counts = ~(_meet_each(mark, boxes)[0] & (slim | same))
        if not counts.any():
            return set()
        meets = _meet_each(_along(start, end), boxes).any(axis=0)
        return {self._owners[n] for n in near[meets & counts].tolist()}


def _meet_each(some: Floats, others: Floats) -> Flags:
    """Tell for each of some boxes which of the others share more than an edge with it."""
    one = some[:, None, :]
    found: Flags = (
        (one[..., 0] < others[:, 2])
        & (one[..., 2] > others[:, 0])
        & (one[..., 1] < others[:, 3])
        & (one[..., 3] > others[:, 1])
    )
    return found
