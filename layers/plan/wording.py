"""Say how a plan stands: its indicators, its ledger, its audit, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from layers.language.messages import speaker
from layers.language.values import month, row_of, stated
from layers.pack.table_schemas import STATES
from layers.places.areas import area_name
from layers.places.citation import ordinal, section_of
from layers.plan.audit import KINDS, Finding, counts
from layers.plan.chart import figure
from layers.plan.diff import Change
from layers.plan.entered import CARRIES
from layers.plan.indicator import LIGHTS, Observation, Progress, lights
from layers.plan.ledger import ALL_STATES, Account, Ledger, State
from layers.view.codecs import token
from layers.view.page_options import PlanOptions


def percent(share: float) -> str:
    """Return a share as a whole percentage.

    Parameters
    ----------
    share
        1 is all.

    Examples
    --------
    >>> percent(0.4271)
    '43%'
    """
    return f"{100 * share:.0f}%"


def light_sentence(found: Sequence[Progress], lang: str) -> str:
    """Return how many indicators show each light, those that none shows left out.

    Parameters
    ----------
    found
        All indicators of a plan.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, n = speaker(lang), lights(found)
    if not found:
        return say("plan.indicators.none")
    if n["no_data"] == len(found):
        return say("plan.indicators.sentence_none", count=len(found), year=found[0].year)
    parts = [say(f"plan.light_count.{light}", count=n[light]) for light in LIGHTS if n[light]]
    told = say("plan.comma").join(parts)
    return say("plan.indicators.sentence", count=len(found), year=found[0].year, lights=told)


def standing(of: Progress, lang: str) -> tuple[str, ...]:
    """Return how an indicator stands in sentences: light, latest value, completion, pace.

    Parameters
    ----------
    of
        The indicator.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return tuple(_standing(of, lang))


def _standing(of: Progress, lang: str) -> Iterator[str]:
    say, unit = speaker(lang), of.unit.of(lang)
    if of.decisive is None:
        yield say("plan.standing.no_value", year=of.year)
    else:
        value, due = figure(of.decisive), stated(of.due)
        yield say("plan.standing.judged", year=of.year, value=value, due=due, unit=unit)
    if of.latest is not None:
        told = {"as_of": month(of.latest.as_of, lang), "value": figure(of.latest), "unit": unit}
        yield say("plan.standing.latest", **told)
    elif of.observations:
        yield say("plan.standing.unfit", count=len(of.observations))
    if of.reached is not None:
        yield say("plan.standing.reached", as_of=month(of.reached.as_of, lang), year=of.target_year)
    if of.completion is not None and of.reached is None:
        least = of.latest is not None and of.latest.kind == "lower_bound"
        key = "plan.standing.completion_least" if least else "plan.standing.completion"
        yield say(key, share=percent(of.completion))
    if of.published is not None:
        yield from _second(of, lang)
    if of.pace is not None:
        key = "plan.standing.pace_over" if of.year >= of.target_year else "plan.standing.pace"
        yield say(
            key,
            as_of=month(of.pace.since.as_of, lang),
            needed=stated(round(of.pace.needed, 3)),
            so_far=stated(round(of.pace.so_far, 3)),
            unit=unit,
        )


def _second(of: Progress, lang: str) -> Iterator[str]:
    """Say what the published baseline changes."""
    say = speaker(lang)
    if of.published is None:
        return
    told = {
        "year": of.baseline_year,
        "published": stated(of.published.value),
        "baseline": stated(of.baseline),
    }
    yield say("plan.standing.published", **told)
    if of.completion_published is not None and of.reached is None:
        yield say("plan.standing.completion_published", share=percent(of.completion_published))
    elif of.completion_published is None and of.latest is not None and of.direction != "hold":
        yield say("plan.standing.met_before")


def indicator_table(found: Sequence[Progress], lang: str) -> pd.DataFrame:
    """Return all indicators as a table.

    Parameters
    ----------
    found
        All indicators of a plan.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Indexed by name; columns baseline, target, latest comparable value with its moment, light.
    """
    say = speaker(lang)
    rows = [
        (
            stated(each.baseline),
            stated(each.target),
            say("table.noted", text=figure(each.latest), note=month(each.latest.as_of, lang))
            if each.latest
            else "—",
            say(f"plan.light.{each.light}"),
        )
        for each in found
    ]
    columns = [say(f"plan.column.{name}") for name in ("baseline", "target", "latest", "light")]
    return pd.DataFrame(rows, columns=columns, index=[each.name.of(lang) for each in found])


def observations(of: Progress, lang: str) -> pd.DataFrame:
    """Return every dated value of an indicator as a table.

    Parameters
    ----------
    of
        The indicator.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Indexed by the moment; columns value, what it is, definition, who said it, how it is known.
    """
    say = speaker(lang)
    rows = [
        (
            f"{figure(each)} {each.unit.of(lang) or of.unit.of(lang)}",
            say(f"plan.kind.{each.kind}"),
            each.definition.of(lang),
            _said_by(each, lang),
            _known(each, lang),
        )
        for each in of.observations
    ]
    names = ("value", "kind", "definition", "source", "known")
    index = pd.Index([month(each.as_of, lang) for each in of.observations], dtype=object)
    return pd.DataFrame(rows, columns=[say(f"plan.column.{n}") for n in names], index=index)


def _said_by(observed: Observation, lang: str) -> str:
    if observed.entry is not None:
        return speaker(lang)("plan.entered_by", who=observed.entry.who, source=observed.source.zh)
    if not observed.stated_on:
        return observed.source.of(lang)
    told = {"text": observed.source.of(lang), "note": observed.stated_on}
    return speaker(lang)("table.noted", **told)


def _known(observed: Observation, lang: str) -> str:
    say = speaker(lang)
    if observed.entry is not None:
        return say("plan.known.verified" if observed.entry.verified else "plan.known.typed")
    return say("plan.known.repost" if observed.repost else "plan.known.own")


def state_sentence(kept: Ledger, lang: str) -> str:
    """Return how many tasks are in each state; what is not known is said as that.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, n = speaker(lang), kept.counts()
    if not kept.accounts:
        return say("plan.ledger.nothing")
    parts = [say(f"plan.state_count.{state}", count=n[state]) for state in ALL_STATES if n[state]]
    told = say("plan.comma").join(parts)
    return say("plan.ledger.sentence", count=len(kept.accounts), states=told)


def ledger_filter(whole: Ledger, asked: PlanOptions, lang: str) -> str:
    """Say which tasks of a ledger are shown; empty for all.

    Parameters
    ----------
    whole
        The ledger without its filters.
    asked
        Its filters.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, words = speaker(lang), []
    titles = {each.chapter: each.chapter_title.of(lang) for each in whole.accounts}
    if asked.chapter in titles:
        number = ordinal(asked.chapter, lang)
        words.append(say("plan.chapter", number=number, title=titles[asked.chapter]))
    if asked.stated != "any":
        words.append(say(f"plan.state.{asked.stated}"))
    if asked.district in whole.city.districts.index:
        words.append(area_name(whole.city, str(asked.district), lang))
    units = {token(unit.zh): unit for unit in whole.units}
    if asked.unit in units:
        words.append(units[asked.unit].of(lang))
    return say("plan.comma").join(words)


def sums(kept: Ledger, lang: str) -> pd.DataFrame:
    """Return the states of the tasks by chapter, with the sum of all.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    titles = {each.chapter: each.chapter_title.of(lang) for each in kept.accounts}
    by = kept.by_chapter()
    labels = [say("plan.chapter", number=ordinal(n, lang), title=titles[n]) for n in by]
    return _sums(kept, labels, [*by.values()], lang)


def sums_by_district(kept: Ledger, lang: str) -> pd.DataFrame:
    """Return the states of the tasks by district; one of several districts counts in each.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        The last row is the sum of all tasks, each once.
    """
    by, none = kept.by_district(), speaker(lang)("plan.ledger.no_district")
    labels = [area_name(kept.city, code, lang) if code else none for code in by]
    return _sums(kept, labels, [*by.values()], lang)


def sums_by_unit(kept: Ledger, lang: str) -> pd.DataFrame:
    """Return the states of the tasks by lead unit; one of several units counts for each.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        The last row is the sum of all tasks, each once.
    """
    by, none = kept.by_unit(), speaker(lang)("plan.ledger.no_unit")
    names = {unit.zh: unit.of(lang) for unit in kept.units}
    return _sums(kept, [names.get(unit, none) for unit in by], [*by.values()], lang)


def _sums(
    kept: Ledger, labels: Sequence[str], by: Sequence[Mapping[State, int]], lang: str
) -> pd.DataFrame:
    say = speaker(lang)
    rows = [[*n.values(), sum(n.values())] for n in (*by, kept.counts())]
    columns = [*(say(f"plan.state.{state}") for state in ALL_STATES), say("plan.column.all")]
    return pd.DataFrame(rows, columns=columns, index=[*labels, say("plan.column.all")])


def lead_heading(kept: Ledger, lang: str) -> str:
    """Return what the lead units of a ledger are called: the tasks', or only their places'.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return speaker(lang)("plan.column.lead" if kept.names_leads else "plan.column.place_lead")


def ledger_table(kept: Ledger, lang: str) -> pd.DataFrame:
    """Return the ledger in a bureau's form: a row for each task.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Indexed by the running number; columns where it stands, task, lead unit, districts, state,
        what is known, date, who says so, carried on.
    """
    say = speaker(lang)
    rows = [_ledger_row(kept, each, lang) for each in kept.accounts]
    names = ("where", "task", "lead", "districts", "state", "evidence", "date", "source", "carry")
    columns = [say(f"plan.column.{name}") for name in names]
    columns[names.index("lead")] = lead_heading(kept, lang)
    index = pd.RangeIndex(1, len(rows) + 1, name=say("plan.column.no"))
    return pd.DataFrame(rows, columns=columns, index=index)


def _ledger_row(kept: Ledger, of: Account, lang: str) -> tuple[str, ...]:
    say, city = speaker(lang), kept.city
    clause = row_of(kept.plan.clauses, of.id)
    lead = of.lead.of(lang) or say("plan.comma").join(unit.of(lang) for unit in of.units)
    districts = say("plan.comma").join(area_name(city, code, lang) for code in of.districts)
    decisive = of.decisive
    if of.entry is not None:
        evidence, date = of.entry.why or of.entry.source, of.entry.at.date().isoformat()
        source = say("plan.entered_by", who=of.entry.who, source=of.entry.source)
    elif decisive is not None:
        evidence, date = told(of, lang), decisive.on
        settling = [event for event in of.events if event.state in STATES] or [decisive]
        source = say("plan.semicolon").join(dict.fromkeys(e.source.of(lang) for e in settling))
    else:
        evidence, date, source = "", "", ""
    return (
        section_of(clause, lang),
        of.title.of(lang),
        lead,
        districts,
        state_word(of, lang),
        evidence,
        date,
        source,
        carry_word(of, lang),
    )


def told(of: Account, lang: str) -> str:
    """Return what is known of a task: of each settled place its state, else the latest event.

    Parameters
    ----------
    of
        The task.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    settled = [item for item in of.items if item.state != "unknown"]
    parts = [
        say("plan.item", name=item.name.of(lang), state=say(f"plan.state.{item.state}"))
        for item in settled
    ]
    if of.decisive is not None and (of.rule != "places" or not parts):
        parts.insert(0, of.decisive.what.of(lang))
    if settled and len(settled) < len(of.items):
        parts.append(say("plan.others_unknown", count=len(of.items) - len(settled)))
    return say("plan.semicolon").join(parts)


def items(of: Account, lang: str) -> pd.DataFrame | None:
    """Return the places of a task with what has become of each; None where it has none.

    Parameters
    ----------
    of
        The task.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if not of.items:
        return None
    say = speaker(lang)
    rows = [(say(f"plan.state.{item.state}"),) for item in of.items]
    names = [item.name.of(lang) for item in of.items]
    return pd.DataFrame(rows, columns=[say("plan.column.state")], index=names)


def state_word(of: Account, lang: str) -> str:
    """Return the state of a task; what a reader entered says so.

    Parameters
    ----------
    of
        The task.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    word = say(f"plan.state.{of.state}")
    return say("plan.state_entered", state=word) if of.rule == "entered" else word


def carry_word(of: Account, lang: str) -> str:
    """Return whether a task goes on in the next plan.

    Parameters
    ----------
    of
        The task.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if of.carry is not None and of.carry.after in CARRIES:
        return say("plan.state_entered", state=say(f"plan.carry.{of.carry.after}"))
    if of.carried_by:
        return say("plan.carry.continued", id=of.carried_by)
    return say("plan.carry.settled" if of.state == "done" else "plan.carry.open")


def audit_sentence(findings: Sequence[Finding], lang: str) -> str:
    """Return how many findings there are, in one sentence.

    Parameters
    ----------
    findings
        Of one plan.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, n = speaker(lang), counts(findings)
    if not findings:
        return say("plan.audit_none")
    parts = [
        say("plan.audit_count", kind=say(f"plan.audit.{kind}"), count=n[kind])
        for kind in KINDS
        if n[kind]
    ]
    return say("plan.semicolon").join(parts) + say("plan.stop")


def audit_sums(findings: Sequence[Finding], lang: str) -> pd.DataFrame:
    """Return how many findings there are of each kind.

    Parameters
    ----------
    findings
        Of one plan.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, n = speaker(lang), counts(findings)
    named = {say(f"plan.audit.{kind}"): n[kind] for kind in KINDS if n[kind]}
    return pd.DataFrame({say("plan.column.all"): named})


def audit_table(findings: Sequence[Finding], lang: str) -> pd.DataFrame:
    """Return findings of one kind as a table.

    Parameters
    ----------
    findings
        Of one kind.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    rows = [(each.name.of(lang), _detail(each, lang), each.other, each.id) for each in findings]
    columns = [say(f"plan.column.{name}") for name in ("name", "detail", "other", "id")]
    return pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1))


def audit_rows(findings: Sequence[Finding], lang: str) -> pd.DataFrame:
    """Return all findings as one table, the kind of each in the first column.

    Parameters
    ----------
    findings
        Of one plan.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    parts = {
        say(f"plan.audit.{kind}"): audit_table([f for f in findings if f.kind == kind], lang)
        for kind in KINDS
    }
    rows = pd.concat(parts, names=[say("plan.column.kind")]).reset_index(0)
    return rows.set_index(pd.RangeIndex(1, len(rows) + 1, name=say("plan.column.no")))


def _detail(of: Finding, lang: str) -> str:
    say = speaker(lang)
    if of.kind == "task_without_place":
        return say(f"plan.could.{of.detail}")
    if of.kind == "no_value":
        return say("plan.no_value_of", year=of.detail)
    return of.detail


def change_table(changes: Sequence[Change], lang: str) -> pd.DataFrame:
    """Return changes as a table.

    Parameters
    ----------
    changes
        As :mod:`layers.plan.diff` tells them.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    rows = [
        (
            say(f"plan.of.{each.of}"),
            say(f"plan.how.{each.how}"),
            each.name.of(lang),
            _change(each, lang),
            str(len(each.places)) if each.places else "",
        )
        for each in changes
    ]
    names = ("of", "how", "name", "change", "affected")
    columns = [say(f"plan.column.{name}") for name in names]
    return pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1))


def _change(of: Change, lang: str) -> str:
    say = speaker(lang)
    if of.metres is not None:
        key = {True: "beyond", False: "within", None: "unknown"}[of.beyond]
        return say(f"plan.moved.{key}", metres=stated(round(of.metres)))
    if of.field == "point":
        return say("plan.moved.lost" if of.before else "plan.moved.found")
    if of.how == "gone" or (of.how == "new" and not of.after):
        return of.before
    return say("plan.from_to", before=of.before or "—", after=of.after or "—")
