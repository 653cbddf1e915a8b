"""Estimate how densely places lie, where they crowd, and how firm that is."""
