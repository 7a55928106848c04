"""Zones, blur and shifted scales against published tables, and against light followed through a thin lens."""

import math

import pytest

from rigcoach.optics.register_error import RegisterError
from rigcoach.optics.thin_lens import extension_mm, focused_from_sensor_m, from_lens_m, hyperfocal_m, shifted_focus_m
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.zone_focus import ZoneFocus, cover, full_stops

PITCH_MM = 36 / 1920
INFINITE = math.inf


def disc_mm(focal_mm: float, f_number: float, focus_m: float, subject_m: float) -> float:
    """The blur disc by similar triangles: the cone from the whole aperture to the image point, cut by the sensor."""
    sensor = 1 / (1 / focal_mm - 1 / (1000 * focus_m))
    image = focal_mm if math.isinf(subject_m) else 1 / (1 / focal_mm - 1 / (1000 * subject_m))
    return focal_mm / f_number * abs(sensor - image) / image


@pytest.mark.parametrize(
    ("focal_mm", "f_number", "hyperfocal", "at_2_m", "at_3_m"),
    [
        (28, 5.6, 4.69, (1.41, 3.45), (1.84, 8.18)),
        (28, 8, 3.295, (1.25, 4.98), (1.58, 30.6)),
        (28, 11, 2.40, (1.10, 11.1), (1.34, INFINITE)),
        (35, 5.6, 7.33, (1.58, 2.73), (2.14, 5.04)),
        (35, 8, 5.139, (1.45, 3.24), (1.90, 7.09)),
        (35, 11, 3.75, (1.31, 4.21), (1.67, 14.4)),
        (50, 8, 10.47, (1.69, 2.46), (2.34, 4.18)),
    ],
)
def test_tables_of_full_frame(
    focal_mm: float, f_number: float, hyperfocal: float, at_2_m: tuple[float, float], at_3_m: tuple[float, float]
) -> None:
    setup = ZoneFocus(focal_mm, f_number, 0.030)
    assert setup.hyperfocal_m == pytest.approx(hyperfocal, rel=0.003)
    for mark_m, ends in ((2.0, at_2_m), (3.0, at_3_m)):
        zone = setup.zone_at(mark_m)
        assert (zone.near_m, zone.far_m) == pytest.approx(ends, rel=0.005)


@pytest.mark.parametrize("focus_m", [1.2, 2.0, 3.0])
def test_at_the_ends_of_a_zone_the_disc_is_the_circle(focus_m: float) -> None:
    zone = ZoneFocus(28, 8, 0.030).zone_at(focus_m)
    assert disc_mm(28, 8, focus_m, zone.near_m) == pytest.approx(0.030, rel=0.03)
    assert disc_mm(28, 8, focus_m, zone.far_m) == pytest.approx(0.030, rel=0.03)


def test_blur_and_smear_in_pixels_of_the_movie_frame() -> None:
    setup = ZoneFocus(28, 8, 0.030, PITCH_MM)
    assert setup.circle_radius_px == pytest.approx(0.8)
    assert setup.blur_px(2.0, 5.0) == pytest.approx(disc_mm(28, 8, 2.0, 5.0) / 2 / PITCH_MM)
    # 28 mm of way at 1.4 m/s in 1/50 s; 28 mm draws 2 m as 1/71 on pixels of 18.75 um.
    assert setup.walker_smear_px(2.0, 1 / 50) == pytest.approx(21, abs=0.5)
    assert ZoneFocus(35, 8, 0.030, PITCH_MM).walker_smear_px(2.0, 1 / 250) == pytest.approx(5.3, abs=0.1)
    assert ZoneFocus(28, 8, 0.030).blur_px(2.0, 5.0) is None


@pytest.mark.parametrize(("near_m", "far_m"), [(1.5, 4.0), (2.0, 3.0), (1.2, 1.5), (1.6, INFINITE)])
def test_what_covers_a_zone_covers_it_and_one_stop_wider_does_not(near_m: float, far_m: float) -> None:
    lens = load_gear().lenses["nikon-ai-s-28mm-f2.8"]
    told = cover(lens, 0.030, near_m, far_m)
    assert told.f_number is not None
    just = ZoneFocus(28, told.needed_f_number, 0.030).zone_at(told.focus_m)
    assert just.near_m == pytest.approx(near_m, rel=1e-6)
    assert 1 / just.far_m == pytest.approx(1 / far_m, abs=1e-6)
    stops = full_stops(lens)
    wider = stops[max(stops.index(told.f_number) - 1, 0)]
    assert wider < told.needed_f_number or told.f_number == stops[0]


def test_no_aperture_covers_what_is_too_deep() -> None:
    lens = load_gear().lenses["nikon-ai-s-50mm-f1.4"]
    told = cover(lens, 0.030, 1.0, INFINITE)
    assert told.f_number is None
    assert told.needed_f_number > lens.narrowest_f_number


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
    told = [shifted_focus_m(focal_mm, mark_m, error_mm) for mark_m in (2.0, 3.0, 5.0)]
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
    assert zone.near_m == pytest.approx(hyperfocal_m(28, 8, 0.030))
    assert zone.far_m == INFINITE
