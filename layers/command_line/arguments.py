"""Read what the commands' arguments have in common: the city, the address, the system."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.base.errors import DataError, ParameterError, Problem
from layers.pack.city import City, load_city
from layers.pack.shelf import PACKS_VARIABLE, claims
from layers.store.cities import with_entries
from layers.store.settings import settings
from layers.view.address import KEYS, VERSION_KEY, unknown_words
from layers.view.state import Allowed

RAW = "leave texts of CSV that a spreadsheet would run as they are (else they get an apostrophe)"


def query_of(view: str | None) -> dict[str, list[str]]:
    """Read a query string, with or without the address before it.

    Parameters
    ----------
    view
        What ``--view`` says; an address may have no query. None where the flag is not given.

    Returns
    -------
    dict
        By key its values in their order, blank ones too.
    """
    text = view or ""
    if "?" in text or "://" in text:
        text = text.partition("?")[2].partition("#")[0]
    return parse_qs(text, keep_blank_values=True)


def city_of(asked: str | None, query: dict[str, list[str]]) -> City:
    """Return the city that is named, by itself or in an address, with what readers entered.

    Parameters
    ----------
    asked
        Id that ``--city`` gives; None where the flag is not given.
    query
        As :func:`query_of` returns it; its last ``city`` counts where none is asked for.

    Raises
    ------
    ParameterError
        None is named, or it is not known; flag and address name two; or two packs that differ are
        this city.
    DataError
        Its pack is not what it should be, or what readers entered cannot be read.
    """
    packs, empty = claims(os.environ.get(PACKS_VARIABLE))
    named = asked or query.get("city", [""])[-1]
    known, problems = tuple(packs), []
    if not named:
        problems.append(Problem("export.no_city", "--city", known=known))
    elif named not in packs:
        problems += [Problem("export.unknown", "--city", value=named, known=known), *empty]
    if asked and query.get("city", [asked])[-1] != asked:
        problems.append(Problem("export.other_city", "--view", city=asked))
    if problems:
        raise ParameterError("export_refused", problems)
    return with_entries(_sound(packs[named]), settings(os.environ))


def _sound(folders: Sequence[Path]) -> City:
    """Return the one city of some folders; two that are sound are one too many for a nightly job.

    Which of them a screen shows it says there; a file would say nothing of it.
    """
    cities: dict[str, City] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            city = load_city(folder)
        except DataError as error:
            problems += error.problems
        else:
            cities.setdefault(city.digest, city)
    if not cities:
        raise DataError("pack_refused", problems)
    if len(cities) > 1:
        names = tuple(folder.name for folder in folders)
        problem = Problem("export.city_twice", "--city", folders=names)
        raise ParameterError("export_refused", [problem])
    return next(iter(cities.values()))


def view_problems(
    query: Mapping[str, list[str]], known: Allowed, keys: Collection[str]
) -> Iterator[Problem]:
    """Yield what of an address was not understood: parsing it drops such parts.

    Parameters
    ----------
    query
        As :func:`query_of` returns it.
    known
        The values that a state of the city may hold.
    keys
        Keys whose words are looked at, beside that of the version; under the others anything may
        stand.
    """
    lost = unknown_words(query, known)
    for key in query:
        if key not in KEYS and key != VERSION_KEY:
            yield Problem("export.view_key", "--view", value=key)
        elif key in (VERSION_KEY, *keys):
            for word in lost[key]:
                yield Problem("export.view_word", "--view", field=key, value=word)


def crs_problems(text: str) -> Iterator[Problem]:
    """Yield what is wrong with the text of a coordinate system.

    Parameters
    ----------
    text
        What ``--crs`` says: four to six digits, with or without ``EPSG:`` before them.

    Yields
    ------
    Problem
        One at most. Whether the system is offered is looked at with the form of the files.
    """
    if not re.fullmatch(r"(?i)(epsg:)?\d{4,6}", text):
        yield Problem("export.epsg", "--crs", value=text)


def local_system(file: Path | None) -> CRS | None:
    """Return the local plane that a file describes.

    Parameters
    ----------
    file
        What ``--crs-file`` names: a PROJ string or WKT. None where the flag is not given.

    Raises
    ------
    ParameterError
        There is no such file, or it describes no plane in metres. What it holds may be secret and
        stands in no message.
    """
    if file is None:
        return None
    found = None
    with suppress(OSError, UnicodeDecodeError, CRSError):
        found = CRS.from_user_input(file.read_text(encoding="utf-8").strip())
    if found is None or not found.is_projected or found.axis_info[0].unit_name != "metre":
        raise ParameterError("export_refused", [Problem("export.crs_file", str(file))])
    return found


def epsg_of(text: str) -> int:
    """Return the EPSG code of a text without problems.

    Parameters
    ----------
    text
        Such as ``4548`` or ``EPSG:4548``, see :func:`crs_problems`.
    """
    return int(text.rpartition(":")[2])
