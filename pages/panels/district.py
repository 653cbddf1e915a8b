"""Show a district or a part: numbers, map, list, comparison, and what is folded below."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from layers.language.messages import LONGEST_LABEL, display, safe
from layers.map.plate import belt, certainty, marks
from layers.map.symbols import data_uri
from layers.map.thumbnail import twins
from layers.places import areas as told_of
from layers.places.badges import badges as titles_of
from layers.places.district_profile import Profile, Task, compare, fullest
from layers.places.screen_tables import NOT_APPLICABLE, table
from layers.present.pack.made import KINDS, OF_A_DISTRICT
from layers.present.picture import OUTLINES, area_picture, holding
from layers.view.areas import areas, is_part
from layers.view.rows import gather, rows_in_view, without_titles
from layers.view.state import Camera, Filters
from layers.view.vague import unknown_words
from pages.panels import explore as cards
from pages.panels.hand_over import picture
from pages.panels.inside.draw import Ask
from pages.shell import frame, html, map_view, session
from pages.shell.frame import Screen
from pages.shell.labels import cells, literal
from pages.shell.widgets import is_offered, sync


def chosen(screen: Screen) -> str:
    """Return the area asked for, else that of what is selected on the map, else the fullest.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    str
        Id of an area of the city; see :func:`layers.places.district_profile.fullest`.
    """
    city, state = screen.city, screen.state
    asked = state.district or _district_of(screen, state.selected)
    return asked if asked is not None and asked in areas(city) else fullest(city)


def _district_of(screen: Screen, selected: str | None) -> str | None:
    """Return the district that is selected, or that administers the place that is."""
    place, frame = (selected or "").removeprefix("@"), gather(screen.city).frame
    return str(frame["host_adcode"][place]) if place in frame.index else selected


def compared(screen: Screen, area: str) -> str | None:
    """Return the area that another is set beside; None for none, and for itself.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.
    """
    other = screen.state.compare
    return other if other != area else None


def title(screen: Screen, area: str, other: str | None) -> str:
    """Return the name of the area, or the names of two.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area, other
        Id of the area shown, and of the one beside it.
    """
    one, *more = (
        told_of.area_name(screen.city, id_, screen.state.lang) for id_ in (area, other) if id_
    )
    return screen.say("district.two", one=one, other=more[0]) if more else one


def head(screen: Screen, area: str, told: Profile | None, other: str | None) -> None:
    """Say the first sentence, and offer the areas beside it, and one to compare with.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area, other
        Id of the area shown, and of the one beside it.
    told
        What is known of the area, if it is a district.
    """
    city, lang = screen.city, screen.state.lang
    if other is not None:
        words = told_of.sentence_of_two(city, area, other, lang)
    else:
        words = told.sentence if told else told_of.sentence(city, area, lang, named=True)
    with st.container(horizontal=True, vertical_alignment="center", key="district_head"):
        line = Markup('<p class="summary" role="status">{}</p>').format(html.text(words))
        st.html(line, width="stretch")
        if not screen.state.present:
            _choice(screen, area)
            kinds = OF_A_DISTRICT if area in city.districts.index else KINDS
            picture(screen, kinds=kinds, district=area)


def _choice(screen: Screen, area: str) -> None:
    say, lang = screen.say, screen.state.lang
    names = {id_: told_of.area_name(screen.city, id_, lang) for id_ in areas(screen.city)}
    others = [None, *(id_ for id_ in names if id_ != area)]

    def named(id_: str | None) -> str:
        if id_ is None:
            return say("district.no_compare")
        return display(names[id_], longest=LONGEST_LABEL)

    st.selectbox(
        say("district.choose"),
        list(names),
        index=list(names).index(sync("district", area)),
        key="district",
        format_func=named,
        on_change=_set_district,
        args=(names,),
        label_visibility="collapsed",
        width=200,
    )
    st.selectbox(
        say("district.compare"),
        others,
        index=others.index(sync("compare", compared(screen, area))),
        key="compare",
        format_func=named,
        placeholder=say("district.no_compare"),
        on_change=_set_compared,
        args=(others,),
        label_visibility="collapsed",
        width=200,
    )


def _set_district(offered: Collection[str]) -> None:
    if is_offered("district", offered):
        session.change(district=st.session_state["district"], selected=None)


def _set_compared(offered: Collection[str | None]) -> None:
    if is_offered("compare", offered):
        session.change(compare=st.session_state["compare"])


def badges(screen: Screen, area: str) -> None:
    """Show the titles of the district beside its name; each leads to its card.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown; a part has no titles.
    """
    own = titles_of(screen.city).get(area, ())
    if not own:
        return
    with st.container(horizontal=True, gap="small", key="district_badges"):
        for badge in own:
            frame.link(
                screen,
                "explore",
                badge.short.of(screen.state.lang),
                period="now",
                layers=screen.state.layers | {badge.kind},
                filters=Filters(),
                selected=badge.id,
            )


def area_map(screen: Screen, area: str) -> Ask:
    """Draw the map of the area with the plan's places there; a click on another district opens it.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.

    Returns
    -------
    Ask
        What asks for the places on it.
    """
    drawn = area_picture(screen.city, screen.state, area)
    ask = Ask.of(screen, drawn.view.state)
    ask.show(
        replace(screen, state=drawn.view.state),
        drawn.view,
        name="district",
        flight=(zlib.crc32(area.encode()), drawn.look),
        follow=False,
        drawing=drawn.drawing,
        act=lambda event: _open(screen, event.id),
    )
    lang, rows = screen.state.lang, screen.city.districts.loc[list(areas(screen.city)[area])]
    signs = [
        *marks(drawn.view, lang, kinds=screen.state.present),
        *certainty(set(drawn.view.mapped["location_class"]), lang, circle=True),
        *belt(drawn.view, lang, rows.union_all()),
    ]
    html.legend((data_uri(sign), words) for sign, words in signs)
    return ask


def _open(screen: Screen, clicked: str) -> bool:
    """Show the district that was clicked, if it was one."""
    codes = {safe(str(code), longest=None): str(code) for code in screen.city.districts.index}
    if clicked in codes:
        session.change(district=codes[clicked], selected=None)
    return clicked in codes


def numbers(screen: Screen, area: str) -> None:
    """Show the three numbers of the area, large, each with its rank.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.
    """
    shown = html.join(
        Markup("<div><dt>{}</dt><dd><strong>{}</strong><small>{}</small></dd></div>").format(
            html.text(measure.label), html.text(measure.shown), html.text(measure.rank)
        )
        for measure in told_of.measures(screen.city, area, screen.state.lang)
    )
    st.html(Markup('<dl class="numbers">{}</dl>').format(shown))


def place_list(screen: Screen, area: str, told: Profile | None) -> None:
    """Show the card of what is selected, then the places that count here, by kind.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.
    told
        What is known of it, if it is a district; of one without places, what the plan says.
    """
    if _has_place(screen):
        cards.selection(screen, holding(screen.city, screen.state, areas(screen.city)[area]))
    groups = told_of.holdings(screen.city, area, screen.state.lang)
    count = sum(len(group.items) for group in groups)
    name = told_of.area_name(screen.city, area, screen.state.lang)
    st.subheader(literal(screen.say("district.list", name=name, count=count)))
    if not groups and told is not None:
        html.small(told.plan_note)
    cards.place_list(screen, groups, lambda: _choose(screen, area))


def _has_place(screen: Screen) -> bool:
    return (screen.state.selected or "").removeprefix("@") in gather(screen.city).frame.index


def _choose(screen: Screen, area: str) -> None:
    place = cards.chosen_place(screen)
    if place is not None:
        session.change(selected=place, district=area)


def unsettled_of_two(screen: Screen, area: str, other: str) -> None:
    """Say what is not known of the two areas and of any district, below two maps.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area, other
        Ids of the areas.
    """
    _lines(told_of.unsettled_of_two(screen.city, area, other, screen.state.lang))


def unsettled(screen: Screen, area: str, told: Profile | None) -> None:
    """Say what is not known of the area, a line each, and the caution that goes with its outline.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.
    told
        What is known of it, if it is a district.
    """
    city, lang = screen.city, screen.state.lang
    lines = list(told_of.unsettled(city, area, lang))
    if told is None and told_of.is_assumed(city, area):
        name = told_of.area_name(city, area, lang)
        lines.append(screen.say("area.assumed", name=name))
    if told is not None and told.caution:
        lines.append(told.caution)
    _lines(lines)


def _lines(lines: Iterable[str]) -> None:
    shown = html.join(Markup('<p class="small">{}</p>').format(html.text(line)) for line in lines)
    st.html(Markup('<div class="unsettled">{}</div>').format(shown))


def twin_maps(screen: Screen, area: str, other: str) -> None:
    """Draw two areas at one scale, side by side.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area, other
        Ids of the areas.
    """
    city, lang, say = screen.city, screen.state.lang, screen.say
    both, known = (area, other), told_of.figures(city)
    places = gather(city).frame
    places = places[places["counted"].fillna(False).to_numpy(dtype=bool)]
    drawn = twins(city, [areas(city)[id_] for id_ in both], places, OUTLINES)
    pictures = html.join(
        Markup('<figure><figcaption>{}</figcaption><img src="{}" alt="{}"></figure>').format(
            _key(at, told_of.area_name(city, id_, lang)),
            uri,
            say("district.twin", name=told_of.area_name(city, id_, lang), count=known[id_].n),
        )
        for at, (id_, uri) in enumerate(zip(both, drawn.uris, strict=True))
    )
    st.html(Markup('<div class="twins">{}</div>').format(pictures))
    html.small(say("district.one_scale", km=drawn.bar_km))
    map_view.furniture(screen)


def _key(at: int, name: str) -> Markup:
    """Return the name of one of two areas with the look of its bars."""
    return Markup('<span class="key"><i class="bar b{}"></i>{}</span>').format(at, html.text(name))


def bars(screen: Screen, area: str, other: str) -> None:
    """Set the numbers of two areas side by side as bars, each with its number.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area, other
        Ids of the areas.
    """
    city, lang = screen.city, screen.state.lang
    keys = html.join(
        _key(at, told_of.area_name(city, id_, lang)) for at, id_ in enumerate((area, other))
    )
    groups = html.join(
        Markup("<dl>{}</dl>").format(html.join(_pair(pair) for pair in group))
        for group in told_of.paired(city, area, other, lang)
    )
    st.html(Markup('<div class="bars"><p class="keys">{}</p>{}</div>').format(keys, groups))
    html.small(screen.say("district.scales"))


def _pair(pair: told_of.Pair) -> Markup:
    rows = html.join(
        Markup('<dd><i class="bar b{}" style="width:{}%"></i><span>{}</span></dd>').format(
            at, f"{80 * share:.1f}", html.text(shown)
        )
        for at, (share, shown) in enumerate(zip(pair.share, pair.shown, strict=True))
    )
    return Markup("<dt>{}</dt>{}").format(html.text(pair.label), rows)


def links(screen: Screen, area: str, told: Profile | None) -> None:
    """Lead to the districts of a part; from a district to its neighbours and its part.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.
    told
        What is known of it, if it is a district.
    """
    say, city, lang = screen.say, screen.city, screen.state.lang
    if told is None:
        own = told_of.members(city, area, lang)
        named = [(code, say("district.member", name=name, count=n)) for code, name, n in own]
        _links(screen, say("district.members"), named)
        return
    within = [id_ for id_, codes in areas(city).items() if is_part(city, id_) and area in codes]
    part = [(id_, told_of.area_name(city, id_, lang)) for id_ in within]
    with st.container(horizontal=True, gap="large"):
        _links(screen, say("district.part"), part)
        _links(screen, say("district.neighbours"), [(n.adcode, n.name) for n in told.neighbours])


def _links(screen: Screen, title: str, named: list[tuple[str, str]]) -> None:
    if not named:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        label = Markup('<p class="small">{}</p>').format(html.text(title))
        st.html(label, width="content")
        for id_, name in named:
            frame.link(screen, "district", name, district=id_, compare=None, selected=None)


def people(screen: Screen, area: str, told: Profile | None, other: str | None) -> None:
    """Show residents, areas and density with their sources, beside the city or another area.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area, other
        Id of the area shown, and of the one beside it.
    told
        What is known of it, if it is a district.
    """
    say, lang = screen.say, screen.state.lang
    with st.expander(say("district.figures"), key="people", on_change="rerun") as box:
        if not box.open:
            return
        if other is None and told is not None:
            rows = told.averages
        else:
            rows = compare(screen.city, lang, area, *([other] if other else []))
        st.html(html.grid(rows))
        html.small(say("district.comparison_note"))
        if told is not None:
            _figures(screen, told)


def _figures(screen: Screen, told: Profile) -> None:
    say, source = screen.say, told.source
    rows = html.pairs((row.label, row.value, row.note) for row in told.figures)
    words = f"{source.what}{say('card.colon')}{source.text}{say('card.noted', text=source.date)}"
    note = Markup('<p class="note">{}</p>').format(html.text(words))
    st.html(Markup('<div class="sheet">{}{}</div>').format(rows, note))


def entries(screen: Screen, area: str, told: Profile | None) -> None:
    """Show all rows of the area, also those that do not count; of a district by kind and level.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        Id of the area shown.
    told
        What is known of it, if it is a district.
    """
    say, city = screen.say, screen.city
    codes = frozenset(areas(city)[area])
    every = frozenset(city.layers)
    filters = Filters(district=codes)
    state = replace(screen.state, period="now", later=True, layers=every, filters=filters)
    view = rows_in_view(city, state)
    with st.expander(
        literal(say("district.entries", count=len(view.places))), key="entries", on_change="rerun"
    ) as box:
        if not box.open:
            return
        if told is not None:
            html.small(told.plan_note)
            _sums(screen, told)
        html.small(say("district.listed", count=len(view.places)))
        if words := unknown_words(without_titles(view.places), state.lang):
            html.small(words)
        st.dataframe(
            cells(table(view, state.lang)),
            hide_index=True,
            placeholder=NOT_APPLICABLE,
            alt=say("district.holdings"),
            height="content",
        )
        middle = city.districts.geometry[list(codes)].union_all().representative_point()
        frame.link(
            screen,
            "explore",
            say("explore.show_on_map"),
            period="now",
            later=True,
            layers=screen.state.layers | set(view.places["kind"]),
            filters=filters,
            selected=None if told is None else area,
            camera=Camera(middle.y, middle.x, 10.0),
        )


def _sums(screen: Screen, told: Profile) -> None:
    if len(told.levels):
        left, right = st.columns([1.6, 1], gap="medium")
        with left:
            st.html(html.grid(told.matrix, screen.say("filter.kind")))
        with right:
            st.html(html.grid(told.levels, screen.say("filter.level")))


def tasks(screen: Screen, told: Profile | None) -> None:
    """List the plan's tasks that concern the district.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of it; None for a part, which has none of its own.
    """
    if told is None or not told.tasks:
        return
    say = screen.say
    with st.expander(
        literal(say("district.tasks", count=len(told.tasks))), key="tasks", on_change="rerun"
    ) as box:
        if box.open:
            listed = html.bullets([_task(task) for task in told.tasks])
            st.html(Markup('<div class="tasks">{}</div>').format(listed))


def _task(task: Task) -> Markup:
    return Markup("<strong>{}</strong> {}<small class='note'>{} · {}{}</small>").format(
        html.text(task.clause.title),
        html.text(task.clause.digest),
        html.text(task.clause.path),
        html.text(task.clause.cited),
        html.text("".join(f" · {link.label}" for link in task.places)),
    )
