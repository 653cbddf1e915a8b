"""What goes back to the reader of a file: its own columns as they were meant, and its sheet."""
