"""Show the ledger of tasks: filters, sums, rows, and the files of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar, get_args

import streamlit as st

from layers.handover.workbook import WORKBOOK_TYPE
from layers.language.messages import display
from layers.places.areas import area_name
from layers.places.citation import ordinal
from layers.plan.ledger import Ledger
from layers.plan.wording import (
    lead_heading,
    ledger_filter,
    ledger_table,
    state_sentence,
    sums,
    sums_by_district,
    sums_by_unit,
)
from layers.view.codecs import token
from layers.view.page_options import Stated
from pages.panels.plan.chosen import Chosen, change
from pages.panels.plan.listed import picture as listed_picture
from pages.shell import html
from pages.shell.labels import cells, literal, short
from pages.shell.widgets import is_offered, sync

WORD_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP_TYPE: Final = "application/zip"
T = TypeVar("T")


def kept(of: Chosen) -> Ledger:
    """Return the ledger as it is filtered.

    Parameters
    ----------
    of
        What the page shows.
    """
    return of.ledger.asked(of.screen.state.plan)


def sentence(of: Chosen) -> str:
    """Return how many tasks are in each state, and that they are filtered where they are.

    Parameters
    ----------
    of
        What the page shows.
    """
    screen, text = of.screen, state_sentence(kept(of), of.screen.state.lang)
    narrowed = ledger_filter(of.ledger, screen.state.plan, screen.state.lang)
    return screen.say("view.filtered_first", text=text) if narrowed else text


def picture(of: Chosen) -> None:
    """Offer the ledger as it is filtered as a picture, a page, slides or a workbook.

    Parameters
    ----------
    of
        What the page shows.
    """
    screen, lang = of.screen, of.screen.state.lang
    narrowed = ledger_filter(of.ledger, screen.state.plan, lang)
    said = [sentence(of), *([screen.say("present.filtered", words=narrowed)] if narrowed else [])]
    listed_picture(of, "plan.ledger.title", said, partial(ledger_table, kept(of), lang))


def filters(of: Chosen) -> None:
    """Offer chapter, state, district and lead unit.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, lang, asked = of.screen.say, of.screen.state.lang, of.screen.state.plan
    whole = of.ledger
    titles = {each.chapter: each.chapter_title for each in whole.accounts}
    codes = sorted({code for each in whole.accounts for code in each.districts})
    units = {token(unit.zh): unit for unit in whole.units}

    def chapter_word(number: int) -> str:
        if not number:
            return say("plan.all_chapters")
        title = titles[number].of(lang)
        return say("plan.chapter", number=ordinal(number, lang), title=short(title))

    def state_word(state: str) -> str:
        return say("plan.ledger.any") if state == "any" else say(f"plan.state.{state}")

    def district_word(code: str) -> str:
        return area_name(of.screen.city, code, lang) if code else say("plan.ledger.any")

    def unit_word(key: str) -> str:
        return short(units[key].of(lang)) if key else say("plan.ledger.any")

    with st.container(horizontal=True, key="plan_filters"):
        _select(say("plan.chapter_label"), "chapter", [0, *titles], asked.chapter, chapter_word)
        stated = list(get_args(Stated))
        _select(say("plan.ledger.filter_state"), "stated", stated, asked.stated, state_word)
        district = asked.district or ""
        label = say("plan.ledger.filter_district")
        _select(label, "district", ["", *codes], district, district_word)
        _select(lead_heading(whole, lang), "unit", ["", *units], asked.unit, unit_word)


def _select(label: str, name: str, options: list[T], now: T, word: Callable[[T], str]) -> None:
    key = f"plan_{name}"
    now = now if now in options else options[0]
    st.selectbox(
        literal(label),
        options,
        index=options.index(sync(key, now)),
        key=key,
        format_func=lambda value: display(word(value)),
        on_change=_set,
        args=(name, key, options),
    )


def _set(name: str, key: str, offered: Sequence[object]) -> None:
    if is_offered(key, offered):
        value = st.session_state[key]
        change(**{name: (value or None) if name == "district" else value})


def show(of: Chosen) -> None:
    """Show the sums, the rows and the files.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, lang, found = of.screen.say, of.screen.state.lang, kept(of)
    if found.accounts:
        st.dataframe(
            cells(ledger_table(found, lang)),
            key="plan_ledger",
            height=min(420, 38 * len(found.accounts) + 42),
            placeholder="",
            alt=say("plan.ledger.title"),
        )
        st.html(html.grid(sums(found, lang), say("plan.chapter_label")))
        _more_sums(of, found)
    html.small(say("plan.rule_state"))
    if not of.ledger.names_leads:
        html.small(say("plan.ledger.lead_note"))


def _more_sums(of: Chosen, found: Ledger) -> None:
    """Fold the sums by district and by lead unit away, each made once it is opened."""
    say, lang = of.screen.say, of.screen.state.lang
    unit = lead_heading(of.ledger, lang)

    def by_district() -> None:
        st.html(html.grid(sums_by_district(found, lang), say("plan.ledger.filter_district")))
        html.small(say("plan.ledger.shared"))

    def by_unit() -> None:
        st.html(html.grid(sums_by_unit(found, lang), unit))
        html.small(say("plan.ledger.shared"))

    html.drawer(say("plan.ledger.by_district"), "plan_by_district", by_district)
    html.drawer(say("plan.ledger.by_unit", unit=unit), "plan_by_unit", by_unit)


def files(of: Chosen) -> None:
    """Offer the ledger as a workbook, as a Word document, and with all that goes along.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, lang, found = of.screen.say, of.screen.state.lang, kept(of)
    stem = f"{of.screen.city.id}_{of.screen.city.data_date}_plan_ledger"
    with st.popover(say("plan.ledger.export"), key="plan_export"):
        for name, suffix, mime, make in (
            ("excel", "xlsx", WORKBOOK_TYPE, _excel),
            ("word", "docx", WORD_TYPE, _word),
            ("sheet", "pdf", "application/pdf", _sheet),
            ("package", "zip", ZIP_TYPE, _package),
        ):
            st.download_button(
                say(f"plan.ledger.{name}"),
                partial(make, found, of, lang),
                f"{stem}.{suffix}",
                mime,
                on_click="ignore",
                key=f"plan_file_{name}",
            )


def _excel(found: Ledger, of: Chosen, lang: str) -> bytes:
    from layers.plan.files import package

    return package(found, of.entries, lang).whole()


def _word(found: Ledger, of: Chosen, lang: str) -> bytes:
    from layers.present.ledger import document

    del of
    return document(found, lang)


def _sheet(found: Ledger, of: Chosen, lang: str) -> bytes:
    from layers.present.sheet.plan_sheet import plan_sheet

    return plan_sheet(found.city, found.plan, lang, of.entries)


def _package(found: Ledger, of: Chosen, lang: str) -> bytes:
    from layers.plan.files import package
    from layers.present.ledger import document

    return package(found, of.entries, lang, {"ledger.docx": document(found, lang)}).zip()
