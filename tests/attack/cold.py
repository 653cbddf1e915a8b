"""Open thirty sessions at once on a server that has computed nothing yet."""

from __future__ import annotations

import asyncio
import time

from tests.attack import Outcome
from tests.attack.means.session import Session, served

SESSIONS, MOST = 30, 3.0
"""How many come at once, and how many times as long as one alone they may take."""
PAGES = ("coverage", "density")


def attack() -> Outcome:
    """Compare one cold session with thirty at once, each on a fresh server."""
    failures: list[str] = []
    figures: list[str] = []
    for page in PAGES:
        alone = min(cold(page, 1, failures) for _ in range(2))
        together = min(cold(page, SESSIONS, failures) for _ in range(2))
        figures.append(
            f"{page}: one {alone:.1f} s, {SESSIONS} at once {together:.1f} s, "
            f"ratio {together / alone:.2f}"
        )
        if together > MOST * alone:
            failures.append(figures[-1])
    what = f"{SESSIONS} cold sessions at once"
    return Outcome(what, SESSIONS * len(PAGES), tuple(failures), "; ".join(figures))


def cold(page: str, sessions: int, failures: list[str]) -> float:
    """Serve afresh; return the seconds until the last of so many sessions has its page."""

    async def all_at_once(port: int) -> float:
        readers = [Session(port, page) for _ in range(sessions)]
        start = time.monotonic()
        await asyncio.gather(*(reader.open() for reader in readers))
        taken = time.monotonic() - start
        failures.extend(f"{page} shows an error" for reader in readers if reader.exceptions)
        await asyncio.gather(*(reader.close() for reader in readers))
        return taken

    with served() as port:
        return asyncio.run(all_at_once(port))
