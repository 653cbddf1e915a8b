"""Tell where entries are kept, and whether new ones may be saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

STORE_VARIABLE: Final = "ATLAS_STORE"
"""A folder, or the URL of a database."""
WRITE_VARIABLE: Final = "ATLAS_WRITE"
"""``no`` lets nobody save anything."""
STATE_VARIABLE: Final = "STATE_DIRECTORY"
"""Where systemd lets a service keep what it must not lose."""
FILE: Final = "entries.sqlite"


@dataclass(frozen=True)
class Settings:
    """Where entries are kept.

    Parameters
    ----------
    url
        Of the database: ``sqlite:///…`` or ``postgresql://…``; it may hold a password.
    writable
        Whether new entries may be saved.
    """

    url: str
    writable: bool = True

    @property
    def file(self) -> Path | None:
        """The file of an embedded database; None for a server's."""
        start = "sqlite:///"
        return Path(self.url.removeprefix(start)) if self.url.startswith(start) else None


def settings(environ: Mapping[str, str]) -> Settings:
    """Return what the environment says.

    Parameters
    ----------
    environ
        Variables of the process. Without ``ATLAS_STORE`` entries are kept where systemd keeps the
        state of the service, else with the user's own data: never in the repository, which may be
        read-only, or be replaced by the next version.

    Examples
    --------
    >>> settings({"ATLAS_STORE": "/srv/atlas"}).url
    'sqlite:////srv/atlas/entries.sqlite'
    """
    place = environ.get(STORE_VARIABLE, "").strip()
    writable = environ.get(WRITE_VARIABLE, "").strip().lower() != "no"
    if "://" in place:
        return Settings(place, writable)
    state = environ.get(STATE_VARIABLE, "").partition(":")[0]
    folder = Path(place or state or user_data_path("atlas", appauthor=False))
    return Settings(f"sqlite:///{folder / FILE}", writable)
