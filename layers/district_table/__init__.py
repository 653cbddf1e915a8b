"""Draw a table by district that a reader brings along."""
