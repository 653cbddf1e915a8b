"""Read, sample and bin tables of points by the million."""
