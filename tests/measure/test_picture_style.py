"""The card as cameras draw it: S-curves and unsharp masks, undone before blur is measured."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from known import known
from measure.drawn_card import Pose, Shot, draw

from rigcoach.measure.card.edge_spread import measure_edges, read_style
from rigcoach.measure.card.picture_style import card_curve, unsharp_undone
from rigcoach.measure.card.target import CardDetection, find_target
from rigcoach.target_card import A4

POSE = Pose(centre_px=(203.1, 228.4), roll_deg=-6.0, tilt=(2e-4, 1e-4))
Codes = np.ndarray


def s_curve(steepness: float) -> Callable[[Codes], Codes]:
    """A logistic curve through black and white, as steep in the middle as a contrasty picture style."""

    def curve(signal: Codes) -> Codes:
        low, high = (1 / (1 + np.exp(-steepness * (end - 0.5))) for end in (0, 1))
        return (1 / (1 + np.exp(-steepness * (signal - 0.5))) - low) / (high - low)

    return curve


def card_in(luma: Codes) -> CardDetection:
    return known(find_target(luma, A4))


def unsharp(amount: float, sigma_px: float) -> Callable[[Codes], Codes]:
    return lambda signal: np.clip(signal + amount * (signal - cv2.GaussianBlur(signal, (0, 0), sigma_px)), 0, 1)


STYLES = {
    "S-curve": (s_curve(5.0),),
    "steep S-curve": (s_curve(7.0),),
    "sharpened": (unsharp(0.5, 1.0),),
    "sharpened more": (unsharp(1.0, 1.0),),
    "sharpened widely": (unsharp(0.8, 1.4),),
    "S-curve, sharpened": (s_curve(4.0), unsharp(0.7, 1.0)),
}


def drawn(blur_px: float, *styles: Callable[[Codes], Codes], iso: int = 400) -> Codes:
    signal = draw(POSE, Shot(blur_px=blur_px, iso=iso, exposure_ev=-0.5, seed=5)) / 255.0
    for style in styles:
        signal = style(signal)
    return np.rint(255 * signal).astype(np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("blur_px", [1.0, 2.5])
def test_blur_is_that_of_the_lens_whatever_the_picture_style(style: str, blur_px: float) -> None:
    luma = drawn(blur_px, *STYLES[style])
    find = card_in(luma)
    as_it_stands = known(measure_edges(luma, find, A4).blur_px)
    seen = measure_edges(luma, find, A4, style=read_style(luma, find, A4))
    assert as_it_stands < blur_px - 0.07
    assert seen.blur_px == pytest.approx(blur_px, abs=0.06 + 0.05 * blur_px)
    low, high = known(seen.blur_px_interval)
    assert low <= blur_px <= high
    assert known(seen.motion_blur_px) < 1.0


@pytest.mark.parametrize("iso", [100, 6400])
@pytest.mark.parametrize(
    "blur_px", [pytest.param(0.0, marks=pytest.mark.slow), 1.5, pytest.param(5.0, marks=pytest.mark.slow)]
)
def test_a_plain_camera_is_left_as_it_is(blur_px: float, iso: int) -> None:
    luma = drawn(blur_px, iso=iso)
    find = card_in(luma)
    style = read_style(luma, find, A4)
    assert style.amount == 0
    assert style.share_off == 0
    assert card_curve(luma, find, A4) is None


@pytest.mark.slow
def test_greys_that_were_printed_wrong_do_little_harm() -> None:
    luma = drawn(3.0)
    find = card_in(luma)
    # A printer that made both patches too dark.
    for patch in A4.patches:
        x, y, w = find.homography @ (patch.x_mm + patch.width_mm / 2, patch.y_mm + patch.height_mm / 2, 1)
        x, y = x / w, y / w
        rows, columns = slice(int(y) - 24, int(y) + 25), slice(int(x) - 20, int(x) + 21)
        luma[rows, columns] = luma[rows, columns] * 0.88
    assert card_curve(luma, find, A4) is not None
    seen = measure_edges(luma, find, A4, style=read_style(luma, find, A4))
    low, high = known(seen.blur_px_interval)
    assert low <= 3.0 <= high
    assert seen.blur_px == pytest.approx(3.0, abs=0.2)


def test_an_unsharp_mask_is_undone() -> None:
    soft = cv2.GaussianBlur(np.random.default_rng(1).uniform(60, 190, (80, 90)), (0, 0), 1.5)
    sharpened = np.rint(soft + 1.0 * (soft - cv2.GaussianBlur(soft, (0, 0), 1.0))).astype(np.uint8)
    assert np.abs(unsharp_undone(sharpened, 1.0, 1.0) - soft)[10:-10, 10:-10].max() < 1.6
