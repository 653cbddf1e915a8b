"""Keep the file that a reader has brought along, for the session and no longer."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from types import MappingProxyType
from typing import Any, Final

import streamlit as st

from layers.intake.formats.open_file import Parts
from layers.intake.outcome import Outcome, Placed, write_points
from layers.intake.take_in import Given, TakenIn, may_set_back, take_in
from layers.own_points.source import Folder, Source, require_files
from layers.own_points.way_in import take_in_as_said
from layers.pack.city import City
from layers.view.codecs import token
from layers.view.page_options import PointsOptions
from pages.shell import cache, session

HELD: Final = "atlas.own_file"
TURN: Final = "atlas.own_file.turn"
"""How often the field was emptied: an emptied field is a new one."""
OF_ONE_FILE: Final = (
    *("x", "y", "weight", "crs", "datum", "part", "head", "encoding", "notation", "turned"),
    *("taken", "dated", "column", "values"),
)
"""Options that say what is read of a file."""
MOST_MB: Final = 20
"""Size of a file that a reader may bring along."""


@dataclass
class Held:
    """One file of the reader: as it came, what was answered, and what became of it.

    Parameters
    ----------
    given
        The file.
    answers
        What the reader has said of it.
    taken
        What was found with these answers.
    folder
        Where the rows lie once they are used; it goes with the session.
    outcome
        The rows, once the proposal was accepted.
    source
        The file that own points read; None until then.
    writes
        How often it was written.
    lies
        Where it lies in the server's folder; None for one that was uploaded.
    """

    given: Given
    answers: Mapping[str, str]
    taken: TakenIn
    folder: Path | None = None
    outcome: Outcome | None = None
    source: Source | None = None
    writes: int = 0
    lies: Source | None = None

    @property
    def name(self) -> str:
        """Its name, as others have chosen it."""
        return self.given[0]

    def write(self) -> None:
        """Write the rows for own points, under a new name: what was counted before stays valid."""
        assert self.outcome is not None
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="atlas-own-"))
            weakref.finalize(self, rmtree, self.folder, ignore_errors=True)
        self.writes += 1
        path = self.folder / f"{self.writes}.parquet"
        write_points(self.outcome, path)
        stat = path.stat()
        stamp = self.lies.stamp if self.lies else stat.st_mtime_ns
        self.source = Source(self.name, (path,), stat.st_size, stamp, self.lies is None)


def held() -> Held | None:
    """Return the file that the reader has brought along; None for none."""
    found: Held | None = st.session_state.get(HELD)
    return found


def bring(name: str, data: bytes, city: City) -> None:
    """Take in a file that was uploaded; the one before it is forgotten.

    Parameters
    ----------
    name, data
        The file.
    city
        Where its positions should lie.
    """
    st.session_state[HELD] = Held((name, data), {}, _taken((name, data), city, {}))


def bring_from_folder(source: Source, city: City, said: PointsOptions) -> None:
    """Take in a file of the server's folder as if it had been uploaded.

    Parameters
    ----------
    source
        One of the folder's files.
    city
        Where its positions should lie.
    said
        What the address says of it. Where that answers all, and says that what was found was
        accepted, the file is used at once: a link shows what its sender saw.

    Raises
    ------
    DataError
        It is gone, may not be read, or is no plain file any more.
    """
    require_files(source)
    forget()
    given: Given = Parts(source.name, source.paths)
    if len(source.paths) == 1:  # the bytes that were looked at stay those that are read
        given = (source.name, source.paths[0].read_bytes())
    answers, taken = take_in_as_said(given, city, said, inverse=may_set_back())
    st.session_state[HELD] = Held(given, answers, taken, lies=source)
    if said.taken:
        accept()


def answer(said: Mapping[str, str], city: City) -> None:
    """Take in the file anew with more answers of the reader.

    Parameters
    ----------
    said
        The answers by their keys; a blank value takes one back.
    city
        Where its positions should lie.
    """
    one = held()
    if one is None:
        return
    answers = {name: value for name, value in {**one.answers, **said}.items() if value}
    taken = _taken(one.given, city, answers)
    st.session_state[HELD] = Held(one.given, answers, taken, lies=one.lies)


def _taken(given: Given, city: City, answers: Mapping[str, str]) -> TakenIn:
    return take_in(given, city, answers, inverse=may_set_back())


def accept() -> None:
    """Use the rows as they were proposed."""
    one = held()
    if one is not None and one.taken.reading is not None:
        one.outcome = Outcome(one.taken.tables, one.taken.reading, classes=one.taken.classes)
        one.write()


def forget() -> None:
    """Remove the file, and what was made of it."""
    one: Held | None = st.session_state.pop(HELD, None)
    if one is not None and one.folder is not None:
        rmtree(one.folder, ignore_errors=True)


def in_the_address(name: str, value: str) -> dict[str, Any]:
    """Return an answer about a file as options of own points.

    Parameters
    ----------
    name, value
        The answer; a blank value takes one back.
    """
    if name == "crs":
        return {"crs": int(value.removeprefix("EPSG:") or 0)}
    if name == "datum":
        return {"datum": value or "ask"}
    if name == "swapped":
        return {"turned": bool(value)}
    if name in ("header_row", "encoding", "notation"):
        return {"head" if name == "header_row" else name: value or "auto"}
    field = {"sheet": "part", "layer": "part"}.get(name, name)
    return {field: token(value) if value else ""}


def said() -> PointsOptions:
    """Return what the reader has answered about the file that was brought along, as options."""
    one = held()
    answers = {} if one is None else one.answers
    options = {k: v for each in answers.items() for k, v in in_the_address(*each).items()}
    return replace(PointsOptions(), **options)


def of_file(points: PointsOptions, file: str) -> PointsOptions:
    """Return options for another file: what was said of the last one means nothing in it.

    Parameters
    ----------
    points
        Options of own points.
    file
        Token of the file; empty for none.
    """
    bare: Any = {name: getattr(PointsOptions(), name) for name in OF_ONE_FILE}
    return replace(points, **bare, file=file)


def upload_key() -> str:
    """Return the key of the field in which a file is brought along."""
    return f"intake_upload_{st.session_state.get(TURN, 0)}"


def leave() -> None:
    """Remove the file, and what the address says of it."""
    one, points = held(), session.state().points
    known = {source.token for source in (one.lies, one.source) if source} if one else set()
    if points.file in known:
        session.change(points=of_file(points, ""))
    forget()


def dropped() -> None:
    """Remove the file, and empty the field in which it came, or choose none of the folder."""
    leave()
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def place(placed: Placed) -> None:
    """Put a row somewhere; a second time moves it.

    Parameters
    ----------
    placed
        The row, and where it is put.
    """
    one = held()
    if one is not None and one.outcome is not None:
        rest = tuple(other for other in one.outcome.placed if other.row != placed.row)
        one.outcome = replace(one.outcome, placed=(*rest, placed))
        one.write()


def undo() -> None:
    """Take back where the last row was put."""
    one = held()
    if one is not None and one.outcome is not None and one.outcome.placed:
        one.outcome = replace(one.outcome, placed=one.outcome.placed[:-1])
        one.write()


def is_taken(source: Source) -> bool:
    """Tell whether a source is what the reader has accepted, and was read by the one way in.

    Parameters
    ----------
    source
        One of :func:`folder`.
    """
    one = held()
    return one is not None and one.source == source


def unasked() -> Source | None:
    """Return the file of the server's folder that was taken in as it is; None where rows moved."""
    one = held()
    return None if one is None or is_changed() else one.lies


def is_changed() -> bool:
    """Tell whether the file as it came does not give what is used, whatever an address says."""
    one = held()
    if one is None or one.outcome is None:
        return False
    return bool(one.outcome.placed)


def folder() -> Folder:
    """Return the files of points that are offered: those of the server, and the reader's own."""
    offered, one = cache.points_folder(), held()
    if one is None or one.source is None:
        return offered
    # Of two of one name the reader's own is meant.
    sources = {one.source.token: one.source} | {
        key: source for key, source in offered.sources.items() if key != one.source.token
    }
    return replace(offered, problem="", sources=MappingProxyType(sources))
