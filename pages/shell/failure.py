"""Show an error that nobody foresaw as a sentence with a number under which the log has it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final, ParamSpec

import streamlit as st
from streamlit.errors import FragmentHandledException

from layers.language.messages import LANGS, speaker
from pages.shell.labels import literal

_LOG: Final = logging.getLogger(__name__)
_NUMBER: Final = "atlas_number"
_Given = ParamSpec("_Given")


def report(error: BaseException) -> str:
    """Write an error into the log with its traceback, once, and return its number there.

    Parameters
    ----------
    error
        Whatever was raised. Reported again, it keeps its number and is not written again.

    Returns
    -------
    str
        Six characters that a reader can tell the maintainers over the telephone.
    """
    known: str | None = getattr(error, _NUMBER, None)
    if known is not None:
        return known
    number = secrets.token_hex(3).upper()
    setattr(error, _NUMBER, number)
    _LOG.log(logging.ERROR, "Unforeseen error %s", number, exc_info=error)
    return number


def words(error: BaseException, lang: str) -> str:
    """Return what the reader is told of an unforeseen error, which :func:`report` writes down.

    Parameters
    ----------
    error
        Whatever was raised.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return speaker(lang)("error.unforeseen", number=report(error))


def show(error: BaseException) -> None:
    """Tell the reader of an unforeseen error, in both languages.

    Parameters
    ----------
    error
        Whatever was raised; it is written into the log.
    """
    st.error(literal(" ".join(words(error, lang) for lang in LANGS), longest=None))


def handled(error: Exception) -> bool:
    """Tell the reader of an error that reached Streamlit itself, from a callback for example.

    Parameters
    ----------
    error
        Whatever was raised; it is written into the log.

    Returns
    -------
    bool
        True: Streamlit need not show anything of its own.
    """
    show(error)
    return True


@contextmanager
def caught() -> Iterator[None]:
    """Show what goes wrong within; the rest of the page goes on.

    What Streamlit raises to stop or to repeat a run is no ``Exception`` and passes.
    """
    try:
        yield
    except FragmentHandledException:  # has been shown where it arose
        raise
    except Exception as error:  # the last catch: whatever it is, the log has it whole
        show(error)


def guarded(work: Callable[_Given, None]) -> Callable[_Given, None]:
    """Return a fragment or a callback that shows what goes wrong in it.

    Parameters
    ----------
    work
        The fragment or the callback.
    """

    @wraps(work)
    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
        with caught():
            work(*args, **kwargs)

    return run
