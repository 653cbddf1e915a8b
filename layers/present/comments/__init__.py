"""Hold what is said in a meeting, pinned to the map, and hand it over as a record."""
