"""``--coach``: what is heard of live view."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from rigcoach.cli.options import Command, CommandOptions
from rigcoach.cli.output import note

if TYPE_CHECKING:
    from rigcoach.live.coach import Ear, Tally, Words

OFF, TONES, WORDS, BOTH = "off", "tones", "words", "both"


def coach_option(help_text: str) -> Callable[[Command], Command]:
    """Add ``--coach``."""
    return click.option(
        "--coach", type=click.Choice((OFF, TONES, WORDS, BOTH)), default=OFF, show_default=True, help=help_text
    )


class Hearing:
    """The ears of the live coach, and what the words among them said."""

    def __init__(self) -> None:
        self.ears: list[Ear] = []
        self.words: Words | None = None

    @property
    def said(self) -> dict[str, int]:
        """How often each word was said."""
        return {} if self.words is None else self.words.said


@contextmanager
def hearing(settings: CommandOptions, coach: str) -> Iterator[Hearing]:
    """Open sound and voice for as long as they are needed; where there is none, lines of text take their place."""
    if coach == OFF:
        yield Hearing()
        return
    from rigcoach.live.coach import Lines, Words
    from rigcoach.live.sounds import SoundError, Speaker
    from rigcoach.live.voice import Voice

    def write(text: str) -> None:
        note(settings, text)

    with ExitStack() as open_until_then:
        heard = Hearing()
        if coach in (TONES, BOTH):
            try:
                heard.ears.append(open_until_then.enter_context(Speaker()))
            except SoundError as error:
                write(f"As text only: {error.line()}")
                heard.ears.append(Lines(write))
        if coach in (WORDS, BOTH):
            voice = open_until_then.enter_context(Voice(write))
            if voice.why_silent:
                write(f"Words as text only: {voice.why_silent}")
                if coach == WORDS:
                    # A word now and then says little where it is read: the whole cue is shown.
                    heard.ears.append(Lines(write))
            heard.words = Words(voice)
            heard.ears.append(heard.words)
        yield heard


def format_tally(tally: "Tally") -> str:
    """Return what the coach did in a line."""
    latency_s = tally.median_latency_s
    answered = "" if latency_s is None else f"; a cue {1000 * latency_s:.0f} ms after its frame (median)"
    return f"Coached {tally.measured} of {tally.came} frames, subject found in {tally.found}{answered}"
