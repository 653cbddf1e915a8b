"""Say what a reader's own points or table show as a scene does, for paper, slide and workbook."""

from __future__ import annotations

from dataclasses import replace

import shapely

from geo.base.bridge import transformer
from layers.district_table import wording as table_wording
from layers.district_table.drawing import draw as draw_table
from layers.district_table.measure import TableAnswer
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, display, speaker
from layers.language.values import paragraph
from layers.map.colours import OPACITY
from layers.map.symbols import swatch
from layers.own_points.answer import PointsAnswer, alone, draw, signs, word
from layers.own_points.filtering import filter_words
from layers.own_points.naming import bare_name, date_words, file_words, title_words
from layers.own_points.parks import asked_kinds
from layers.own_points.reading import Reading
from layers.own_points.wording import doubt_line, named_in_both
from layers.pack.city import City
from layers.present.story import Scene
from layers.present.telling import Told
from layers.view.state import ViewState, default_state


def told(shown: PointsAnswer, city: City, state: ViewState) -> Told:
    """Return what the page of own points shows.

    Parameters
    ----------
    shown
        The answer; its reading names the file, its date and its filter.
    city
        The pack under it; it is not changed.
    state
        Language, and the choices of the page.
    """
    lang, reading = state.lang, shown.reading
    say, source, words = speaker(lang), reading.asked.source, word(shown, lang)
    filtered = filter_words(reading.asked.columns, say)
    dated = date_words(source, reading.dated, say)
    file = {"file": file_words(source), "dated": dated}
    named = {"file": title_words(source), "dated": dated, "city": city.name.of(lang)}
    title = say("points_page.title_file", **named)
    # Period and filters are about the plan's places elsewhere: here all parks stand.
    layers = frozenset({"district", *asked_kinds(city, state.points)})
    ground = replace(default_state(city, lang), layers=layers)
    shades = signs(shown, words, lang)
    what = "alone" if alone(shown) else shown.options.show
    called = f"{bare_name(named['file'])}_{say(f'points_page.show_{what}')}"
    # What the positions are worth goes wherever the map goes.
    whence = doubt_line(reading, lang)
    doubts = [one for k, one in enumerate(words.account) if not k or one == whence]
    rest = [one for one in words.account if one not in doubts]
    scene = _scene("points_page.part_points")
    return Told(
        replace(scene, insets=_held(city, reading)) if alone(shown) else scene,
        city,
        replace(ground, density=state.density, points=state.points),
        title=say("frame.filtered", title=title) if filtered else title,
        sentence=words.spoken or words.sentence,
        doubt=paragraph(doubts, lang),
        filtered=filtered,
        dated=named_in_both(reading).of(lang),
        notes=(*rest, *words.findings, *words.notes),
        legend=(*((("", words.legend_title),) if words.legend_title else ()), *shades),
        drawing=draw(shown, lang),
        source=say("points_page.picture_source", **file),
        table=next(iter(words.tables.values()), None),
        called=say("frame.filtered", title=called) if filtered else called,
    )


def _held(city: City, reading: Reading) -> tuple[str, ...]:
    """Return the enlarged parts in which points lie: dots of one colour have no other border."""
    lon, lat = transformer(city.metric_epsg, 4326).transform(*reading.kept.xy.T)
    points = shapely.points(lon, lat)
    held = {each.id: shapely.box(*each.bounds) for each in city.insets}
    return tuple(id_ for id_, box in held.items() if shapely.intersects(box, points).any())


def _scene(part: str) -> Scene:
    """Return the scene of what a reader has brought along, under the name of its part."""
    return Scene("screen", Bilingual(*(speaker(lang)(part) for lang in LANGS)), "density", {})


def table_told(answer: TableAnswer, state: ViewState) -> Told:
    """Return what the page of a table by district shows.

    Parameters
    ----------
    answer
        The answer; its question holds the table.
    state
        Language, and the choices of the page.
    """
    lang, city = state.lang, answer.city
    say, words = speaker(lang), table_wording.word(answer, lang)
    table = answer.question.table
    dated = table_wording.date_words(table, lang)
    source = say("district_table.source", file=display(table.file, longest=60), dated=dated)
    file = display(bare_name(table.file), longest=60)
    named = say("district_table.page.title_file", file=file)
    ground = replace(default_state(city, lang), layers=frozenset({"district"}))
    shades = tuple((swatch(colour, OPACITY), text) for colour, text in words.legend)
    return Told(
        _scene("points_page.part_table"),
        city,
        replace(ground, density=state.density, table=state.table),
        title=display(table.title, longest=60) or named,
        sentence=words.sentence,
        doubt=paragraph((source, *words.account[:1]), lang),
        filtered="",
        dated=source,
        notes=(*words.account[1:], *words.notes),
        legend=(("", words.rule), *shades),
        drawing=draw_table(answer, lang),
        called=bare_name(display(table.title or table.file, longest=60)),
        table=words.tables["ranking"],
    )
