"""Hand over what a screen shows, without one: ``python -m layers.export --help``."""

from __future__ import annotations

import io
import sys

from layers.handover.view_export import main

if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):  # a code page without Chinese stops no job
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
