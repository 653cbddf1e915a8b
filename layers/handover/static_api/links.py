"""Link the files of a static API with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

JSON: Final = "application/json"
CATALOGUE: Final = "layer-records"
"""The collection of records; no layer can have this id, as none has a hyphen."""
Json = Mapping[str, object]


@dataclass(frozen=True)
class Address:
    """Where the tree will stand.

    Parameters
    ----------
    base
        Address of its root, without a slash at its end; blank for links that begin at the root of
        the server.
    """

    base: str = ""

    def of(self, path: str) -> str:
        """Return the address of a path of the tree.

        Parameters
        ----------
        path
            Relative to the root; blank for the root itself.
        """
        return f"{self.base}/{path}"


def link(at: Address, path: str, rel: str, *, kind: str = JSON, title: str = "") -> dict[str, str]:
    """Return a link as OGC API has it.

    Parameters
    ----------
    at
        Where the tree will stand.
    path
        Relative to its root.
    rel
        What the other is to this.
    kind
        Its media type.
    title
        For people.
    """
    told = {"href": at.of(path), "rel": rel, "type": kind}
    return {**told, "title": title} if title else told
