"""Find places, and what narrows the places shown, by any of their names.

Layers, halves, districts and the values of filters narrow; several at once do so together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from geo.base.once import once
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS
from layers.pack.city import City
from layers.view.rows import ORDERS, CityKey, gather
from layers.view.wording import value_words

LONGEST_QUERY = 100
"""Characters of a query that are read; no name is longer."""
SHORTEST_INSIDE = 3
"""Latin letters a query needs to match inside a word: two fit half of all pinyin."""
SHORTEST_TYPO = 4
CLOSE = 0.8
"""Least ratio of equal letters (Ratcliff and Obershelp) that counts as a slip of the keyboard."""

EXACT, PREFIX, WORD, INSIDE, SCATTERED, TYPO = range(6)
JOINED = "+"
"""Stands between the targets of a hit that narrows by several at once."""


@dataclass(frozen=True)
class Hit:
    """One thing found.

    Parameters
    ----------
    target
        Id of a place, or ``layer:<id>``, ``district:<adcode>``, ``half:<name>``,
        ``<filter>:<value>``; several of these joined by ``+``.
    kind
        Layer id of a place; else ``layer``, ``district``, ``half``, the name of a filter, or
        ``several``.
    label_zh, label_en
        Its name.
    matched
        The name or alias that the query fits, as written in the data.
    note_zh, note_en
        What to know about the alias, or the kind of a place.
    mapped
        Whether it can be shown on the map.
    """

    target: str
    kind: str
    label_zh: str
    label_en: str
    matched: str
    note_zh: str
    note_en: str
    mapped: bool = True

    @property
    def narrows(self) -> bool:
        """Whether it narrows what is shown, rather than being a place."""
        return ":" in self.target


@dataclass(frozen=True)
class _Term:
    """One name of one target: its words, and all of it in one piece."""

    text: str
    words: tuple[str, ...]
    whole: str
    starts: frozenset[int]
    """Offsets in ``whole`` at which a word begins."""
    note: Bilingual


@dataclass(frozen=True)
class _Entry:
    """A target with all of its names, its own first."""

    target: str
    kind: str
    label: Bilingual
    note: Bilingual
    mapped: bool
    terms: tuple[_Term, ...]


def _words(text: str) -> tuple[str, ...]:
    """Return the runs of letters and digits, in half width and without case."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple("".join(c if c.isalnum() else " " for c in plain).split())


def _term(text: str, note: Bilingual) -> _Term:
    words = _words(text)
    starts, offset = set(), 0
    for word in words:
        starts.add(offset)
        offset += len(word)
    return _Term(text, words, "".join(words), frozenset(starts), note)


NO_NOTE = Bilingual("", "")


def _aliases(city: City) -> dict[str, list[_Term]]:
    by_target: dict[str, list[_Term]] = {}
    rows = city.aliases.fillna("")
    for row in rows[["term", "target", "note_zh", "note_en"]].itertuples(index=False):
        term = _term(str(row.term), Bilingual(str(row.note_zh), str(row.note_en)))
        by_target.setdefault(str(row.target), []).append(term)
    return by_target


def _entry(
    target: str,
    kind: str,
    label: Bilingual,
    names: Iterable[str],
    aliases: dict[str, list[_Term]],
    note: Bilingual = NO_NOTE,
    mapped: bool = True,
) -> _Entry:
    own, other = ([_term(name, NO_NOTE) for name in part] for part in (label, names))
    terms = tuple(term for term in (*own, *aliases.get(target, ()), *other) if term.whole)
    return _Entry(target, kind, label, note, mapped, terms)


@once(maxsize=8)
def _index(key: CityKey) -> tuple[_Entry, ...]:
    """Return all that can be found, what holds many before what is one."""
    city, aliases = key.city, _aliases(key.city)
    return (*_wholes(city, aliases), *_places(city, aliases))


def _wholes(city: City, aliases: dict[str, list[_Term]]) -> Iterator[_Entry]:
    for id_, layer in city.layers.items():
        yield _entry(f"layer:{id_}", "layer", layer.title, (id_,), aliases)
    for code, row in city.districts.iterrows():
        label = Bilingual(str(row["name_zh"]), str(row["name_en"]))
        yield _entry(f"district:{code}", "district", label, (str(code),), aliases)
    for half in city.halves:
        yield _entry(f"half:{half}", "half", city.words[f"half.{half}"], (half,), aliases)
    for name in ORDERS:
        held = set(gather(city).values[name])
        for value in (value for value in ORDERS[name] if value in held):
            label = Bilingual(*(value_words(city, name, value, lang) for lang in LANGS))
            yield _entry(f"{name}:{value}", name, label, (), aliases)


def _places(city: City, aliases: dict[str, list[_Term]]) -> Iterator[_Entry]:
    rows = gather(city)
    for at, (id_, row) in enumerate(rows.frame.iterrows()):
        names = str(row["aliases"] or "").split(";")
        yield _entry(
            str(id_),
            str(row["kind"]),
            Bilingual(str(row["name_zh"]), str(row["name_en"])),
            (*names, str(id_)),
            aliases,
            city.layers[str(row["kind"])].title,
            bool(rows.drawable[at]),
        )


def find(city: City, text: str, *, limit: int = 12) -> list[Hit]:
    """Return what fits ``text``, the best first.

    Words that all name something that narrows are taken together before all but a name that equals
    the query: 滨海 国家级.

    Case, width, spaces, hyphens, dashes and quotes make no difference. A name that equals
    the query comes before one that begins with it, then come names with a word that begins
    with it, that hold it inside, that hold its words in another order; only where nothing
    fits are names taken that differ by a slip of the keyboard (Latin letters).

    Parameters
    ----------
    city
        The city; places that are not mapped are found too.
    text
        What the reader typed, of any content; only its beginning is read.
    limit
        Most hits returned.

    Returns
    -------
    list of Hit
        One per target. Equal fits: the target's own name before an alias, the name nearer in
        length, what narrows before places, then the order of the view.
    """
    words = _words(text[:LONGEST_QUERY])
    if not words:
        return []
    entries = _index(CityKey(city, "zh"))
    fits = [_best(entry, words, _fit) for entry in entries]
    whole = "".join(words)
    if not any(fits) and len(whole) >= SHORTEST_TYPO and whole.isascii():
        fits = [_best(entry, words, _slip) for entry in entries]
    found = [
        (fit[:3], order, _hit(entry, fit))
        for order, (entry, fit) in enumerate(zip(entries, fits, strict=True))
        if fit is not None
    ]
    hits = sorted(found, key=lambda item: item[:2])
    exact = sum(fit[0] == EXACT for fit, *_ in hits)
    ordered = [hit for *_, hit in hits]
    return [*ordered[:exact], *_together(entries, words), *ordered[exact:]][:limit]


def _together(entries: Iterable[_Entry], words: tuple[str, ...]) -> list[Hit]:
    """Return one hit for words that each name something that narrows, else none."""
    if len(words) < 2:
        return []
    narrowing = [entry for entry in entries if ":" in entry.target]
    parts = [_closest(narrowing, word) for word in words]
    targets = {part.target: part for part in parts if part is not None}
    if None in parts or len(targets) < 2:
        return []
    labels = (" + ".join(getattr(p, f"label_{lang}") for p in targets.values()) for lang in LANGS)
    zh, en = labels
    return [Hit(JOINED.join(targets), "several", zh, en, zh, "", "")]


def _closest(entries: Iterable[_Entry], word: str) -> Hit | None:
    """Return what a word names from its beginning, the nearest in length first."""
    fits = [(fit, entry) for entry in entries if (fit := _best(entry, (word,), _fit))]
    near = [(fit[:3], at) for at, (fit, _) in enumerate(fits) if fit.rank <= PREFIX]
    if not near:
        return None
    fit, entry = fits[min(near)[1]]
    return _hit(entry, fit)


class _Match(NamedTuple):
    """How well a name fits: smaller is better, from left to right."""

    rank: int
    alias: bool
    distance: float
    order: int
    """Place of the name among the target's names."""
    term: _Term


Fit = Callable[[_Term, tuple[str, ...]], tuple[int, float] | None]


def _best(entry: _Entry, words: tuple[str, ...], fit: Fit) -> _Match | None:
    matches = [
        _Match(found[0], order >= len(entry.label), found[1], order, term)
        for order, term in enumerate(entry.terms)
        if (found := fit(term, words)) is not None
    ]
    return min(matches, key=lambda match: match[:4], default=None)


def _fit(term: _Term, words: tuple[str, ...]) -> tuple[int, float] | None:
    """Return the rank of a name that holds the query, and how much longer it is."""
    whole = "".join(words)
    longer = float(len(term.whole) - len(whole))
    if term.whole.startswith(whole):
        return (PREFIX if longer else EXACT), longer
    if any(term.whole.startswith(whole, start) for start in term.starts):
        return WORD, longer
    if whole.isascii() and len(whole) < SHORTEST_INSIDE:
        return None
    if whole in term.whole:
        return INSIDE, longer
    if len(words) > 1 and all(word in term.whole for word in words):
        return SCATTERED, longer
    return None


def _slip(term: _Term, words: tuple[str, ...]) -> tuple[int, float] | None:
    """Return how far the query is from a name, or from as many of its words in a row."""
    matcher = SequenceMatcher(None, "", "".join(words), autojunk=False)
    runs = range(len(term.words) - len(words) + 1)
    parts = {term.whole} | {"".join(term.words[run : run + len(words)]) for run in runs}
    ratios = []
    for part in parts:
        matcher.set_seq1(part)
        if matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE:
            ratios.append(matcher.ratio())
    closest = max(ratios, default=0.0)
    return (TYPO, 1.0 - closest) if closest >= CLOSE else None


def _hit(entry: _Entry, match: _Match) -> Hit:
    note = match.term.note if any(match.term.note) else entry.note
    return Hit(
        target=entry.target,
        kind=entry.kind,
        label_zh=entry.label.zh,
        label_en=entry.label.en,
        matched=match.term.text,
        note_zh=note.zh,
        note_en=note.en,
        mapped=entry.mapped,
    )
