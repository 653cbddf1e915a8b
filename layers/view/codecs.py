"""Write options into the address, and read them back.

An option is a field of a frozen dataclass, declared with :func:`option`: its key and its codec
stand beside its name, type and default. A field may be such a class itself, see :func:`group`.
:func:`write` says what differs from the defaults, :func:`read` takes from them what is not said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date
from typing import Any, ClassVar, Generic, Protocol, TypeVar, get_args


class Declared(Protocol):
    """A dataclass, or a value of one."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T")
Options = TypeVar("Options", bound=Declared)
Query = Mapping[str, str | Sequence[str]]
Known = Mapping[str, frozenset[str]]
"""By name, a set of values that a city knows: its layers, its districts and so on."""

NONE = "none"
LONGEST_VALUE = 20_000
"""Characters of an address value that are read; the rest cannot be ours."""
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)
_TOKEN = re.compile(r"[0-9a-f]{12}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
_OPTION, _PAGE = "option", "page"


class Codec(Protocol[T]):
    """How the address says a value.

    ``texts`` are the values of one key, at least one; of a single value the last counts, as in a
    browser's form.
    """

    def read(self, texts: Sequence[str], known: Known, default: T) -> T:
        """Return the value said; raise LookupError if nothing of it is known.

        Parameters
        ----------
        texts
            Values of its key, at least one.
        known
            Values that the city knows.
        default
            The value where nothing is said, from which a text may differ.
        """

    def write(self, value: T, default: T | None) -> str:
        """Return the text for a value.

        Parameters
        ----------
        value
            What is written.
        default
            The value that is not said, from which the text may differ; None if there is none.
        """

    def unknown(self, texts: Sequence[str], known: Known) -> Collection[str]:
        """Return the words that :meth:`read` passes over.

        Parameters
        ----------
        texts
            Values of its key, at least one.
        known
            Values that the city knows.
        """


class Single(Generic[T]):
    """What the codecs of a single value share: they need only say what one text means."""

    def read(self, texts: Sequence[str], known: Known, default: T) -> T:
        """Return the value of the last text.

        Parameters
        ----------
        texts, known, default
            As in :meth:`Codec.read`.

        Raises
        ------
        LookupError
            If that text says nothing; those before it do not count.
        """
        return self.value(texts[-1], known)

    def unknown(self, texts: Sequence[str], known: Known) -> Collection[str]:
        """Return the texts before the last, and the last if it says nothing.

        Parameters
        ----------
        texts, known
            As in :meth:`Codec.unknown`.
        """
        try:
            self.value(texts[-1], known)
        except LookupError:
            return set(texts) - {""}
        return set(texts) - {texts[-1], ""}

    def value(self, text: str, known: Known) -> T:
        """Return the value of a text; raise LookupError if it is none.

        Parameters
        ----------
        text
            One value of its key, of any content.
        known
            Values that the city knows.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(Single[T]):
    """One of a closed list."""

    values: tuple[T, ...]

    def value(self, text: str, known: Known) -> T:
        """Return the value that is written so.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If none is.
        """
        return {self.write(value): value for value in self.values}[text]

    def write(self, value: T, default: T | None = None) -> str:
        """Return the word, the number, or 0 and 1 for no and yes.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return str(int(value)) if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Whole(Single[int]):
    """A whole number, held within its limits."""

    low: int
    high: int

    def held(self, value: float) -> int:
        """Return the number within the limits that is nearest.

        Parameters
        ----------
        value
            Any finite number; its fraction is cut off.

        Raises
        ------
        ValueError, OverflowError
            If it is not finite.
        """
        return min(max(int(value), self.low), self.high)

    def value(self, text: str, known: Known) -> int:
        """Return the number of up to six plain digits.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the text is anything else.
        """
        if not _WHOLE.fullmatch(text):
            raise LookupError(text)
        return self.held(int(text))

    def write(self, value: int, default: int | None) -> str:
        """Return its digits.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return str(value)


@dataclass(frozen=True)
class Token(Single[str]):
    """The :func:`token` of a name; what it names is known once a folder or a file is open."""

    def value(self, text: str, known: Known) -> str:
        """Return the token, empty for none.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the text is neither a token nor ``none``.
        """
        if text != NONE and not _TOKEN.fullmatch(text):
            raise LookupError(text)
        return "" if text == NONE else text

    def write(self, value: str, default: str | None) -> str:
        """Return the token itself.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return value or NONE


@dataclass(frozen=True)
class Name(Single[str]):
    """A short name of small letters, digits and ``_``; what bears it is known to who asks."""

    def value(self, text: str, known: Known) -> str:
        """Return the name, empty for ``none``.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the text is no such name.
        """
        if not _NAME.fullmatch(text):
            raise LookupError(text)
        return "" if text == NONE else text

    def write(self, value: str, default: str | None) -> str:
        """Return the name itself.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return value or NONE


@dataclass(frozen=True)
class Tokens:
    """The :func:`token` of several names, separated by a point or a comma."""

    def read(self, texts: Sequence[str], known: Known, default: frozenset[str]) -> frozenset[str]:
        """Return the words that are tokens.

        Parameters
        ----------
        texts, known, default
            As in :meth:`Codec.read`.

        Raises
        ------
        LookupError
            If none is and ``none`` is not among them.
        """
        words = _words(texts)
        found = frozenset(word for word in words if _TOKEN.fullmatch(word))
        if not found and NONE not in words:
            raise LookupError(words)
        return found

    def write(self, value: frozenset[str], default: frozenset[str] | None) -> str:
        """Return the tokens in order.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return ".".join(sorted(value)) or NONE

    def unknown(self, texts: Sequence[str], known: Known) -> Collection[str]:
        """Return the words that are no token.

        Parameters
        ----------
        texts, known
            As in :meth:`Codec.unknown`.
        """
        words = _words(texts) - {NONE, ""}
        return {word for word in words if not _TOKEN.fullmatch(word)}


@dataclass(frozen=True)
class Day(Single[str]):
    """An ISO date of a year, a month or a day; empty for none."""

    def value(self, text: str, known: Known) -> str:
        """Return the date, empty for ``none``.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the text is neither such a date of the calendar nor ``none``.
        """
        if text == NONE:
            return ""
        if (found := _DAY.fullmatch(text)) is None:
            raise LookupError(text)
        try:
            date(*(int(part or 1) for part in found.groups()))
        except ValueError as error:
            raise LookupError(text) from error
        return text

    def write(self, value: str, default: str | None) -> str:
        """Return the date itself.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return value or NONE


@dataclass(frozen=True)
class Id(Single[str | None]):
    """One value that the city knows under ``name``, or none."""

    name: str

    def value(self, text: str, known: Known) -> str | None:
        """Return the id, None for ``none``.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the city does not know the id.
        """
        if text != NONE and text not in known[self.name]:
            raise LookupError(text)
        return None if text == NONE else text

    def write(self, value: str | None, default: str | None) -> str:
        """Return the id itself.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return value or NONE


@dataclass(frozen=True)
class Ids:
    """Several values that the city knows under ``name``; ``empty`` stands for none of them.

    They are separated by a point or a comma; of a repeated key all count.
    """

    name: str
    empty: str

    def read(self, texts: Sequence[str], known: Known, default: frozenset[str]) -> frozenset[str]:
        """Return those of the words that are known.

        Parameters
        ----------
        texts, known, default
            As in :meth:`Codec.read`.

        Raises
        ------
        LookupError
            If none is known and ``empty`` is not among them.
        """
        words = _words(texts)
        if found := words & known[self.name]:
            return frozenset(found)
        if self.empty in words:
            return frozenset()
        raise LookupError(words)

    def write(self, value: frozenset[str], default: frozenset[str] | None) -> str:
        """Return the ids in order.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return ".".join(sorted(value)) or self.empty

    def unknown(self, texts: Sequence[str], known: Known) -> Collection[str]:
        """Return the words that are no value.

        Parameters
        ----------
        texts, known
            As in :meth:`Codec.unknown`.
        """
        return _words(texts) - known[self.name] - {self.empty, ""}


@dataclass(frozen=True)
class Switches(Ids):
    """Several values that are on: one by one, or by what differs from those usually on.

    ``~university.-platform`` are the usual ones with ``university`` and without ``platform``. The
    shorter form is written; a value that becomes usual later is shown by the second form only.
    """

    def read(self, texts: Sequence[str], known: Known, default: frozenset[str]) -> frozenset[str]:
        """Return the values that are on.

        Parameters
        ----------
        texts, known, default
            As in :meth:`Codec.read`.

        Raises
        ------
        LookupError
            If they are said one by one, as in :meth:`Ids.read`.
        """
        if not any(text.startswith("~") for text in texts):
            return super().read(texts, known, default)
        words = _words([text.removeprefix("~") for text in texts])
        off = {word.removeprefix("-") for word in words if word.startswith("-")}
        return frozenset((default | words & known[self.name]) - off)

    def write(self, value: frozenset[str], default: frozenset[str] | None) -> str:
        """Return the shorter form; the whole list where there is nothing usual.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        whole = super().write(value, default)
        if default is None:
            return whole
        differing = "~" + ".".join([*sorted(value - default), *_less(default - value)])
        return min(whole, differing, key=len)

    def unknown(self, texts: Sequence[str], known: Known) -> Collection[str]:
        """Return the words that are no value, without their signs.

        Parameters
        ----------
        texts, known
            As in :meth:`Codec.unknown`.
        """
        if any(text.startswith("~") for text in texts):
            texts = [re.sub(r"(^|[.,])[~-]+", r"\1", text) for text in texts]
        return super().unknown(texts, known)


def _less(values: Collection[str]) -> list[str]:
    return [f"-{value}" for value in sorted(values)]


def _words(texts: Sequence[str]) -> set[str]:
    return {word.strip() for text in texts for word in re.split(r"[.,]", text)}


def one_of(literal: object) -> Choice[Any]:
    """Say one of the words of a ``Literal`` type.

    Parameters
    ----------
    literal
        The type; its words are the closed list.
    """
    return Choice(get_args(literal))


def among(*numbers: int) -> Choice[int]:
    """Say one of a few numbers.

    Parameters
    ----------
    *numbers
        In the order in which they are offered.
    """
    return Choice(numbers)


def flag() -> Choice[bool]:
    """Say yes or no."""
    return Choice((False, True))


def token(name: str) -> str:
    """Return what stands in the address for a name that others have chosen: 12 plain characters.

    Parameters
    ----------
    name
        Name of a file or of a column, of any content.
    """
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True)
class _Option:
    """What an option declares of itself."""

    key: str
    codec: Codec[Any]


Pages = str | tuple[str, ...] | None


def option(key: str, codec: Codec[T], *, default: T, page: Pages = None) -> T:
    """Declare a field that the address holds.

    Parameters
    ----------
    key
        Its key in the address, short and never used again for another meaning.
    codec
        How a value is said.
    default
        The value that is not said. Another default is another version of the address.
    page
        The page or pages whose address holds it; None for every page.
    """
    about = {_OPTION: _Option(key, codec), _PAGE: page}
    declared: T = field(default=default, metadata=about)
    return declared


def group(options: type[T], *, page: Pages = None) -> T:
    """Declare a field that is a class of options itself.

    Parameters
    ----------
    options
        The class; each of its options has a default.
    page
        The page or pages whose address holds them; None for every page.
    """
    declared: T = field(default_factory=options, metadata={_PAGE: page})
    return declared


def _stated(options: Declared | type[Declared]) -> Iterator[tuple[str, _Option]]:
    """Yield the options that stand directly in a class or a value, by name."""
    for each in fields(options):
        if _OPTION in each.metadata:
            yield each.name, each.metadata[_OPTION]


def keys(options: Declared | type[Declared]) -> dict[str, str]:
    """Return by name the keys of a class of options, without those of its groups.

    Parameters
    ----------
    options
        The class of options, or a value of it.
    """
    return {name: each.key for name, each in _stated(options)}


def codec(options: type[Declared], name: str) -> Codec[Any]:
    """Return how the address says the option ``name``.

    Parameters
    ----------
    options
        The class of options in which it stands directly.
    name
        Name of its field.

    Raises
    ------
    KeyError
        If the class has no option of that name.
    """
    return dict(_stated(options))[name].codec


def choices(options: type[Declared], name: str) -> tuple[Any, ...]:
    """Return the closed list of values of an option.

    Parameters
    ----------
    options
        The class of options in which it stands directly.
    name
        Name of its field.

    Raises
    ------
    TypeError
        If the option has none.
    KeyError
        If the class has no option of that name.
    """
    found = codec(options, name)
    if not isinstance(found, Choice):
        raise TypeError(f"{name} has no closed list of values")
    return found.values


def limits(options: type[Declared], name: str) -> tuple[int, int]:
    """Return the least and the greatest value of a whole number.

    Parameters
    ----------
    options
        The class of options in which it stands directly.
    name
        Name of its field.

    Raises
    ------
    TypeError
        If the option is no whole number.
    KeyError
        If the class has no option of that name.
    """
    found = codec(options, name)
    if not isinstance(found, Whole):
        raise TypeError(f"{name} is no whole number")
    return found.low, found.high


def hold(options: Declared) -> None:
    """Hold the whole numbers of a frozen value within their limits, while it is being made.

    Parameters
    ----------
    options
        The value, which is changed in place; its groups are left alone.
    """
    for name, each in _stated(options):
        if isinstance(each.codec, Whole):
            object.__setattr__(options, name, each.codec.held(getattr(options, name)))


def said(query: Query, key: str) -> list[str]:
    """Return all that an address says under a key.

    Parameters
    ----------
    query
        Keys and values of the address, of any content.
    key
        The key in the address.

    Returns
    -------
    list of str
        Each cut at :data:`LONGEST_VALUE` characters; empty if nothing is said.
    """
    given = query.get(key, ())
    texts = [given] if isinstance(given, str) else [v for v in given or () if isinstance(v, str)]
    return [text[:LONGEST_VALUE] for text in texts]


def read(default: Options, query: Query, known: Known, page: str | None = None) -> Options:
    """Read options out of an address; never raises.

    Parameters
    ----------
    default
        Holds what the address does not say, or says wrongly.
    query
        Keys and values of the address, of any content.
    known
        Values that the city knows.
    page
        The page whose options are read; None for those of all pages.
    """
    found: dict[str, Any] = {}
    for each in fields(default):
        if _PAGE not in each.metadata or not _is_on(each.metadata, page):
            continue
        value = getattr(default, each.name)
        asked: _Option | None = each.metadata.get(_OPTION)
        if asked is None:
            found[each.name] = read(value, query, known, page)
        elif texts := said(query, asked.key):
            try:
                found[each.name] = asked.codec.read(texts, known, value)
            except LookupError:
                continue
    return replace(default, **found)


def write(value: Options, default: Options | None, page: str | None = None) -> dict[str, str]:
    """Write options for the address: those that differ from ``default``, in the order declared.

    Parameters
    ----------
    value
        What is written.
    default
        What need not be said; None to say everything.
    page
        The page whose options are written; None for those of all pages.
    """
    texts: dict[str, str] = {}
    for each in fields(value):
        if _PAGE not in each.metadata or not _is_on(each.metadata, page):
            continue
        now = getattr(value, each.name)
        usual = None if default is None else getattr(default, each.name)
        asked: _Option | None = each.metadata.get(_OPTION)
        if asked is None:
            texts |= write(now, usual, page)
        elif default is None or now != usual:
            texts[asked.key] = asked.codec.write(now, usual)
    return texts


def unknown(options: Options, query: Query, known: Known) -> dict[str, list[str]]:
    """Return by key the words of an address that :func:`read` passes over.

    Parameters
    ----------
    options
        Says which options there are; its values do not matter.
    query
        Keys and values of the address, of any content.
    known
        Values that the city knows.

    Returns
    -------
    dict
        A list for each key that the address says, empty if all of it is known.
    """
    found: dict[str, list[str]] = {}
    for each in fields(options):
        asked: _Option | None = each.metadata.get(_OPTION)
        if asked is None and _PAGE in each.metadata:
            found |= unknown(getattr(options, each.name), query, known)
        elif asked is not None and (texts := said(query, asked.key)):
            found[asked.key] = sorted(asked.codec.unknown(texts, known))
    return found


def keep(found: Options, kept: Options, page: str) -> Options:
    """Return what was found for a page, with the options of other pages as they were kept.

    Parameters
    ----------
    found
        What the address of that page says.
    kept
        Holds the options of the other pages.
    page
        The page whose options are those found.
    """
    others = {
        each.name: getattr(kept, each.name)
        for each in fields(found)
        if not _is_on(each.metadata, page)
    }
    return replace(found, **others)


def pages_of(about: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the pages whose address holds an option; none for every page.

    Parameters
    ----------
    about
        Metadata of its field.
    """
    held: Pages = about.get(_PAGE)
    return held if isinstance(held, tuple) else (held,) if held else ()


def _is_on(about: Mapping[str, Any], page: str | None) -> bool:
    held = pages_of(about)
    return page is None or not held or page in held
