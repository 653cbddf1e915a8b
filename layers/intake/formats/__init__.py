"""Open a file of any kind that people keep tables of places in."""
