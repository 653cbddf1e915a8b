"""Answer requests that are no page."""
