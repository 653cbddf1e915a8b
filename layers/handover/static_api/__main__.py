"""Write a static OGC API from a terminal: ``python -m layers.handover.static_api --help``."""

from __future__ import annotations

import sys

from layers.command_line.static_api import main

if __name__ == "__main__":
    sys.exit(main())
