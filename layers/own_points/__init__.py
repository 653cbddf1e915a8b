"""Show a file of the reader's own points."""
