"""Serve the atlas, and print a line each time that a density is measured."""

from __future__ import annotations

from functools import wraps

from layers.density import measure as density_measure
from layers.view.rows import View
from pages.shell import navigation

MEASURED = "density measured"
"""What is printed."""

if not hasattr(density_measure.measure, "__wrapped__"):
    plain = density_measure.measure

    @wraps(plain)
    def measure(view: View) -> density_measure.Measured:
        """Print, and measure."""
        print(MEASURED, flush=True)
        return plain(view)

    density_measure.measure = measure

if __name__ == "__main__":
    navigation.route()
