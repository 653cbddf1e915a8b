"""Make everything that goes to a meeting from one set of findings: the meeting pack."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from geo.base.errors import AtlasError
from geo.point_files.bin import CancelledError
from layers.handover.contents import WGS84
from layers.handover.documents import (
    MANIFEST,
    SOURCES,
    about_city,
    filtered_entry,
    sha256,
    sources,
)
from layers.handover.package import Package
from layers.handover.write_data import json_bytes
from layers.language.messages import speaker
from layers.language.problems import lines
from layers.pack.city import City
from layers.places.areas import area_name
from layers.places.district_profile import fullest
from layers.present import brief, ledger, offline, strip
from layers.present.pack import findings, gis, plan_parts
from layers.present.sheet import atlas
from layers.present.showing import Shown
from layers.present.slides import slides
from layers.present.static_map import A4
from layers.present.static_map.picture import bound
from layers.present.story import Story
from layers.present.telling import Ask, Told, measure, tell
from layers.view.address import to_query
from layers.view.filtered import in_words
from layers.view.state import ViewState

PARTS: Final = ("pptx", "pdf", "html", "xlsx", "docx", "gis")
TERMS: Final = "sources"
"""Goes with every pack: sources, terms of use and caveats."""
Progress = Callable[[str, int, int], None]
"""Takes the key of what is being done, and how much of how much is done."""
_LOG = logging.getLogger(__name__)
_UNFIT = re.compile(r"[^\w\-（）]+")
LONGEST_STEM: Final = 60


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a meeting pack is made of.

    Parameters
    ----------
    city
        The pack that is told of; it is not changed.
    story
        Of one district, if it can be told of any.
    over
        Language, and the reader's own filters, which are those of the meeting pack.
    shown
        The scenes, each told once.
    ask
        Answers the analyses, each question once.
    """

    city: City
    story: Story
    over: ViewState
    shown: Sequence[Shown]
    ask: Ask

    @property
    def told(self) -> list[Told]:
        """The scenes in words and numbers."""
        return [each.told for each in self.shown]

    @property
    def title(self) -> str:
        """What the whole is called."""
        lang, focus = self.over.lang, self.told[0].focus
        title = area_name(self.city, focus, lang) if focus else self.story.title.of(lang)
        return speaker(lang)("present.pack_title", city=self.city.name.of(lang), story=title)


@dataclass(frozen=True, eq=False)
class MeetingPack:
    """What has been made, and what has not.

    Parameters
    ----------
    package
        Files for people, the manifest last.
    failed
        By part that could not be made, why.
    """

    package: Package
    failed: Mapping[str, str]


def of_district(story: Story, city: City, over: ViewState) -> Story:
    """Return a story that can be told: one of any district is told of the one that is chosen.

    Parameters
    ----------
    story
        The story.
    city
        The pack that is told of; it is not changed.
    over
        Its district is taken; without one, that with most places.
    """
    return story.of(over.district or fullest(city)) if story.any_district else story


def meeting_pack(
    city: City,
    story: Story,
    over: ViewState,
    *,
    parts: Sequence[str] = PARTS,
    ask: Ask = measure,
    progress: Progress = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> MeetingPack:
    """Return the files of a meeting; the same input gives the same bytes.

    Parameters
    ----------
    city
        The pack that is told of; it is not changed.
    story
        Its scenes are told once, for all parts.
    over
        Language, and the reader's own filters.
    parts
        Those of ``PARTS`` that are wanted.
    ask
        Answers the analyses.
    progress
        Is told before each step.
    stopped
        Is asked before each step whether the pack is no longer wanted.

    Returns
    -------
    MeetingPack
        A part that cannot be made is named, and the others are made all the same.

    Raises
    ------
    CancelledError
        The pack is no longer wanted.
    AtlasError
        A scene cannot be told of this city.
    """
    story, kept = of_district(story, city, over), _kept(ask)
    steps = [part for part in PARTS if part in parts]
    total, done = len(story.scenes) + len(steps), 0

    def step(stage: str) -> None:
        nonlocal done
        if stopped():
            raise CancelledError("stream.cancelled", [])
        progress(stage, done, total)
        done += 1

    shown = []
    for scene in story.scenes:
        step("present.stage.scenes")
        shown.append(Shown(tell(scene, city, over, ask=kept)))
    wanted = Wanted(city, story, over, shown, kept)
    files: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    for part in (*steps, TERMS):
        if part != TERMS:
            step(f"present.stage.{part}")
        try:
            files |= dict(_MAKERS[part](wanted))
        except CancelledError:
            raise
        except Exception as error:  # whatever it is: the other parts are made all the same
            failed[part] = _reason(error, over.lang)
    files[MANIFEST] = _manifest(wanted, files, failed)
    stamp = date.fromisoformat(city.data_date)
    return MeetingPack(Package(stem(wanted), stamp, files), failed)


def _kept(ask: Ask) -> Ask:
    """Return what answers each question once."""
    known: dict[object, Any] = {}

    def kept(city: City, name: str, question: Any) -> Any:
        key = (name, question)
        if key not in known:
            known[key] = ask(city, name, question)
        return known[key]

    return kept


def _reason(error: Exception, lang: str) -> str:
    if isinstance(error, AtlasError):
        return lines(error, lang) or str(error)
    _LOG.error("a part of a meeting pack failed", exc_info=error)
    return type(error).__name__


def stem(wanted: Wanted) -> str:
    """Return how the names of all files begin, for people, fit for every system.

    Parameters
    ----------
    wanted
        What the pack is made of.
    """
    city, lang = wanted.city, wanted.over.lang
    say = speaker(lang)
    base = say("present.stem", city=city.name.of(lang))
    story, first = wanted.story.title.of(lang), wanted.told[0]
    words = [base]
    if first.focus:
        words.append(area_name(city, first.focus, lang))
    elif story.casefold() not in base.casefold():
        words.append(story)
    if in_words(city, wanted.over):
        words.append(say("present.stem_filtered"))
    return "_".join([*map(fit_for_file, words), city.data_date.replace("-", "")])


def fit_for_file(text: str) -> str:
    """Return a text as part of a file's name on every system: letters, figures, few signs.

    Parameters
    ----------
    text
        Of the interface or of the data.
    """
    return _UNFIT.sub("_", text[:LONGEST_STEM]).strip("_") or "_"


def _named(wanted: Wanted, ending: str, what: str = "") -> str:
    told = f"_{fit_for_file(what)}" if what else ""
    return f"{stem(wanted)}{told}.{ending}"


Files = Iterator[tuple[str, bytes]]


def _pptx(wanted: Wanted) -> Files:
    yield _named(wanted, "pptx"), slides(wanted.shown, wanted.title)


def _pdf(wanted: Wanted) -> Files:
    say = speaker(wanted.over.lang)
    yield (
        _named(wanted, "pdf", say("present.maps")),
        bound([sheet for each in wanted.shown for sheet in each.sheets(A4)]),
    )
    for each in wanted.told:
        if each.strip is not None:
            name = say("present.strip_of", scene=each.scene.chapter.of(wanted.over.lang))
            yield _named(wanted, "pdf", name), strip.pdf(each)
    sheets = atlas(wanted.city, wanted.over, wanted.over.lang, ask=wanted.ask)
    yield _named(wanted, "pdf", say("present.sheets")), sheets


def _html(wanted: Wanted) -> Files:
    yield _named(wanted, "html"), offline.page(wanted.shown, wanted.title)


def _xlsx(wanted: Wanted) -> Files:
    yield _named(wanted, "xlsx"), findings.workbook(wanted.city, wanted.over, wanted.told)


def _docx(wanted: Wanted) -> Files:
    say = speaker(wanted.over.lang)
    yield _named(wanted, "docx", say("present.brief")), brief.brief(wanted.shown, wanted.title)
    found = plan_parts.ledgers(wanted.told)
    for kept in found:
        name = plan_parts.titled(say("plan.ledger.title"), kept, found)
        yield _named(wanted, "docx", name), ledger.document(kept, wanted.over.lang)


def _gis(wanted: Wanted) -> Files:
    yield _named(wanted, "zip", "GIS"), gis.zipped(wanted.city, wanted.over, wanted.told)


def _sources(wanted: Wanted) -> Files:
    held = findings.selected(wanted.city, wanted.over, "geojson", WGS84)
    yield SOURCES, sources(held)


_MAKERS: Final[Mapping[str, Callable[[Wanted], Files]]] = {
    "pptx": _pptx,
    "pdf": _pdf,
    "html": _html,
    "xlsx": _xlsx,
    "docx": _docx,
    "gis": _gis,
    TERMS: _sources,
}


def _manifest(wanted: Wanted, files: Mapping[str, bytes], failed: Mapping[str, str]) -> bytes:
    city, story, over = wanted.city, wanted.story, wanted.over
    return json_bytes(
        {
            **about_city(city),
            "story": {"name": story.name, **story.title._asdict()},
            "lang": over.lang,
            "filter": {"query": urlencode(to_query(over))},
            "filtered": filtered_entry(in_words(city, over)),
            "findings": [
                {
                    "scene": told.scene.id,
                    "title": told.title,
                    "sentence": told.sentence,
                    "doubt": told.doubt,
                    "filtered": told.filtered,
                }
                for told in wanted.told
            ],
            "failed": dict(failed),
            "files": [
                {"name": name, "bytes": len(data), "sha256": sha256(data)}
                for name, data in files.items()
            ],
        }
    )
