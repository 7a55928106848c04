"""Tracks and the lead among them, on finds that are drawn up by hand: what a detector says is given, boxes move."""

import gc
from collections.abc import Callable, Collection, Sequence

import numpy as np
import pytest
from known import known

from rigcoach.measure.arrays import Luma
from rigcoach.measure.motion.median_flow import MedianFlowTracker
from rigcoach.measure.people import leading_track as leading
from rigcoach.measure.people.detector import Detection, TrackRules
from rigcoach.measure.people.frame_series import FrameSeries
from rigcoach.measure.people.leading_track import LeadingTrack, leading_track
from rigcoach.measure.people.track import Track, TrackPoint, point_series
from rigcoach.measure.people.tracks import Tracker
from rigcoach.measure.picture.box import Box, centre, overlap
from rigcoach.measure.picture.pyramid import Pyramid

FPS = 30.0
SIZE = (640, 360)
Path = Callable[[int], Box | None]


class Told:
    """A detector that finds what it is told, frame by frame."""

    description = "what is told"
    rules = TrackRules(min_confidence=0.5)

    def __init__(self, paths: dict[Path, float], blind: Collection[int] = frozenset()) -> None:
        self.paths = paths
        self.blind = blind
        self.frame = 0

    def find(self, luma: Luma) -> tuple[Detection, ...]:  # noqa: ARG002 - a detector's signature
        boxes = [(path(self.frame), confidence) for path, confidence in self.paths.items()]
        return tuple(Detection(box, c) for box, c in boxes if box is not None and self.frame not in self.blind)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:
        near = [find for find in self.find(luma) if any(overlap(find.box, box) > 0 for box in boxes)]
        return tuple(near)


def picture(frame: int, paths: list[Path]) -> Luma:
    """Draw textured boxes where the paths lead, over a still, textured ground."""
    luma = np.random.default_rng(0).integers(90, 130, (SIZE[1] // 4, SIZE[0] // 4), dtype=np.uint8)
    luma = np.kron(luma, np.ones((4, 4), np.uint8))
    for number, path in enumerate(paths):
        box = path(frame)
        if box is None:
            continue
        x, y, w, h = (round(v) for v in box)
        skin = np.kron(np.random.default_rng(number + 1).integers(0, 255, (40, 20), dtype=np.uint8), np.ones((8, 8)))
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + w, SIZE[0]), min(y + h, SIZE[1])
        if left < right and top < bottom:
            luma[top:bottom, left:right] = skin[top - y : bottom - y, left - x : right - x]
    return luma


def led(
    paths: dict[Path, float], frames: int, blind: Collection[int] = frozenset(), seen: list[Path] | None = None
) -> LeadingTrack:
    finder = Told(paths, blind)
    tracker = Tracker(finder, FPS)
    for frame in range(frames):
        finder.frame = frame
        tracker.step(Pyramid(picture(frame, list(paths) if seen is None else seen)))
    return leading_track(tracker.tracks(), SIZE, FPS)


def still(box: Box, frames: range = range(10_000)) -> Path:
    return lambda frame: box if frame in frames else None


def walk(start: Box, pace: float, frames: range = range(10_000)) -> Path:
    x, y, w, h = start
    return lambda frame: (x + pace * frame, y, w, h) if frame in frames else None


def test_between_finds_the_box_is_followed() -> None:
    path = walk((60, 100, 60, 160), 4.0)
    found = led({path: 0.9}, 60)
    assert len(found.sightings) == 60
    assert all(overlap(sighting.box, known(path(i))) > 0.9 for i, sighting in found.sightings.items())
    # Ten looks a second at thirty frames; once found in five looks one after another, in every second look only.
    assert [i for i, sighting in found.sightings.items() if sighting.found] == [*range(0, 13, 3), *range(18, 60, 6)]


def test_a_box_on_a_blank_wall_is_lost_and_no_error() -> None:
    blank = Pyramid(np.full((360, 640), 128, np.uint8))
    follower = MedianFlowTracker(blank, (200.0, 80.0, 80.0, 200.0))
    assert follower.step(blank) is None


def test_who_cannot_be_followed_goes_on_as_before_until_the_next_look() -> None:
    path, blank = walk((60, 100, 60, 160), 6.0), Pyramid(np.full((360, 640), 128, np.uint8))
    finder = Told({path: 0.9})
    tracker = Tracker(finder, FPS)
    for finder.frame in range(60):
        tracker.step(blank)
    (track,) = tracker.tracks()
    assert [i for i in track.sightings if i >= 54] == [*range(54, 60)]
    assert all(overlap(sighting.box, known(path(i))) > 0.9 for i, sighting in track.sightings.items())


@pytest.mark.slow
def test_a_detector_that_fails_for_a_while_is_bridged_but_not_for_long() -> None:
    path = still((250, 80, 80, 200))
    assert len(led({path: 0.9}, 80, blind=set(range(30, 50))).sightings) == 80
    sightings = led({path: 0.9}, 120, blind=set(range(30, 100))).sightings
    assert not any(50 < i < 95 for i in sightings)


def test_what_is_found_once_or_faintly_was_nothing() -> None:
    assert led({still((200, 80, 80, 200), range(30, 31)): 0.9}, 90).sightings == {}
    assert led({still((200, 80, 80, 200)): 0.4}, 90).sightings == {}


def test_nobody_is_seen_after_the_last_find() -> None:
    path = still((250, 80, 80, 200), range(60))
    sightings = led({path: 0.9}, 120).sightings
    assert max(sightings) <= 60 + 0.2 * FPS


@pytest.mark.slow
def test_a_larger_bystander_at_the_edge_does_not_take_over_even_while_the_lead_is_lost() -> None:
    person = still((280, 60, 80, 200), range(40))
    back = still((282, 60, 80, 200), range(110, 150))
    bystander = still((540, 40, 110, 300))
    found = led({person: 0.8, back: 0.8, bystander: 0.95}, 150)
    assert found.sightings
    assert all(centre(sighting.box)[0] < 400 for sighting in found.sightings.values())
    assert found.others[20] == 1
    assert not any(50 < i < 100 for i in found.sightings)


def test_who_comes_after_the_lead_has_gone_leads_next() -> None:
    first, second = still((280, 60, 80, 200), range(60)), still((200, 60, 80, 200), range(110, 150))
    sightings = led({first: 0.8, second: 0.8}, 150).sightings
    assert {20, 130} <= set(sightings)
    assert not any(70 < i < 105 for i in sightings)


@pytest.mark.slow
def test_where_the_lead_walks_out_or_in_by_a_side_whoever_is_there_leads_meanwhile() -> None:
    # In reach of the frame until it is out; the other stands there all the time.
    leaves = walk((260, 60, 90, 220), 7.0, range(58))
    enters = walk((260 + 7.0 * 119, 60, 90, 220), -7.0, range(62, 120))
    other = still((120, 120, 50, 130))
    for nearer, alone, both in ((leaves, range(66, 118), range(50)), (enters, range(2, 54), range(72, 118))):
        inside: Path = lambda frame, path=nearer: seen_part(path(frame))  # type: ignore[misc]  # noqa: E731
        found = led({inside: 0.9, other: 0.8}, 120, seen=[nearer, other])
        assert all(overlap(found.sightings[i].box, known(other(i))) > 0.7 for i in alone)
        assert all(overlap(found.sightings[i].box, known(inside(i))) > 0.5 for i in both)


def seen_part(box: Box | None) -> Box | None:
    """Return what the frame shows of a box, as a detector boxes it."""
    if box is None:
        return None
    x, y, w, h = box
    left, right = max(x, 0.0), min(x + w, float(SIZE[0]))
    return (left, y, right - left, h) if right - left > 4 else None


@pytest.mark.slow
def test_two_who_cross_keep_apart() -> None:
    # The nearer hides the other for half a second; the detector then sees one.
    near = walk((80, 90, 70, 200), 4.0)
    far = walk((480, 95, 66, 190), -3.0)
    hidden = {i for i in range(120) if overlap(known(near(i)), known(far(i))) > 0.3}
    assert len(hidden) > 8
    seen_far: Path = lambda frame: None if frame in hidden else far(frame)  # noqa: E731
    finder = Told({near: 0.9, seen_far: 0.9})
    tracker = Tracker(finder, FPS)
    for frame in range(120):
        finder.frame = frame
        tracker.step(Pyramid(picture(frame, [far, near])))
    first = next(track for track in tracker.tracks() if overlap(track.sightings[track.first].box, known(near(0))) > 0.5)
    for i, sighting in first.sightings.items():
        assert overlap(sighting.box, known(near(i))) > overlap(sighting.box, known(far(i))) or i in hidden
    assert overlap(first.sightings[110].box, known(near(110))) > 0.7


def passers_by(count: int, lasting: int = 60, apart: int = 90) -> list[Track]:
    """People who walk through one after the other, each followed in two pieces with a moment between."""
    tracks = []
    for number in range(count):
        begin = number * apart
        walks = [(begin + i, TrackPoint((60 + 4.0 * i, 100, 60, 160), 0.9, found=True)) for i in range(lasting)]
        tracks += [Track(point_series(piece)) for piece in (walks[: lasting // 2], walks[lasting // 2 + 5 :])]
    return tracks


def test_an_hour_of_passers_by_is_compared_no_more_often_than_a_minute_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def counted(compare: Callable[..., object]) -> Callable[..., object]:
        def counting(*given: object) -> object:
            compared.append(compare.__name__)
            return compare(*given)

        return counting

    for compare in (leading._stray, leading._same):
        monkeypatch.setattr(leading, compare.__name__, counted(compare))
    for count in (20, 400):
        compared.clear()
        found = leading_track(passers_by(count), SIZE, FPS)
        assert len(compared) < 20 * count
        assert {i // 90 for i in found.sightings} == set(range(count))
        assert len(found.sightings) == 60 * count  # the moments between are bridged
        assert not found.others


def test_what_was_nobody_is_not_kept_for_an_hour() -> None:
    finder = Told({still((250, 80, 80, 200), range(i, i + 1)): 0.9 for i in range(0, 2400, 60)})
    tracker = Tracker(finder, FPS)
    blank = Pyramid(np.full((SIZE[1], SIZE[0]), 128, np.uint8))
    kept = []
    for frame in range(2400):
        finder.frame = frame
        tracker.step(blank)
        if frame in (1200, 2399):
            # By type: of a proxy of what is gone meanwhile nothing else may be asked.
            kept.append(sum(type(each) is FrameSeries for each in gc.get_objects()))
    assert kept[1] <= kept[0] + 6
    assert tracker.tracks() == ()
