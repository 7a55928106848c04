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
