"""Measure what lies within reach of places, what is missed, and where to add."""
