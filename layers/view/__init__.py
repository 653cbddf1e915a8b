"""Decide which rows a reader sees."""
