"""One card to share: a week's one change and what was measured. No face, no place, no name of a file."""

import io
import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from rigcoach.base.outputs import CARD
from rigcoach.base.percent import percent
from rigcoach.journal.folder import JournalError
from rigcoach.journal.index import Log, SessionRow
from rigcoach.journal.learning import gain_text
from rigcoach.journal.trend import trend
from rigcoach.report.page import ALONE, PageFrame, render
from rigcoach.report.session_page import latest_takes
from rigcoach.report.trend_charts import day, when

SIZE_PX = (1200, 630)
"""What pages that show a link's picture ask for."""

_WEEK = timedelta(days=7)
_GROUND, _INK, _SOFT, _ACCENT = "#101417", "#eef1f3", "#aeb8c1", "#7cc0ff"
_MARGIN_PX = 72
_LINE_LETTERS, _CHANGE_LETTERS = 62, 30
# What Pillow's font has no glyph for, as it is written without.
_LETTERS = str.maketrans({"\u00a0": " ", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Story:
    """What the card says: the days, the one change, and what was measured, a line each."""

    days: str
    change: str
    measured: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as one text, for those who don't see the card."""
        return f"{self.days}. {self.change}. {' '.join(f'{line}.' for line in self.measured)}"


def story(log: Log, *, emulated: bool = False) -> Story:
    """Return the story of the last seven days in which somebody practised.

    Parameters
    ----------
    log
        Sessions and takes that count.
    emulated
        Whether they are the emulator's; the card says so.

    Raises
    ------
    JournalError
        No session that counts was scored.
    """
    drawn = trend(log.sessions)
    if not drawn.sessions:
        raise JournalError(
            "there is no week to report on",
            why="no session that counts was scored",
            next_step="Rehearse: `rigcoach drill list`",
            code="journal.nothing-to-report",
        )
    last = when(drawn.sessions[-1])
    week = [row for row in drawn.sessions if when(row) > last - _WEEK]
    takes = sum(row.scored for row in week)
    looked_at = latest_takes([row.id for row in week])
    causes = Counter(score.faults[0].short or score.faults[0].code for score in looked_at if score.faults)
    if causes:
        cause, count = causes.most_common(1)[0]
        change, found = f"To change: {cause}", f"It came first in {count} of {len(looked_at)} takes"
    else:
        change, found = "Nothing to change", "No take had a fault to work on"
    keepers = [row.keeper_ratio for row in week if row.keeper_ratio is not None]
    lines = [found]
    if keepers:
        lines.append(f"{percent(fmean(keepers))} of the frames were keepers, in {_count(takes, 'take')}")
    lines.append(_progress(log, week))
    first = when(week[0])
    days = day(last) if first.date() == last.date() else f"{day(first)} to {day(last)}"
    where = " on the emulator" if emulated else ""
    return Story(f"{days}: {_count(len(week), 'session')}{where}", change, tuple(lines))


def card_png(told: Story, frame: PageFrame = ALONE) -> bytes:
    """Return the card as a PNG image, with its text in it for those who don't see it."""
    words = frame.words
    told = Story(words.told(told.days), words.told(told.change), tuple(map(words.told, told.measured)))
    image = Image.new("RGB", SIZE_PX, _GROUND)
    draw = ImageDraw.Draw(image)

    def put(y: int, text: str, colour: str, size: int) -> None:
        draw.text((_MARGIN_PX, y), text.translate(_LETTERS), colour, ImageFont.load_default(size))

    y = _MARGIN_PX
    put(y, told.days, _SOFT, 34)
    y += 70
    for line in textwrap.wrap(told.change, _CHANGE_LETTERS):
        put(y, line, _INK, 68)
        y += 84
    y += 24
    for measured in told.measured:
        # A number and its sign stay together.
        for line in textwrap.wrap(measured.replace(" %", "\u00a0%").replace(" ± ", "\u00a0±\u00a0"), _LINE_LETTERS):
            put(y, line, _INK, 36)
            y += 48
        y += 10
    put(SIZE_PX[1] - 66, words.told("measured by rigcoach"), _ACCENT, 30)
    told_in = PngInfo()
    told_in.add_text("Software", CARD.marks[0].decode())
    told_in.add_itxt("Description", told.text)
    content = io.BytesIO()
    image.save(content, "PNG", pnginfo=told_in)
    return content.getvalue()


def card_html(told: Story, frame: PageFrame = ALONE) -> str:
    """Return the card as a page of its own."""
    return render("card.html.j2", (), frame=frame, story=told)


def _progress(log: Log, week: list[SessionRow]) -> str:
    """Return how the keepers of the drill practised most have changed since it was first practised."""
    drill = Counter(row.drill for row in week).most_common(1)[0][0]
    keepers = next(series for series in trend(log.sessions, drill=drill).series if series.name == "keepers")
    return f"Keepers in {drill}: {gain_text(keepers.gain, ' %')}"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
