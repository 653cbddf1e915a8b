"""Screens as they are drawn, and what can be done on each of them."""
