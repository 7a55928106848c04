"""Thin-lens optics: what a focal length, an aperture and a focus distance do to a picture.

References
----------
.. [Ray2002] S. F. Ray, *Applied Photographic Optics*, 3rd ed., Focal Press 2002, chapters 4 and 22.
"""

import math


def hyperfocal_m(focal_length_mm: float, f_number: float, circle_of_confusion_mm: float) -> float:
    """Return the hyperfocal distance in metres: f²/(N c) + f [Ray2002]_, chapter 22.

    >>> round(hyperfocal_m(28, 8, 0.030), 3)
    3.295
    """
    return (focal_length_mm**2 / (f_number * circle_of_confusion_mm) + focal_length_mm) / 1000


def image_distance_mm(focal_length_mm: float, focus_distance_m: float) -> float:
    """Return the distance from the rear principal plane to the image of a point, in millimetres.

    The thin-lens equation 1/f = 1/u + 1/v [Ray2002]_, chapter 4; `focus_distance_m` is from the lens.

    >>> round(image_distance_mm(50, 1.0), 3)
    52.632
    >>> image_distance_mm(50.0, math.inf)
    50.0
    """
    if math.isinf(focus_distance_m):
        return focal_length_mm
    u_mm = focus_distance_m * 1000
    if u_mm <= focal_length_mm:
        raise ValueError("a real image needs a subject beyond the focal length")
    return focal_length_mm * u_mm / (u_mm - focal_length_mm)


def circle_of_confusion_mm(focal_length_mm: float, f_number: float, focus_m: float, subject_m: float) -> float:
    """Return the diameter on the sensor of the blur disc of a point, in millimetres.

    c = (f/N) (v_focus - v_subject)/v_subject in absolute value, for image distances v [Ray2002]_, chapter 22:
    the cone from the exit pupil of diameter f/N, cut by the sensor away from its tip.

    Focused at 2 m, a 50 mm lens at f/2 draws a point at 4 m as a disc of 0.32 mm:

    >>> round(circle_of_confusion_mm(50, 2, 2.0, 4.0), 3)
    0.321
    >>> circle_of_confusion_mm(50, 2, 2.0, 2.0)
    0.0
    """
    v_focus = image_distance_mm(focal_length_mm, focus_m)
    v_subject = image_distance_mm(focal_length_mm, subject_m)
    return focal_length_mm / f_number * abs(v_focus - v_subject) / v_subject


def pixels_per_mm(focal_length_mm: float, focus_m: float, subject_m: float, pixel_pitch_mm: float) -> float:
    """Return how many pixels one millimetre at the subject's distance covers in the frame.

    The magnification v_focus/u: the sensor stands where the focused distance is sharp, and a point elsewhere is
    drawn where the ray through the lens's centre meets it [Ray2002]_, chapter 4.

    >>> round(pixels_per_mm(28, 2.0, 2.0, 36 / 1920), 4)
    0.7573
    """
    return image_distance_mm(focal_length_mm, focus_m) / (subject_m * 1000) / pixel_pitch_mm


def focus_distance_m(focal_length_mm: float, image_mm: float) -> float:
    """Return the distance from the lens that is sharp on a sensor `image_mm` behind it; infinite at the focal length.

    `image_distance_mm` the other way round; a sensor nearer to the lens than its focal length has nothing sharp, and
    infinity is the nearest to it.

    >>> round(focus_distance_m(50, 52.632), 3)
    1.0
    """
    if image_mm <= focal_length_mm:
        return math.inf
    return focal_length_mm * image_mm / (image_mm - focal_length_mm) / 1000


def from_lens_m(focal_length_mm: float, from_sensor_m: float) -> float:
    """Return how far from the lens a subject is that lies `from_sensor_m` from the sensor, when it is in focus.

    Distance scales are engraved from the sensor's plane; u + v = D for a thin lens [Ray2002]_, chapter 4, of whose two
    solutions the farther is a photograph's.

    Raises
    ------
    ValueError
        Nothing nearer to the sensor than four focal lengths can be in focus.

    >>> round(from_lens_m(28, 0.2), 4)
    0.1663
    """
    if math.isinf(from_sensor_m):
        return math.inf
    whole_mm = from_sensor_m * 1000
    if whole_mm < 4 * focal_length_mm:
        raise ValueError("nothing nearer than four focal lengths can be in focus")
    return (whole_mm + math.sqrt(whole_mm**2 - 4 * whole_mm * focal_length_mm)) / 2000


def extension_mm(focal_length_mm: float, from_sensor_m: float) -> float:
    """Return how far a lens stands off its place for infinity when focused `from_sensor_m` from the sensor: f²/(u - f).

    For a lens that moves as one [Ray2002]_, chapter 4.

    >>> round(extension_mm(28.0, 2.0), 4), extension_mm(28.0, math.inf)
    (0.4034, 0.0)
    """
    return image_distance_mm(focal_length_mm, from_lens_m(focal_length_mm, from_sensor_m)) - focal_length_mm


def focused_from_sensor_m(focal_length_mm: float, extension: float) -> float:
    """Return the distance from the sensor that a lens with this extension, in millimetres, is focused at.

    >>> round(focused_from_sensor_m(28, 0.4034), 3)
    2.0
    """
    image_mm = focal_length_mm + extension
    return focus_distance_m(focal_length_mm, image_mm) + image_mm / 1000


def motion_blur_px(across_m_s: float, shutter_s: float, px_per_mm: float) -> float:
    """Return how far a subject that moves across the frame is smeared in one exposure, in pixels.

    >>> round(motion_blur_px(1.4, 1 / 50, pixels_per_mm(28, 2.0, 2.0, 36 / 1920)), 1)
    21.2
    """
    return across_m_s * 1000 * shutter_s * px_per_mm


def distance_at_m(magnification: float, focal_length_mm: float) -> float:
    """Return the distance from the lens to what it is focused on, in metres, by how large that is drawn.

    The thin lens: m = v/u with 1/f = 1/u + 1/v [Ray2002]_, chapter 4.

    >>> distance_at_m(0.5, 50.0)
    0.15
    """
    return focal_length_mm * (1 + 1 / magnification) / 1000
