"""How a take went, asked by keys before it is told."""

import select
import sys
import time

from rigcoach.journal.judgement import guess_of
from rigcoach.journal.session import Guess
from rigcoach.practice.guesser import QUESTION
from rigcoach.practice.open_session import Prompter

_PATIENCE_S = 20.0


class KeyGuesser:
    """Asks at the terminal; who doesn't answer in twenty seconds isn't kept waiting."""

    def ask(self, number: int, prompter: Prompter) -> Guess | None:
        """Ask about a take; letters in any order, and Enter."""
        prompter.say(QUESTION if number == 1 else f"Take {number}: how was it?")
        until = time.monotonic() + _PATIENCE_S
        while (left_s := until - time.monotonic()) > 0:
            ready, _, _ = select.select([sys.stdin], [], [], left_s)
            if not ready:
                break
            line = sys.stdin.readline()
            if not line:
                return None  # nobody is there
            try:
                return guess_of(line)
            except ValueError as error:
                prompter.line(f"Not understood: {error}. {QUESTION}")
        return None


def key_guesser() -> KeyGuesser | None:
    """Return who asks by keys; None where nobody sits at a terminal."""
    return KeyGuesser() if sys.stdin is not None and sys.stdin.isatty() else None
