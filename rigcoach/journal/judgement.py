"""How well photographers judge their takes before the result: guesses against measurements."""

from dataclasses import dataclass
from typing import Literal

from rigcoach.drills.model import Drill
from rigcoach.journal.pass_rules import distance_off
from rigcoach.journal.session import Guess, Take

PLACE_LIMIT = 0.075
"""How far from the wanted place a subject still is there, in fractions of the frame: a keeper's limit."""

DISTANCE_LIMIT = 0.10
"""How far off the distance asked for is still that distance: from where on a score tells of it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that was said of a take: its name, what was said, what it was, both in a word, and whether it fits."""

    name: str
    said: str
    was: str

    @property
    def right(self) -> bool:
        """Whether what was said is what was measured."""
        return self.said == self.was


def judgements(drill: Drill, take: Take) -> tuple[Judged, ...]:
    """Return all that was said of a take and could be measured, one against the other."""
    guess, score = take.guess, take.score
    if guess is None or score is None:
        return ()
    found = []
    for name, said, value, limit, words in (
        ("sideways", guess.sideways, None if score.offset is None else score.offset[0], PLACE_LIMIT, ("left", "right")),
        ("updown", guess.updown, None if score.offset is None else score.offset[1], PLACE_LIMIT, ("high", "low")),
        ("distance", guess.distance, distance_off(take), DISTANCE_LIMIT, ("near", "far")),
    ):
        if said is not None and value is not None:
            was = 0 if abs(value) <= limit else 1 if value > 0 else -1
            found.append(Judged(name, _word(said, words), _word(was, words)))
    if guess.sharp is not None and score.blur_px is not None:
        sharp = score.blur_px <= drill.focus_tolerance_px
        found.append(Judged("focus", *("sharp" if yes else "soft" for yes in (guess.sharp, sharp))))
    return tuple(found)


def judged_right(drill: Drill, take: Take) -> float | None:
    """Return the share of what was said of a take that was right; None where nothing was said, or measured."""
    judged = judgements(drill, take)
    return sum(each.right for each in judged) / len(judged) if judged else None


def guess_of(words: str) -> Guess:
    """Return a guess from words or letters, in any order; what is not said of was as wanted.

    ``l`` or ``left``, ``r`` or ``right``, ``h`` or ``high``, ``d`` or ``low``, ``n`` or ``near``, ``f`` or ``far``,
    ``s`` or ``sharp``, ``b``, ``soft`` or ``blurred``. An empty text says that all was as wanted.

    Raises
    ------
    ValueError
        Something else was said, or one thing and its opposite.

    >>> guess_of("left soft")
    Guess(sideways=-1, updown=0, distance=0, sharp=False)
    >>> guess_of("ln") == guess_of("near left"), guess_of("").sharp
    (True, True)
    """
    said: dict[str, int] = {}
    for word in words.lower().replace(",", " ").split():
        for part in (word,) if word in _MEANS else word:
            if part not in _MEANS:
                raise ValueError(part)
            name, value = _MEANS[part]
            if said.setdefault(name, value) != value:
                raise ValueError(part)
    return Guess(
        sideways=_sign(said.get("sideways", 0)),
        updown=_sign(said.get("updown", 0)),
        distance=_sign(said.get("distance", 0)),
        sharp=said.get("sharp", 1) > 0,
    )


_WORDS = {
    ("left", "l"): ("sideways", -1),
    ("right", "r"): ("sideways", 1),
    ("high", "h"): ("updown", -1),
    ("low", "d"): ("updown", 1),
    ("near", "n"): ("distance", -1),
    ("far", "f"): ("distance", 1),
    ("sharp", "s"): ("sharp", 1),
    ("soft", "blurred", "b"): ("sharp", -1),
}
_MEANS = {word: meaning for words, meaning in _WORDS.items() for word in words}


def _sign(value: int) -> Literal[-1, 0, 1]:
    return -1 if value < 0 else 1 if value > 0 else 0


def _word(sign: int, words: tuple[str, str]) -> str:
    return "there" if sign == 0 else words[0] if sign < 0 else words[1]
