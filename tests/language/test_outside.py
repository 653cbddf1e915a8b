"""Show that a figure outside its interval says why, and no other."""

from __future__ import annotations

import pandas as pd

from layers.language.bilingual import Bilingual
from layers.language.outside import with_reasons

NAN = float("nan")
FRAME = pd.DataFrame(
    {
        "share": [0.5, 0.1, 0.9, 0.3, 0.5],
        "low": [0.5, 0.2, 0.2, NAN, 0.5 + 1e-12],
        "high": [0.6, 0.3, 0.3, NAN, 0.6],
        "people": [NAN, 9, 2, 1, 1],
        "least": [1, 1, 1, 1, 1],
        "most": [2, 2, 2, 2, 2],
    }
)


def test_a_reason_stands_exactly_where_a_figure_lies_outside() -> None:
    pairs = (("share", "low", "high"), ("people", "least", "most"))
    told = with_reasons(FRAME, pairs, lambda name: Bilingual(name, name.upper()))
    assert told["outside_zh"].notna().tolist() == [False, True, True, False, False]
    assert told["outside_en"].notna().tolist() == [False, True, True, False, False]
    assert told["outside_zh"][1].startswith("share、people在模拟区间之外。数值按图上点位")
    assert told["outside_en"][2].startswith("SHARE: outside the interval")
