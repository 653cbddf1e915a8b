"""Show one district: statement, map, figures, comparison, holdings, tasks."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from layers.language.messages import LONGEST_LABEL, display
from layers.places.badges import badges as titles_of
from layers.places.district_profile import Profile, compare, fullest
from layers.places.screen_tables import NOT_APPLICABLE, table
from layers.view.rows import rows_in_view
from layers.view.state import Camera, Filters
from pages.panels import chips
from pages.shell import frame, html, map_view, session
from pages.shell.frame import Screen
from pages.shell.labels import cells
from pages.shell.widgets import sync


def chosen(screen: Screen) -> str:
    """Return the district asked for, else the one selected on the map, else the fullest.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    str
        Code of a district of the city; see :func:`layers.places.district_profile.fullest`.
    """
    state, codes = screen.state, screen.city.districts.index
    asked = state.district or state.selected
    return asked if asked is not None and asked in codes else fullest(screen.city)


def compared(screen: Screen, adcode: str) -> str | None:
    """Return the district that another is set beside; None for none, and for itself.

    Parameters
    ----------
    screen
        City, state and words of this run.
    adcode
        Code of the district shown.
    """
    other = screen.state.compare
    return other if other != adcode else None


def choice(screen: Screen, adcode: str) -> None:
    """Offer the districts, and one to compare with.

    Parameters
    ----------
    screen
        City, state and words of this run.
    adcode
        Code of the district shown.
    """
    say, names = screen.say, screen.city.districts[f"name_{screen.state.lang}"]
    codes = [str(code) for code in names.index]
    others = [None, *(code for code in codes if code != adcode)]
    with st.container(horizontal=True, key="district_choice"):
        st.selectbox(
            say("district.choose"),
            codes,
            index=codes.index(sync("district", adcode)),
            key="district",
            format_func=lambda code: display(str(names[code]), longest=LONGEST_LABEL),
            on_change=lambda: session.change(district=st.session_state["district"]),
            width=260,
        )
        st.selectbox(
            say("district.compare"),
            others,
            index=others.index(sync("compare", compared(screen, adcode))),
            key="compare",
            format_func=lambda code: (
                display(str(names[code]), longest=LONGEST_LABEL)
                if code
                else say("district.no_compare")
            ),
            placeholder=say("district.no_compare"),
            on_change=lambda: session.change(compare=st.session_state["compare"]),
            width=260,
        )


def statement(screen: Screen, told: Profile) -> None:
    """Say what the plan names here, and the caution that goes with the outline.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of the district, in words.
    """
    html.show('<p class="summary" role="status">{}</p>', told.sentence)
    html.small(told.plan_note)
    chips.ways_of_counting(screen, told.adcode)
    if told.half:
        stop = "。" if screen.state.lang == "zh" else ". "
        html.small(f"{told.half}{stop}{told.half_note}")
    if told.caution:
        html.show('<p class="doubt">{}</p>', told.caution)


def badges(screen: Screen, adcode: str) -> None:
    """Show the titles of the district beside its name; each leads to its card.

    Parameters
    ----------
    screen
        City, state and words of this run.
    adcode
        Code of the district shown.
    """
    own = titles_of(screen.city).get(adcode, ())
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


def district_map(screen: Screen, adcode: str) -> None:
    """Draw the district's own map with all that stands or is administered there.

    Parameters
    ----------
    screen
        City, state and words of this run.
    adcode
        Code of the district shown.
    """
    city = screen.city
    state = replace(
        screen.state,
        period="now",
        later=True,
        layers=frozenset(city.layers),
        filters=Filters(district=frozenset({adcode})),
        selected=adcode,
    )
    west, south, east, north = city.districts.geometry[adcode].bounds
    serial = int(adcode) if adcode.isdigit() else hash(adcode)
    shown = replace(screen, state=state)
    map_view.show(
        shown,
        rows_in_view(city, state),
        name="district",
        flight=(serial, (west, south, east, north)),
        follow=False,
    )


def figures(screen: Screen, told: Profile) -> None:
    """Show residents, areas and density with their sources and cautions.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of the district, in words.
    """
    html.section(screen.say("district.figures"))
    rows = html.pairs((row.label, row.value, row.note) for row in told.figures)
    say, source = screen.say, told.source
    words = f"{source.what}{say('card.colon')}{source.text}{say('card.noted', text=source.date)}"
    note = Markup('<p class="note">{}</p>').format(html.text(words))
    st.html(Markup('<div class="sheet">{}{}</div>').format(rows, note))


def comparison(screen: Screen, told: Profile) -> None:
    """Set the district beside its half and the city, or beside another district.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of the district, in words.
    """
    state = screen.state
    html.section(screen.say("district.comparison"))
    other = compared(screen, told.adcode)
    rows = compare(screen.city, told.adcode, other, state.lang) if other else told.averages
    st.html(html.grid(rows))
    html.small(screen.say("district.comparison_note"))


def neighbours(screen: Screen, told: Profile) -> None:
    """Lead to the districts that share a border, and to the others of its half.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of the district, in words.
    """
    say = screen.say
    for title, links in (
        (say("district.neighbours"), [(n.adcode, n.name) for n in told.neighbours]),
        (told.half_heading, [(link.id, link.label) for link in told.half_members]),
    ):
        if links:
            html.small(title)
            with st.container(horizontal=True, gap="small"):
                for adcode, name in links:
                    frame.link(screen, "district", name, district=adcode)


def holdings(screen: Screen, told: Profile) -> None:
    """Show what the district holds by kind, status and level, and the places themselves.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of the district, in words.
    """
    say, city = screen.say, screen.city
    html.section(say("district.holdings"))
    if not len(told.places):
        html.small(told.plan_note)
        return
    if len(told.levels):
        left, right = st.columns([1.6, 1], gap="medium")
        with left:
            st.html(html.grid(told.matrix, say("filter.kind")))
        with right:
            st.html(html.grid(told.levels, say("filter.level")))
    html.small(say("district.listed", count=len(told.places)))
    state = replace(
        screen.state,
        period="now",
        later=True,
        layers=frozenset(city.layers),
        filters=Filters(district=frozenset({told.adcode})),
    )
    rows = table(rows_in_view(city, state), state.lang)
    st.dataframe(
        cells(rows),
        hide_index=True,
        placeholder=NOT_APPLICABLE,
        alt=say("district.holdings"),
        height="content",
    )
    middle = city.districts.geometry[told.adcode].representative_point()
    frame.link(
        screen,
        "explore",
        say("explore.show_on_map"),
        period="now",
        later=True,
        layers=screen.state.layers | set(told.places["kind"]),
        filters=Filters(district=frozenset({told.adcode})),
        selected=told.adcode,
        camera=Camera(middle.y, middle.x, 10.0),
    )


def tasks(screen: Screen, told: Profile) -> None:
    """List the plan's tasks that concern the district.

    Parameters
    ----------
    screen
        City, state and words of this run.
    told
        What is known of the district, in words.
    """
    say = screen.say
    if not told.tasks:
        return
    html.section(say("district.tasks", count=len(told.tasks)))
    st.html(
        Markup('<div class="tasks">{}</div>').format(
            html.bullets(
                [
                    Markup("<strong>{}</strong> {}<small class='note'>{} · {}{}</small>").format(
                        html.text(task.clause.title),
                        html.text(task.clause.digest),
                        html.text(task.clause.path),
                        html.text(task.clause.cited),
                        html.text("".join(f" · {link.label}" for link in task.places)),
                    )
                    for task in told.tasks
                ]
            )
        )
    )
