"""A clip's frames measured in one pass, each on whoever is likely its subject, and anew where that was wrong."""

from contextlib import closing
from dataclasses import dataclass

import numpy as np

from rigcoach.analysis.card_tracker import CardReader
from rigcoach.analysis.main_subject import MainSubject
from rigcoach.analysis.observation import Observation
from rigcoach.analysis.read_ahead import read_ahead
from rigcoach.analysis.subject_reader import BoxedSubject, Reading, SubjectReader
from rigcoach.analysis.subject_search import SoughtFrame, SubjectSearch
from rigcoach.base.progress import Advance
from rigcoach.measure.motion.shift import translation
from rigcoach.measure.picture.box import overlap
from rigcoach.measure.picture.exposure import Exposure, exposure
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.video.clip import Clip, read_frames

# Decoding and finding are no further ahead of measuring than this; a frame of 1080p takes 2 MB.
_FRAMES_AHEAD = 6
# From this overlap on, what is in one box is what is in another: their blur and exposure are the same.
_SAME = 0.85


@dataclass(slots=True)
class SeenFrame:
    """What was measured on one frame, before the clip's end said what of it counts."""

    t_s: float
    picture: Exposure
    step_px: tuple[float, float] | None
    card: Observation | None = None
    card_exposure: Exposure | None = None
    reading: Reading | None = None


def measure_frames(
    clip: Clip, search: SubjectSearch, reader: SubjectReader, cards: CardReader, advance: Advance
) -> list[SeenFrame]:
    """Return a clip's frames measured, each on whoever is likely its subject."""
    seen: list[SeenFrame] = []
    before: SoughtFrame | None = None
    decoded = read_ahead(read_frames(clip), _FRAMES_AHEAD)
    with closing(read_ahead(search.through(decoded), _FRAMES_AHEAD)) as sought:
        for frame in sought:
            luma = frame.picture.luma
            card = cards.read(luma, frame.card, frame.t_s)
            step = None if card is None else card.camera_step_px
            if step is None and before is not None:
                shift = translation(before.picture, frame.picture)
                step = None if shift is None else (shift.dx_px, shift.dy_px)
            on_card = None if card is None else exposure(luma, card.subject.box)
            seen.append(SeenFrame(frame.t_s, exposure(luma), step, card, on_card))
            if frame.subject is not None:
                seen[-1].reading = _read(reader, before, frame, frame.subject)
            before = frame
            advance(frame.t_s, clip.duration_s)
    return seen


def _read(reader: SubjectReader, before: SoughtFrame | None, frame: SoughtFrame, subject: BoxedSubject) -> Reading:
    picture, t_s = (None, None) if before is None else (before.picture, before.t_s)
    return reader.read(picture, frame.picture, subject, frame.t_s, t_s)


def _same(read: BoxedSubject, wanted: BoxedSubject | None) -> bool:
    return wanted is not None and wanted.kind == read.kind and overlap(wanted.box, read.box) >= _SAME


def measure_again(clip: Clip, reader: SubjectReader, seen: list[SeenFrame], lead: MainSubject) -> None:
    """Measure the frames anew in which somebody else leads than seemed likely, or in another place."""
    wanted = {i: BoxedSubject(lead.kind, point.box) for i, point in lead.sightings.items()}
    for i, measured in enumerate(seen):
        if measured.reading is not None and not _same(measured.reading.subject, wanted.get(i)):
            measured.reading = None
    missing = {i for i in wanted if seen[i].reading is None}
    if not missing:
        return
    last = max(missing)
    before: SoughtFrame | None = None
    with closing(read_ahead(read_frames(clip), _FRAMES_AHEAD)) as decoded:
        for i, passing in enumerate(decoded):
            if i in missing or i + 1 in missing:
                frame = SoughtFrame(passing.t_s, Pyramid(np.array(passing.luma, order="C")), None, wanted.get(i))
                if i in missing:
                    seen[i].reading = _read(reader, before, frame, wanted[i])
                before = frame
            if i == last:
                break
