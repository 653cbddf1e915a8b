"""Say what a scene of the plan tells: of tasks, an indicator, the audit, or changes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from layers.language.messages import Say, speaker
from layers.pack.city import City, Plan
from layers.plan import wording
from layers.plan.audit import audit
from layers.plan.diff import Change, plans
from layers.plan.entered import entries_in
from layers.plan.indicator import Progress, progress
from layers.plan.ledger import ledger
from layers.plan.structure import plan_of
from layers.view.codecs import token
from layers.view.state import ViewState


@dataclass(frozen=True, eq=False)
class PlanScene:
    """What a scene says beside its map.

    Parameters
    ----------
    sentence, doubt
        In the reader's language; the doubt may be empty.
    notes
        What the speaker may say.
    table
        The figures as they are read, or None.
    chart
        The indicator that takes the place of the map, or None.
    narrowed
        What of the ledger is shown; empty for all.
    """

    sentence: str
    doubt: str
    notes: tuple[str, ...] = ()
    table: pd.DataFrame | None = None
    chart: Progress | None = None
    narrowed: str = ""


def plan_scene(city: City, state: ViewState) -> PlanScene:
    """Return what the page of the plan says in a state.

    Parameters
    ----------
    city
        The pack with what readers entered; it is not changed.
    state
        What is shown.
    """
    plan, lang = plan_of(city, state.plan.period or ""), state.lang
    tell = {"indicators": _indicators, "audit": _audit, "changes": _changes}
    return tell.get(state.plan.part, _ledger)(city, plan, state, speaker(lang))


def _entered(city: City, say: Say) -> tuple[str, ...]:
    n = len(entries_in(city))
    return (say("plan.entered_note", count=n),) if n else ()


def _indicators(city: City, plan: Plan, state: ViewState, say: Say) -> PlanScene:
    lang, found = state.lang, progress(city, plan, entries_in(city))
    notes = (say("plan.rule_light"), *_entered(city, say))
    shown = next((each for each in found if each.no == state.plan.indicator), None)
    if shown is None:
        table = wording.indicator_table(found, lang)
        sentence = wording.light_sentence(found, lang)
        return PlanScene(sentence, say("plan.indicators.doubt_none"), notes, table)
    first, *rest = wording.standing(shown, lang)
    name = say("plan.chart.headline", name=shown.name.of(lang), told=(rest or [first])[0])
    table = wording.observations(shown, lang).iloc[:, :2]
    return PlanScene(name, first, (*rest, say("plan.chart.key"), *notes), table, shown)


def _ledger(city: City, plan: Plan, state: ViewState, say: Say) -> PlanScene:
    lang, kept = state.lang, ledger(city, plan, entries_in(city))
    notes = (say("plan.rule_state"), *_entered(city, say))
    account = next((each for each in kept.accounts if each.id == state.plan.task), None)
    if state.plan.part == "tasks" and account is not None:
        words = wording.state_word(account, lang)
        sentence = say("plan.task_option", title=account.title.of(lang), state=words)
        known = wording.told(account, lang)
        doubt = known + say("plan.stop") if known else say("plan.ledger.doubt")
        return PlanScene(sentence, doubt, notes, wording.items(account, lang))
    narrowed = ""
    if state.plan.part == "ledger":
        narrowed = wording.ledger_filter(kept, state.plan, lang)
        kept = kept.asked(state.plan)
    table = wording.sums(kept, lang) if kept.accounts else None
    sentence = wording.state_sentence(kept, lang)
    if narrowed:
        sentence = say("view.filtered_first", text=sentence)
    return PlanScene(sentence, say("plan.ledger.doubt"), notes, table, narrowed=narrowed)


def _audit(city: City, plan: Plan, state: ViewState, say: Say) -> PlanScene:
    findings = audit(city, plan, entries_in(city))
    sentence = say("plan.audit_page.sentence", count=len(findings))
    told = wording.audit_sentence(findings, state.lang)
    return PlanScene(sentence, told, _entered(city, say), wording.audit_sums(findings, state.lang))


def _changes(city: City, plan: Plan, state: ViewState, say: Say) -> PlanScene:
    pair = compared(city, plan, state.plan.against)
    if pair is None:
        return PlanScene(say("plan.changes.none"), "")
    before, after = (say("plan.changes.plan", period=each.period) for each in pair)
    found = changes(city, plan, state.plan.against)
    sentence = say("plan.changes.sentence", before=before, after=after, count=len(found))
    return PlanScene(
        sentence,
        say("plan.changes.matched"),
        (),
        wording.change_table(found, state.lang).set_index(say("plan.column.name")),
    )


def compared(city: City, plan: Plan, against: str = "") -> tuple[Plan, Plan] | None:
    """Return a plan and another one of the pack, the earlier first; None if there is but one.

    Parameters
    ----------
    city
        The pack.
    plan
        One of its plans.
    against
        Token of the other's period; where it is none, the first other one is taken.
    """
    others = {token(each.period): each for each in city.plans if each is not plan}
    if not others:
        return None
    other = others.get(against) or next(iter(others.values()))
    first, last = sorted((other, plan), key=lambda each: each.baseline_year)
    return first, last


def changes(city: City, plan: Plan, against: str = "") -> tuple[Change, ...]:
    """Return what differs between a plan and another one of the pack.

    Parameters
    ----------
    city
        The pack; it is not changed.
    plan
        One of its plans.
    against
        See :func:`compared`.
    """
    pair = compared(city, plan, against)
    return plans(city, pair[0], city, pair[1]) if pair else ()
