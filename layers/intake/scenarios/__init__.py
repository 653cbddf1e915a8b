"""Scenarios as people keep them in a table: how their rows are understood, and written."""
