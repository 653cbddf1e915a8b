"""Say how many places lie in a shape, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from geo.coverage.scenario import COUNTED
from layers.inside.measure import ADDED, InsideAnswer, districts_in, touched
from layers.language.messages import Say, speaker
from layers.language.values import cell, count, km, number, row_of, title, unit
from layers.language.wording import LateTables
from layers.view.filtered import answer_in_words, answer_marked
from layers.view.question import Refusal


@dataclass(frozen=True, eq=False, kw_only=True)
class InsideWording:
    """What lies in a shape, in the reader's language.

    Its tables: ``places`` that lie in it, surely or perhaps; the numbers by ``kinds``; and the
    ``districts`` that it touches, by adcode.
    """

    sentence: str
    account: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def word(answer: InsideAnswer | Refusal, lang: str) -> InsideWording:
    """Put an answer into words.

    Parameters
    ----------
    answer
        As :func:`layers.inside.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    InsideWording
        Of a refusal only the sentence that says what to do.
    """
    say = speaker(lang)
    if isinstance(answer, Refusal):
        return InsideWording(sentence=say(answer.reason))
    return InsideWording(
        sentence=answer_marked(answer.city, answer.question, _sentence(answer, lang), lang),
        account=tuple(_account(answer, lang)),
        tables=LateTables(
            {
                "places": lambda: _places(answer, lang),
                "kinds": lambda: _kinds(answer, lang),
                "districts": lambda: _districts(answer, lang),
            }
        ),
        notes=tuple(_notes(answer, say)),
    )


def _sentence(answer: InsideAnswer, lang: str) -> str:
    """Say how many of how many; one figure where every draw gives the same."""
    say, found = speaker(lang), answer.found
    told = {
        "shape": shape_words(answer, lang),
        "total": found.n,
        "drawn": int(found.value),
        "low": found.low,
        "high": found.high,
    }
    if not found.n:
        return say("inside_page.nothing", **told)
    settled = found.low == found.high == int(found.value)
    return say("inside_page.settled" if settled else "inside_page.result", **told)


def shape_words(answer: InsideAnswer, lang: str) -> str:
    """Return what the shape is, with its size.

    Parameters
    ----------
    answer
        As :func:`layers.inside.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, one = speaker(lang), answer.outline
    area = number(answer.area.area / 1e6, unit("km2", lang))
    radius = km(one.numbers[2], lang) if one.kind == "circle" else ""
    return say(f"inside_page.kind.{one.kind}", radius=radius, area=area)


def _account(answer: InsideAnswer, lang: str) -> list[str]:
    """Say which are sure, which are open, of how many nobody knows, and what narrows them."""
    say = speaker(lang)
    found, share, scenario = answer.found, answer.found.places["share"], answer.question.scenario
    sure, open_ = int((share == 1).sum()), int(((share > 0) & (share < 1)).sum())
    told = [say("inside_page.sure", sure=count(sure), open=count(open_))]
    if found.n_unmapped:
        told.append(say("inside_page.no_point", count=found.n_unmapped))
    if found.n_unknown:
        told.append(say("inside_page.unknown", count=found.n_unknown))
    if only := answer_in_words(answer.city, answer.question):
        told.append(say("inside_page.only", words=only.of(lang)))
    if scenario is not None:
        did = [edit.action for edit in scenario.edits]
        changes = {name: did.count(action) for name, action in COUNTED.items()}
        told.append(say("inside_page.scenario", name=scenario.name, **changes))
    return told


def _notes(answer: InsideAnswer, say: Say) -> list[str]:
    found = answer.found
    return [
        say("inside_page.method", **found.parameters),
        *(say(key, **found.parameters) for key in found.caveats),
        say("inside_page.titles"),
    ]


def _places(answer: InsideAnswer, lang: str) -> pd.DataFrame:
    say, rows = speaker(lang), []
    for place, row in touched(answer).iterrows():
        rows.append(
            {
                title("name", lang): cell(row, "name", lang),
                say("filter.kind"): _kind(answer, row["kind"], lang),
                title("site_name", lang): cell(row, "site_name", lang),
                say("inside_page.share"): number(100 * float(row["share"]), "%"),
                say("inside_page.drawn"): say("card.yes" if row["drawn"] else "card.no"),
                "id": str(place),
            }
        )
    return pd.DataFrame(rows, columns=[*_names(say, lang), "id"]).set_index("id").rename_axis(None)


def _districts(answer: InsideAnswer, lang: str) -> pd.DataFrame:
    say, shares = speaker(lang), districts_in(answer)
    names = [cell(row_of(answer.city.districts, code), "name", lang) for code in shares.index]
    percent = [number(100 * share, "%") for share in shares]
    columns = {say("filter.district"): names, say("inside_page.area_share"): percent}
    return pd.DataFrame(columns, index=shares.index)


def _kind(answer: InsideAnswer, kind: object, lang: str) -> str:
    if kind == ADDED:
        return speaker(lang)("inside_page.added")
    return answer.city.layers[str(kind)].title.of(lang)


def _names(say: Say, lang: str) -> list[str]:
    return [
        title("name", lang),
        say("filter.kind"),
        title("site_name", lang),
        say("inside_page.share"),
        say("inside_page.drawn"),
    ]


def _kinds(answer: InsideAnswer, lang: str) -> pd.DataFrame:
    say, table = speaker(lang), answer.found.kinds
    table = table[(table["high"] > 0) | (table["drawn"] > 0)]
    shown = {
        say("inside_page.drawn_n"): table["drawn"].tolist(),
        say("inside_page.interval"): [
            f"{low}–{high}" if low != high else f"{low}"
            for low, high in zip(table["low"], table["high"], strict=True)
        ],
        say("inside_page.of"): table["n"].tolist(),
        say("inside_page.unmapped"): table["unmapped"].tolist(),
    }
    titles = [_kind(answer, kind, lang) for kind in table.index]
    return pd.DataFrame(shown, index=pd.Index(titles, name=say("filter.kind")))
