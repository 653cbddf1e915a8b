"""Read the spatial structure that a plan describes: its belt and its cores, drawn by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from layers.language.bilingual import Bilingual
from layers.pack.reader import Settings


@dataclass(frozen=True)
class Structure:
    """The spatial structure of a city: an idea of the plan, and no line on the ground.

    Parameters
    ----------
    title
        What it is called.
    clause
        Id of the task of the plan that describes it.
    belt
        Id of the row of the axis layer that is its belt; empty for none.
    cores
        By part of the city, the bounds of its core: west, south, east, north in degrees.
    """

    title: Bilingual
    clause: str
    belt: str
    cores: Mapping[str, tuple[float, ...]]


def structure_of(top: Settings) -> Structure | None:
    """Return the structure that the settings of a pack give; None where they give none.

    Parameters
    ----------
    top
        Reads the settings, and takes what is wrong with them.
    """
    section = top.section("structure", required=False)
    if not section.tree:
        return None
    section.only("title_zh", "title_en", "clause", "belt", "core")
    core = section.section("core", required=False)
    cores = {}
    for part in core.tree:
        core.section(part).only("bounds")
        west, south, east, north = cores[part] = core.section(part).degrees("bounds", 4)
        if not (west < east and south < north):
            core.section(part).report("setting.structure_bounds", "bounds")
    return Structure(
        Bilingual(section.text("title_zh"), section.text("title_en")),
        section.text("clause"),
        section.text("belt", required=False),
        cores,
    )


def check_structure(
    top: Settings,
    found: Structure | None,
    *,
    clauses: Collection[object],
    axes: Collection[object],
    parts: Collection[str],
) -> None:
    """Report what a structure names and the pack does not have.

    Parameters
    ----------
    top
        Takes the problems.
    found
        The structure, if there is one.
    clauses
        Ids of the plan's tasks.
    axes
        Ids of the rows of the axis layer.
    parts
        Ids of the parts that the city is seen in.
    """
    if found is None:
        return
    section = top.section("structure")
    named = [("clause", found.clause, clauses), ("belt", found.belt, axes)]
    named += [(f"core.{part}", part, parts) for part in found.cores]
    for setting, value, known in named:
        if value and value not in known:
            section.report("setting.structure", setting, value=value)
