"""Say who is linked with whom, and who stands between others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.errors import DataError, Problem


def centrality(links: Sequence[tuple[str, str]], nodes: Collection[str]) -> pd.DataFrame:
    """Return degree and betweenness of every node that a link touches.

    Parameters
    ----------
    links
        Pairs of ids; direction and repetition do not count, nor does a link to oneself.
    nodes
        All ids that there are.

    Returns
    -------
    DataFrame
        By id, in the order of first mention: ``degree``, how many others it is linked with;
        ``betweenness``, of all pairs of other linked nodes that are joined at all, over how many
        the shortest ways lead through it, a pair with several counting by their share.

    Raises
    ------
    DataError
        A link names an id that is no node.

    Notes
    -----
    Betweenness after Freeman (1977, Sociometry 40(1), 35–41), not normalised: each pair once. The
    number of shortest ways of d links is the entry of the d-th power of the adjacency matrix.

    Examples
    --------
    >>> centrality([("a", "b"), ("b", "c")], {"a", "b", "c"})["betweenness"].tolist()
    [0.0, 1.0, 0.0]
    """
    known = {*nodes}
    problems = [
        Problem("corridor.no_node", "links", f"#{row}", value=end)
        for row, pair in enumerate(links, start=1)
        for end in pair
        if end not in known
    ]
    if problems:
        raise DataError("corridor.links", problems)
    ids = list(dict.fromkeys(end for pair in links for end in pair))
    at = {id_: n for n, id_ in enumerate(ids)}
    joined = np.zeros((len(ids), len(ids)))
    for first, second in links:
        if first != second:
            joined[at[first], at[second]] = joined[at[second], at[first]] = 1.0
    return pd.DataFrame(
        {"degree": joined.sum(axis=1).astype(np.int64), "betweenness": _betweenness(joined)},
        index=pd.Index(ids, name="id"),
    )


def _betweenness(joined: Floats) -> Floats:
    size = len(joined)
    far = np.where(np.eye(size, dtype=bool), 0.0, np.inf)
    ways, walks = np.eye(size), np.eye(size)
    for length in range(1, size):
        walks = walks @ joined
        reached = np.isinf(far) & (walks > 0)
        if not reached.any():
            break
        far[reached], ways[reached] = length, walks[reached]
    total = np.zeros(size)
    for node in range(size):
        on_way = far[:, [node]] + far[[node], :] == far
        share = np.where(on_way & np.isfinite(far), ways[:, [node]] * ways[[node], :], 0.0)
        share = np.divide(share, ways, out=np.zeros_like(share), where=ways > 0)
        share[node, :] = share[:, node] = 0.0
        np.fill_diagonal(share, 0.0)
        total[node] = share.sum() / 2
    return total
