"""Understand the coordinates that people write down: notation, reference system, datum."""
