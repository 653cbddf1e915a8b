"""Replace a set of files in a folder as a whole, and read it while that happens."""
