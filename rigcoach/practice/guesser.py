"""Asking the photographer how a take went, before the result."""

from typing import Protocol

from rigcoach.journal.session import Guess
from rigcoach.practice.open_session import Prompter

QUESTION = "How was it? l or r, h or d (low), n or f, b for blurred; Enter for as wanted"
"""What is asked where a guess is typed: what `rigcoach.journal.judgement.guess_of` understands."""


class Guesser(Protocol):
    """Asks how a take went: by keys, by a page on a phone, by whatever hears an answer."""

    def ask(self, number: int, prompter: Prompter) -> Guess | None:
        """Ask about a take by its number; return what was answered, None where nothing was in time."""
