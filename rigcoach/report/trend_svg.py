"""A trend drawn as SVG."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from rigcoach.journal.index import SessionRow
from rigcoach.journal.trend import Trend

_COLOURS = {  # Okabe and Ito's palette for colour-blind readers, 2008
    "keepers": "#000000",
    "overall": "#0072b2",
    "focus": "#d55e00",
    "framing": "#009e73",
    "steadiness": "#cc79a7",
    "exposure": "#8a6d00",
}
_DASHES = {"keepers": "", "overall": "", "focus": "7 3", "framing": "2 3", "steadiness": "9 3 2 3", "exposure": "4 4"}
_LEFT, _TOP, _WIDTH, _HEIGHT, _STEP = 48, 56, 720, 320, 24


def svg(drawn: Trend, title: str) -> str:
    """Return a trend as an SVG image: 0 to 100 upwards, sessions from left to right, readable without colours."""
    count = max(1, len(drawn.sessions))
    gap = _WIDTH / max(1, count - 1)

    def x(number: int) -> float:
        return _LEFT + (number * gap if count > 1 else _WIDTH / 2)

    def y(value: float) -> float:
        return _TOP + _HEIGHT * (1 - value / 100)

    full_width, full_height = _LEFT + _WIDTH + 130, _TOP + _HEIGHT + 56
    told = f"{escape(title)}: {len(drawn.sessions)} sessions"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full_width} {full_height}" role="img" '
        f'aria-label="{told}" font-family="sans-serif" font-size="13">',
        f"<title>{told}</title>",
        f'<rect width="{full_width}" height="{full_height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="28" font-size="18" fill="#111111">{escape(title)}</text>',
    ]
    for value in range(0, 101, 25):
        parts.append(
            f'<line x1="{_LEFT}" y1="{y(value):.1f}" x2="{_LEFT + _WIDTH}" y2="{y(value):.1f}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#444444">{value}</text>'
        )
    parts += [_date(x(number), row) for number, row in _dated(drawn.sessions)]
    for number, series in enumerate(series for series in drawn.series if series.points):
        colour, dash = _COLOURS[series.name], _DASHES[series.name]
        line = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in series.points)
        width = 3 if series.name in ("keepers", "overall") else 1.5
        stroke = f'stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{line}" fill="none" {stroke}/>')
        parts += [
            f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}">'
            f"<title>{series.name} {value:.0f}, {escape(drawn.sessions[at].id)}</title></circle>"
            for at, value in series.points
        ]
        legend_x, legend_y = _LEFT + _WIDTH + 16, _TOP + 12 + _STEP * number
        unit = " %" if series.name == "keepers" else ""
        parts.append(
            f'<line x1="{legend_x}" y1="{legend_y}" x2="{legend_x + 24}" y2="{legend_y}" {stroke}/>'
            f'<text x="{legend_x + 30}" y="{legend_y + 4}" '
            f'fill="#111111">{series.name}{unit}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _dated(sessions: Sequence[SessionRow]) -> list[tuple[int, SessionRow]]:
    """Return the sessions whose dates are written: eight at most, the first and the last among them."""
    last = len(sessions) - 1
    numbers = sorted({round(at * last / 7) for at in range(8)}) if last > 7 else range(last + 1)
    return [(number, sessions[number]) for number in numbers]


def _date(x: float, row: SessionRow) -> str:
    date = datetime.fromisoformat(row.started_at).astimezone()
    return f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 22}" text-anchor="middle" fill="#444444">{date:%d %b}</text>'
