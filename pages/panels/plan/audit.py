"""Show what plan and map do not settle between them, kind by kind."""

from __future__ import annotations

from functools import partial

import streamlit as st

from layers.language.messages import display, speaker
from layers.plan.audit import KINDS, Finding, audit, counts, csv
from layers.plan.wording import audit_rows, audit_sentence, audit_table
from pages.panels.plan.chosen import Chosen
from pages.panels.plan.listed import picture as listed_picture
from pages.shell import html
from pages.shell.labels import cells


def found(of: Chosen) -> tuple[Finding, ...]:
    """Return the findings of the plan.

    Parameters
    ----------
    of
        What the page shows.
    """
    return audit(of.screen.city, of.plan, of.entries)


def picture(of: Chosen, findings: tuple[Finding, ...]) -> None:
    """Offer the findings as a picture, a page, slides or a workbook.

    Parameters
    ----------
    of
        What the page shows.
    findings
        See :func:`found`.
    """
    lang = of.screen.state.lang
    said = [of.screen.say("plan.audit_page.sentence", count=len(findings))]
    said.append(audit_sentence(findings, lang))
    listed_picture(of, "plan.parts.audit", said, partial(audit_rows, findings, lang))


def show(of: Chosen, findings: tuple[Finding, ...]) -> None:
    """List the findings, each kind in a box of its own, with file and command.

    Parameters
    ----------
    of
        What the page shows.
    findings
        See :func:`found`.
    """
    say, lang, n = of.screen.say, of.screen.state.lang, counts(findings)
    for kind in KINDS:
        if n[kind]:
            title = say("plan.audit_page.kind", kind=say(f"plan.audit.{kind}"), count=n[kind])
            own = [each for each in findings if each.kind == kind]
            html.drawer(title, f"plan_audit_{kind}", partial(_table, own, lang))
    st.download_button(
        say("plan.audit_page.csv"),
        lambda: csv(findings),
        f"{of.screen.city.id}_{of.screen.city.data_date}_plan_audit.csv",
        "text/csv",
        on_click="ignore",
        key="plan_audit_csv",
    )
    html.small(say("plan.audit_page.command"))
    command = f"python -m layers.plan.audit --city {of.screen.city.id} --period {of.plan.period}"
    st.code(display(command), language=None, wrap_lines=True)


def _table(findings: list[Finding], lang: str) -> None:
    st.dataframe(
        cells(audit_table(findings, lang)), placeholder="", alt=speaker(lang)("plan.parts.audit")
    )
