"""A file that a reader brings along: proposed, used, mended row by row, handed back."""
