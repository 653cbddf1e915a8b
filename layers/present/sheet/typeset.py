"""Set data in type: a template and JSON in, a PDF out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import typst

from layers.language.values import THIN
from layers.present.static_map.ink.rare import FONTS, marked, rare

TEMPLATES: Final = Path(__file__).parent
BLANKS: Final = frozenset(f"{THIN}\n\t⟦⟧")
"""What the shipped font lacks and every typesetter has: Typst brings Latin fonts along."""


def pdf(template: str, data: Mapping[str, Any], maps: Mapping[str, bytes], date: str) -> bytes:
    """Return a template filled with data as PDF.

    Parameters
    ----------
    template
        Name of a ``.typ`` file beside this module.
    data
        What it prints, as JSON can hold it. It reaches the template as values: what stands in a
        text is shown and never read as markup.
    maps
        SVG pictures by the name under which the template asks for them.
    date
        ISO 8601 day of the data, which the file carries as the day on which it was made: the same
        data give the same bytes.

    Returns
    -------
    bytes
        With the fonts embedded. A rare character comes from a font of this machine; one that no
        font has is written as its number, such as ``⟦U+2B740⟧``.
    """
    made: bytes = typst.compile(**_asked(template, data, maps, date))
    return made


def png(
    template: str, data: Mapping[str, Any], maps: Mapping[str, bytes], date: str, *, ppi: float
) -> bytes:
    """Return a template of one page filled with data as pixels.

    Parameters
    ----------
    template, data, maps, date
        As for :func:`pdf`.
    ppi
        Pixels per inch.
    """
    made: bytes = typst.compile(**_asked(template, data, maps, date), format="png", ppi=ppi)
    return made


def svg(template: str, data: Mapping[str, Any], maps: Mapping[str, bytes], date: str) -> bytes:
    """Return a template of one page filled with data as SVG, its text as outlines.

    Parameters
    ----------
    template, data, maps, date
        As for :func:`pdf`.
    """
    made: bytes = typst.compile(**_asked(template, data, maps, date), format="svg")
    return made


def lacks(data: Mapping[str, Any]) -> bool:
    """Tell whether data hold a character that no font of this machine has.

    Parameters
    ----------
    data
        What a template prints.
    """
    return any(font is None for font in _spare(_written(data)).values())


def _written(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _spare(text: str) -> Mapping[str, Path | None]:
    return rare("".join(set(text) - BLANKS))


def _asked(
    template: str, data: Mapping[str, Any], maps: Mapping[str, bytes], date: str
) -> dict[str, Any]:
    """Return what the typesetter is asked for."""
    text = _written(data)
    spare = _spare(text)
    text = marked(text, (each for each, font in spare.items() if font is None))
    folders = {font.parent for font in spare.values() if font is not None}
    day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return {
        "input": TEMPLATES / template,
        "root": TEMPLATES,
        "font_paths": [FONTS, *sorted(folders)],
        "ignore_system_fonts": True,
        "timestamp": day,
        "sys_inputs": {
            "data": text,
            **{f"map.{name}": svg.decode() for name, svg in maps.items()},
        },
    }
