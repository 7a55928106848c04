"""Zones, blur and shifted scales against published tables, and against light followed through a thin lens."""

import math

import pytest
from known import known

from rigcoach.optics.register_error import RegisterError
from rigcoach.optics.thin_lens import (
    extension_mm,
    focus_distance_m,
    focused_from_sensor_m,
    from_lens_m,
    hyperfocal_m,
    image_distance_mm,
)
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.zone_focus import ZoneFocus, cover, full_stops

PITCH_MM = 36 / 1920
INFINITE = math.inf


def disc_mm(focal_mm: float, f_number: float, focus_m: float, subject_m: float) -> float:
    """The blur disc by similar triangles: the cone from the whole aperture to the image point, cut by the sensor."""
    sensor = 1 / (1 / focal_mm - 1 / (1000 * focus_m))
    image = focal_mm if math.isinf(subject_m) else 1 / (1 / focal_mm - 1 / (1000 * subject_m))
    return focal_mm / f_number * abs(sensor - image) / image


FEET_M = 0.3048

# T. Hogan, Complete Guide to the Nikon D300, V1.02, page 411: a 70 mm lens; near and far in feet by aperture, focus.
HOGAN_70_MM: dict[float, dict[int, tuple[float, float]]] = {
    8: {5: (4.82, 5.20), 10: (9.28, 10.84), 20: (17.28, 23.74), 50: (35.81, 82.83)},
    11: {5: (4.75, 5.28), 10: (9.03, 11.20), 20: (16.44, 25.53), 50: (32.36, 109.90)},
    22: {5: (4.53, 5.58), 10: (8.24, 12.72), 20: (13.96, 35.27), 50: (23.92, INFINITE)},
    32: {5: (4.34, 5.90), 10: (7.63, 14.52), 20: (12.27, 54.03), 50: (19.34, INFINITE)},
}
HOGAN_CIRCLE_MM = 0.016

# Nikon, PC Micro-Nikkor 85mm f/2.8D, instruction manual, page 84: focused at 5 m, from the film; near, far, and what
# is near when focused at infinity. The reproduction there is 1:56.5, so the lens is 85 mm x 57.5 from the subject.
NIKON_85_MM_AT_5_M = {
    5.6: (4.470, 5.680, 39.16),
    8: (4.276, 6.033, 27.46),
    11: (4.058, 6.544, 20.02),
    16: (3.742, 7.629, 13.82),
    22: (3.424, 9.541, 10.10),
}


@pytest.mark.parametrize("f_number", HOGAN_70_MM)
def test_zones_are_those_of_a_printed_table(f_number: float) -> None:
    setup = ZoneFocus(70, f_number, HOGAN_CIRCLE_MM)
    for focus_ft, ends_ft in HOGAN_70_MM[f_number].items():
        zone = setup.zone_at(focus_ft * FEET_M)
        assert (zone.near_m / FEET_M, zone.far_m / FEET_M) == pytest.approx(ends_ft, abs=0.007, rel=5e-4)


@pytest.mark.parametrize("f_number", NIKON_85_MM_AT_5_M)
def test_zones_are_those_of_a_makers_manual(f_number: float) -> None:
    near_m, far_m, near_of_infinity_m = NIKON_85_MM_AT_5_M[f_number]
    from_lens_m = 0.085 * 57.5
    to_film_m = 5.0 - from_lens_m
    # The table's own circle of confusion, by what is sharp when it is focused at infinity.
    circle_mm = 85**2 / f_number / (1000 * (near_of_infinity_m - to_film_m))
    assert circle_mm == pytest.approx(1 / 30, rel=0.02)
    setup = ZoneFocus(85, f_number, circle_mm)
    zone = setup.zone_at(from_lens_m)
    # A lens corrected for near focus changes its focal length a little as it goes there.
    assert (zone.near_m + to_film_m, zone.far_m + to_film_m) == pytest.approx((near_m, far_m), rel=0.004)
    assert setup.zone_at(INFINITE).near_m + to_film_m == pytest.approx(near_of_infinity_m)


def ends_by_bisection(focal_mm: float, f_number: float, circle_mm: float, focus_m: float) -> tuple[float, float]:
    """Where the blur disc, followed through the lens, is as large as the circle on either side of the focus."""

    def crossing(inside_m: float, outside_m: float) -> float:
        for _ in range(80):
            middle_m = 2 / (1 / inside_m + 1 / outside_m)
            within = disc_mm(focal_mm, f_number, focus_m, middle_m) <= circle_mm
            inside_m, outside_m = (middle_m, outside_m) if within else (inside_m, middle_m)
        return inside_m

    far_m = INFINITE if disc_mm(focal_mm, f_number, focus_m, INFINITE) <= circle_mm else crossing(focus_m, INFINITE)
    return crossing(focus_m, 1.001 * focal_mm / 1000), far_m


@pytest.mark.parametrize("focal_mm", [20, 28, 50])
@pytest.mark.parametrize("f_number", [2.8, 8, 16])
@pytest.mark.parametrize("focus_m", [0.5, 1.5, 3.0, 50.0])
def test_at_the_ends_of_a_zone_the_disc_is_the_circle(focal_mm: float, f_number: float, focus_m: float) -> None:
    zone = ZoneFocus(focal_mm, f_number, 0.030).zone_at(focus_m)
    assert (zone.near_m, zone.far_m) == pytest.approx(ends_by_bisection(focal_mm, f_number, 0.030, focus_m), rel=1e-6)


def test_28_mm_at_f16_on_1_5_m_is_sharp_to_15_2_m() -> None:
    assert ZoneFocus(28, 16, 0.030).zone_at(1.5).far_m == pytest.approx(15.19, abs=0.005)


def test_blur_and_smear_in_pixels_of_the_movie_frame() -> None:
    setup = ZoneFocus(28, 8, 0.030, PITCH_MM)
    assert setup.circle_radius_px == pytest.approx(0.8)
    assert setup.blur_px(2.0, 5.0) == pytest.approx(disc_mm(28, 8, 2.0, 5.0) / 2 / PITCH_MM)
    # 28 mm of way at 1.4 m/s in 1/50 s; 28 mm draws 2 m as 1/71 on pixels of 18.75 um.
    assert setup.walker_motion_blur_px(2.0, 1 / 50) == pytest.approx(21, abs=0.5)
    assert ZoneFocus(35, 8, 0.030, PITCH_MM).walker_motion_blur_px(2.0, 1 / 250) == pytest.approx(5.3, abs=0.1)
    assert ZoneFocus(28, 8, 0.030).blur_px(2.0, 5.0) is None


@pytest.mark.parametrize(("near_m", "far_m"), [(1.5, 4.0), (2.0, 3.0), (1.2, 1.5), (1.6, INFINITE)])
def test_what_covers_a_zone_covers_it_and_one_stop_wider_does_not(near_m: float, far_m: float) -> None:
    lens = load_gear().lenses["nikon-ai-s-28mm-f2.8"]
    told = cover(load_gear().rig(None, lens.id, None), 0.030, near_m, far_m)
    assert told.f_number is not None
    just = ZoneFocus(28, told.needed_f_number, 0.030).zone_at(told.focus_m)
    assert just.near_m == pytest.approx(near_m, rel=1e-6)
    assert 1 / just.far_m == pytest.approx(1 / far_m, abs=1e-6)
    stops = full_stops(lens)
    wider = stops[max(stops.index(told.f_number) - 1, 0)]
    assert wider < told.needed_f_number or told.f_number == stops[0]


def test_no_aperture_covers_what_is_too_deep() -> None:
    lens = load_gear().lenses["nikon-ai-s-50mm-f1.4"]
    told = cover(load_gear().rig(None, lens.id, None), 0.030, 1.0, INFINITE)
    assert told.f_number is None
    assert known(told.needed_f_number) > known(lens.narrowest_f_number)


@pytest.mark.parametrize(
    ("focal_mm", "error_mm", "focused"),
    [
        (28, 0.05, (1.78, 2.53, 3.80)),
        (28, -0.05, (2.28, 3.70, 7.31)),
        (35, 0.05, (1.85, 2.68, 4.16)),
        (35, -0.05, (2.17, 3.41, 6.26)),
    ],
)
def test_an_adapter_a_twentieth_of_a_millimetre_off(
    focal_mm: float, error_mm: float, focused: tuple[float, ...]
) -> None:
    told = [focus_distance_m(focal_mm, image_distance_mm(focal_mm, mark_m) + error_mm) for mark_m in (2.0, 3.0, 5.0)]
    assert told == pytest.approx(focused, abs=0.006)


@pytest.mark.parametrize("from_sensor_m", [0.2, 0.5, 2.0, 10.0])
def test_distances_from_the_sensor_are_those_of_a_thin_lens(from_sensor_m: float) -> None:
    u_mm = 1000 * from_lens_m(28, from_sensor_m)
    v_mm = 1000 * from_sensor_m - u_mm
    assert 1 / u_mm + 1 / v_mm == pytest.approx(1 / 28)
    assert extension_mm(28, from_sensor_m) == pytest.approx(v_mm - 28)
    assert focused_from_sensor_m(28, v_mm - 28) == pytest.approx(from_sensor_m)


def test_a_calibrated_ring_has_the_zone_of_what_it_focuses_at() -> None:
    setup = ZoneFocus(28, 8, 0.030, register=RegisterError(0.05, 0.01, ()))
    assert setup.true_m(3.0) == pytest.approx(2.54, abs=0.01)
    assert setup.zone_at(3.0).far_m == pytest.approx(ZoneFocus(28, 8, 0.030).zone_at(setup.true_m(3.0)).far_m)
    mark_m = setup.mark_m(2.0)
    assert mark_m is not None
    assert setup.true_m(mark_m) == pytest.approx(2.0)
    # f + f²/0.05 mm is 15.7 m: nothing farther can be focused.
    assert setup.mark_m(15.0) is not None
    assert setup.mark_m(17.0) is None


def test_an_adapter_too_thin_is_at_infinity_before_its_mark() -> None:
    setup = ZoneFocus(28, 8, 0.030, register=RegisterError(-0.05, 0.01, ()))
    zone = setup.zone_at(50.0)
    assert math.isinf(zone.focus_m)
    assert zone.near_m == pytest.approx(hyperfocal_m(28, 8, 0.030) - 0.028)
    assert zone.far_m == INFINITE
