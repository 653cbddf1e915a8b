"""Write a meeting pack: ``python -m layers.present --help``."""

from __future__ import annotations

import sys

from layers.present.pack.command import main

if __name__ == "__main__":
    sys.exit(main())
