"""Say things in the reader's language."""
