"""Where the subject is in each frame of a clip, as far as the frames up to shortly after it show.

Who the subject is shows only in the end: somebody found once was nobody, and a bystander may come first. So that frames
need not be decoded again, each is held back a moment and then measured on whoever is likely; what the end of the clip
says otherwise, few frames as a rule, is measured anew by `rigcoach.analysis.measured_frames`.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from rigcoach.analysis.card_tracker import LOOKS_PER_S, CardFinder, CardSighting
from rigcoach.analysis.main_subject import MainSubject, PeopleSearch
from rigcoach.analysis.results import SubjectChoice
from rigcoach.analysis.subject_reader import BoxedSubject
from rigcoach.measure.arrays import Luma
from rigcoach.measure.motion.median_flow import MedianFlowTracker
from rigcoach.measure.picture.box import Box
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.video.clip import Clip, Frame

# Boxes of people are settled by finds so long after.
_AHEAD_S = 0.55
# A card that was passed over is looked back for so far.
_BACK_S = 0.35
# Who is likely the subject is asked so often, by what the last seconds show.
_ASKED_EVERY_S = 0.2
_REMEMBERED_S = 3.0
# What is held back may take so much memory; of large frames at high rates less is held back then.
_MOST_HELD_BYTES = 40_000_000
# A card seen so often, and in so much of the clip, is the clip's subject: a marker may fire once on nothing.
ENOUGH_FRAMES = 3
ENOUGH_SHARE = 0.02
# While a card is there nobody else is looked for, until it was lost for so long.
_CARD_LASTS_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SearchedFrame:
    """A frame, and who is likely its subject: a card, or what is in a box."""

    t_s: float
    picture: Pyramid
    card: CardSighting | None
    subject: BoxedSubject | None


@dataclass(slots=True, eq=False)
class _Held:
    index: int
    t_s: float
    picture: Pyramid
    looked: bool
    card: CardSighting | None


class SubjectSearch:
    """Looks for what a clip is about; frames come in order.

    Parameters
    ----------
    clip
        The clip.
    choice
        What to look for.
    place
        Where the subject is wanted, in fractions of the frame's width and height.
    """

    def __init__(self, clip: Clip, choice: SubjectChoice, place: tuple[float, float]) -> None:
        self._fps = float(clip.fps)
        with_cards = choice.kind in ("auto", "target")
        # Detectors take time and memory to load: not where the card is there from the first frame to the last.
        self._people: PeopleSearch | None = None
        self._load_people: Callable[[], PeopleSearch] | None = None
        if choice.kind in ("auto", "face", "person"):
            kinds = ("face", "person") if choice.kind == "auto" else (choice.kind,)
            self._load_people = partial(PeopleSearch, clip, kinds, place)
        self._box = BoxFollower(choice.box, choice.fixed) if choice.kind == "box" and choice.box is not None else None
        self._cards = 0
        self._card_seen_s = -math.inf
        self._held: deque[_Held] = deque()
        self._likely: dict[int, BoxedSubject] = {}
        most = max(2, _MOST_HELD_BYTES // (clip.width * clip.height))
        self._ask_every = max(1, min(round(_ASKED_EVERY_S * self._fps), most // 2))
        seconds = _AHEAD_S + _ASKED_EVERY_S if self._load_people is not None else _BACK_S if with_cards else 0.0
        self._most_held = min(math.ceil(seconds * self._fps), most)
        looks_per_s = min(LOOKS_PER_S, self._fps / max(self._most_held, 1))
        self._card = CardFinder(looks_per_s) if with_cards else None

    @property
    def looked_for(self) -> str:
        """What was looked for and how, as a photographer would be told."""
        if self._box is not None:
            return "the box given"
        card = [] if self._card is None else ["the target card's markers"]
        return "; ".join([*card, *([] if self._people is None else [self._people.looked_for])])

    @property
    def notes(self) -> tuple[str, ...]:
        """What the photographer should know of how it was looked."""
        return () if self._people is None else self._people.notes

    def lead(self) -> MainSubject | None:
        """Return who leads the clip, now that all frames were taken; `None` where no people were looked for."""
        return None if self._people is None else self._people.lead()

    def through(self, frames: Iterator[Frame]) -> Iterator[SearchedFrame]:
        """Take a clip's frames and yield them, each a moment later.

        Raises
        ------
        rigcoach.analysis.detector_weights.ModelError
            An installed detector is damaged.
        """
        asked = 0
        for index, frame in enumerate(frames):
            picture = Pyramid(_kept(frame.luma))
            card = self._look_for_card(picture, frame.t_s)
            self._held.append(_Held(index, frame.t_s, picture, self._card is None or self._card.looked, card))
            self._look_for_people(picture, index, frame.t_s)
            if len(self._held) > self._most_held:
                # Who is likely is asked for several frames at once.
                if self._held[0].index >= asked:
                    asked = self._held[0].index + self._ask_every
                    self._ask(index)
                yield self._let_go()
        if self._held:
            self._ask(self._held[-1].index)
        while self._held:
            yield self._let_go()

    def _look_for_people(self, picture: Pyramid, index: int, t_s: float) -> None:
        lasts = t_s - self._card_seen_s <= _CARD_LASTS_S and self._cards >= ENOUGH_FRAMES
        # A clip that begins with the card is about the card: nobody is looked for in its first frames either.
        if lasts or self._cards > index:
            if self._people is not None:
                self._people.skip()
            return
        if self._people is None:
            if self._load_people is None:
                return
            self._people = self._load_people()
            self._people.skip(index)
        self._people.step(picture)

    def _look_for_card(self, picture: Pyramid, t_s: float) -> CardSighting | None:
        if self._card is None:
            return None
        card = self._card.look(picture, t_s)
        if card is not None and card.followed is None:
            self._cards += 1
            self._card_seen_s = t_s
            self._look_back(card)
        return card

    def _look_back(self, found: CardSighting) -> None:
        """Look in the frames before, as far as they were passed over, for a card that was found."""
        for held in reversed(self._held):
            if held.looked or self._card is None:
                return
            back = self._card.look_back(held.picture.luma, found)
            if back is None:
                return
            held.card, held.looked, found = back, True, back
            self._cards += 1

    def _ask(self, last: int) -> None:
        """Ask who is likely the subject in the frames held back."""
        if self._people is not None and self._held[-1].card is None:
            first = self._held[0].index
            self._likely = self._people.likely(first - round(_REMEMBERED_S * self._fps), first, last)

    def _let_go(self) -> SearchedFrame:
        held = self._held.popleft()
        subject = self._likely.get(held.index)
        if self._box is not None:
            subject = self._box.step(held.picture)
        return SearchedFrame(held.t_s, held.picture, held.card, None if held.card is not None else subject)


class BoxFollower:
    """Follows a box given by hand, or keeps to it where it is `fixed`."""

    def __init__(self, box: Box, fixed: bool) -> None:
        self._box: Box | None = box
        self._fixed = fixed
        self._follower: MedianFlowTracker | None = None

    def step(self, picture: Pyramid) -> BoxedSubject | None:
        """Return where the box is in the next frame; `None` once it is lost."""
        confidence = 1.0
        if self._box is not None and not self._fixed:
            if self._follower is None:
                self._follower = MedianFlowTracker(picture, self._box)
            else:
                followed = self._follower.step(picture)
                self._box = None if followed is None else followed.box
                confidence = 0.0 if followed is None else followed.confidence
        return None if self._box is None else BoxedSubject("box", self._box, confidence)


def _kept(luma: Luma) -> Luma:
    """Return a plane that outlives the decoder's buffer."""
    owner = luma
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return luma if owner.flags.owndata and luma.flags.c_contiguous else np.array(luma, order="C")
