"""Hand over what a screen shows, without one: ``python -m layers.export --help``."""

from __future__ import annotations

import sys

from layers.command_line.export import main

if __name__ == "__main__":
    sys.exit(main())
