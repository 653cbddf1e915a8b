"""Hand files over."""
