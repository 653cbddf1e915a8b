"""Write small pieces of HTML from data; every text of a pack is escaped on its way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import pandas as pd
import streamlit as st
from markupsafe import Markup, escape

from geo.base.errors import Problem
from layers.language.messages import display
from layers.language.problems import worded
from pages.shell.labels import literal

LONGEST = 2_000
MOST_FAULTS = 200
"""Faults that are listed on a page; the number of the others is told."""
WIDE_FROM = 20
"""Characters in a cell of a table from which its column keeps a width of its own."""


class Picture(Protocol):
    """A small picture and its words."""

    @property
    def uri(self) -> str:
        """Its ``data:`` address."""

    @property
    def caption(self) -> str:
        """What it shows."""


def text(value: object, longest: int = LONGEST) -> Markup:
    """Return a text of the data as HTML that shows it literally.

    Parameters
    ----------
    value
        Shown as ``str`` writes it.
    longest
        Characters kept before the escape, an ellipsis as the last.
    """
    return escape(display(str(value), longest=longest))


def join(parts: Iterable[Markup]) -> Markup:
    """Return pieces of HTML in one.

    Parameters
    ----------
    parts
        HTML that is safe already, in order.
    """
    return Markup("").join(parts)


def show(template: str, *values: object) -> None:
    """Show an HTML template of our own with texts of the data put in as they are.

    Parameters
    ----------
    template
        HTML with a ``{}`` for each value; never a text of the data.
    *values
        What is put in, in order; all but Markup is escaped.
    """
    st.html(Markup(template).format(*(v if isinstance(v, Markup) else text(v) for v in values)))


def small(sentence: str) -> None:
    """Show a quiet remark.

    Parameters
    ----------
    sentence
        Text of the interface or of the data; it is escaped.
    """
    show('<p class="small">{}</p>', sentence)


def bring(to: str, once: str) -> None:
    """Bring the reader to another part of the page, as far as it is not in sight.

    Parameters
    ----------
    to
        Key of the container, or ``top``.
    once
        Why: for the same reason a reader is not brought there again.
    """
    show('<span class="bring" data-to="{}" data-once="{}" hidden></span>', to, once)


def section(title: str) -> None:
    """Show the heading of a part.

    Parameters
    ----------
    title
        Text of the interface or of the data; it is escaped.
    """
    show('<h2 class="section">{}</h2>', title)


def bullets(items: Sequence[Markup]) -> Markup:
    """Return a list with a bullet for each item.

    Parameters
    ----------
    items
        HTML that is safe already.
    """
    return Markup("<ul>{}</ul>").format(join(Markup("<li>{}</li>").format(i) for i in items))


def faults(title: str, problems: Sequence[Problem], lang: str) -> None:
    """Show what is wrong with a pack or a file, each fault in a line, the first of very many.

    Parameters
    ----------
    title
        What has the faults: the name of a pack or a file; empty for none.
    problems
        In the order in which they are shown.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    listed = [text(worded(problem, lang)) for problem in problems[:MOST_FAULTS]]
    if len(problems) > MOST_FAULTS:
        listed.append(text(f"… + {len(problems) - MOST_FAULTS:,}"))
    show('<div class="faults"><p><strong>{}</strong></p>{}</div>', title, bullets(listed))


def drawer(title: str, key: str, draw: Callable[[], object]) -> None:
    """Fold something away: it is drawn, and so measured and sent, only while the box is open.

    Parameters
    ----------
    title
        What opens it, words of the interface and of the data.
    key
        Name of the box in the session, unlike that of any other on the page.
    draw
        Draws what is in the box.
    """
    with st.expander(literal(title), key=key, on_change="rerun") as box:
        if box.open:
            draw()


def folded(title: str, key: str, sentences: Sequence[str]) -> None:
    """Fold sentences away; see :func:`drawer`.

    Parameters
    ----------
    title, key
        As for :func:`drawer`.
    sentences
        Texts of the interface or of the data, each a line; they are escaped.
    """
    drawer(title, key, lambda: _listed(sentences))


def _listed(sentences: Sequence[str]) -> None:
    st.html(Markup('<div class="tasks">{}</div>').format(bullets([*map(text, sentences)])))


def pairs(rows: Iterable[tuple[object, object, object]]) -> Markup:
    """Return a list of label, value and note.

    Parameters
    ----------
    rows
        Label, value and note of each row; an empty note is left out. All are escaped.
    """
    return Markup("<dl>{}</dl>").format(
        join(
            Markup("<dt>{}</dt><dd>{}{}</dd>").format(
                text(label), text(value), Markup("<small>{}</small>").format(text(n)) if n else ""
            )
            for label, value, n in rows
        )
    )


def card(title: str, note: str, rows: Iterable[tuple[object, object]]) -> None:
    """Show a card: what it is of, a remark, and labels with their values.

    Parameters
    ----------
    title
        What it is of.
    note
        The remark; may be empty.
    rows
        Label and value of each row. All texts are escaped.
    """
    show(
        '<div class="card"><h2>{}</h2><p class="other">{}</p>{}</div>',
        title,
        note,
        pairs((label, value, "") for label, value in rows),
    )


def legend(rows: Iterable[tuple[str, str]], kind: str = "") -> None:
    """Show symbols with their words.

    Parameters
    ----------
    rows
        The ``data:`` address of each symbol, and its words, which are escaped.
    kind
        A class of the whole, for the style sheet; empty for none.
    """
    shown = join(
        Markup('<span><img src="{}" alt="">{}</span>').format(symbol, text(words))
        for symbol, words in rows
    )
    st.html(Markup('<div class="legend {}">{}</div>').format(kind, shown))


def strip(pictures: Iterable[Picture], kind: str = "") -> None:
    """Set small pictures side by side, each with its caption.

    Parameters
    ----------
    pictures
        From left to right.
    kind
        A class of the row, for the style sheet; empty for none.
    """
    shown = join(
        Markup('<figure><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>').format(
            picture.uri, text(picture.caption), text(picture.caption)
        )
        for picture in pictures
    )
    st.html(Markup('<div class="strip {}">{}</div>').format(kind, shown))


def grid(frame: pd.DataFrame, corner: str = "") -> Markup:
    """Return a small frame as a table: row names left, numbers right-aligned.

    Parameters
    ----------
    frame
        Cells as they are to be read: they are escaped, not formatted. Two columns may have one
        name.
    corner
        Words over the row names; may be empty.
    """
    # By position: two columns may have one name, as two layers may have one title.
    columns = [(name, _side(column)) for name, column in frame.items()]
    head = [Markup('<th scope="col">{}</th>').format(text(corner))] + [
        Markup('<th scope="col" class="{}">{}</th>').format(side, text(name))
        for name, side in columns
    ]
    body = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            text(label),
            join(
                Markup('<td class="{}">{}</td>').format(side, text(value))
                for (_, side), value in zip(columns, row, strict=True)
            ),
        )
        for label, row in zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    ]
    return Markup(
        '<div class="scroll" tabindex="0"><table class="plain"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(join(head), join(body))


def _side(column: pd.Series) -> str:
    """Return the class of a column: numbers, or long words that need room on a narrow screen."""
    if pd.api.types.is_numeric_dtype(column):
        return "n"
    return "wide" if column.astype(str).str.len().max() > WIDE_FROM else ""
