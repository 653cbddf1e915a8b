"""Make one file of what is on the screen: a picture, a page, a slide or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from layers.handover.workbook import WORKBOOK_TYPE
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.places.areas import area_name
from layers.plan.scene import PlanScene
from layers.present.options import Option
from layers.present.pack.findings import workbook
from layers.present.pack.made import Kind, Made
from layers.present.pack.meeting_pack import Progress, fit_for_file, meeting_pack
from layers.present.sheet import district_sheet
from layers.present.showing import Shown
from layers.present.slides import slides
from layers.present.static_map import A4, SLIDE
from layers.present.story import Scene, Story, stories
from layers.present.telling import Ask, Told, tell
from layers.view.state import ViewState

PNG_DPI: Final = 300
SLIDE_DPI: Final = 144
"""Makes a slide 1920 pixels wide."""
TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "png": "image/png",
        "copy": "image/png",
        "svg": "image/svg+xml",
        "pdf": "application/pdf",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "xlsx": WORKBOOK_TYPE,
        "sheet": "application/pdf",
        "zip": "application/zip",
    }
)


_ENDINGS: Final[Mapping[Kind, str]] = MappingProxyType({"copy": "png", "sheet": "pdf"})


def one_file(
    kind: Kind,
    page: str,
    address: Mapping[str, str],
    city: City,
    over: ViewState,
    *,
    ask: Ask,
    options: tuple[Option, ...] = (),
) -> Made:
    """Return what a page shows as a file.

    Parameters
    ----------
    kind
        One of ``KINDS``; of a district also its sheet.
    page
        One of :data:`layers.present.story.PAGES`.
    address
        Keys and values of its address.
    city
        The pack that is shown; it is not changed.
    over
        Language, filters, period and layers.
    ask
        Answers the analyses.
    options
        What the page sets side by side: changes to sites.

    Raises
    ------
    AtlasError
        If the analysis cannot be made of this pack.
    """
    if kind == "sheet":
        return _sheet(city, over, ask)
    chapter = Bilingual(*(speaker(lang)(f"nav.{page}") for lang in LANGS))
    scene = Scene("screen", chapter, page, address, options=options)
    return file_of(kind, tell(scene, city, over, ask=ask))


def changes_file(
    kind: Kind, city: City, over: ViewState, changed: PlanScene, places: Iterable[str], *, ask: Ask
) -> Made:
    """Return what differs between two packs as a file; a story knows its own pack alone.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    city
        The pack that is on the map; it is not changed.
    over
        Language, filters, period and layers, on the page of the plan.
    changed
        What is said of the differences, and their table.
    places
        Ids of the places that the map keeps.
    ask
        Answers the analyses.
    """
    chapter = Bilingual(*(speaker(lang)("nav.plan") for lang in LANGS))
    told = tell(Scene("screen", chapter, "plan", {"gpart": "changes"}), city, over, ask=ask)
    told = replace(told, sentence=changed.sentence, doubt=changed.doubt, table=changed.table)
    return file_of(kind, replace(told, keep=frozenset(places)))


def file_of(kind: Kind, told: Told) -> Made:
    """Return a scene as a file.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    told
        The scene.
    """
    day = date.today().isoformat() if told.called else ""
    return named(kind, told.called or told.title, told.city, _MAKERS[kind](told), day)


def named(kind: Kind, title: str, city: City, data: bytes, day: str = "") -> Made:
    """Return content as a file that is named after what it shows and the day of the data.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    title
        What it shows, in words.
    city
        Of which pack.
    data
        Its content.
    day
        ISO date in its name; empty for that of the pack.
    """
    ending = _ENDINGS.get(kind, kind)
    name = f"{fit_for_file(title)}_{(day or city.data_date).replace('-', '')}.{ending}"
    return Made(name, TYPES[kind], data)


def pack(
    story: str | Story,
    city: City,
    over: ViewState,
    *,
    ask: Ask,
    progress: Progress,
    stopped: Callable[[], bool],
) -> Made:
    """Return a meeting pack as one zip.

    Parameters
    ----------
    story
        Name of one of the city's stories, or a story of the reader's own.
    city
        The pack that is told of; it is not changed.
    over
        Language, filters, period and layers.
    ask, progress, stopped
        As for :func:`layers.present.pack.meeting_pack.meeting_pack`.

    Raises
    ------
    CancelledError, AtlasError
        As :func:`layers.present.pack.meeting_pack.meeting_pack`.
    """
    found = stories(city)[story] if isinstance(story, str) else story
    made = meeting_pack(city, found, over, ask=ask, progress=progress, stopped=stopped)
    files = made.package
    return Made(f"{files.name}.zip", TYPES["zip"], files.zip(), made.failed)


def _sheet(city: City, over: ViewState, ask: Ask) -> Made:
    """Return the sheet of the district of a state, A3 across."""
    adcode = str(over.district)
    title = area_name(city, adcode, over.lang)
    return named("sheet", title, city, district_sheet(city, over, adcode, over.lang, ask=ask))


def _pptx(told: Told) -> bytes:
    return slides([Shown(told)], told.title)


def _xlsx(told: Told) -> bytes:
    return workbook(told.city, told.state, [told])


_MAKERS: Final[Mapping[str, Callable[[Told], bytes]]] = {
    "png": lambda told: Shown(told).sheet(A4).png(PNG_DPI),
    "copy": lambda told: Shown(told).sheet(SLIDE).png(SLIDE_DPI),
    "svg": lambda told: Shown(told).sheet(A4).svg(),
    "pdf": lambda told: Shown(told).sheet(A4).pdf(),
    "pptx": _pptx,
    "xlsx": _xlsx,
}
