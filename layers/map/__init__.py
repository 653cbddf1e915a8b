"""Draw on the map."""
