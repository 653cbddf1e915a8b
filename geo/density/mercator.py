"""Lay a surface on a web map: warp it to Web Mercator and paint its classes."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj.enums import TransformDirection

from geo.base.arrays import Floats
from geo.base.bridge import transformer
from geo.base.errors import ParameterError, Problem
from geo.density.surface import Surface

_MESH = 16
"""Every how many pixels an overlay's position is computed; between them it is interpolated."""


_LARGEST_SIDE = 4096


@dataclass(frozen=True)
class Overlay:
    """A picture that lies right on a Web Mercator map.

    Parameters
    ----------
    png
        Palette PNG, north up, transparent where there is nothing to show.
    bounds
        South-west and north-east corner: ((latitude, longitude), (latitude, longitude)).
    """

    png: bytes
    bounds: tuple[tuple[float, float], tuple[float, float]]


def overlay(
    surface: Surface, *, breaks: Sequence[float], colours: Sequence[str], opacity: float = 0.75
) -> Overlay:
    """Return the surface as a picture warped to Web Mercator (EPSG:3857).

    Parameters
    ----------
    surface
        The density.
    breaks
        Lower bound of each class, per km², ascending; below the first nothing is drawn.
    colours
        One ``#RRGGBB`` per class.
    opacity
        0 to 1.

    Returns
    -------
    Overlay
        One pixel is about one cell, or less where the picture would be larger than 4,096 pixels.

    Raises
    ------
    ParameterError
        There are not as many colours as breaks, or the surface has no cells.

    Notes
    -----
    A Gauss–Krüger grid laid over Web Mercator by its corners alone is off by kilometres in the
    north and south of a city: each pixel's place is looked up in the surface. Positions are
    computed at every sixteenth pixel and interpolated; that errs by less than 1/100 of a pixel.
    """
    if len(breaks) != len(colours) or not surface.values.size or sorted(breaks) != list(breaks):
        sizes = {"breaks": len(breaks), "colours": len(colours), "cells": surface.values.size}
        raise ParameterError("density.overlay", [Problem("density.legend", "breaks", values=sizes)])
    west, south, east, north = mercator_bounds(surface)
    columns, rows = surface.values.shape[1], surface.values.shape[0]
    pixel = max((east - west) / columns, (north - south) / rows)
    pixel = max(pixel, (east - west) / _LARGEST_SIDE, (north - south) / _LARGEST_SIDE)
    wide, high = math.ceil((east - west) / pixel), math.ceil((north - south) / pixel)
    east, south = west + wide * pixel, north - high * pixel
    values = np.nan_to_num(_warp(surface, west, north, pixel, (high, wide)), nan=-np.inf)
    classes = np.searchsorted(np.asarray(breaks), values, side="right").astype(np.uint8)
    to_degrees = transformer(3857, 4326)
    (left, right), (bottom, top) = to_degrees.transform([west, east], [south, north])
    return Overlay(palette_png(classes, colours, opacity), ((bottom, left), (top, right)))


def mercator_bounds(surface: Surface) -> tuple[float, float, float, float]:
    """Return the rectangle that a surface takes on a Web Mercator map.

    Parameters
    ----------
    surface
        The density, on any plane.

    Returns
    -------
    tuple of float
        West, south, east, north in EPSG:3857, in its own metres, which are not ground metres. The
        sides of the grid are curved there: they are followed at 41 points each.
    """
    to_mercator = transformer(surface.crs, 3857)
    return to_mercator.transform_bounds(*surface.grid.bounds, densify_pts=41)


def _warp(
    surface: Surface, west: float, north: float, pixel: float, shape: tuple[int, int]
) -> Floats:
    """Return the surface at the pixel centres, interpolated between cell centres; NaN beyond."""
    to_mercator = transformer(surface.crs, 3857)  # as for the bounds: PROJ takes 70 ms to find it
    rows, columns = (np.append(np.arange(0, size, _MESH), size - 1.0) for size in shape)
    mesh = np.meshgrid(west + (columns + 0.5) * pixel, north - (rows + 0.5) * pixel)
    x, y = to_mercator.transform(*mesh, direction=TransformDirection.INVERSE)
    column = _spread((x - surface.x0) / surface.cell_m - 0.5, rows, columns, shape)
    row = _spread((y - surface.y0) / surface.cell_m - 0.5, rows, columns, shape)
    return _between(surface, row, column)


def _spread(mesh: Floats, rows: Floats, columns: Floats, shape: tuple[int, int]) -> Floats:
    """Interpolate linearly from the nodes of a mesh to every pixel."""
    high, wide = shape
    across = np.array([np.interp(np.arange(wide), columns, line) for line in mesh])
    below = np.clip(np.arange(high) // _MESH, 0, max(len(rows) - 2, 0))
    above = np.minimum(below + 1, len(rows) - 1)
    span = np.maximum(rows[above] - rows[below], 1.0)
    part = ((np.arange(high) - rows[below]) / span)[:, None]
    return np.asarray(across[below] * (1 - part) + across[above] * part)


def _between(surface: Surface, row: Floats, column: Floats) -> Floats:
    values = surface.values
    rows, columns = values.shape
    beyond = (row < -0.5) | (row > rows - 0.5) | (column < -0.5) | (column > columns - 0.5)
    row, column = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
    r, c = row.astype(np.intp), column.astype(np.intp)
    up, right = np.minimum(r + 1, rows - 1), np.minimum(c + 1, columns - 1)
    v, u = row - r, column - c
    mixed = (values[r, c] * (1 - u) + values[r, right] * u) * (1 - v)
    mixed += (values[up, c] * (1 - u) + values[up, right] * u) * v
    if surface.inside is not None:
        nearest = np.rint(row).astype(np.intp), np.rint(column).astype(np.intp)
        beyond |= ~surface.inside[nearest]
    mixed[beyond] = np.nan
    return np.asarray(mixed)


def palette_png(classes: NDArray[np.uint8], colours: Sequence[str], opacity: float) -> bytes:
    """Write class numbers as a palette PNG; class 0 is transparent.

    Parameters
    ----------
    classes
        Shape (rows, columns), north up.
    colours
        ``#RRGGBB`` of the classes from 1.
    opacity
        0 to 1.

    Returns
    -------
    bytes
        An 8-bit PNG; the same classes and colours give the same bytes.
    """
    high, wide = classes.shape
    palette = bytes(3) + b"".join(bytes.fromhex(colour.lstrip("#")) for colour in colours)
    alpha = bytes([0]) + bytes([round(opacity * 255)]) * len(colours)
    rows = np.zeros((high, wide + 1), dtype=np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = classes
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"tRNS", alpha),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
