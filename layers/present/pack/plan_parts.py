"""Add what a meeting about a plan needs in full: the ledger of its tasks, and its audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from layers.language.messages import speaker
from layers.plan.audit import audit
from layers.plan.entered import entries_in
from layers.plan.ledger import Ledger, ledger
from layers.plan.structure import plan_of
from layers.plan.wording import audit_rows, ledger_table
from layers.present.telling import Told


def ledgers(told: Sequence[Told]) -> list[Ledger]:
    """Return the ledger of each plan that a scene is about, each once.

    Parameters
    ----------
    told
        The scenes.
    """
    periods = dict.fromkeys(
        plan_of(each.city, each.state.plan.period or "").period
        for each in told
        if each.scene.page == "plan"
    )
    city = told[0].city
    return [ledger(city, plan_of(city, period), entries_in(city)) for period in periods]


def sheets(told: Sequence[Told], lang: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield title and rows of the ledger and the audit of each plan that a scene is about.

    Parameters
    ----------
    told
        The scenes.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    found, say = ledgers(told), speaker(lang)
    for kept in found:
        listed = ledger_table(kept, lang).reset_index()
        yield titled(say("plan.ledger.title"), kept, found), listed
        findings = audit(kept.city, kept.plan, entries_in(kept.city))
        yield titled(say("plan.parts.audit"), kept, found), audit_rows(findings, lang)


def titled(title: str, kept: Ledger, found: Sequence[Ledger]) -> str:
    """Return a title, with the plan's period where there are several plans.

    Parameters
    ----------
    title
        What is told of the plan.
    kept
        The ledger of the plan.
    found
        Those of all plans that are told of.
    """
    return title if len(found) < 2 else f"{title} {kept.plan.period}"
