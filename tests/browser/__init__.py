"""Use the atlas as a reader does: in a browser, against a server of its own."""
