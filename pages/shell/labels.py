"""Say which texts of Streamlit's elements are read as Markdown, and make data literal there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from layers.language.messages import LONGEST_LABEL, display

LONGEST: Final = 200
"""Characters of a whole label; a name within it is cut by ``short``."""
LONGEST_CELL: Final = 2_000

MARKDOWN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "button": ("label", "help"),
        "checkbox": ("label", "help"),
        "download_button": ("label", "help"),
        "error": ("body",),
        "expander": ("label",),
        "file_uploader": ("label", "help"),
        "form_submit_button": ("label", "help"),
        "multiselect": ("label", "help"),
        "number_input": ("label", "help"),
        "page_link": ("label", "help"),
        "pills": ("label", "format_func", "help"),
        "popover": ("label", "help"),
        "radio": ("label", "format_func", "captions", "help"),
        "segmented_control": ("label", "format_func", "help"),
        "selectbox": ("label", "help"),
        "spinner": ("text",),
        "subheader": ("body", "help"),
        "text_area": ("label", "help"),
        "text_input": ("label", "help"),
        "toast": ("body",),
        "toggle": ("label", "help"),
    }
)
"""By element, the arguments that Streamlit 1.67 reads as Markdown, pictures and links included.

Seen in a browser, as was :data:`PLAIN`. In buttons, links to pages, boxes that pop up and options
side by side an address does not become a link; everywhere else it does, and a picture is fetched
in every one of them. ``tests/browser/screens/test_hostile.py`` looks again.
"""

PLAIN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Page": ("title",),
        "code": ("body",),
        "dataframe": ("data", "alt", "placeholder"),
        "multiselect": ("format_func", "placeholder"),
        "number_input": ("format", "placeholder"),
        "selectbox": ("format_func", "placeholder"),
        "text_input": ("placeholder",),
    }
)
"""By element, the arguments that are shown as they are: here an escape would be seen.

The cells and headings of ``dataframe`` are drawn on a canvas, as they are too, as long as no
``column_config`` makes them Markdown or links.
"""

WORDLESS: Final = frozenset(
    {
        *("cache_data", "cache_resource", "columns", "container", "form", "fragment"),
        *("get_option", "html"),
        *("navigation", "rerun", "set_page_config", "stop", "switch_page"),
    }
)
"""Elements and commands without a text of this kind; ``html`` takes what ``pages.shell.html``
and ``markupsafe`` have escaped."""

_BEFORE: Final = re.compile(
    r"""
      (?<=:)(?=\S)                  # :smile:  :material_home:  :red[x]  https://
    | (?<=@)(?=\S)                  # somebody@example.org
    | (?<=www)(?=\.)                # www.example.org
    | (?<=[-<>~])(?=[-=>])          # ->  <-  --  <=  >=  ~=
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKS: Final = re.compile(
    r"""
      [\\`*_\[\]<$~]
    | :(?=\S)                       # a directive; its name may begin with a joiner
    | &(?=\#?\w+;)                  # a character by its name or number
    | ^(?:[#+\-=>|]|\d{1,9}(?=[.)]))  # what begins a heading, a list, a quotation, a rule
    """,
    re.VERBOSE,
)
_BLANKS: Final = re.compile("[ \t\n\u2028\u2029]+")
JOINER: Final = "\N{WORD JOINER}"
"""Has no width and no glyph. Streamlit looks for addresses, emoji, icons and arrows once more
after Markdown has been read, when an escape is gone; only another character parts them."""


def literal(text: str, *, longest: int | None = LONGEST) -> str:
    """Return a text such that an element that reads Markdown shows it as it stands.

    Only what Markdown would take for more than a letter is changed, because screen readers are
    handed the label as it is: an ordinary name stays the same.

    Parameters
    ----------
    text
        The whole label, words of the interface and data together: two harmless halves can make
        an address.
    longest
        Characters kept, None for all.
    """
    shown = _BLANKS.sub(" ", display(text, longest=longest)).strip(" ")
    return _MARKS.sub(_escape, _BEFORE.sub(JOINER, shown))


def _escape(found: re.Match[str]) -> str:
    """Put the escape before a mark, but between a number and its full stop or bracket."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def short(name: object) -> str:
    """Return a name of the data for use within a label, cut where it is too long.

    Parameters
    ----------
    name
        Shown as ``str`` writes it; :func:`literal` still has to see the whole label.
    """
    return display(str(name), longest=LONGEST_LABEL)


def cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for ``st.dataframe`` in which every character shows as itself.

    Parameters
    ----------
    table
        Cells that are not text stay as they are.
    """
    return table.map(_cell).rename(columns=_cell)


def _cell(value: object) -> object:
    return display(value, longest=LONGEST_CELL) if isinstance(value, str) else value
