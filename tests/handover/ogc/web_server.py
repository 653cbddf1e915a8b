"""Serve a folder as a web server does whose index is ``index.json``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Indexed(SimpleHTTPRequestHandler):
    """A web server whose index is ``index.json``, as nginx can be told."""

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            self.path = self.path.partition("?")[0].rstrip("/") + "/index.json"
        return super().send_head()

    def guess_type(self, path: Any) -> str:
        """Call features by their type, as the README's lines for nginx do."""
        inside = "/items/" in str(path) or "/pages/" in str(path)
        return "application/geo+json" if inside else super().guess_type(path)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def served_folder(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Indexed, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
