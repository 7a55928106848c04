"""A session as data: what was rehearsed, how, and what came of each take."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rigcoach.drills.model import Drill, Station
from rigcoach.journal.states import SessionState, TakeState

NotCounted = Literal["emulated", "live-view", "checks", "coached", "study", "short"]

NOT_COUNTED: dict[NotCounted, str] = {
    "emulated": "it was made on the emulator",
    "live-view": "its takes come from the live view, whose frames are too small to show slight blur",
    "checks": "the checks before it failed",
    "coached": "it was coached",
    "study": "it is part of a study, and may be somebody else's",
    "short": "it has fewer takes than tell anything",
}
"""Why a session may not count, in words."""


PARTS = ("focus", "framing", "steadiness", "exposure")
"""What a score is made of, by the names in `TakeScore`."""

SCORES = ("overall", *PARTS)


@dataclass(frozen=True, slots=True)
class Moment:
    """A second or so of a take: when, and the mean score of its frames."""

    take: int
    start_s: float
    end_s: float
    score: float


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to work on, found in a take: its code, what to say of it, its seconds, and the same in a few words."""

    code: str
    text: str
    seconds: float
    short: str = ""


@dataclass(frozen=True, slots=True)
class TakeScore:
    """What a take's clip was scored with; everything that could not be measured is None.

    `blur_px` is the median over the frames, in pixels of a frame 1080 pixels high; `distance_m` that of the subject's
    distance, by its size, with the standard deviation. `offset` is the median place of the subject's centre from the
    wanted one, right and down positive, in fractions of the frame's width and height; `roll_deg` the median roll.
    `faults` has what to work on first at its front. The scores of every frame lie in ``scores/take-NN.json``.
    """

    overall: float | None
    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    keeper_ratio: float
    longest_keeper_s: float
    found_ratio: float
    subject_kind: str | None
    blur_px: float | None
    reasons: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    best: Moment | None = None
    worst: Moment | None = None
    distance_m: float | None = None
    distance_sd_m: float | None = None
    offset: tuple[float, float] | None = None
    roll_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """How the photographer said that a take went, before being told; None where nothing was said of it.

    Attributes
    ----------
    sideways, updown
        Where the subject was, from where it was wanted: -1 left or high, 0 there, 1 right or low.
    distance
        -1 too near, 0 as asked, 1 too far.
    sharp
        Whether the subject was in focus.
    """

    sideways: Literal[-1, 0, 1] | None = None
    updown: Literal[-1, 0, 1] | None = None
    distance: Literal[-1, 0, 1] | None = None
    sharp: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One take of a session.

    Attributes
    ----------
    number
        From 1.
    station
        What it rehearses.
    state
        How far it has come.
    started_at
        When it began by the computer's clock; off the cable, when the photographer was told to.
    recorded_s
        For how long it was recorded.
    clip
        The clip's file name in the session's folder.
    chapters
        The files that the clip goes on in, where the camera split it.
    card_path
        Where the clip lies on the card, or lay in the folder that it came from.
    size_bytes, sha256
        Of the clip, as verified.
    matched_by
        How the clip was told to be this take's: "recorded", "slate", "time" or "order".
    score
        Once it was scored.
    error
        What went wrong, in one line.
    guess
        How the photographer said that it went, before being told.
    told
        Whether its result was said; None where there was none yet, and in older sessions.
    transfer
        Whether it asks, in a test, for what was not practised.
    """

    number: int
    station: Station
    state: TakeState = TakeState.PLANNED
    started_at: datetime | None = None
    recorded_s: float | None = None
    clip: str | None = None
    chapters: tuple[str, ...] = ()
    card_path: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    matched_by: str | None = None
    score: TakeScore | None = None
    error: str | None = None
    guess: Guess | None = None
    told: bool | None = None
    transfer: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its clip's files, in order; none where it has no clip."""
        return () if self.clip is None else (self.clip, *self.chapters)

    @property
    def stem(self) -> str:
        """The name of its files, without ending: ``take-03``."""
        return f"take-{self.number:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a session's takes are laid out, and when something is said of them.

    The defaults are those of sessions from before this was kept.

    Attributes
    ----------
    purpose
        "practice"; "retention", a test some days after a drill was passed; or "fixed", a fixed drill.
    test_day
        Of a retention test, how many days after the passed session it falls due.
    form
        Of a fixed drill, which of its forms.
    feedback
        When something is said of a take: one of `rigcoach.drills.model.FEEDBACKS`.
    order
        "listed" as in the drill, "blocked" with equal takes together, or "shuffled" by `seed`.
    seed
        What the order, and faded feedback, were drawn with.
    trimmed
        Why there are fewer takes than the drill has; empty where there are not.
    """

    purpose: Literal["practice", "retention", "fixed"] = "practice"
    test_day: int | None = None
    form: str = ""
    feedback: str = "every"
    order: Literal["listed", "blocked", "shuffled"] = "listed"
    seed: int | None = None
    trimmed: str = ""

    @property
    def sums_up(self) -> bool:
        """Whether the session's result is told when it ends."""
        return self.feedback != "none"


AS_LISTED = Schedule()


@dataclass(frozen=True, slots=True)
class StudyPlace:
    """Where a session stands in a study: its name, the number of the person and of their session, both from 1.

    `analysis` is what was fixed beforehand to be done with the results.
    """

    study: str
    person: int
    number: int
    analysis: str


@dataclass(frozen=True, slots=True)
class WarmUp:
    """A coached look through the camera before the takes, of which nothing is recorded.

    `found_ratio` is the share of its frames with the subject, `off` how far the framing was off in its last second, in
    limits (up to 1 is there); None where it is not known.
    """

    station: Station
    seconds: float
    found_ratio: float
    off: float | None = None


@dataclass(frozen=True, slots=True)
class CardClip:
    """A clip on a card: its path there and its size."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Check:
    """Something that has to be right for takes to be measurable.

    `ok` is None where it could not be told.
    """

    code: str
    ok: bool | None
    text: str
    next_step: str = ""


def _name_in_file(field: str) -> str:
    """Return what a session's field is called in ``session.json`` and other documents."""
    return "lean" if field == "weighting" else field


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session.

    Attributes
    ----------
    id
        The name of its folder.
    drill
        The drill as it was then.
    state
        How it stands.
    tethered
        Whether the camera was on the cable while the takes were recorded.
    source
        "movie", or "live-view" where the body's movies cannot be started over the cable: its frames are smaller.
    started_at, ended_at
        With a time zone.
    profile, body_id, lens_id, adapter_id
        The profile that was applied, and the rig it is for.
    body
        What libgphoto2 calls the camera.
    weighting
        Why the takes are not those of the drill as it stands; empty where they are.
    checks
        Whether the takes could be measured, checked before they counted.
    counts
        Whether the session counts for trends and progress; it doesn't where the checks failed.
    clock_offset_s
        How far the camera's clock was ahead of the computer's; None where it was not known.
    card_before
        The clips on the card that are none of the takes': those of before, and the check take's.
    takes
        In their order.
    leftovers
        Clips that belong to no take.
    emulated
        Whether it was made on an emulated body.
    not_counted
        Why it does not count, by the keys of `NOT_COUNTED`; empty also in older sessions.
    schedule
        How its takes are laid out.
    warm_up
        What was coached before the takes.
    study
        Where it stands in a study; None where it is none of one.
    battery_before, battery_after
        How full the body's battery was, from 0 to 1, when it was found and when it was left; None where it did not
        tell.
    """

    __pydantic_config__ = {"alias_generator": _name_in_file}  # noqa: RUF012

    id: str
    drill: Drill
    state: SessionState
    started_at: datetime
    tethered: bool = True
    source: Literal["movie", "live-view"] = "movie"
    ended_at: datetime | None = None
    profile: str = ""
    body_id: str | None = None
    lens_id: str | None = None
    adapter_id: str | None = None
    body: str = ""
    weighting: str = ""
    checks: tuple[Check, ...] = ()
    counts: bool = True
    clock_offset_s: float | None = None
    card_before: tuple[CardClip, ...] = ()
    takes: tuple[Take, ...] = ()
    leftovers: tuple[str, ...] = ()
    emulated: bool = False
    not_counted: tuple[NotCounted, ...] = ()
    schedule: Schedule = AS_LISTED
    warm_up: tuple[WarmUp, ...] = ()
    study: StudyPlace | None = None
    battery_before: float | None = None
    battery_after: float | None = None
    schema: Literal["rigcoach.session/1"] = "rigcoach.session/1"

    @property
    def scored(self) -> tuple[Take, ...]:
        """The takes that were scored."""
        return tuple(take for take in self.takes if take.score is not None)
