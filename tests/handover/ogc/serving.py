"""Serve both OGC APIs of a city for a test, and ask them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError

from layers.handover.contents import Contents, Form
from layers.handover.package import Package
from layers.handover.selection import select
from layers.handover.static_api.links import Address
from layers.handover.static_api.pygeoapi_config import served
from layers.handover.static_api.tree import tree
from layers.handover.view_export import contents
from layers.pack.city import City
from layers.view.state import default_state
from tests import ROOT
from tests.handover.ogc.requirements import Answer, Api, core, filters, parameters, records, results
from tests.handover.ogc.web_server import served_folder


def laid(made: Package, folder: Path) -> None:
    """Write an API."""
    for name, data in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def whole(city: City) -> Contents:
    """Return all layers of a city."""
    asked = select(city, default_state(city), layers=tuple(city.layers), form=Form())
    return contents(asked)


@contextmanager
def static_tree(city: City) -> Iterator[str]:
    """Serve a city as files."""
    with TemporaryDirectory() as folder, served_folder(Path(folder)) as base:
        laid(tree(whole(city), Address(base)), Path(folder))
        yield base


@contextmanager
def pygeoapi(city: City) -> Iterator[str]:
    """Serve a city as ``make ogc`` does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory() as work:
        folder, openapi = Path(work) / "ogc", Path(work) / "openapi.yml"
        at = Address(f"http://127.0.0.1:{port}")
        laid(served(whole(city), at, folder.as_posix(), port), folder)
        config = folder / "pygeoapi-config.yml"
        python = [sys.executable, "-c", "from pygeoapi import cli; cli()"]
        asked = [*python, "openapi", "generate", str(config), "--output-file", str(openapi)]
        told = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(asked, check=True, capture_output=True, cwd=ROOT, env=told)
        server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "error",
             "--factory", "layers.handover.static_api.server:served"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            env={**told, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)},
        )  # fmt: skip
        try:
            base = f"http://127.0.0.1:{port}"
            until(base)
            yield base
        finally:
            server.terminate()
            server.wait()


def until(base: str) -> None:
    """Wait for a server."""
    for _ in range(120):
        try:
            Answer(base)
        except URLError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(base)


def static_results(city: City) -> list[tuple[str, str]]:
    """Return the table of the static tree."""
    with static_tree(city) as base:
        api = Api(base, city)
        return [*results(core(api)), *results(records(api))]


def server_results(city: City) -> list[tuple[str, str]]:
    """Return the table of the server."""
    with pygeoapi(city) as base:
        api = Api(base, city)
        return [*results(core(api)), *results(parameters(api)), *results(filters(api))]
