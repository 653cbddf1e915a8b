"""Show places along an axis, such as the belt between two cities."""
