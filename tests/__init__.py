"""Show that the atlas does what it says."""
