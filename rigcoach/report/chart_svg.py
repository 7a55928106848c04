"""A chart drawn as SVG, in the palette of the pages and readable without colours."""

import math
from collections.abc import Sequence
from datetime import datetime
from html import escape

from rigcoach.base.outputs import DRAWING
from rigcoach.report.chart import PALETTE, Chart, Line

_LEFT, _TOP, _WIDTH, _HEIGHT = 48, 56, 720, 320
_RIGHT, _BELOW = 130, 56  # for the lines' names, for the axis
_LINE_STEP = 24
_TICKS = 8
_TICK_APART = 60
_DOT = 3


def svg(chart: Chart) -> str:
    """Return a chart as an SVG image of its own, 898 wide and 432 high, lines named at its right."""
    x, y = _Scale.across(chart), _Scale.down(chart)
    width, height = _LEFT + _WIDTH + _RIGHT, _TOP + _HEIGHT + _BELOW
    told = escape(f"{chart.title}: {chart.alt_text}", quote=True)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{told}" font-family="sans-serif" font-size="13">',
        f"<title>{told}</title>",
        DRAWING.marks[0].decode(),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="28" font-size="18" fill="#111111">{escape(chart.title)}</text>',
        *_bands(chart, x, y),
    ]
    for value in _steps(y.low, y.high, 5):
        parts.append(
            f'<line x1="{_LEFT}" y1="{y(value):.1f}" x2="{_LEFT + _WIDTH}" y2="{y(value):.1f}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#444444">{value:g}</text>'
        )
    for at, text in _ticks(chart, x):
        parts.append(
            f'<text x="{x(at):.1f}" y="{_TOP + _HEIGHT + 22}" text-anchor="middle" fill="#444444">{escape(text)}</text>'
        )
    parts += [
        f'<rect x="{x(start):.1f}" y="{_TOP + _HEIGHT - 6}" width="{x(end) - x(start):.1f}" height="6" fill="#0a7d5a">'
        f"<title>{escape(chart.marks_label)}</title></rect>"
        for start, end in chart.marks
    ]
    shown = [line for line in chart.lines if any(value is not None for value in line.values)]
    for number, line in enumerate(shown):
        parts += _line(chart, line, x, y)
        parts.append(_name(line, chart.unit, _TOP + 12 + _LINE_STEP * number))
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """From values to places in the drawing."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high = low, high
        self._start, self._per = start, (end - start) / (high - low)

    @classmethod
    def across(cls, chart: Chart) -> "_Scale":
        low, high = min(chart.at, default=0.0), max(chart.at, default=0.0)
        if low == high:  # one point stands in the middle
            low, high = low - 1, high + 1
        return cls(low, high, _LEFT, _LEFT + _WIDTH)

    @classmethod
    def down(cls, chart: Chart) -> "_Scale":
        values = [value for line in chart.lines for value in line.values if value is not None]
        values += [end for band in chart.bands for end in (band.low, band.high) if end is not None]
        low = min(values, default=0.0) if chart.low is None else chart.low
        high = max(values, default=1.0) if chart.high is None else chart.high
        return cls(low, high if high > low else low + 1, _TOP + _HEIGHT, _TOP)

    def __call__(self, value: float) -> float:
        return self._start + (value - self.low) * self._per


def _bands(chart: Chart, x: _Scale, y: _Scale) -> list[str]:
    drawn = []
    for band in chart.bands:
        if band.lines is not None:
            low, high = (chart.lines[i].values for i in band.lines)
            both = [(at, a, b) for at, a, b in zip(chart.at, low, high, strict=True) if a is not None and b is not None]
            outline = [(at, a) for at, a, _ in both] + [(at, b) for at, _, b in reversed(both)]
        elif band.low is not None and band.high is not None:
            outline = [(at, value) for value in (band.low, band.high) for at in (x.low, x.high)]
            outline[2:] = outline[:1:-1]
        else:
            continue
        points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in outline)
        drawn.append(f'<polygon points="{points}" fill="#e1f3ed"><title>{escape(band.label)}</title></polygon>')
    return drawn


def _line(chart: Chart, line: Line, x: _Scale, y: _Scale) -> list[str]:
    """Return a line, with a dot at every value where there are few or they stand by themselves."""
    colour = PALETTE[line.colour]
    known = [(at, value) for at, value in zip(chart.at, line.values, strict=True) if value is not None]
    drawn = []
    if not line.dots:
        # Between dates nothing was measured; in a clip a gap is one.
        for run in [known] if chart.axis == "date" else _runs(chart.at, line.values):
            points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in run)
            drawn.append(f'<polyline points="{points}" fill="none" {_stroke(line)}/>')
    if line.dots or chart.axis == "date":
        drawn += [
            f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="{_DOT}" fill="{colour}"><title>'
            f"{escape(line.label)} {value:.{line.digits}f}, {escape(_format_at(at, chart.axis))}</title></circle>"
            for at, value in known
        ]
    return drawn


def _runs(at: Sequence[float], values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Return the stretches through which a value is known."""
    runs: list[list[tuple[float, float]]] = [[]]
    for when, value in zip(at, values, strict=True):
        if value is not None:
            runs[-1].append((when, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _stroke(line: Line) -> str:
    dash = f' stroke-dasharray="{" ".join(map(str, line.dash))}"' if line.dash else ""
    return f'stroke="{PALETTE[line.colour]}" stroke-width="2"{dash}'


def _name(line: Line, unit: str, y: float) -> str:
    x = _LEFT + _WIDTH + 16
    told = f"{line.label} {unit}".strip()
    sample = (
        f'<circle cx="{x + 12}" cy="{y}" r="{_DOT}" fill="{PALETTE[line.colour]}"/>'
        if line.dots
        else f'<line x1="{x}" y1="{y}" x2="{x + 24}" y2="{y}" {_stroke(line)}/>'
    )
    return f'{sample}<text x="{x + 30}" y="{y + 4}" fill="#111111">{escape(told)}</text>'


def _ticks(chart: Chart, x: _Scale) -> list[tuple[float, str]]:
    """Return what stands along the axis: dates of some points, the first and the last among them, or round numbers."""
    if chart.axis != "date":
        return [(value, f"{value:g}{' s' if chart.axis == 's' else ''}") for value in _steps(x.low, x.high, _TICKS)]
    last = len(chart.at) - 1
    numbers = sorted({round(at * last / (_TICKS - 1)) for at in range(_TICKS)}) if last > 0 else range(last + 1)
    ticks: list[float] = []
    for at in sorted((chart.at[number] for number in numbers), reverse=True):
        if not ticks or x(ticks[-1]) - x(at) >= _TICK_APART:
            ticks.append(at)
    return [(at, f"{_date(at):%d %b}") for at in reversed(ticks)]


def _steps(low: float, high: float, most: int) -> list[float]:
    """Return round numbers between two, about so many.

    >>> _steps(0.0, 100.0, 5), _steps(0.0, 1.3, 5)
    ([0.0, 25.0, 50.0, 75.0, 100.0], [0.0, 0.5, 1.0])
    """
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= rough * 0.9)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _format_at(at: float, axis: str) -> str:
    if axis == "date":
        return f"{_date(at):%d %b %Y %H:%M}"
    return f"{at:g} s" if axis == "s" else f"{axis} {at:g}"


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at).astimezone()
