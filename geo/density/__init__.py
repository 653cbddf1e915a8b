"""Estimate how densely places lie, where they crowd, and how firm that is.

``geo.density.kernel_density`` is the function; the module of that name is reached by its own names.
"""

from geo.density.kernel_density import (
    adaptive_density,
    grid_density,
    kernel_density,
    silverman_sigma_m,
)

__all__ = ["adaptive_density", "grid_density", "kernel_density", "silverman_sigma_m"]
