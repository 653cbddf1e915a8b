"""Tell a city's layout in a meeting: stories on the wall, and the same on slides and paper."""
