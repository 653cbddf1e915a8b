"""Look after what readers have entered: ``python -m layers.store --help``."""

from __future__ import annotations

import sys

from layers.store.command import main

if __name__ == "__main__":
    sys.exit(main())
