"""Answer what the places shown reach: the five names of an analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import pandas as pd

from geo.coverage.gaps import WEAK_BELOW
from layers.coverage import drawing, radii, tables
from layers.coverage.files import answered
from layers.coverage.measure import ReachAnswer, ReachRefusal, measure
from layers.coverage.question import question
from layers.coverage.wording import (
    caveats,
    doubt,
    further,
    rules,
    sentence,
    twice_words,
    worst_words,
)
from layers.handover.analysis_export import analysis_package
from layers.handover.contents import Form
from layers.handover.package import Package
from layers.language.messages import LANGS, speaker
from layers.language.values import km
from layers.language.wording import LateTables
from layers.map.overlay import Drawing

__all__ = ("draw", "hand_over", "measure", "question", "word")
GAPS_SHOWN = 10


def _largest_gaps(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    return tables.gap_table(answer, lang).head(GAPS_SHOWN)


class ReachWording:
    """What is reached, in the reader's language; what stands below the map is worded when read.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """

    def __init__(self, answer: ReachAnswer | ReachRefusal, lang: str) -> None:
        self._answer, self._lang, self._say = answer, lang, speaker(lang)

    @cached_property
    def sentence(self) -> str:
        """The result in one sentence, or why there is none."""
        return sentence(self._answer, self._lang)

    @cached_property
    def spoken(self) -> str:
        """The sentence where the title above it names the reader's file."""
        return sentence(self._answer, self._lang, below_title=True)

    @cached_property
    def account(self) -> tuple[str, ...]:
        """What the sentence rests on, in one line, then what else is within reach."""
        answer, lang = self._answer, self._lang
        if isinstance(answer, ReachRefusal):
            return ()
        return (doubt(answer, lang), *further(answer, lang))

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Where the radius comes from, and how many places it is coarse enough for."""
        return rules(self._answer.inputs, self._lang)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Radii and kinds side by side, then what the page's own radius means."""
        answer, lang = self._answer, self._lang
        if not answer.resolution.n:
            return {}
        found = {"rings": partial(radii.radius_table, answer, lang)}
        if isinstance(answer, ReachAnswer):
            if answer.served:
                found["targets"] = partial(tables.target_table, answer, lang)
                found["out_of_reach"] = partial(tables.out_of_reach_table, answer, lang)
            found |= {
                "districts": partial(tables.unit_table, answer, lang),
                "gaps": partial(_largest_gaps, answer, lang),
                "overlap": partial(tables.overlap_table, answer, lang),
                "sole": partial(tables.sole_table, answer, lang),
                "distances": partial(tables.distance_table, answer, lang),
            }
        return LateTables(found)

    @property
    def worst(self) -> str:
        """How far the worst-served tenth lies from its nearest place; nothing of a refusal."""
        answer = self._answer
        return worst_words(answer, self._lang) if isinstance(answer, ReachAnswer) else ""

    @property
    def twice(self) -> str:
        """What share of the city two or more places reach; nothing of a refusal."""
        answer = self._answer
        return twice_words(answer, self._lang) if isinstance(answer, ReachAnswer) else ""

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Method and caveats."""
        answer, say = self._answer, self._say
        if isinstance(answer, ReachRefusal):
            return ()
        return (
            *caveats(answer.findings, self._lang, answer.inputs.sites),
            say("coverage.verdict.not_covered"),
            say("coverage.verdict.weak_rule", weak_percent=100 * WEAK_BELOW),
            say("coverage.verdict.not_named"),
            say("coverage_page.unsettled_note"),
        )

    def legend(self, *, nested: bool = False) -> list[tuple[Mapping[str, Any], str]]:
        """Return the look and the words of all that is drawn.

        Parameters
        ----------
        nested
            Whether the map shows all radii that stand side by side, instead of the page's own.

        Returns
        -------
        list
            Pairs of look, as :class:`layers.map.overlay.Shapes` takes it, and words; ``dot`` is set
            for dots. Empty where it was refused and only the page's own radius is shown.
        """
        answer, say = self._answer, self._say
        within = km(answer.inputs.radius_m, self._lang)
        if nested:
            return radii.radius_legend(answer, self._lang)
        if isinstance(answer, ReachRefusal):
            return []
        areas = [
            (drawing.REACHED, say("coverage_page.legend_reach", radius=within)),
            (drawing.PLAIN, say("coverage_page.legend_open", radius=within)),
        ]
        return [*areas, *self._dots(answer)]

    def _dots(self, answer: ReachAnswer) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Yield the look and the words of the places that should be within reach."""
        if answer.inputs.own is not None and answer.own is not None:
            for fill, where in ((drawing.WITHIN, "within"), (drawing.OPEN, "beyond")):
                look = {"line": fill, "fill": fill, "opacity": 1.0, "dot": True}
                named = self._say("coverage_page.own")
                yield look, self._say(f"coverage_page.legend_{where}", layer=named)
        drawn = [kind for kind, row in answer.served.items() if row.found is not None]
        titles = (answer.city.layers[kind].title.of(self._lang) for kind in drawn)
        if names := self._say("coverage_page.comma").join(titles):
            for fill, where in ((drawing.WITHIN, "within"), (drawing.BEYOND, "beyond")):
                look = {"line": drawing.WITHIN, "fill": fill, "opacity": 1.0, "dot": True}
                yield look, self._say(f"coverage_page.legend_{where}", layer=names)


def word(answer: ReachAnswer | ReachRefusal, lang: str) -> ReachWording:
    """Put an answer into words.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return ReachWording(answer, lang)


def draw(answer: ReachAnswer | ReachRefusal, lang: str, *, nested: bool = False) -> Drawing | None:
    """Return what is drawn of an answer.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    lang
        Language of the names, ``zh`` or ``en``.
    nested
        Whether to draw all radii that stand side by side, instead of the page's own.

    Returns
    -------
    Drawing or None
        None where there is nothing to draw: refused, or none of the radii may be drawn.
    """
    return radii.draw_radii(answer) if nested else drawing.draw(answer, lang)


def hand_over(answer: ReachAnswer | ReachRefusal, form: Form) -> Package:
    """Return an answer as files; where it was refused, only why.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    return analysis_package(answered(answer, {lang: word(answer, lang) for lang in LANGS}), form)
