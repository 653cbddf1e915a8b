"""Say what a reader's own points show as a scene says it, for paper, slide and workbook."""

from __future__ import annotations

from dataclasses import replace

from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.own_points.answer import PointsAnswer, draw, signs, word
from layers.own_points.filtering import filter_words
from layers.own_points.naming import date_words, file_words, title_words
from layers.own_points.parks import asked_kinds
from layers.own_points.wording import named_in_both
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
    return Told(
        Scene(
            "screen", Bilingual(*(speaker(each)("nav.density") for each in LANGS)), "density", {}
        ),
        city,
        replace(ground, density=state.density, points=state.points),
        title=say("frame.filtered", title=title) if filtered else title,
        sentence=words.spoken or words.sentence,
        doubt=words.account[0] if words.account else "",
        filtered=filtered,
        dated=named_in_both(reading).of(lang),
        notes=(*words.account[1:], *words.findings, *words.notes),
        legend=(*((("", words.legend_title),) if words.legend_title else ()), *shades),
        drawing=draw(shown, lang),
        source=say("points_page.picture_source", **file),
        table=next(iter(words.tables.values()), None),
    )
