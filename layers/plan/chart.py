"""Draw an indicator: target, path, baselines and every dated value, as one SVG for all media."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from layers.language.messages import speaker
from layers.language.values import stated
from layers.plan.indicator import Observation, Progress

WIDTH: Final = 640
NARROW: Final = 340
"""Width on a phone, where a wider chart would be made smaller with its letters."""
HEIGHT: Final = 250
LEFT: Final = 34
RIGHT: Final = 78
TOP: Final = 16
BOTTOM: Final = 30
INK: Final = "#2B2822"
SOFT: Final = "#6B665C"
RULE: Final = "#D9D4C8"
ACCENT: Final = "#B5322A"
VALUE: Final = "#1F5F73"
ROOM: Final = 0.2
"""Share of the span of values that is left free above and below."""
NEAR_PX: Final = 46
"""Values nearer than this have but one of them its figure written."""


@dataclass(frozen=True)
class Scale:
    """Turns years and values into pixels."""

    first: float
    last: float
    low: float
    high: float
    width: int = WIDTH

    @property
    def right(self) -> int:
        """Where the axis ends, in pixels."""
        return self.width - RIGHT

    def x(self, year: float) -> float:
        """Return how far from the left a moment stands, in pixels.

        Parameters
        ----------
        year
            The end of that year is year + 1 on the axis.
        """
        share = (year - self.first) / (self.last - self.first)
        return LEFT + share * (self.right - LEFT)

    def y(self, value: float) -> float:
        """Return how far from the top a value stands, in pixels.

        Parameters
        ----------
        value
            In the indicator's unit.
        """
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def drawn(of: Progress) -> tuple[Observation, ...]:
    """Return the values that the chart holds: those in the indicator's own unit.

    Parameters
    ----------
    of
        The indicator.
    """
    return tuple(each for each in of.observations if not each.unit.zh)


def scale(of: Progress, width: int = WIDTH) -> Scale:
    """Return the window of years and values that holds everything.

    Parameters
    ----------
    of
        The indicator.
    width
        Of the chart, pixels.
    """
    shown = drawn(of)
    values = [of.baseline, of.target, *of.path.values(), *(each.value for each in shown)]
    ends = [of.baseline_year + 1.0, of.target_year + 1.0, *(each.until for each in shown)]
    low, high = min(values), max(values)
    room = (high - low) * ROOM or abs(high) * ROOM or 1.0
    foot = max(0.0, low - room) if low >= 0 else low - room
    return Scale(min(ends), max(ends), foot, high + room, width)


def svg(of: Progress, lang: str, width: int = WIDTH) -> str:
    """Return the chart of an indicator.

    Parameters
    ----------
    of
        The indicator.
    lang
        Language of the words, ``zh`` or ``en``.
    width
        ``WIDTH``, or ``NARROW`` for a phone.

    Returns
    -------
    str
        SVG of that width, 250 units high. Filled dots stand beside baseline and target, a stroke up
        where they are least values; hollow ones do not compare; a square is a reader's entry.
    """
    on = scale(of, width)
    unit = _text(6, 14, of.unit.of(lang), "start", SOFT)
    parts = [unit, *_axis(on), *_path(of, on), *_target(of, on, lang), *_values(of, on)]
    title = escape(said(of, lang))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" '
        f'font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif" font-size="12" role="img">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


def uri(of: Progress, lang: str, width: int = WIDTH) -> str:
    """Return the chart as an address that an image can have.

    Parameters
    ----------
    of, lang, width
        As for :func:`svg`.
    """
    return "data:image/svg+xml," + quote(svg(of, lang, width))


def said(of: Progress, lang: str) -> str:
    """Return what the chart shows, for who cannot see it.

    Parameters
    ----------
    of
        The indicator.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    values = say("plan.comma").join(
        say("plan.chart.value", as_of=each.as_of, value=figure(each)) for each in drawn(of)
    )
    return say(
        "plan.chart.alt",
        name=of.name.of(lang),
        unit=of.unit.of(lang),
        first=of.baseline_year,
        baseline=stated(of.baseline),
        last=of.target_year,
        target=stated(of.target),
        values=values or say("plan.chart.nothing"),
    )


def figure(observed: Observation) -> str:
    """Return a value as it is written: a least value has its sign.

    Parameters
    ----------
    observed
        The value.
    """
    return (
        f"≥{stated(observed.value)}" if observed.kind == "lower_bound" else stated(observed.value)
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, more: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"{more}/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "middle", fill: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def _axis(on: Scale) -> Iterator[str]:
    """Yield the foot with the years, each at its end."""
    foot = HEIGHT - BOTTOM
    yield _line(LEFT, foot, on.right, foot, RULE)
    for year in range(int(on.first) - 1, int(on.last)):
        x = on.x(year + 1)
        if LEFT - 1 <= x <= on.right + 1:
            yield _line(x, foot, x, foot + 4, SOFT)
            yield _text(x, foot + 18, str(year), fill=SOFT)


def _path(of: Progress, on: Scale) -> Iterator[str]:
    """Yield the path: drawn through where the plan declares it, dashed where it is assumed."""
    years = sorted({of.baseline_year, *of.path, of.target_year})
    points = " ".join(f"{on.x(year + 1):.1f},{on.y(of.at(year)):.1f}" for year in years)
    dash = "" if of.path else ' stroke-dasharray="2 4"'
    yield f'<polyline points="{points}" fill="none" stroke="{SOFT}" stroke-width="1.5"{dash}/>'
    x, y = on.x(of.baseline_year + 1), on.y(of.baseline)
    look = f'fill="#fff" stroke="{SOFT}" stroke-width="1.5"'
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {look}/>'
    yield _text(x, y + 19, stated(of.baseline), fill=SOFT)


def _target(of: Progress, on: Scale, lang: str) -> Iterator[str]:
    y = on.y(of.target)
    yield _line(LEFT, y, on.right, y, ACCENT, ' stroke-width="1.5" stroke-dasharray="7 4"')
    words = speaker(lang)("plan.chart.target", target=stated(of.target))
    yield _text(on.right + 6, y + 4, words, "start", ACCENT)


def _values(of: Progress, on: Scale) -> Iterator[str]:
    written = [(on.x(of.baseline_year + 1), on.y(of.baseline) + 28)]  # the baseline's own figure
    for each in sorted(drawn(of), key=lambda o: (not o.comparable, -o.until)):
        x, y = on.x(each.until), on.y(each.value)
        yield _mark(each, x, y)
        if all(abs(x - a) > NEAR_PX or abs(y - b) > 14 for a, b in written):
            written.append((x, y))
            yield _text(x, y - 9, figure(each), fill=VALUE if each.comparable else SOFT)


def _mark(observed: Observation, x: float, y: float) -> str:
    fill, stroke = (VALUE, VALUE) if observed.comparable else ("#fff", SOFT)
    look = f'fill="{fill}" stroke="{stroke}" stroke-width="1.5"'
    up = (
        _line(x, y - 4, x, y - 8, stroke, ' stroke-width="1.5"')
        if (observed.kind == "lower_bound")
        else ""
    )
    if observed.entry is not None:
        return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" {look}/>{up}'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {look}/>{up}'
