"""A clip's frames measured in one pass, each on its likely main subject, and measured again where that was wrong."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from rigcoach.analysis.camera_sensors import CameraSensors
from rigcoach.analysis.card_tracker import CardReader
from rigcoach.analysis.main_subject import MainSubject
from rigcoach.analysis.observation import Observation
from rigcoach.analysis.read_ahead import map_ahead, read_ahead
from rigcoach.analysis.subject_reader import BoxedSubject, Reading, SubjectReader
from rigcoach.analysis.subject_search import SearchedFrame, SubjectSearch
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.stored_sequence import stored
from rigcoach.measure.motion.shift import translation
from rigcoach.measure.picture.box import overlap
from rigcoach.measure.picture.exposure import Exposure, exposure
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.video.clip import Clip, read_frames

# Decoding and finding are no further ahead of measuring than this; a frame of 1080p takes 2 MB.
_FRAMES_AHEAD = 4
# Frames are measured by so many threads: while one is in Python's own code, the other is in OpenCV's or numpy's.
_WORKERS = 2
# From this overlap on, what is in one box is what is in another: their blur and exposure are the same.
_SAME = 0.85


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """What was measured on one frame, before the clip's end said what of it counts.

    `step_px` and `turn_deg` are how the picture moved, and turned clockwise, since the frame before.
    """

    t_s: float
    picture: Exposure
    step_px: tuple[float, float] | None
    turn_deg: float | None = None
    card: Observation | None = None
    card_exposure: Exposure | None = None
    reading: Reading | None = None


def measure_frames(
    clip: Clip,
    search: SubjectSearch,
    reader: SubjectReader,
    cards: CardReader,
    advance: Advance,
    sensors: CameraSensors | None = None,
) -> Generator[SeenFrame]:
    """Yield a clip's frames measured, each on whoever is likely its subject; `sensors` are shown each of them."""
    decoded = read_ahead(read_frames(clip), _FRAMES_AHEAD)
    with (
        closing(read_ahead(search.through(decoded), _FRAMES_AHEAD)) as searched,
        closing(map_ahead(partial(_measured, reader), _with_cards(searched, cards), _WORKERS)) as measured,
    ):
        for frame, seen in measured:
            yield seen
            if sensors is not None:
                sensors.add(frame.picture, frame.t_s)
            advance(frame.t_s, clip.duration_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Passing:
    """A frame on its way to being measured, with the one before, and its card where it shows one."""

    before: SearchedFrame | None
    frame: SearchedFrame
    card: Observation | None


def _with_cards(frames: Iterator[SearchedFrame], cards: CardReader) -> Iterator[_Passing]:
    """Yield frames with their cards read: those depend on the frames before."""
    before: SearchedFrame | None = None
    for frame in frames:
        yield _Passing(before, frame, cards.read(frame.picture.luma, frame.card, frame.t_s))
        before = frame


def _measured(reader: SubjectReader, passing: _Passing) -> tuple[SearchedFrame, SeenFrame]:
    """Return a frame with what is measured on it; nothing of it depends on more than the frame before."""
    before, frame, card = passing.before, passing.frame, passing.card
    luma = frame.picture.luma
    step = None if card is None else card.camera_step_px
    turn_deg = None
    if step is None and before is not None:
        shift = translation(before.picture, frame.picture)
        if shift is not None:
            step, turn_deg = (shift.dx_px, shift.dy_px), shift.roll_deg
    on_card = None if card is None else exposure(luma, card.subject.box)
    reading = None if frame.subject is None else _read(reader, before, frame, frame.subject)
    return frame, SeenFrame(frame.t_s, exposure(luma), step, turn_deg, card, on_card, reading)


def _read(reader: SubjectReader, before: SearchedFrame | None, frame: SearchedFrame, subject: BoxedSubject) -> Reading:
    picture, t_s = (None, None) if before is None else (before.picture, before.t_s)
    return reader.read(picture, frame.picture, subject, frame.t_s, t_s)


def _same(read: BoxedSubject, wanted: BoxedSubject | None) -> bool:
    return wanted is not None and wanted.kind == read.kind and overlap(wanted.box, read.box) >= _SAME


def measure_again(
    clip: Clip, reader: SubjectReader, seen: Sequence[SeenFrame], lead: MainSubject, advance: Advance = no_progress
) -> Sequence[SeenFrame]:
    """Return frames with those measured anew in which somebody else leads than seemed likely, or in another place.

    `advance` is told frame by frame that the work goes on.
    """

    def wanted(i: int) -> BoxedSubject | None:
        point = lead.sightings.get(i)
        return None if point is None else BoxedSubject(lead.kind, point.box)

    # A byte a frame: of an hour's many.
    wrong, missing = bytearray(len(seen)), bytearray(len(seen))
    for i in lead.sightings:
        missing[i] = 1
    for i, frame in enumerate(seen):
        if frame.reading is not None:
            if _same(frame.reading.subject, wanted(i)):
                missing[i] = 0
            else:
                wrong[i] = 1
    if not any(wrong) and not any(missing):
        return seen
    with closing(_read_again(clip, reader, wanted, missing, advance)) as again:
        return stored(
            replace(frame, reading=next(again, None))
            if missing[i]
            else replace(frame, reading=None)
            if wrong[i]
            else frame
            for i, frame in enumerate(seen)
        )


def _read_again(
    clip: Clip,
    reader: SubjectReader,
    wanted: Callable[[int], BoxedSubject | None],
    missing: bytearray,
    advance: Advance,
) -> Generator[Reading]:
    """Yield what the missing frames show, in their order."""
    last = missing.rfind(1)
    before: SearchedFrame | None = None
    with closing(read_ahead(read_frames(clip), _FRAMES_AHEAD)) as decoded:
        for i, passing in enumerate(decoded):
            advance(clip.duration_s or passing.t_s, clip.duration_s)
            if any(missing[i : i + 2]):
                frame = SearchedFrame(passing.t_s, Pyramid(np.array(passing.luma, order="C")), None, wanted(i))
                if missing[i] and frame.subject is not None:
                    yield _read(reader, before, frame, frame.subject)
                before = frame
            if i == last:
                break
