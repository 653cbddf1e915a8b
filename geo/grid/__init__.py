"""Lay a grid over a plane, and count, label and look up on its cells."""
