"""The clip's lead subject where there is no card: a face or a person, found before anything is measured on it.

A clip is gone through once to find who is in it, for who the subject is shows only in the end: somebody found once was
nobody, and a bystander may come first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np

from rigcoach.analysis.detector_weights import ModelError, installed
from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detector
from rigcoach.measure.people.eyes import EyeDetector
from rigcoach.measure.people.face import HaarFaces, YunetFaces
from rigcoach.measure.people.leading_track import LeadingTrack, leading_track
from rigcoach.measure.people.learned_person import DeimPeople, DetectorLoadError, YoloxPeople
from rigcoach.measure.people.person import HogPeople
from rigcoach.measure.people.tracks import Tracker, TrackPoint
from rigcoach.video.clip import Clip, read_frames

# With faces in so much of what people are seen in, the face is what the clip is about.
_FACE_SHARE = 0.7
# A face smaller than this shows too few edges to tell its blur: then the whole person is what is measured.
_SMALLEST_FACE_PX = 56


@dataclass(frozen=True, slots=True)
class MainSubject:
    """The lead of a clip, by the times of its frames.

    `kind` is "face" or "person"; `looked_for` says what was looked for and how; `others` counts who else was there.
    """

    kind: str
    looked_for: str
    sightings: dict[float, TrackPoint]
    others: dict[float, int]


def face_detector() -> Detector:
    """Return the best detector of faces that is installed."""
    weights = installed("yunet")
    return HaarFaces() if weights is None else YunetFaces(weights)


def eye_detector() -> EyeDetector | None:
    """Return what finds the eyes of a face; `None` where nothing that does is installed."""
    weights = installed("yunet")
    return None if weights is None else EyeDetector(weights)


def person_detector() -> Detector:
    """Return the best detector of people that is installed.

    Raises
    ------
    rigcoach.analysis.detector_weights.ModelError
        An installed detector is damaged.
    """
    for name, learned in (("deimv2-femto", DeimPeople), ("yolox-nano", YoloxPeople)):
        weights = installed(name)
        if weights is not None:
            try:
                return learned(weights)
            except DetectorLoadError as error:
                raise ModelError(
                    f"the installed detector {name} cannot be used",
                    why=str(error),
                    next_step=f"Run: rigcoach models install {name}",
                    code="models.damaged",
                ) from error
    return HogPeople()


def find_main_subject(
    clip: Clip,
    kinds: tuple[str, ...],
    *,
    give_up: Callable[[Luma], bool] | None = None,
    wanted: tuple[float, float] = (0.5, 0.5),
) -> MainSubject:
    """Go through a clip and return its lead.

    Parameters
    ----------
    clip
        The clip.
    kinds
        What may lead: "face", "person" or both; then the face does where it's seen most of the time.
    give_up
        Is shown every frame; where it says yes the search ends and nobody leads.
    wanted
        Where the subject should be, in fractions of the frame's width and height.

    Raises
    ------
    rigcoach.video.clip.ClipError
        The clip is damaged or ends early.
    rigcoach.analysis.detector_weights.ModelError
        An installed detector is damaged.
    """
    finders = {kind: face_detector() if kind == "face" else person_detector() for kind in kinds}
    looked_for = "; ".join(finder.description for finder in finders.values())
    trackers = {kind: Tracker(finder, float(clip.fps)) for kind, finder in finders.items()}
    times: list[float] = []
    for frame in read_frames(clip):
        luma = np.ascontiguousarray(frame.luma)
        if give_up is not None and give_up(luma):
            return MainSubject(kinds[0], looked_for, {}, {})
        times.append(frame.t_s)
        for tracker in trackers.values():
            tracker.step(luma)
    size = (clip.width, clip.height)
    leads = {kind: leading_track(tracker.tracks(), size, float(clip.fps), wanted) for kind, tracker in trackers.items()}
    kind = kinds[0]
    if len(leads) > 1 and _by_the_body(leads["face"], leads["person"]):
        kind = "person"
    chosen = leads[kind]
    return MainSubject(
        kind=kind,
        looked_for=looked_for,
        sightings={times[i]: sighting for i, sighting in chosen.sightings.items()},
        others={times[i]: count for i, count in chosen.others.items()},
    )


def _by_the_body(face: LeadingTrack, person: LeadingTrack) -> bool:
    """Whether the person is what the clip is about: seen more often than the face, or too far off for a face."""
    if not person.sightings:
        return False
    if len(face.sightings) < _FACE_SHARE * len(person.sightings):
        return True
    return median(point.box[3] for point in face.sightings.values()) < _SMALLEST_FACE_PX
