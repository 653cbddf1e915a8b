"""Hold a story: the scenes of a meeting, read from a TOML file and written to one.

A scene shows what an address shows, so that whatever a reader sees on a page can become a scene,
and an old story keeps its meaning as an old link does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Formatter
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import tomli_w

from geo.base.errors import DataError, Problem
from layers.language.bilingual import BLANK, Bilingual
from layers.pack.city import City
from layers.present import options
from layers.present.figures import FIGURES
from layers.present.options import Option
from layers.view import codecs
from layers.view.address import CITY_KEY, KEYS, VERSION_KEY, parse
from layers.view.state import ViewState, allowed

PAGES: Final = ("explore", "district", "density", "coverage", "corridor", "plan")
"""Pages that a scene can show."""
MAPS: Final = ("explore", "district", "density", "coverage", "corridor")
"""Those that are a map, of which two can stand side by side."""
MOST_SCENES: Final = 40
MOST_BYTES: Final = 200_000
LONGEST: Final = 400
"""Characters of one text."""
DISTRICT: Final = "{district}"
"""Stands in the address of a story that is told of any district."""
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_STORY: Final = frozenset({"title_zh", "title_en", "made_with", "scene"})
_TEXTS: Final = ("chapter", "sentence", "doubt", "said")
_SCENE: Final = frozenset(
    {
        *("id", "show", "compare", "insets", "option", "points_zh", "points_en"),
        *(f"{t}_{n}" for t in _TEXTS for n in ("zh", "en")),
    }
)
_MADE: Final = frozenset({"city", "data_date", "digest"})


@dataclass(frozen=True)
class Scene:
    """One view of a meeting, with what is said to it.

    Parameters
    ----------
    id
        Unique in the story.
    chapter
        Its name in the chapter strip.
    page
        One of ``PAGES``.
    address
        Keys and values of the page's address.
    sentence, doubt
        What stands above the map; blank for the page's own words. Names in braces stand for
        figures, see :data:`layers.present.figures.FIGURES`: numbers are never typed.
    points
        What the speaker may say to it.
    said
        What its sentence was when the story was made; blank where nobody has noted it.
    beside
        Page and address of a second view, which is set beside it; None for one view.
    options
        What a scene of the coverage page sets side by side: changes to sites.
    insets
        Ids of the enlarged parts that stand beside its map of the city; empty for none. None where
        the map decides: a part stands where it shows more than the map does.
    """

    id: str
    chapter: Bilingual
    page: str
    address: Mapping[str, str]
    sentence: Bilingual = BLANK
    doubt: Bilingual = BLANK
    points: tuple[Bilingual, ...] = ()
    said: Bilingual = BLANK
    beside: tuple[str, Mapping[str, str]] | None = None
    options: tuple[Option, ...] = ()
    insets: tuple[str, ...] | None = None

    @property
    def second(self) -> Scene | None:
        """The view that is set beside it, as a scene without words; None for one view."""
        if self.beside is None:
            return None
        view = Scene(self.id, self.chapter, *self.beside, options=self.options)
        return replace(view, insets=self.insets)

    def of(self, adcode: str) -> Scene:
        """Return the scene of one district.

        Parameters
        ----------
        adcode
            Code of the district.
        """
        beside = self.beside and (self.beside[0], _of(self.beside[1], adcode))
        return replace(self, address=_of(self.address, adcode), beside=beside)


def _of(address: Mapping[str, str], adcode: str) -> dict[str, str]:
    return {key: value.replace(DISTRICT, adcode) for key, value in address.items()}


@dataclass(frozen=True)
class Story:
    """Scenes in the order in which they are shown.

    Parameters
    ----------
    name
        Stem of its file.
    title
        What it is called.
    scenes
        At least one.
    made_with
        ``city``, ``data_date`` and ``digest`` of the pack that it was made with; empty for a story
        that comes with its pack.
    """

    name: str
    title: Bilingual
    scenes: tuple[Scene, ...]
    made_with: Mapping[str, str] = field(default_factory=dict)

    @property
    def any_district(self) -> bool:
        """Whether it is told of one district, which is still to be chosen."""
        return any(
            DISTRICT in value
            for scene in self.scenes
            for address in (scene.address, scene.beside[1] if scene.beside else {})
            for value in address.values()
        )

    def of(self, adcode: str) -> Story:
        """Return the story of one district.

        Parameters
        ----------
        adcode
            Code of the district.
        """
        return replace(self, scenes=tuple(scene.of(adcode) for scene in self.scenes))


def stories(city: City) -> Mapping[str, Story]:
    """Return the stories that come with a pack, by name.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Raises
    ------
    DataError
        With everything that is wrong with any of them.
    """
    found: dict[str, Story] = {}
    problems: list[Problem] = []
    for name, text in city.stories.items():
        try:
            found[name] = read(text, city, name=name)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError("story_refused", problems)
    return MappingProxyType(found)


def read(text: str, city: City, *, name: str) -> Story:
    """Read a story, and check it against its city.

    Parameters
    ----------
    text
        TOML, from a pack or from outside.
    city
        The pack that it is told of; it is not changed.
    name
        Stem of the file, for what is wrong with it.

    Raises
    ------
    DataError
        With every problem: what is missing, unknown or too long, an address that the city does not
        know, a figure that a page does not have.
    """
    where, problems = f"{name}.toml", list[Problem]()
    tree = _tree(text, where, problems)
    problems += [Problem("story.unknown", where, field=key) for key in sorted(set(tree) - _STORY)]
    title = _bilingual(tree, "title", where, "", problems, required=True)
    made = tree.get("made_with", {})
    if not _is_made(made):
        problems.append(Problem("story.made_with", where, field="made_with"))
        made = {}
    given = tree.get("scene")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_SCENES:
        problems.append(Problem("story.scenes", where, field="scene", most=MOST_SCENES))
        given = []
    scenes = [_scene(each, f"#{n}", where, problems) for n, each in enumerate(given, start=1)]
    sound = [scene for scene in scenes if scene is not None]
    ids = [scene.id for scene in sound]
    for at in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        problems.append(Problem("story.twice", where, field="id", value=at))
    for scene in sound:
        problems += _misled(scene, city, where)
    if problems:
        raise DataError("story_refused", problems)
    return Story(name, title, tuple(sound), MappingProxyType(dict(made)))


def _tree(text: str, where: str, problems: list[Problem]) -> dict[str, Any]:
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        problems.append(Problem("file.too_large", where, most=MOST_BYTES))
        return {}
    try:
        return tomllib.loads(text)
    except RecursionError:
        problems.append(Problem("toml.nested", where))
    except ValueError as error:
        problems.append(Problem("toml.invalid", where, reason=str(error)[:200]))
    return {}


def _is_made(made: object) -> bool:
    return (
        isinstance(made, dict)
        and set(made) <= _MADE
        and all(isinstance(v, str) and len(v) <= LONGEST for v in made.values())
    )


def _bilingual(
    tree: Mapping[str, Any],
    name: str,
    where: str,
    row: str,
    problems: list[Problem],
    *,
    required: bool = False,
) -> Bilingual:
    """Return a text in both languages; one that is given in one language only is a problem."""
    found = [tree.get(f"{name}_{lang}", "") for lang in ("zh", "en")]
    for lang, text in zip(("zh", "en"), found, strict=True):
        if not isinstance(text, str) or len(text) > LONGEST:
            fault = Problem("story.text", where, row, f"{name}_{lang}", most=LONGEST)
            problems.append(fault)
            return BLANK
        if not text.strip() and (required or any(found)):
            problems.append(Problem("story.missing", where, row, f"{name}_{lang}"))
    return Bilingual(*(text.strip() for text in found))


def _scene(given: object, row: str, where: str, problems: list[Problem]) -> Scene | None:
    before = len(problems)
    if not isinstance(given, dict):
        problems.append(Problem("story.scene", where, row))
        return None
    problems += [Problem("story.unknown", where, row, key) for key in sorted(set(given) - _SCENE)]
    id_, show = given.get("id"), given.get("show")
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        problems.append(Problem("story.id", where, row, "id"))
    page, address = _address(show)
    if page not in PAGES:
        known = ", ".join(PAGES)
        problems.append(Problem("story.show", where, row, "show", known=known))
    chapter, sentence, doubt, said = (
        _bilingual(given, name, where, row, problems, required=name == "chapter") for name in _TEXTS
    )
    points = _points(given, where, row, problems)
    beside = _beside(given, where, row, problems)
    found = options.read(given.get("option", []), row, where, problems)
    insets = given.get("insets")
    if insets is not None and not _is_names(insets):
        problems.append(Problem("story.insets", where, row, "insets"))
    if len(problems) > before:
        return None
    return Scene(
        id=str(id_),
        chapter=chapter,
        page=page,
        address=address,
        sentence=sentence,
        doubt=doubt,
        points=points,
        said=said,
        beside=beside,
        options=found,
        insets=None if insets is None else tuple(insets),
    )


def _is_names(given: object) -> bool:
    """Tell whether this is a list of names, none of which comes twice."""
    return (
        isinstance(given, list)
        and all(isinstance(each, str) and len(each) <= LONGEST for each in given)
        and len(set(given)) == len(given)
    )


def _beside(
    given: Mapping[str, Any], where: str, row: str, problems: list[Problem]
) -> tuple[str, Mapping[str, str]] | None:
    """Return page and address of the second view; None where a scene has one view."""
    if "compare" not in given:
        return None
    page, address = _address(given["compare"])
    if not {page, _address(given.get("show"))[0]} <= {*MAPS}:
        known = ", ".join(MAPS)
        problems.append(Problem("story.show", where, row, "compare", known=known))
    return page, address


def _address(show: object) -> tuple[str, Mapping[str, str]]:
    """Return page and keys of an address as it is copied, with or without the server's."""
    if not isinstance(show, str) or len(show) > MOST_BYTES:
        return "", {}
    try:
        parts = urlsplit(show)
    except ValueError:
        return "", {}
    page = parts.path.rpartition("/")[2] or PAGES[0]
    return page, dict(parse_qsl(parts.query, keep_blank_values=True))


def _points(
    given: Mapping[str, Any], where: str, row: str, problems: list[Problem]
) -> tuple[Bilingual, ...]:
    lists = [given.get(f"points_{lang}", []) for lang in ("zh", "en")]
    sound = all(
        isinstance(texts, list) and all(isinstance(t, str) and len(t) <= LONGEST for t in texts)
        for texts in lists
    )
    if not sound or len(lists[0]) != len(lists[1]):
        problems.append(Problem("story.points", where, row, "points_zh, points_en", most=LONGEST))
        return ()
    return tuple(Bilingual(zh, en) for zh, en in zip(*lists, strict=True))


def _misled(scene: Scene, city: City, where: str) -> Iterator[Problem]:
    """Yield what of a scene's address and sentences its city and page do not know."""
    views = {"show": scene.address, "compare": scene.beside[1] if scene.beside else {}}
    for entry, address in views.items():
        keys = {k: v for k, v in address.items() if k not in (VERSION_KEY, CITY_KEY)}
        for key in sorted(set(keys) - KEYS):
            yield Problem("story.key", where, scene.id, entry, value=key)
        told = {k: v for k, v in keys.items() if DISTRICT not in v}
        for key, words in codecs.unknown(ViewState(city.id), told, allowed(city).known).items():
            for word in words:
                yield Problem("story.value", where, scene.id, entry, value=f"{key}={word}")
    yield from options.misled(scene.options, scene.id, city, where)
    yield from _no_insets(scene, city, where)
    known = FIGURES[scene.page]
    for name, text in (("sentence", scene.sentence), ("doubt", scene.doubt)):
        for lang in ("zh", "en"):
            for figure in _named(text.of(lang)):
                if figure not in known:
                    yield Problem(
                        "story.figure",
                        where,
                        scene.id,
                        f"{name}_{lang}",
                        value=figure,
                        known=", ".join(known),
                    )


def _no_insets(scene: Scene, city: City, where: str) -> Iterator[Problem]:
    """Yield the enlarged parts of a scene that its city does not have."""
    known = [inset.id for inset in city.insets]
    for name in scene.insets or ():
        if name not in known:
            told = ", ".join(known)
            yield Problem("story.inset", where, scene.id, "insets", value=name, known=told)


def _named(text: str) -> Sequence[str]:
    """Return the figures that a sentence names; ``?`` for braces that name none."""
    try:
        return [name or "?" for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return ["?"]


def state_of(scene: Scene, city: City, over: ViewState) -> ViewState:
    """Return what a scene shows.

    Parameters
    ----------
    scene
        The scene; a district in its address is chosen.
    city
        The pack that it is told of; it is not changed.
    over
        Language, and the filters, period and layers of the reader, which act wherever the scene's
        own address says nothing of them.
    """
    found = parse(scene.address, scene.page, allowed=allowed(city))
    filters = replace(
        over.filters,
        **{n: values for n, values in vars(found.filters).items() if values},
    )
    said = scene.address
    if scene.page == "coverage" and "d" in said:
        # Which district its page is about, a page of the whole city does not ask; a scene may.
        found = replace(found, district=parse(said, "district", allowed=allowed(city)).district)
    return replace(
        found,
        lang=over.lang,
        filters=filters,
        period=found.period if "period" in said else over.period,
        later=found.later if "later" in said else over.later,
        layers=found.layers if "layers" in said else over.layers,
    )


def write(story: Story) -> str:
    """Return a story as TOML; :func:`read` gives it back.

    Parameters
    ----------
    story
        What is written.
    """
    tree: dict[str, Any] = {"title_zh": story.title.zh, "title_en": story.title.en}
    if story.made_with:
        tree["made_with"] = dict(story.made_with)
    tree["scene"] = [_written(scene) for scene in story.scenes]
    return tomli_w.dumps(tree, multiline_strings=False)


def _written(scene: Scene) -> dict[str, Any]:
    tree: dict[str, Any] = {"id": scene.id, "show": _shown(scene.page, scene.address)}
    if scene.beside:
        tree["compare"] = _shown(*scene.beside)
    if scene.insets is not None:
        tree["insets"] = [*scene.insets]
    texts = (scene.chapter, scene.sentence, scene.doubt, scene.said)
    for name, text in zip(_TEXTS, texts, strict=True):
        tree |= {f"{name}_{lang}": text.of(lang) for lang in ("zh", "en") if text.of(lang)}
    if scene.points:
        tree |= {f"points_{lang}": [p.of(lang) for p in scene.points] for lang in ("zh", "en")}
    if scene.options:
        tree["option"] = options.written(scene.options)
    return tree


def _shown(page: str, address: Mapping[str, str]) -> str:
    query = urlencode(address, safe="{}~.,")
    return f"{page}?{query}" if query else page
