"""Hold the parts of the screens, one file each."""
