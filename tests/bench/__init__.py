"""Time what the atlas promises to be quick at, beside the usual way of doing it."""
