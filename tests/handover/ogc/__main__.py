"""Hold both OGC APIs of a city to their standards and print what passes.

``python -m tests.handover.ogc --city tianjin``; the server where pygeoapi is installed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from layers.command_line.arguments import city_of
from tests.handover.ogc.serving import server_results, static_results


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the requirements of a city's two APIs."""
    parser = argparse.ArgumentParser(prog="python -m tests.handover.ogc", description=__doc__)
    parser.add_argument("--city", default="tianjin")
    city = city_of(parser.parse_args(arguments).city, {})
    tables = {"static tree": static_results(city)}
    if find_spec("pygeoapi"):
        tables["pygeoapi"] = server_results(city)
    else:
        print("pygeoapi is not here: pip install -r requirements-ogc.txt", file=sys.stderr)
    failed = 0
    for title, rows in tables.items():
        print(f"\n| {title} | |\n|---|---|")
        for name, verdict in rows:
            print(f"| {name} | {verdict} |")
            failed += verdict != "pass"
    print(f"\n{sum(map(len, tables.values()))} requirements asked, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
