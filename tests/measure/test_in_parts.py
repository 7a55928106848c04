"""Small people in large frames, found by a detector that sees nothing small, as networks do."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, TrackRules
from rigcoach.measure.people.in_parts import small_ones, small_ones_near
from rigcoach.measure.people.leading_track import leading_track
from rigcoach.measure.people.tracks import Tracker
from rigcoach.measure.picture.box import Box, overlap
from rigcoach.measure.picture.pyramid import Pyramid

SIZE = (1280, 720)
FPS = 10.0


class Shortsighted:
    """Finds bright upright patches of a seventh of the height of what it is shown, and higher ones."""

    description = "bright patches"
    rules = TrackRules(min_confidence=0.5, looks_per_s=5.0, fewest_finds=3, in_parts=True)

    def __init__(self) -> None:
        self.runs = 0

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        self.runs += 1
        _, _, boxes, _ = cv2.connectedComponentsWithStats((luma > 180).astype(np.uint8))
        high = [box for box in boxes[1:] if box[3] >= luma.shape[0] / 7]
        return tuple(Detection((float(x), float(y), float(w), float(h)), 0.9) for x, y, w, h, _ in high)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:  # noqa: ARG002 - it looks everywhere
        return self.find(luma)


def frame(*boxes: tuple[int, int, int, int]) -> Luma:
    luma = np.full(SIZE[::-1], 90, np.uint8)
    for x, y, w, h in boxes:
        luma[y : y + h, x : x + w] = 220
    return luma


def led(frames: Sequence[Luma], detector: Shortsighted, *, in_parts: bool = True) -> dict[int, Box]:
    tracker = Tracker(detector, FPS, 2)
    for luma in frames:
        picture = Pyramid(luma)
        tracker.step(picture.beneath(1), picture.luma if in_parts else None)
    return {i: point.box for i, point in leading_track(tracker.tracks(), SIZE, FPS).sightings.items()}


def test_whoever_is_small_is_found_in_parts_of_the_frame_and_followed_there() -> None:
    boxes = [(500 + 6 * i, 420, 30, 72) for i in range(30)]
    frames = [frame(box) for box in boxes]
    assert not led(frames, Shortsighted(), in_parts=False)
    found = led(frames, Shortsighted())
    assert set(found) >= set(range(28))
    assert all(overlap(found[i], boxes[i]) > 0.6 for i in found)


def test_it_costs_nothing_where_somebody_large_is_there() -> None:
    frames = [frame((500 + 4 * i, 200, 120, 360), (100, 500, 30, 72)) for i in range(30)]
    plain, closer = Shortsighted(), Shortsighted()
    assert led(frames, plain, in_parts=False).keys() == led(frames, closer).keys()
    assert plain.runs == closer.runs


@pytest.mark.slow
def test_every_place_is_whole_in_a_part_and_what_a_part_cuts_is_not_told() -> None:
    for x in range(10, SIZE[0] - 60, 151):
        for y in range(20, SIZE[1] - 100, 97):
            box = (float(x), float(y), 40.0, 90.0)
            assert [find.box for find in small_ones(Shortsighted(), frame((x, y, 40, 90)))] == [box]
            assert [find.box for find in small_ones_near(Shortsighted(), frame((x, y, 40, 90)), [box])] == [box]
    # Higher than what is small, though the part shows less of it than that.
    assert not small_ones(Shortsighted(), frame((700, 360, 60, 300)))
