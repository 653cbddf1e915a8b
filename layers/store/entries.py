"""Hold what readers have entered, chained, and tell which of it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol, get_args

from geo.base.errors import AtlasError, Problem

Kind = Literal["observation", "task_state", "verification", "place_edit"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FIRST: Final = "0" * 64
"""What stands in the place of a previous digest in the first entry of a city."""

Slot = tuple[str, str, str]
"""Kind, subject and field: what one value is kept for."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a reader wants to save.

    Parameters
    ----------
    kind
        What sort of statement it is.
    subject
        Id of the place, the indicator or the task that it is about.
    field
        Which of its facts; of an indicator the year, say.
    before
        The value that the reader saw, as text; blank for none.
    after
        The value that is to stand, as text; blank for none.
    who
        Name of the reader.
    verified
        Whether a gateway or a login vouches for the name, rather than the reader who typed it.
    why
        Reason, in the reader's words.
    source
        Document, visit or address that says so; may be blank.
    undoes
        Number of the entry that this one takes back, or None.
    """

    kind: Kind
    subject: str
    field: str
    before: str
    after: str
    who: str
    verified: bool = False
    why: str = ""
    source: str = ""
    undoes: int | None = None

    @property
    def slot(self) -> Slot:
        """What the value is kept for."""
        return self.kind, self.subject, self.field


@dataclass(frozen=True, kw_only=True)
class Entry(Draft):
    """What has been saved, chained to the entry before it.

    Parameters
    ----------
    city
        Id of the city; each has a chain of its own.
    number
        1, 2, 3 … without a gap, within the city.
    at
        Moment of saving, UTC.
    digest
        SHA-256 over all other fields, ``previous`` among them.
    previous
        Digest of the entry before; :data:`FIRST` in the first.
    """

    city: str
    number: int
    at: datetime
    digest: str
    previous: str


class Conflict(AtlasError):
    """The value that a reader saw is no longer the one that stands.

    Parameters
    ----------
    entry
        The last entry of the same slot: what somebody else has saved meanwhile.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        problem = Problem(
            "store.conflict", entry.subject, field=entry.field, who=entry.who, value=entry.after
        )
        super().__init__("store_conflict", [problem])

    def __reduce__(self) -> tuple[type[Conflict], tuple[Entry]]:
        """Let a conflict reach another process whole: pickle would call it with a key."""
        return Conflict, (self.entry,)


class Store(Protocol):
    """Where entries are kept."""

    def entries(self, city: str, kind: Kind | None = None) -> tuple[Entry, ...]:
        """Return the entries of a city in the order in which they were saved.

        Parameters
        ----------
        city
            Id of the city.
        kind
            Only entries of this kind; None for all.
        """

    def append(self, city: str, *drafts: Draft) -> tuple[Entry, ...]:
        """Save drafts, all or none.

        Parameters
        ----------
        city
            Id of the city.
        *drafts
            In this order; one may build on the one before it.

        Raises
        ------
        Conflict
            A ``before`` is no longer what stands: the error carries the entry that does.
        DataError
            A draft cannot be saved, or nothing may be.
        """


def seal(draft: Draft, *, city: str, number: int, at: datetime, previous: str) -> Entry:
    """Make an entry of a draft.

    Parameters
    ----------
    draft
        What a reader wants to save.
    city
        Id of the city.
    number
        Its number in the city's chain.
    at
        Moment of saving, with its zone.
    previous
        Digest of the entry before it.

    Examples
    --------
    >>> draft = Draft(kind="observation", subject="3", field="2025", before="", after="7", who="Li")
    >>> at = datetime(2026, 1, 2, tzinfo=UTC)
    >>> seal(draft, city="toy", number=1, at=at, previous=FIRST).digest[:8]
    '5d8f4b7e'
    """
    moment = at.astimezone(UTC)
    told = {**asdict(draft), "city": city, "number": number, "previous": previous}
    digest = digest_of({**told, "at": moment.isoformat()})
    return Entry(**told, at=moment, digest=digest)


def row_of(entry: Entry) -> dict[str, object]:
    """Return an entry as plain values, for a table or a file.

    Parameters
    ----------
    entry
        Its moment becomes ISO 8601 text.
    """
    return {**asdict(entry), "at": entry.at.isoformat()}


def entry_of(row: Mapping[Any, Any]) -> Entry:
    """Return the entry that a row holds.

    Parameters
    ----------
    row
        As :func:`row_of` returns it.
    """
    return Entry(**{**row, "at": datetime.fromisoformat(row["at"])})


def digest_of(row: Mapping[str, object]) -> str:
    """Return the digest that an entry must carry.

    Parameters
    ----------
    row
        As :func:`row_of` returns it; a digest in it does not count.
    """
    whole = {name: value for name, value in row.items() if name != "digest"}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def standing(entries: Iterable[Entry]) -> dict[Slot, Entry]:
    """Return, for each slot, the entry that stands.

    Parameters
    ----------
    entries
        In the order in which they were saved.

    Returns
    -------
    dict
        An entry that takes another back lets the one before that stand again; a slot of which
        every entry was taken back is missing: there the pack's own fact stands.
    """
    saved: dict[Slot, list[Entry]] = {}
    for entry in entries:
        stack = saved.setdefault(entry.slot, [])
        if entry.undoes is None:
            stack.append(entry)
        else:
            stack[:] = [each for each in stack if each.number != entry.undoes]
    return {slot: stack[-1] for slot, stack in saved.items() if stack}


def overtaken(saved: Sequence[Entry], draft: Draft) -> Entry | None:
    """Return what a reader has not seen who wants to save a draft.

    Parameters
    ----------
    saved
        The entries of the draft's slot, in order.
    draft
        What is to be saved.

    Returns
    -------
    Entry or None
        The last entry of the slot, if ``before`` is not what stands, or ``undoes`` names another
        entry than the one that does. Where nothing stands, ``before`` is the pack's own value,
        which the store does not know; but it cannot be one that was entered and taken back.
    """
    stands = standing(saved).get(draft.slot)
    if stands is not None:
        seen = draft.before == stands.after and draft.undoes in (None, stands.number)
        return None if seen else saved[-1]
    if not saved:
        return None
    taken_back = {entry.after for entry in saved if entry.undoes is None} - {saved[-1].after}
    return saved[-1] if draft.undoes is not None or draft.before in taken_back else None


def undo(entry: Entry, *, who: str, verified: bool, why: str) -> Draft:
    """Return the draft that takes an entry back: what stood before it stands again.

    Parameters
    ----------
    entry
        The entry that stands; another's later one is a conflict when this is saved.
    who, verified, why
        As of :class:`Draft`.
    """
    return Draft(
        kind=entry.kind,
        subject=entry.subject,
        field=entry.field,
        before=entry.after,
        after=entry.before,
        who=who,
        verified=verified,
        why=why,
        undoes=entry.number,
    )
