from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from known import known
from measure.leaves import leaves, recorded, spread

from rigcoach.measure.blur.blur_network import BlurNetwork, shipped_network
from rigcoach.measure.blur.natural_blur import CLIPPED, OUTSIDE, TOO_SMALL, KnownMotionBlur, natural_blur

STILL = KnownMotionBlur(0.0, None)
SIDE = 320
BOX = (32.0, 32.0, 256.0, 256.0)


def blur_of(luma: np.ndarray, known: KnownMotionBlur | None = STILL) -> float:
    blur = natural_blur(luma, BOX, known)
    assert blur.blur_px is not None, blur.reason
    return blur.blur_px


@pytest.mark.parametrize("radius_px", [0.0, 1.0, 2.0, 4.0, 7.0])
def test_radii_of_pictures_blurred_by_known_discs_are_found(radius_px: float) -> None:
    errors = [
        blur_of(recorded(spread(leaves(SIDE, seed), radius_px), iso=iso, seed=seed)) - radius_px
        for seed, iso in ((1, 100), (2, 800), (3, 3200))
    ]
    # Discs are no photographs: they hold less fine detail, and sharp ones read as a little soft.
    assert abs(np.mean(errors)) < 0.95
    assert np.abs(errors).max() < 1.3


def test_the_interval_holds_the_radius_most_of_the_time() -> None:
    held = []
    for seed in range(8):
        radius_px = seed * 1.1
        luma = recorded(spread(leaves(SIDE, 20 + seed), radius_px), iso=(100, 800, 3200)[seed % 3], seed=seed)
        low, high = known(natural_blur(luma, BOX, STILL).blur_px_interval)
        held.append(low <= radius_px <= high)
        assert high - low < 6
    assert np.mean(held) >= 0.75


def test_neither_light_nor_noise_moves_the_radius_far() -> None:
    light = spread(leaves(SIDE, 5), 3.0)
    radii = [blur_of(recorded(light, iso=iso, ev=ev)) for iso, ev in ((100, 0.0), (400, -2.0), (3200, -1.0))]
    assert max(radii) - min(radii) < 0.8


def test_more_blur_never_reads_as_less() -> None:
    light = leaves(SIDE, 6)
    radii = [blur_of(recorded(spread(light, radius_px), iso=800)) for radius_px in (0.5, 2, 4, 6, 9, 12, 16, 20)]
    assert radii == sorted(radii)
    assert radii[-1] > 13


@pytest.mark.parametrize("smear_deg", [0.0, 50.0, 90.0])
def test_a_smear_that_is_known_is_not_taken_for_defocus(smear_deg: float) -> None:
    luma = recorded(spread(leaves(SIDE, 7), 0.5, 20.0, smear_deg), iso=400)
    assert blur_of(luma, KnownMotionBlur(20.0, smear_deg)) < 2.8


def test_the_picture_alone_shows_a_smear_and_its_direction() -> None:
    blur = natural_blur(recorded(spread(leaves(SIDE, 8), 0.5, 16.0, 30.0), iso=200), BOX)
    assert known(blur.motion_blur_px) > 8
    assert blur.direction_deg == pytest.approx(30, abs=10)
    still = natural_blur(recorded(spread(leaves(SIDE, 8), 3.0), iso=200), BOX)
    assert known(still.motion_blur_px) < 3


@pytest.mark.parametrize("iso", [100, 1600, 6400])
@pytest.mark.parametrize("slope", [0.0, 0.2])
def test_a_flat_subject_gives_no_radius_but_a_reason(iso: int, slope: float) -> None:
    light = 0.3 * (1 + slope * np.linspace(-1, 1, SIDE)) * np.ones((SIDE, 1))
    blur = natural_blur(recorded(light, iso=iso), BOX)
    assert blur.blur_px is None
    assert blur.blur_px_interval is None
    assert blur.reason


def test_a_subject_that_is_clipped_small_or_outside_gives_the_reason() -> None:
    sharp = leaves(SIDE, 9)
    assert natural_blur(np.where(spread(sharp, 6.0) > 0.4, 255, 0).astype(np.uint8), BOX).reason == CLIPPED
    luma = recorded(sharp)
    assert natural_blur(luma, (10.0, 10.0, 20.0, 20.0)).reason == TOO_SMALL
    assert natural_blur(luma, (900.0, 10.0, 60.0, 60.0)).reason == OUTSIDE


def test_only_what_is_in_the_box_counts() -> None:
    light = leaves(SIDE, 10)
    half = light.copy()
    half[:, SIDE // 2 :] = spread(light, 6.0)[:, SIDE // 2 :]
    luma = recorded(half, iso=200)
    left = natural_blur(luma, (0.0, 0.0, 150.0, 320.0), STILL)
    right = natural_blur(luma, (170.0, 0.0, 150.0, 320.0), STILL)
    assert known(left.blur_px) < 1.5
    assert known(right.blur_px) > 4.5


def test_a_calibration_survives_its_file() -> None:
    network = shipped_network()
    again = BlurNetwork.from_json(network.to_json())
    inputs = np.random.default_rng(0).normal(network.mean, network.deviation, (20, len(network.mean)))
    assert again.predict(inputs) == pytest.approx(network.predict(inputs), abs=0.05)


def test_a_photograph_that_all_networks_saw_cannot_be_tested_on() -> None:
    with pytest.raises(ValueError, match="every network"):
        shipped_network().never_saw("nowhere")


@pytest.mark.slow
def test_a_real_lens_racked_out_of_focus_is_ranked_through_every_exposure(shared: Path) -> None:
    from accuracy_natural import sweep_lines

    lines = sweep_lines([shared / "clips/defocus/chart", shared / "clips/defocus/tools"])[2:]
    assert len(lines) == 2
    for line, least in zip(lines, (0.98, 0.95), strict=True):
        ours, laplacian = (float(cell) for cell in line.split("|")[2:4])
        assert ours >= least, line
        assert ours > laplacian + 0.1, line


@pytest.mark.slow
def test_the_calibration_keeps_what_its_file_promises_on_the_commands_own_boxes(shared: Path) -> None:
    from blur_samples import measured
    from calibrate_blur import checked, photographs_in, wanted

    calibration = Path(str(files("rigcoach.measure.blur") / "calibration" / "blur.json"))
    # The first of the recordings that were learnt from, by networks that were trained without the photograph.
    samples = measured(wanted(photographs_in([str(shared / "clips/kodak")]), 7), seed=1, jobs=1)
    over_all = [errors for errors in checked(calibration, samples) if errors[0].endswith(": all")]
    assert len(over_all) == 2
    for name, promised_px, now_px in over_all:
        assert now_px == pytest.approx(promised_px, rel=0.2), name


@pytest.mark.slow
def test_radii_hold_on_photographs_the_networks_never_saw(shared: Path) -> None:
    from accuracy_natural import boxes
    from calibrate_blur import photographs_in

    found = boxes(photographs_in([str(shared / "clips/kodak")]), 8, smeared=False, jobs=1, peers=False)
    textured = [box for box in found if box.textured]
    measured = [box for box in textured if box.told.blur_px is not None]
    errors = np.array([abs(known(box.told.blur_px) - box.radius_px) for box in measured])
    small = np.array([box.radius_px <= 4 for box in measured])
    intervals = [known(box.told.blur_px_interval) for box in measured]
    held = [low <= box.radius_px <= high for (low, high), box in zip(intervals, measured, strict=True)]
    assert len(measured) >= 0.97 * len(textured)
    assert errors.mean() <= 0.45
    assert errors[small].mean() <= 0.35
    assert 0.80 <= np.mean(held) <= 0.98


def test_large_subjects_take_milliseconds_not_seconds() -> None:
    """The work is bounded by the number of edges, not by the box: no more are sampled in a large one."""
    light = np.asarray(cv2.resize(leaves(SIDE, 11), (960, 960)), np.float64)
    few, many = natural_blur(recorded(light), (0.0, 0.0, 200.0, 200.0)), natural_blur(recorded(light))
    assert many.edge_count < 3 * few.edge_count + 2000
