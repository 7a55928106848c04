import itertools
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from measure.drawn_card import Pose, Shot, draw
from numpy.typing import NDArray

from rigcoach.measure.card.card_clearance import clearances_mm
from rigcoach.measure.card.edge_spread import EdgeSpread, measure_edges
from rigcoach.measure.card.spread_model import (
    PLACES,
    disc_transfer,
    edge_spread,
    place_of,
    smear_transfer,
    spread_at,
    step_for,
    system_transfer,
    tables,
)
from rigcoach.measure.card.target import find_target
from rigcoach.measure.picture.tone import bt709_to_light
from rigcoach.target_card import A3, A4, TargetCard

# What the constants were set on lies elsewhere (rolls of 0, 7 and -13 degrees); these poses are for testing only.
POSE = Pose(centre_px=(196.4, 231.3), roll_deg=4.0, tilt=(-2e-4, 3e-4))


def measured(pose: Pose, shot: Shot, card: TargetCard = A4) -> EdgeSpread:
    luma = draw(pose, shot, card)
    find = find_target(luma, card)
    assert find is not None
    return measure_edges(luma, find, card)


def apart_deg(a: float, b: float) -> float:
    return abs((a - b + 90) % 180 - 90)


@pytest.mark.parametrize(
    "blur_px", [0.0, 1.5, 5.0, *(pytest.param(each, marks=pytest.mark.slow) for each in (0.7, 3.0, 8.0))]
)
def test_blur_is_the_radius_of_the_disc_that_was_drawn(blur_px: float) -> None:
    seen = measured(POSE, Shot(blur_px=blur_px, iso=400))
    assert seen.blur_px == pytest.approx(blur_px, abs=0.15)
    assert seen.motion_blur_px == 0.0
    assert seen.direction_deg is None
    assert seen.reason is None
    assert seen.blur_px_interval is not None
    low, high = seen.blur_px_interval
    assert low <= blur_px <= high


@pytest.mark.parametrize(
    "direction_deg", [22.5, 170.0, *(pytest.param(each, marks=pytest.mark.slow) for each in (0.0, 90.0, 135.0))]
)
@pytest.mark.parametrize(("blur_px", "motion_blur_px"), [(0.0, 4.0), (4.0, 13.0)])
def test_smear_and_blur_are_told_apart_whatever_the_direction(
    blur_px: float, motion_blur_px: float, direction_deg: float
) -> None:
    seen = measured(POSE, Shot(blur_px=blur_px, motion_blur_px=motion_blur_px, direction_deg=direction_deg, iso=1600))
    assert seen.blur_px == pytest.approx(blur_px, abs=0.4)
    assert seen.motion_blur_px == pytest.approx(motion_blur_px, abs=0.4)
    assert seen.direction_deg is not None
    assert apart_deg(seen.direction_deg, direction_deg) < 4
    assert seen.motion_blur_px_interval is not None
    low, high = seen.motion_blur_px_interval
    assert low <= motion_blur_px <= high


def test_noise_light_and_exposure_leave_the_blur_alone() -> None:
    shots = [
        Shot(blur_px=2.5, iso=6400, seed=1),
        Shot(blur_px=2.5, iso=6400, exposure_ev=-2.0, seed=2),
        Shot(blur_px=2.5, iso=400, light_slope=(0.3, -0.2)),
    ]
    for shot in shots:
        assert measured(POSE, shot).blur_px == pytest.approx(2.5, abs=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.6, 1.0, 2.0])
def test_the_size_of_the_card_in_the_frame_leaves_the_blur_alone(scale: float) -> None:
    side = int(460 * max(scale, 0.7))
    pose = Pose(centre_px=(side / 2 + 3.3, side / 2 - 2.2), scale=scale, roll_deg=-8.0, frame=(side, side))
    assert measured(pose, Shot(blur_px=2.2, motion_blur_px=3.0, direction_deg=120.0, iso=800)).blur_px == pytest.approx(
        2.2, abs=0.2
    )


@pytest.mark.slow
@pytest.mark.parametrize("iso", [100, 3200])
def test_mean_error_over_random_shots_stays_within_what_is_promised(iso: int) -> None:
    random = np.random.default_rng(iso)
    still: list[float] = []
    moving: list[float] = []
    for seed in range(36):
        pose = Pose(
            centre_px=(200 + random.uniform(-5, 5), 230 + random.uniform(-5, 5)),
            scale=random.uniform(0.9, 1.35),
            roll_deg=random.uniform(-15, 15),
            tilt=(random.uniform(-4e-4, 4e-4), random.uniform(-4e-4, 4e-4)),
        )
        blur_px, motion_blur_px = random.uniform(0, 8), random.uniform(0, 15) * (seed % 2)
        shot = Shot(blur_px, motion_blur_px, random.uniform(0, 180), iso, random.uniform(-1.5, 0), seed)
        seen = measured(pose, shot)
        if seen.blur_px is None:
            assert motion_blur_px + blur_px > 12
            continue
        (moving if motion_blur_px else still).append(seen.blur_px - blur_px)
    assert np.abs(still).mean() < 0.15
    assert np.abs(moving).mean() < 0.25
    assert abs(np.mean(still)) < 0.1
    assert len(moving) >= 14


def test_a_clipped_card_gives_a_reason_and_no_number() -> None:
    seen = measured(POSE, Shot(blur_px=2.0, exposure_ev=1.0))
    assert seen.blur_px is None
    assert seen.motion_blur_px is None
    assert seen.reason == "the card is clipped to black or white"


def test_a_card_cut_by_the_frame_is_measured_on_what_is_left() -> None:
    pose = Pose(centre_px=(200.0, 90.0), roll_deg=3.0, frame=(400, 300))
    seen = measured(pose, Shot(blur_px=2.0, motion_blur_px=4.0, direction_deg=50.0, iso=400))
    assert seen.edges_used < 12
    assert seen.blur_px == pytest.approx(2.0, abs=0.2)
    assert seen.motion_blur_px == pytest.approx(4.0, abs=0.5)


def test_upright_edges_alone_cannot_tell_a_slanting_smear_from_blur_and_say_so() -> None:
    luma = draw(POSE, Shot(blur_px=1.0))
    find = find_target(luma, A4)
    assert find is not None
    middle = int(find.centre_px[1])
    only_the_marker = luma[middle - 95 : middle + 95]
    find = find_target(only_the_marker, A4)
    assert find is not None
    assert measure_edges(only_the_marker, find, A4).reason == "too few of the card's edges in the frame"


def test_too_small_a_card_gives_a_reason() -> None:
    find = find_target(draw(POSE, Shot(iso=100)), A4)
    assert find is not None
    small = Pose(centre_px=(100.0, 110.0), scale=0.15, frame=(200, 220))
    far_away = replace(find, homography=small.homography())
    assert measure_edges(draw(small, Shot(iso=100)), far_away, A4).reason == "the card is too small in the frame"


def test_more_blur_than_the_edges_are_long_gives_a_reason() -> None:
    small = Pose(centre_px=(100.0, 110.0), scale=0.4, frame=(200, 220))
    find = find_target(draw(small, Shot(iso=100)), A4)
    assert find is not None
    blurred = measure_edges(draw(small, Shot(blur_px=8.0, iso=100)), find, A4)
    assert blurred.blur_px is None
    assert blurred.reason == "the card's edges are too short for so much blur"


def test_limited_range_luma_measures_as_full_range_does() -> None:
    full = draw(POSE, Shot(blur_px=2.0, iso=100))
    limited = np.round(16 + full * (219 / 255)).astype(np.uint8)
    find = find_target(limited, A4)
    assert find is not None
    assert measure_edges(limited, find, A4, full_range=False).blur_px == pytest.approx(2.0, abs=0.15)


def test_a3_card_measures_as_a4_does() -> None:
    pose = Pose(centre_px=(200.0, 230.0), scale=400 / A3.height_mm, roll_deg=4.0)
    assert measured(pose, Shot(blur_px=3.0, iso=400), A3).blur_px == pytest.approx(3.0, abs=0.15)


SOFTNESS_PX = 0.15


@cache
def random_points(radius_px: float, smear: float, normal: tuple[float, float]) -> NDArray[np.float64]:
    """How far random points of disc, smear, pixel and softness lie past the edge."""
    random = np.random.default_rng(0)
    count = 400_000
    angle, far = random.uniform(0, 2 * np.pi, count), radius_px * np.sqrt(random.uniform(0, 1, count))
    disc = far * (np.cos(angle) * normal[0] + np.sin(angle) * normal[1])
    pixel = random.uniform(-0.5, 0.5, (count, 2)) @ normal
    line = random.uniform(-0.5, 0.5, count) * smear
    return np.asarray(disc + pixel + line + random.normal(0, SOFTNESS_PX, count))


def spread_of_points(x: NDArray[np.float64], radius_px: float, smear: float, normal: tuple[float, float]) -> float:
    """The edge spread at `x`, by counting the points that lie past the edge."""
    return float((random_points(radius_px, smear, normal) < x).mean())


@pytest.mark.parametrize(("radius_px", "smear_px"), [(0.5, 0.0), (3.0, 0.0), (2.0, 6.0), (8.0, 10.0)])
def test_the_model_is_the_spread_counted_up_from_points(radius_px: float, smear_px: float) -> None:
    step_px = step_for(radius_px + smear_px / 2)
    for normal in ((1.0, 0.0), (math.cos(0.7), math.sin(0.7))):
        (system,) = system_transfer(np.array([normal]), SOFTNESS_PX, step_px)
        disc = disc_transfer(radius_px, step_px, tables().disc)
        spread, slope = np.empty(PLACES), np.empty(PLACES)
        smear = smear_transfer(smear_px, step_px)
        edge_spread(system, smear, disc, step_px, tables().cosines, spread, slope)
        for x in (-3.0, -1.0, -0.3, 0.0, 0.4, 2.0, 6.0):
            counted = spread_of_points(np.array(x), radius_px, smear_px, normal)
            risen, _ = spread_at(spread, slope, step_px, *place_of(x, step_px))
            assert risen == pytest.approx(counted, abs=0.004)


def test_clear_paper_and_ink_lie_where_the_card_says() -> None:
    # By hand: the first square's top edge looks at the sheet's top, 45 - 22 = 23 mm away less its turn of 5 degrees;
    # ink inside runs to the opposite side; the marker's border is 16 mm of ink, and on its left lie 39.5 mm of paper.
    clear = clearances_mm(A4, 0.84)
    paper, ink = clear[0]
    assert paper == pytest.approx(23 - 22 * 0.84 * math.tan(math.radians(5)), abs=0.5)
    assert ink == pytest.approx(44, abs=0.01)
    paper, ink = clear[11]
    assert (paper, ink) == pytest.approx((39.5, 16), abs=0.01)
    for (paper, ink), edge in itertools.zip_longest(clear, A4.edges):
        assert min(paper, ink) >= edge.reach_mm


def test_bt709_light_agrees_with_the_recommendation() -> None:
    # ITU-R BT.709-6, item 1.2: V = 1.099 L^0.45 - 0.099, or 4.5 L below 0.018.
    table = bt709_to_light()
    for code in (10, 20, 21, 100, 200, 255):
        light = float(table[code])
        signal = 4.5 * light if light < 0.018 else 1.099 * light**0.45 - 0.099
        assert signal * 255 == pytest.approx(code, abs=0.05)
    limited = bt709_to_light(full_range=False)
    assert float(limited[16]) == 0
    assert float(limited[235]) == pytest.approx(1)
