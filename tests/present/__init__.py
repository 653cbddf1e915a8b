"""Show that wall, slides and paper say what the screen says."""
