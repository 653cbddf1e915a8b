"""Take in a file from a terminal: ``python -m layers.intake --help``."""

from __future__ import annotations

import sys

from layers.command_line.intake import main

if __name__ == "__main__":
    sys.exit(main())
