"""Measure what lies within reach of places, what is missed, and where to add.

``geo.coverage.service_area`` is the function; the module of that name is reached by its own names.
"""

from geo.coverage.service_area import (
    assign,
    discs,
    nearest,
    overlap,
    reach,
    reached,
    service_area,
    shares,
)

__all__ = ["assign", "discs", "nearest", "overlap", "reach", "reached", "service_area", "shares"]
