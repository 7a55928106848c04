"""The clip's main subject where there is no card: a face or a person."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rigcoach.analysis.detector_weights import ModelError, installed
from rigcoach.analysis.subject_reader import BoxedSubject
from rigcoach.measure.people.detector import Detector
from rigcoach.measure.people.eyes import EyeDetector
from rigcoach.measure.people.face import HaarFaces, YunetFaces
from rigcoach.measure.people.frame_series import FrameSeries
from rigcoach.measure.people.leading_track import LeadingTrack, leading_track
from rigcoach.measure.people.learned_person import DeimPeople, DetectorLoadError, YoloxPeople
from rigcoach.measure.people.person import HogPeople
from rigcoach.measure.people.track import Track, TrackPoint, shares_within
from rigcoach.measure.people.tracks import Tracker
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.video.clip import Clip

# With faces in so much of what people are seen in, the face is what the clip is about.
_FACE_SHARE = 0.9
# A face smaller than this shows too few edges to tell its blur: then the whole person is what is measured.
_SMALLEST_FACE_PX = 56
# A face where no person is seen this often, over the frames that it was seen in, is a pattern that looks like one: a
# window. In 30 clips real faces were borne out by a person in 88 % of their frames and more, a pattern in none. A face
# that takes this share of the frame's height leaves no room for the person around it.
_BORNE_OUT, _CLOSE_UP = 0.25, 0.6
_INSIDE = 0.55
# People and faces are looked for and followed in frames no larger than this.
_LARGEST_SIDE_PX = 1024


@dataclass(frozen=True, slots=True)
class MainSubject:
    """The lead of a clip, by the numbers of its frames.

    `kind` is "face" or "person"; `looked_for` says what was looked for and how; `others` counts who else was there.
    """

    kind: str
    looked_for: str
    sightings: Mapping[int, TrackPoint]
    others: Mapping[int, int]


def face_detector() -> Detector:
    """Return the best detector of faces that is installed."""
    weights = installed("yunet")
    return HaarFaces() if weights is None else YunetFaces(weights)


def eye_detector() -> EyeDetector | None:
    """Return what finds the eyes of a face; `None` where nothing that does is installed."""
    weights = installed("yunet")
    return None if weights is None else EyeDetector(weights)


def person_detector() -> Detector:
    """Return the best detector of people that there is; errors are those of `learned_person_detector`."""
    return learned_person_detector() or HogPeople()


def learned_person_detector() -> Detector | None:
    """Return the best detector of people that is installed; `None` where there is none.

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
    return None


class PeopleSearch:
    """Finds and follows faces and people through the frames of a clip, in order.

    Parameters
    ----------
    clip
        The clip.
    kinds
        What may lead: "face", "person" or both; then the face does where it's seen most of the time.
    wanted
        Where the subject should be, in fractions of the frame's width and height.

    Raises
    ------
    rigcoach.analysis.detector_weights.ModelError
        An installed detector is damaged.
    """

    def __init__(self, clip: Clip, kinds: tuple[str, ...], wanted: tuple[float, float] = (0.5, 0.5)) -> None:
        self._fps = float(clip.fps)
        self._size = (clip.width, clip.height)
        self._kinds = kinds
        self._wanted = wanted
        finders = {kind: face_detector() if kind == "face" else person_detector() for kind in kinds}
        self._people_are_sure = "person" in finders and not isinstance(finders["person"], HogPeople)
        self._finders = tuple(finders.values())
        self.looked_for = "; ".join(finder.description for finder in self._finders)
        self._level = math.ceil(math.log2(max(max(self._size) / _LARGEST_SIDE_PX, 1.0)))
        self._trackers = {kind: Tracker(finder, self._fps, 2**self._level) for kind, finder in finders.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the photographer should know of how it was looked."""
        grainy = any(isinstance(finder, YunetFaces) and finder.saw_grain for finder in self._finders)
        return ("noise or fine texture everywhere: faces were looked for in a smoothed copy",) if grainy else ()

    def step(self, picture: Pyramid) -> None:
        """Take the next frame, upright."""
        reduced = picture.beneath(self._level)
        closer = picture.level(self._level - 1) if self._level > 0 else None
        for tracker in self._trackers.values():
            tracker.step(reduced, closer)

    def skip(self, frames: int = 1) -> None:
        """Let frames go by unseen."""
        for tracker in self._trackers.values():
            tracker.skip(frames)

    def lead(self) -> MainSubject:
        """Return the lead, now that all frames were taken; only once: what was seen is let go of."""
        tracks: dict[str, tuple[Track, ...]] = {}
        while self._trackers:
            kind = next(iter(self._trackers))
            tracks[kind] = self._trackers.pop(kind).tracks()
        kind, lead = self._leading(tracks)
        return MainSubject(kind, self.looked_for, lead.sightings, lead.others)

    def likely(self, since: int, first: int, last: int) -> dict[int, BoxedSubject]:
        """Return who likely leads in the frames from `first` to `last`, by what was seen since a frame before them."""
        kind, lead = self._leading(
            {kind: tracker.tracks_since(max(since, 0)) for kind, tracker in self._trackers.items()}
        )
        return {i: BoxedSubject(kind, lead.sightings[i].box) for i in range(first, last + 1) if i in lead.sightings}

    def _leading(self, tracks: dict[str, tuple[Track, ...]]) -> tuple[str, LeadingTrack]:
        if self._people_are_sure and "face" in tracks:
            faces = (each for each in tracks["face"] if self._is_borne_out(each, tracks["person"]))
            tracks = {**tracks, "face": tuple(faces)}
        leads = {kind: leading_track(each, self._size, self._fps, self._wanted) for kind, each in tracks.items()}
        kind = self._kinds[0]
        if len(leads) > 1 and _by_the_body(leads["face"], leads["person"]):
            kind = "person"
        return kind, leads[kind]

    def _is_borne_out(self, face: Track, people: tuple[Track, ...]) -> bool:
        """Return whether a person is seen where a face is, often enough, or the face fills the frame."""
        if _median_height(face.sightings) >= _CLOSE_UP * self._size[1]:
            return True
        first = face.first
        seen = np.zeros(face.last + 1 - first, np.bool_)
        for person in people:
            frames, own, theirs = face.sightings.both(person.sightings)
            seen[frames[shares_within(own, theirs) >= _INSIDE] - first] = True
        return int(np.count_nonzero(seen)) >= _BORNE_OUT * len(face.sightings)


def _by_the_body(face: LeadingTrack, person: LeadingTrack) -> bool:
    """Whether the person is what the clip is about: seen more often than the face, or too far off for a face."""
    if not person.sightings:
        return False
    if len(face.sightings) < _FACE_SHARE * len(person.sightings):
        return True
    return _median_height(face.sightings) < _SMALLEST_FACE_PX


def _median_height(sightings: FrameSeries[TrackPoint]) -> float:
    return float(np.median(sightings.table()[1][:, 3]))
