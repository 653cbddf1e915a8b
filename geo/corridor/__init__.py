"""Measure along an axis: where places lie on it, what is empty, whose ground it crosses."""
