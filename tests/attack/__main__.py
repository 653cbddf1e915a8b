"""Run the attacks and print what came of them: ``python -m tests.attack [PART …]``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from tests.attack import Outcome


def parts() -> tuple[str, ...]:
    """Return the names of all attacks: each module here has a function ``attack``."""
    files = Path(__file__).parent.glob("[!_]*.py")
    return tuple(sorted(file.stem for file in files))


def main(argv: list[str]) -> int:
    """Run the parts named, or all; return 1 if anything gave way."""
    failed = False
    print("| attack | tried | gave way | figures |\n|---|--:|--:|---|")
    for part in argv or parts():
        outcome: Outcome = import_module(f"tests.attack.{part}").attack()
        count = len(outcome.failures)
        print(f"| {outcome.what} | {outcome.tried} | {count} | {outcome.note} |", flush=True)
        for line in outcome.failures[:20]:
            print(f"  - {line}", file=sys.stderr)
        failed = failed or bool(count)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
