"""Find what is wrong with one layer of a pack on its own."""

from __future__ import annotations

from pathlib import Path

from geo.base.errors import Problem
from layers.pack.catalogue import CATALOG, generic_layer
from layers.pack.city import City
from layers.pack.consistency import PackRows, outline_problems
from layers.pack.reader import PackFiles


def layer_problems(path: Path, city: City) -> tuple[list[Problem], int]:
    """Return what is wrong with a layer's file, and how many features it has.

    Parameters
    ----------
    path
        The file, called after its layer; what has no name of the catalogue is held against the
        districts' columns if its name begins with ``district``, else against those of any place.
    city
        Within whose box the features must lie.

    Returns
    -------
    problems : list of Problem
        Faults of form, and for districts those of their outlines. References to other layers are
        not looked at.
    rows : int
        Features that could be read.
    """
    name = next((one for one in CATALOG if path.stem == one or path.stem.startswith(one + "-")), "")
    spec = CATALOG.get(name) or generic_layer(path.stem)
    files = PackFiles(path.parent)
    rows = files.layer(path.name, spec.schema)
    problems = list(files.problems)
    if name == "district":
        pack = PackRows(
            layers={"district": (path.name, rows)}, places=frozenset(), clauses=(), indicators=(),
            gaps=(), aliases=(), bbox=city.bbox, metric_epsg=city.metric_epsg, seaward_km={},
            unread=frozenset(files.unread),
        )  # fmt: skip
        problems += outline_problems(pack)
    return problems, len(rows)
