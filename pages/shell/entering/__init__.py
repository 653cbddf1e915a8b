"""Let readers enter something, under a name."""
