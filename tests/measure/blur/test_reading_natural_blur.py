"""Natural blur reads what it read when its networks were trained, and its parts give what plain formulas give."""

import cv2
import numpy as np
import pytest
from known import known
from measure.leaves import leaves, recorded, spread

from rigcoach.measure.blur.gradients import gradients_in
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, natural_blur
from rigcoach.measure.blur.spectrum import BANDS, TILE_PX, spectrum

# A picture: side, seed, radius, smear and its direction, ISO; a box; the smear that is told, and its direction. Then
# what was read, by the code by which the calibration was trained: radius, smear, direction. With the calibration before
# it, that code reads what the code of commit ca5947d did, which took numpy's transform, and each edge's profile step by
# step: a reading may become faster, but not another.
FORMER = [
    ((190, 1, 0.0, 0.0, 0.0, 200), (48.0, 48.0, 90.0, 90.0), None, (0.040620, 0.001579, 25.998111)),
    ((190, 2, 2.0, 0.0, 0.0, 1600), (50.0, 40.0, 90.0, 96.0), (0.0, None), (2.045970, 0.000378, 132.122574)),
    ((190, 3, 1.0, 8.0, 30.0, 400), (40.0, 50.0, 72.0, 90.0), (7.5, 33.0), (0.620321, 7.358656, 33.000000)),
    ((360, 4, 0.7, 0.0, 0.0, 100), (50.0, 52.0, 256.0, 256.0), (0.0, None), (0.253835, 0.000000, 114.053407)),
    ((360, 5, 4.0, 0.0, 0.0, 3200), (0.0, 0.0, 190.0, 200.0), None, (3.899307, 0.000000, 102.824643)),
    ((360, 6, 1.5, 14.0, 120.0, 800), (60.0, 104.0, 300.0, 256.0), (14.0, 120.0), (1.640464, 12.806846, 120.000000)),
    ((360, 7, 8.0, 0.0, 0.0, 400), (52.0, 52.0, 190.0, 190.0), (0.0, None), (7.756260, 2.067320, 140.329788)),
    ((620, 8, 1.2, 0.0, 0.0, 800), (60.0, 60.0, 500.0, 500.0), (2.0, 45.0), (0.867334, 0.000000, 45.000000)),
    ((620, 9, 1.6, 0.0, 0.0, 200), None, None, (1.564450, 0.000068, 152.635993)),
]


@pytest.mark.parametrize(("picture", "box", "told", "former"), FORMER)
def test_a_reading_is_what_it_was_when_the_calibration_was_trained(picture, box, told, former) -> None:
    side, seed, radius_px, smear_px, smear_deg, iso = picture
    luma = recorded(spread(leaves(side, seed), radius_px, smear_px, smear_deg), iso=iso, seed=seed)
    blur = natural_blur(luma, box, None if told is None else KnownMotionBlur(*told))
    now = (known(blur.blur_px), known(blur.motion_blur_px), known(blur.direction_deg))
    # Other builds of OpenCV and numpy round otherwise; where nothing else is otherwise, it is a millionth.
    assert now == pytest.approx(former, abs=2e-3)


def test_gradients_are_those_of_the_whole_plane() -> None:
    plane = recorded(leaves(300, 3), iso=800).astype(np.float32)
    for area in ((40, 30, 250, 260), (0, 0, 300, 300), (0, 201, 97, 300), (5, 7, 9, 11)):
        left, top, right, bottom = area
        found = gradients_in(plane, area)
        # As slopes of a plane are told: without the borders of the area, which other pixels lie beyond.
        slopes = [cv2.Scharr(found.smooth, cv2.CV_32F, 1 - down, down, scale=1 / 32) for down in (0, 1)]
        x, y = (each[top:bottom, left:right] for each in slopes)
        assert np.array_equal(found.gx, x)
        assert np.array_equal(found.gy, y)
        np.testing.assert_allclose(found.inner, x**2 + y**2, rtol=1e-6, atol=1e-12)
        mean = [np.mean(a.astype(float) * b) for a, b in ((x, x), (x, y), (y, y))]
        assert found.tensor == pytest.approx(mean, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("direction_deg", [0.0, 37.0, 90.0, 141.0])
def test_power_in_bands_is_that_of_numpys_transform(direction_deg: float) -> None:
    luma = recorded(spread(leaves(TILE_PX, 4), 1.0, 6.0, 37.0), iso=800).astype(np.float32)
    direction = np.radians(direction_deg)
    power, _ = spectrum(luma, (0, 0, TILE_PX, TILE_PX), (direction,))
    # All frequencies, none left out as the mirror of another.
    window = np.outer(np.hanning(TILE_PX), np.hanning(TILE_PX))
    waves = np.abs(np.fft.fft2((luma - luma.mean()) * window)) ** 2 / TILE_PX**2
    fy, fx = np.meshgrid(*[np.fft.fftfreq(TILE_PX, 1 / TILE_PX)] * 2, indexing="ij")
    length, along = np.hypot(fx, fy), np.abs(np.cos(np.arctan2(fy, fx) - direction)) > np.cos(np.radians(30))
    ends = [0.8, 1.8, 2.8, 4.0, 5.6, 7.6, 10.0, 13.0, 17.0, 21.0, 25.5, 29.0, 31.99]
    for band in range(BANDS):
        inside = (length > ends[band]) & (length <= ends[band + 1])
        assert power[0, band] == pytest.approx(waves[inside].mean(), rel=2e-2 if band == BANDS - 1 else 1e-4)
        if (inside & along).any() and band < BANDS - 1:
            assert power[1, band] == pytest.approx(waves[inside & along].mean(), rel=1e-4)
