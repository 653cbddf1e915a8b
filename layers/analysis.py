"""Hold the one shape of an analysis, and all that have it.

``python -m layers.analysis --help`` says how to ask one without a screen.

Whoever shows, keeps or writes an answer needs nothing of an analysis but its five functions; a new
one enters ``ANALYSES``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from layers.balance import drawing as balance_drawing
from layers.balance import files as balance_files
from layers.balance import measure as balance_measure
from layers.balance import wording as balance_wording
from layers.command_line.analysis import main
from layers.corridor import drawing as corridor_drawing
from layers.corridor import files as corridor_files
from layers.corridor import measure as corridor_measure
from layers.corridor import wording as corridor_wording
from layers.coverage import pairing, reach, scenario, siting
from layers.density import drawing as density_drawing
from layers.density import files as density_files
from layers.density import measure as density_measure
from layers.density import wording as density_wording
from layers.district_table import drawing as table_drawing
from layers.district_table import files as table_files
from layers.district_table import measure as table_measure
from layers.district_table import wording as table_wording
from layers.handover.contents import Form
from layers.handover.package import Package
from layers.inside import drawing as inside_drawing
from layers.inside import files as inside_files
from layers.inside import measure as inside_measure
from layers.inside import wording as inside_wording
from layers.language.wording import Wording
from layers.map.overlay import Drawing
from layers.own_points import answer as own_points
from layers.pack.city import City
from layers.view.page_options import (
    CorridorOptions,
    CoverageOptions,
    DensityOptions,
    InsideOptions,
    PointsOptions,
    TableOptions,
)
from layers.view.question import Question


@dataclass(frozen=True)
class Analysis:
    """One analysis: five functions, of which none knows a screen.

    Parameters
    ----------
    options
        The class of options of its page.
    question
        Takes a state, and what the reader drew; returns what of it decides the answer, and nothing
        else: never a language, never the camera.
    measure
        Takes a city and a question; returns findings and frames without words, or a
        :class:`layers.view.question.Refusal`.
    word
        Takes an answer and a language; returns sentences and tables.
    draw
        Takes an answer and a language; returns what the map shows, or None.
    hand_over
        Takes an answer and a form; returns files: data, dictionary, sources, manifest.
    """

    options: type[Any]
    question: Callable[..., Question[Any]]
    measure: Callable[[City, Any], Any]
    word: Callable[[Any, str], Wording]
    draw: Callable[..., Drawing | None]
    hand_over: Callable[[Any, Form], Package]


COVERAGE: Final[Mapping[str, Any]] = {
    "reach": reach,
    "pairing": pairing,
    "scenario": scenario,
    "siting": siting,
}
"""The parts of the coverage page, each a module of the five functions."""
ANALYSES: Final[Mapping[str, Analysis]] = MappingProxyType(
    {
        "density": Analysis(
            DensityOptions,
            density_measure.question,
            density_measure.measure,
            density_wording.word,
            density_drawing.draw,
            density_files.hand_over,
        ),
        "balance": Analysis(
            DensityOptions,
            balance_measure.question,
            balance_measure.measure,
            balance_wording.word,
            balance_drawing.draw,
            balance_files.hand_over,
        ),
        **{
            name: Analysis(
                CoverageOptions, part.question, part.measure, part.word, part.draw, part.hand_over
            )
            for name, part in COVERAGE.items()
        },
        "corridor": Analysis(
            CorridorOptions,
            corridor_measure.question,
            corridor_measure.measure,
            corridor_wording.word,
            corridor_drawing.draw,
            corridor_files.hand_over,
        ),
        "inside": Analysis(
            InsideOptions,
            inside_measure.question,
            inside_measure.measure,
            inside_wording.word,
            inside_drawing.draw,
            inside_files.hand_over,
        ),
        "own_points": Analysis(
            PointsOptions,
            own_points.question,
            own_points.measure,
            own_points.word,
            own_points.draw,
            own_points.hand_over,
        ),
        "district_table": Analysis(
            TableOptions,
            table_measure.question,
            table_measure.measure,
            table_wording.word,
            table_drawing.draw,
            table_files.hand_over,
        ),
    }
)
"""By name, in the order in which the pages show them."""

if __name__ == "__main__":
    sys.exit(main(ANALYSES))
