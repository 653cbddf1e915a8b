"""Hold what every screen shares."""
