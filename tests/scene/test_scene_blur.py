"""Defocus and motion blur of the rendered light, against the integrals that define them."""

import math
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.target_card import A3

STILL = SceneSpec(sway_deg=0.0, roll_wobble_deg=0.0)
# The middle of such a frame alone, on as many pixels of the same size: the marker whose edges are looked at is there.
MIDDLE = replace(STILL, width=480, height=480, sensor_width_mm=36 * 480 / 1920)


def disc_edge(x, radius):
    """The edge spread of a uniform disc: the part of the disc left of x."""
    t = np.clip(x / max(radius, 1e-9), -1, 1)
    return 0.5 + (t * np.sqrt(1 - t**2) + np.arcsin(t)) / math.pi


def smeared(edge, length, x, count=64):
    """An edge spread after an even smear of `length`, a pixel's box among them."""
    if length == 0:
        return edge(x)
    steps = (np.arange(count) + 0.5) / count - 0.5
    return np.mean([edge(x + length * step) for step in steps], axis=0)


def pixel_edge(x, first, second):
    """The edge spread of a square pixel whose sides, projected across the edge, are `first` and `second` long."""
    ramp = sum(
        sign * np.maximum(x + shift, 0) ** 2 / 2
        for sign, shift in (
            (1, (first + second) / 2),
            (-1, (first - second) / 2),
            (-1, (second - first) / 2),
            (1, -(first + second) / 2),
        )
    )
    return ramp / (first * second)


def focus_for_blur(blur_px, *, focal_length_mm, f_number, card_m, pitch_mm):
    """Focused distance, nearer than the card, that draws a point at `card_m` with this radius.

    From c = f² (u - s) / (N u (s - f)), the textbook's form, solved for s.
    """
    f, u, c = focal_length_mm, card_m * 1000, 2 * blur_px * pitch_mm
    k = c * f_number * u / f**2
    return (u + k * f) / (1 + k) / 1000


def edge_samples(light, truth, start_mm, end_mm, reach_px):
    """Distances from a printed edge (positive on its left, paper's side) and light there, 1 paper, 0 ink."""
    homography = cv2.getPerspectiveTransform(
        np.array(A3.outline_mm, np.float32), np.array(truth.outline_px, np.float32)
    ).astype(float)
    a, b = ((homography @ (*p, 1))[:2] for p in (start_mm, end_mm))
    length = math.dist(a, b)
    along, normal = (b - a) / length, np.array([(b - a)[1], -(b - a)[0]]) / length
    y, x = np.mgrid[0 : light.shape[0], 0 : light.shape[1]]
    place = (x - a[0]) * along[0] + (y - a[1]) * along[1]
    distance = (x - a[0]) * normal[0] + (y - a[1]) * normal[1]
    chosen = (np.abs(place - length / 2) < length * 0.25) & (np.abs(distance) < reach_px)
    level = (light[chosen] - A3.ink_reflectance) / (A3.paper_reflectance - A3.ink_reflectance)
    return distance[chosen], level, np.abs(normal)


def fitted(model, distance, level, guesses):
    """The parameter whose edge spread fits best, and the rms of what is left."""
    # Many samples lie as far from the edge as others: the spread is worked out so closely that lines join it.
    places = np.linspace(distance.min(), distance.max(), 401)
    spreads = (np.interp(distance, places, model(p, places)) for p in guesses)
    left_over = [float(np.sqrt(np.mean((spread - level) ** 2))) for spread in spreads]
    best = int(np.argmin(left_over))
    return guesses[best], left_over[best]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("focal_length_mm", "f_number", "focus_m", "card_m", "blur_px"),
    [
        # c = f² |u - s| / (N u (s - f)) by hand, half of it over 36/1920 mm.
        (28, 2.8, 2.0, 2.5, 0.757),  # c = 0.0284 mm
        (28, 2.8, 2.0, 1.5, 1.262),  # c = 0.0473 mm
        (50, 2.0, 2.0, 4.0, 8.547),  # c = 0.3205 mm
        (50, 1.8, 1.0, 1.0, 0.0),
        (85, 4.0, 3.0, 2.8, 1.180),  # c = 0.0443 mm
    ],
)
def test_blur_is_the_thin_lens_circle_of_confusion(focal_length_mm, f_number, focus_m, card_m, blur_px):
    spec = replace(
        MIDDLE, focal_length_mm=focal_length_mm, f_number=f_number, focus_distance_m=focus_m, card_distance_m=card_m
    )
    assert Renderer(spec).light(0)[1].blur_px == pytest.approx(blur_px, abs=0.002)


@pytest.mark.slow
@pytest.mark.parametrize("blur_px", [0.5, 1.0, 1.7, 2.4, 2.6, 4.0, 7.0])
@pytest.mark.parametrize("roll_deg", [0.0, 5.0, 33.0])
def test_edges_spread_as_a_uniform_disc_spreads_them(blur_px, roll_deg):
    lens = replace(MIDDLE, focal_length_mm=50.0, f_number=2.0)
    focus_m = focus_for_blur(blur_px, focal_length_mm=50.0, f_number=2.0, card_m=2.0, pitch_mm=36 / 1920)
    spec = replace(lens, focus_distance_m=focus_m, roll_deg=roll_deg)
    light, truth = Renderer(spec).light(0)
    assert truth.blur_px == pytest.approx(blur_px, abs=1e-3)

    border = A3.markers[0].corners_mm
    distance, level, across = edge_samples(light, truth, border[0], border[1], blur_px + 5)

    def model(radius, x):
        # A square pixel seen across an edge at an angle: the sides of the square, projected, one after the other.
        def wide(place):
            return smeared(lambda p: disc_edge(p, radius), across[0], place, 12)

        return smeared(wide, across[1], x, 12)

    radius, left_over = fitted(model, distance, level, np.arange(max(blur_px - 0.3, 0.05), blur_px + 0.3, 0.01))
    assert radius == pytest.approx(blur_px, abs=0.08)
    assert left_over < 0.01


@pytest.mark.slow
def test_the_sharpest_edge_is_as_wide_as_a_pixel():
    light, truth = Renderer(replace(MIDDLE, focal_length_mm=50, roll_deg=5)).light(0)
    border = A3.markers[0].corners_mm
    distance, level, _ = edge_samples(light, truth, border[0], border[1], 4)
    order = np.argsort(distance)
    x, rise = distance[order], level[order]
    # The variance of the line spread: the integral of 2 x (step - edge spread).
    variance = np.trapezoid(2 * x * ((x > 0) - rise), x)
    assert variance == pytest.approx(1 / 12, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("smear_px", [0.6, 1.0, 3.3, 9.0, 24.0])
def test_a_pan_smears_across_its_direction_only(smear_px):
    shutter_s = 1 / 50
    # Edges a little off the raster cross pixels at every place.
    roll_deg = 5.0
    pan_px_s = (smear_px / shutter_s, 0.0)
    spec = replace(MIDDLE, focal_length_mm=50, shutter_s=shutter_s, pan_px_s=pan_px_s, roll_deg=roll_deg)
    light, truth = Renderer(spec).light(0)
    assert truth.motion_px == pytest.approx(smear_px, rel=1e-3)
    assert truth.motion_deg == pytest.approx(0, abs=1e-6)

    corners = A3.markers[0].corners_mm
    for start, end in ((corners[3], corners[0]), (corners[0], corners[1])):
        distance, level, across = edge_samples(light, truth, start, end, 0.5 * smear_px + 4)
        expected = smear_px * across[0]

        def model(length, x, across=across):
            return smeared(lambda place: pixel_edge(place, *across), length, x)

        guesses = np.arange(max(expected - 0.5, 0), expected + 0.5, 0.02)
        length, left_over = fitted(model, distance, level, guesses)
        # What is much narrower than a pixel can hardly be told from it.
        assert length == pytest.approx(expected, abs=0.12 if expected > 0.5 else 0.35)
        assert left_over < 0.025


@pytest.mark.slow
@pytest.mark.parametrize(
    "motion",
    [
        SceneSpec(sway_deg=1.5, roll_wobble_deg=0.0),
        SceneSpec(sway_deg=0.8, roll_wobble_deg=4.0),
        SceneSpec(sway_deg=0.4, roll_wobble_deg=0.5, walk_in_m_s=1.0),
    ],
)
def test_an_exposure_is_the_mean_of_its_instants(motion):
    scene = replace(motion, seed=3, width=320, height=360, sensor_width_mm=18.0)
    scene = replace(scene, focal_length_mm=50.0, background_distance_m=4.0)
    shutter_s, instants = Fraction(1, 25), 64
    # A recording so fast that its frames are the instants of one exposure around t = 1 s.
    rate = instants / shutter_s
    instant = Renderer(replace(scene, fps=rate, shutter_s=1e-7))
    middle = int(rate)
    mean = np.mean([instant.light(middle + i)[0] for i in range(-instants // 2, instants // 2 + 1)], axis=0)
    light, truth = Renderer(replace(scene, fps=Fraction(1), shutter_s=float(shutter_s))).light(1)
    assert truth.motion_px > 1
    (left, top), (right, bottom) = np.min(truth.outline_px, axis=0), np.max(truth.outline_px, axis=0)
    card = np.s_[round(top) : round(bottom) + 1, round(left) : round(right) + 1]
    assert np.abs(light - mean)[card].max() < 0.08
    assert np.sqrt(np.mean((light - mean)[card] ** 2)) < 0.006


@pytest.mark.slow
@pytest.mark.parametrize(("f_number", "expected_px"), [(2.8, 2.26), (1.2, 5.28)])
def test_the_wall_is_blurred_by_its_own_disc(f_number, expected_px):
    # The card stands far out of the frame.
    scene = replace(STILL, width=1920, height=1080, aim=(3.0, 0.0), seed=2)
    sharp, _ = Renderer(replace(scene, f_number=200)).light(0)
    blurred, truth = Renderer(replace(scene, f_number=f_number)).light(0)
    assert truth.background_blur_px == pytest.approx(expected_px, abs=0.06)
    size = 4
    reach = int(truth.background_blur_px) + 2
    grid = np.arange(-reach * size - size // 2, reach * size + size // 2 + 1) / size
    disc = (np.hypot(*np.meshgrid(grid, grid)) <= truth.background_blur_px).astype(np.float32)
    fine = cv2.resize(sharp[300:780, 500:1400], None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    expected = cv2.resize(cv2.filter2D(fine, -1, disc / disc.sum()), None, fx=1 / size, fy=1 / size, interpolation=3)
    difference = (blurred[300:780, 500:1400] - expected)[20:-20, 20:-20]
    assert difference.std() < 0.05 * expected.std()


def test_a_focus_pull_changes_the_blur():
    spec = replace(STILL, focus_track=((0.0, 2.0), (1.0, 3.0)), width=96, height=54, fps=Fraction(10))
    renderer = Renderer(spec)
    truths = [renderer.light(index)[1] for index in (0, 5, 10, 20)]
    assert [truth.focus_m for truth in truths] == pytest.approx([2.0, 2.5, 3.0, 3.0])
    assert truths[0].blur_px == 0
    assert truths[1].blur_px < truths[2].blur_px == truths[3].blur_px


@pytest.mark.slow
def test_sway_has_the_rms_asked_for():
    renderer = Renderer(SceneSpec(sway_deg=0.5, roll_wobble_deg=0.2, width=96, height=54, fps=Fraction(7, 3)))
    truths = [renderer.light(index)[1] for index in range(150)]
    px_per_degree = math.radians(1) * 28.397 / (36 / 96)
    for values, rms in (
        ([truth.centre_px[0] / px_per_degree for truth in truths], 0.5),
        ([truth.centre_px[1] / px_per_degree for truth in truths], 0.5),
        ([truth.roll_deg for truth in truths], 0.2),
    ):
        assert np.std(values) == pytest.approx(rms, rel=0.12)
