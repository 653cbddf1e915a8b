"""Show what is known: the card, the list of a stack, the places not mapped, the gaps, the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st
from markupsafe import Markup

from layers.language.messages import LONGEST_LABEL, Say, display
from layers.language.values import paragraph
from layers.map.plate import LAND, TINTS
from layers.map.symbols import data_uri, plain_mark
from layers.pack.catalogue import FIRM
from layers.places.bases import sought
from layers.places.brief import Brief, brief
from layers.places.card import Card, Clause, Row, Source, card
from layers.places.listing import Group, Item, listing
from layers.places.screen_tables import NOT_APPLICABLE, table
from layers.places.spread import (
    beside,
    first_sentence,
    further,
    held,
    inventory_spread,
    level_counts,
    part_counts,
    spread,
    unnamed,
)
from layers.view.rows import View, gather, without_titles
from layers.view.totals import of_headline
from layers.view.vague import doubt_words
from layers.view.wording import remedy, shown_words, suggest_wider
from pages.panels import chips
from pages.panels import filters as widgets
from pages.panels import plate as plate_panel
from pages.panels.deck import comments
from pages.panels.inside import draw
from pages.shell import cache, frame, html, session
from pages.shell.frame import Screen
from pages.shell.labels import cells, literal, short

TABLE: Final = "atlas.table"
"""The cell of the table that was last acted on."""
_BESIDE: Final = Path(__file__).parent
_PLACES: Final = st.components.v2.component(
    "atlas_places",
    js=(_BESIDE / "place_list.js").read_text(encoding="utf-8"),
    css=(_BESIDE / "place_list.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)
"""The list of the places shown: 90 rows of Streamlit's own buttons would hold up every filter."""


def side(screen: Screen, view: View) -> None:
    """Draw what stands beside the map: search, filters, card, figures, legend, list.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    widgets.search(screen)
    widgets.pills(screen, view)
    selection(screen, view)
    widgets.period(screen)
    parts(screen, view)
    chips.ways_of_counting(screen)
    with st.expander(screen.say("explore.layers"), expanded=True, key="legend"):
        widgets.layer_list(screen, view)
        plate_panel.firm(screen, view)
        plate_panel.ground(screen)
    draw.Ask.of(screen).folded()
    places(screen, view)
    comments.folded(screen)
    tally(screen)
    gaps(screen, view)


def parts(screen: Screen, view: View) -> None:
    """Say how many places each part of the city has, and how many are national, with bars.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    say, city, lang = screen.say, screen.city, screen.state.lang
    found = spread(view)
    rows = part_counts(found, city, lang)
    if not rows:
        return
    tints = dict(zip(city.halves, TINTS, strict=False))
    most = max(row.n for row in rows)
    lines = html.join(
        Markup(
            '<tr><th scope="row">{}</th><td><i style="width:{:.0f}%;background:{}"></i></td>'
            '<td class="n">{}</td><td class="n">{}</td></tr>'
        ).format(
            html.text(row.name), 100 * row.n / most, tints.get(row.half, LAND), row.n, row.national
        )
        for row in rows
    )
    held, _ = level_counts(found)
    striven, open_ = sought(view)
    notes = [say("explore.parts_striven", count=striven)] if striven else []
    if open_:
        notes = [say("explore.parts_striven_open", count=striven, open=open_)]
    notes += unnamed(found, city, lang)
    st.html(
        Markup(
            '<table class="parts"><thead><tr><th scope="col" colspan="2">{}</th>'
            '<th scope="col" class="n">{}</th><th scope="col" class="n">{}</th></tr></thead>'
            '<tbody>{}</tbody><tfoot><tr><th scope="row" colspan="2">{}</th><td class="n">{}</td>'
            '<td class="n">{}</td></tr></tfoot></table>{}'
        ).format(
            *(say(f"explore.parts_{name}") for name in ("title", "n", "national")),
            lines,
            *(say("explore.parts_all"), found.n, held),
            Markup('<p class="small">{}</p>').format(paragraph(notes, lang)) if notes else "",
        )
    )


def places(screen: Screen, view: View) -> None:
    """List the places shown by kind, with mark, index number and district; a click selects.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    st.subheader(literal(screen.say("explore.list", count=len(view.places))))
    lang = screen.state.lang
    html.small(shown_words(view, lang))
    html.small(doubt_words(without_titles(view.places), lang))
    for line in further(spread(view), view.city, lang):
        html.small(line)
    place_list(screen, listing(view, screen.state.lang), partial(_choose, screen))


def place_list(screen: Screen, groups: Sequence[Group], choose: Callable[[], None]) -> None:
    """Draw a list of places by kind; there is one on a page.

    Parameters
    ----------
    screen
        City, state and words of this run.
    groups
        The places by kind.
    choose
        Called when one is chosen; see :func:`chosen_place`.
    """
    kinds = sorted({(group.kind, item.location_class) for group in groups for item in group.items})
    _PLACES(
        key="places",
        data={
            "groups": [
                {
                    "title": display(group.title, longest=LONGEST_LABEL),
                    "items": [_item(group.kind, item) for item in group.items],
                }
                for group in groups
            ],
            "marks": {f"{kind}.{known}": _mark(screen, kind, known) for kind, known in kinds},
            "chosen": screen.state.selected,
        },
        on_chosen_change=choose,
    )


def _item(kind: str, item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "n": item.number,
        "name": display(item.name, longest=LONGEST_LABEL),
        "where": display(item.where, longest=LONGEST_LABEL),
        "mark": f"{kind}.{item.location_class}",
    }


def _mark(screen: Screen, kind: str, known: str) -> str:
    style = screen.city.layers[kind].spec.style
    return data_uri(plain_mark(style, firm=known in FIRM, faded=kind == "later_park"))


def _choose(screen: Screen) -> None:
    """Select the place that was chosen in the list, and show it."""
    place = chosen_place(screen)
    if place is not None:
        widgets.reveal(screen, place)


def chosen_place(screen: Screen) -> str | None:
    """Return the place that was just chosen in the list; None if the city has no such place.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    place = st.session_state["places"]["chosen"]
    return str(place) if place in gather(screen.city).frame.index else None


def sentence(screen: Screen, view: View) -> None:
    """Say in one sentence what is shown, or what to loosen when nothing is.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    lang = screen.state.lang
    found = spread(view)
    words = first_sentence(view, found, lang) if len(view.places) else suggest_wider(view, lang)
    told = [*beside(view, found, lang)]
    if told:
        told[-1] = held(found, lang) + told[-1]
    text = Markup('<p class="summary" role="status">{}</p>{}').format(
        html.text(words),
        html.join(Markup('<p class="small">{}</p>').format(html.text(line)) for line in told),
    )
    st.html(text, width="stretch")
    looser = None if len(view.places) else remedy(view)
    if looser is not None:
        st.button(
            screen.say("explore.loosen"),
            key="suggest_wider",
            on_click=session.change,
            kwargs={
                "layers": looser.state.layers,
                "filters": looser.state.filters,
                "period": looser.state.period,
                "later": looser.state.later,
            },
        )


def selection(screen: Screen, view: View) -> None:
    """Show the card of what is selected, or the list of the places at one point.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    chosen = screen.state.selected
    if chosen is None:
        return
    pile = next((s for s in view.stacks if chosen.removeprefix("@") in s.ids), None)
    with st.container(key="selection"):
        st.button(
            screen.say("explore.close"),
            key="close_card",
            type="tertiary",
            on_click=session.change,
            kwargs={"selected": None},
        )
        if chosen.startswith("@") and pile is not None:
            _stack(screen, view, pile.ids)
        else:
            place_card(screen, chosen.removeprefix("@"))


def _stack(screen: Screen, view: View, ids: tuple[str, ...]) -> None:
    say, names = screen.say, view.places[f"name_{screen.state.lang}"]
    st.html(
        Markup('<div class="card"><h2>{}</h2><p class="note">{}</p></div>').format(
            say("explore.stack_title", count=len(ids)), say("explore.stack_note")
        )
    )
    for place in ids:
        _link_button(str(names[place]), f"stack_{place}", place)


def _link_button(name: str, key: str, place: str) -> None:
    st.button(
        literal(short(name)),
        key=key,
        type="tertiary",
        on_click=session.change,
        kwargs={"selected": place},
    )


def place_card(screen: Screen, id_: str) -> None:
    """Show one card with its links to related places.

    Parameters
    ----------
    screen
        City, state and words of this run.
    id_
        Id of a place, or code of a district.

    Raises
    ------
    KeyError
        The city has neither.
    """
    say, told = screen.say, card(screen.city, id_, screen.state.lang)
    whole = card_html(told, say_title=lambda key, **v: say(f"card.{key}", **v))
    if id_ in screen.city.districts.index:
        st.html(whole)
    else:
        st.html(brief_html(brief(screen.city, id_, screen.state.lang), told, whole, say))
    related = [*([told.parent] if told.parent else []), *told.children, *told.siblings]
    if related:
        st.html(Markup('<p class="small">{}</p>').format(say("card.related")))
        for link in {link.id: link for link in related}.values():
            _link_button(link.label, f"related_{link.id}", link.id)
    if id_ in screen.city.districts.index:
        frame.link(screen, "district", say("explore.district_page"), district=id_)


def brief_html(short: Brief, told: Card, whole: Markup, say: Say) -> Markup:
    """Return a place in seven lines as HTML, with all else that is known folded below.

    Parameters
    ----------
    short
        The seven lines.
    told
        The card, for the kind and for what makes the name uncertain.
    whole
        The card as HTML, see :func:`card_html`.
    say
        Speaks the words of the interface.
    """
    lines = html.join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(html.text(line.label), html.text(line.text))
        for line in short.lines
    )
    lamps = html.join(
        Markup('<dt>{}</dt><dd class="lamp {}">{}</dd>').format(
            html.text(lamp.label), lamp.light, html.text(lamp.text)
        )
        for lamp in short.lamps
    )
    unsettled = Markup('<dt>{}</dt><dd class="open">{}</dd>').format(
        say("brief.open"), html.text(short.open)
    )
    return Markup(
        '<div class="card brief"><h2>{}</h2><p class="other">{}{}</p><dl>{}{}{}</dl>'
        "<details><summary>{}</summary>{}</details></div>"
    ).format(
        html.text(short.title, 200),
        html.text(told.kind_title, 80),
        html.text(f" · {told.name_note}") if told.name_note else "",
        lines,
        lamps,
        unsettled if short.open else "",
        say("brief.more"),
        whole,
    )


def card_html(told: Card, *, say_title: Say) -> Markup:
    """Return a card as HTML; every text of the pack is escaped here.

    Parameters
    ----------
    told
        The card, in the reader's language.
    say_title
        Speaks the words of cards: takes a key under ``card.``, without that beginning.
    """
    parts = [
        Markup('<h2>{}</h2><p class="other">{}{}</p>').format(
            html.text(told.title, 200),
            html.text(told.other_name, 200),
            html.text(f" · {told.name_note}") if told.name_note else "",
        ),
        Markup('<div class="badges"><span>{}</span>{}</div>').format(
            html.text(told.kind_title, 80),
            html.join(
                Markup("<span>{}{}</span>").format(
                    html.text(badge.text),
                    html.text(say_title("noted", text=badge.note)) if badge.note else "",
                )
                for badge in told.badges
            ),
        ),
        Markup('<p class="doubt">{}</p>').format(html.text(told.doubt))
        if told.doubt
        else Markup(""),
        Markup("<dl>{}</dl>").format(html.join(_row(row) for row in told.rows)),
        _listing(say_title("clauses"), [_clause(c) for c in told.clauses], told.clause_note),
        _listing(say_title("caveats"), [html.text(t) for t in told.caveats]),
        _listing(
            say_title("not_known"),
            [html.text(say_title("semicolon").join(told.not_known))] if told.not_known else [],
        ),
        _listing(say_title("sources"), [_source(s, say_title) for s in told.sources]),
    ]
    return Markup('<div class="card">{}</div>').format(html.join(parts))


def _row(row: Row) -> Markup:
    note = Markup("<small>{}</small>").format(html.text(row.note)) if row.note else ""
    return Markup("<dt>{}</dt><dd>{}{}</dd>").format(
        html.text(row.label), html.text(row.value), note
    )


def _clause(clause: Clause) -> Markup:
    return Markup("{}<small class='note'>{} · {}{}</small>").format(
        html.text(clause.digest),
        html.text(clause.path),
        html.text(clause.cited),
        html.text(f" · {clause.basis}") if clause.basis else "",
    )


def _source(source: Source, say_title: Say) -> Markup:
    """Show a source as text; only plain http(s) addresses become links, which nothing follows."""
    date = say_title("noted", text=source.date) if source.date else ""
    return Markup("{}{}{}{}").format(
        html.text(source.what), html.text(date), say_title("colon"), html.text(source.text)
    )


def _listing(title: str, items: list[Markup], note: str = "") -> Markup:
    if not items and not note:
        return Markup("")
    body = (
        Markup("<ul>{}</ul>").format(html.join(Markup("<li>{}</li>").format(i) for i in items))
        if items
        else Markup("<p>{}</p>").format(html.text(note))
    )
    return Markup("<h3>{}</h3>{}").format(title, body)


def tally(screen: Screen) -> None:
    """Say the numbers for a headline, in which nothing counts twice.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    found = cache.headline_of(screen.city)
    html.small(
        screen.say(
            "explore.tally",
            recorded=found.recorded,
            named=found.named,
            national=found.national,
            here=level_counts(inventory_spread(screen.city))[0],
            later=found.later,
            titles=found.titles,
        )
    )
    html.folded(screen.say("sums.title"), "sums", of_headline(found, screen.state.lang))


def gaps(screen: Screen, view: View) -> None:
    """Say what the plan counts and our source does not name.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    if not len(view.gaps):
        return
    say, column = screen.say, f"sentence_{screen.state.lang}"
    st.html(
        Markup('<p class="section">{}</p>{}').format(
            say("explore.gaps"),
            html.join(
                Markup('<p class="small">{}</p>').format(html.text(str(text)))
                for text in view.gaps[column]
            ),
        )
    )


def table_twin(screen: Screen, view: View) -> None:
    """Show the table that equals the map; a chosen cell opens its place's card.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    say = screen.say
    title = say("explore.table", count=len(view.places))
    with st.expander(literal(title), key="table_box", on_change="rerun") as box:
        if not box.open:
            return
        rows = table(view, screen.state.lang)
        st.html(Markup('<p class="small">{}</p>').format(say("explore.table_hint")))
        chosen = st.dataframe(
            cells(rows),
            key="table",
            hide_index=True,
            on_select="rerun",
            selection_mode="single-cell",
            height=430,
            placeholder=NOT_APPLICABLE,
            alt=say("explore.table_alt"),
        )
    marked = chosen["selection"]["cells"]
    row = marked[0][0] if marked else len(rows)
    event = (rows.index[row] if row < len(rows) else None, str(marked))
    if event[0] is not None and st.session_state.get(TABLE) != event:
        st.session_state[TABLE] = event
        widgets.reveal(screen, str(event[0]))
        st.rerun()
