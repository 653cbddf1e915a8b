"""Draw an indicator on a slide as a chart that one can edit: path, target and dated values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from layers.language.messages import speaker
from layers.plan.chart import VALUE, drawn, figure, said, scale
from layers.plan.indicator import Observation, Progress
from layers.present.showing import plain
from layers.present.slides.layout import Box
from layers.present.slides.native import ACCENT, QUIET, SOFT, colour, describe, place, set_font

POINTS: Final = 12.0
MARK: Final = 9
UNFIT: Final = "#C9C4B8"
"""Some offices draw a marker in its fill alone, so that a white one could not be seen."""


def progress_chart(slide: Any, box: Box, of: Progress, lang: str) -> None:
    """Draw an indicator in the place of a map.

    Parameters
    ----------
    slide
        On which.
    box
        Where it stands.
    of
        The indicator.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    years = range(of.baseline_year, of.target_year + 1)  # with two points some offices draw none
    fit = [each for each in drawn(of) if each.comparable and each.entry is None]
    typed = [each for each in drawn(of) if each.entry is not None]
    others = [each for each in drawn(of) if not each.comparable]
    lines: list[tuple[str, list[tuple[float, float]]]] = [
        (say("plan.chart.path"), [(y + 1, of.at(y)) for y in years]),
        (say("plan.column.target"), [(y + 1, of.target) for y in years]),
    ]
    dots = [
        (say("plan.chart.fit"), fit),
        (say("plan.chart.entered"), typed),
        (say("plan.chart.other"), others),
    ]
    data = XyChartData()
    marked = [(name, [(o.until, o.value) for o in each]) for name, each in dots]
    for name, points in (*lines, *marked):
        if points:
            added = data.add_series(name)
            for x, y in points:
                added.add_data_point(round(x - 1, 3), y)
    shape = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, 0, 0, 0, 0, data)
    place(shape, box)
    describe(shape, plain(of.name.of(lang)), plain(said(of, lang)))
    _look(shape.chart, of)
    series: list[Any] = [*shape.chart.plots[0].series]
    _line(series[0], SOFT, dashed=not of.path)
    _line(series[1], ACCENT, dashed=False)
    rest = series[2:]
    for each, observed in zip(rest, [d for _, d in dots if d], strict=True):
        _dots(each, observed)


def _look(chart: Any, of: Progress) -> None:
    window = scale(of)
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size = Pt(POINTS)
    chart.font.color.rgb = colour(QUIET)
    set_font(chart.font._element if hasattr(chart.font, "_element") else chart.font._rPr)
    across, up = chart.category_axis, chart.value_axis
    across.minimum_scale, across.maximum_scale = int(window.first) - 1, int(window.last) - 1
    across.major_unit = 1
    across.has_major_gridlines = up.has_major_gridlines = False
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = "0", False
    up.minimum_scale, up.maximum_scale = window.low, window.high
    up.tick_labels.number_format, up.tick_labels.number_format_is_linked = "General", False
    up.visible = False


def _line(series: Any, ink: str, *, dashed: bool) -> None:
    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    series.format.line.color.rgb = colour(ink)
    series.format.line.width = Pt(1.75)
    if dashed:
        series.format.line.dash_style = MSO_LINE.ROUND_DOT


def _dots(series: Any, observed: Sequence[Observation]) -> None:
    """Draw values as dots with their figures, filled where they compare."""
    series.smooth = False
    series.format.line.fill.background()
    fit, typed = observed[0].comparable, observed[0].entry is not None
    series.marker.style = XL_MARKER_STYLE.SQUARE if typed else XL_MARKER_STYLE.CIRCLE
    series.marker.size = MARK
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour(VALUE if fit else UNFIT)
    series.marker.format.line.color.rgb = colour(VALUE if fit else SOFT)
    for n, each in enumerate(observed):
        label = series.points[n].data_label
        # Of one year both kinds may be known: their figures stand apart.
        label.position = XL_LABEL_POSITION.ABOVE if fit else XL_LABEL_POSITION.BELOW
        label.has_text_frame = True
        label.text_frame.text = figure(each)
