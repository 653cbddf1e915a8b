"""Show how densely places lie."""
