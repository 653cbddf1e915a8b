"""Keep in the reader's browser what must outlive a session."""
