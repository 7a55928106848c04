"""What a practice scene is: card, wall, lens, exposure and how the camera is held."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rigcoach.target_card import A3, TargetCard


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """A practice scene and the take recorded of it.

    The camera looks squarely at the card: the sensor stays parallel to the card and to the wall behind it, and sway,
    pan and aim shift the picture as a small turn of the camera would. Pixel (0, 0) has its centre at (0, 0).

    Attributes
    ----------
    seed
        Everything random follows from it: wall, sway, sensor noise.
    card, card_distance_m, background_distance_m
        The card, and the distances of card and wall from the lens at t = 0.
    focal_length_mm, f_number, focus_distance_m
        The thin lens that sees them.
    focus_track
        `(t_s, focus_m)` points joined by straight lines; takes the place of `focus_distance_m` where given.
    shutter_s, iso, exposure_ev
        Exposure. At 0 EV a reflectance of 1 fills the recording; noise follows `iso`.
    width, height, sensor_width_mm, fps
        The recording: pixels (even numbers), the width of sensor that they cover, frames per second.
    roll_deg, roll_wobble_deg
        Mean roll and the rms of its wobble; positive turns the card clockwise in the frame.
    sway_deg
        Rms of the hand-held sway, in yaw and in pitch each.
    walk_in_m_s
        Speed towards the card.
    aim
        Mean place of the card's centre from the frame's centre, in fractions of width and height.
    pan_px_s
        Steady motion of the picture, x and y, in pixels per second.
    aim_track
        `(t_s, x, y, roll_deg)` points that the aim passes through on top of all else, easing in and out of each: the
        shift of the picture in fractions of width and height, and a turn of the picture, clockwise positive.
    noise_grain_px
        Sigma of the spatial correlation of the noise; 0 for white noise.
    magnification, magnified_at
        The part of the picture that the frame shows so many times as large, and its centre in fractions of the whole
        picture's width and height. `aim`, `pan_px_s` and `aim_track` stay those of the whole picture.
    """

    seed: int = 1
    card: TargetCard = A3
    card_distance_m: float = 2.0
    background_distance_m: float = 5.0
    focal_length_mm: float = 28.0
    f_number: float = 2.8
    focus_distance_m: float = 2.0
    focus_track: tuple[tuple[float, float], ...] = ()
    shutter_s: float = 1 / 50
    iso: int = 400
    exposure_ev: float = 0.0
    width: int = 1920
    height: int = 1080
    sensor_width_mm: float = 36.0
    fps: Fraction = Fraction(30000, 1001)
    roll_deg: float = 0.0
    roll_wobble_deg: float = 0.3
    sway_deg: float = 0.4
    walk_in_m_s: float = 0.0
    aim: tuple[float, float] = (0.0, 0.0)
    pan_px_s: tuple[float, float] = (0.0, 0.0)
    aim_track: tuple[tuple[float, float, float, float], ...] = ()
    noise_grain_px: float = 0.0
    magnification: float = 1.0
    magnified_at: tuple[float, float] = (0.5, 0.5)

    def __post_init__(self) -> None:
        """Refuse what cannot be rendered.

        Raises
        ------
        ValueError
            A size, distance, lens or rate that no camera has.
        """
        for name in (
            "card_distance_m",
            "focal_length_mm",
            "f_number",
            "shutter_s",
            "iso",
            "width",
            "height",
            "sensor_width_mm",
            "fps",
            "magnification",
        ):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive")
        if self.width % 2 or self.height % 2:
            raise ValueError("width and height must be even: chroma has half of each")
        if self.background_distance_m <= self.card_distance_m:
            raise ValueError("the wall must stand behind the card")
        if min(self.roll_wobble_deg, self.sway_deg, self.noise_grain_px) < 0:
            raise ValueError("wobble, sway and grain are amplitudes and cannot be negative")
        times = [t_s for t_s, _ in self.focus_track]
        if times != sorted(set(times)) or any(math.isinf(focus_m) for _, focus_m in self.focus_track):
            raise ValueError("a focus track joins finite distances at rising times")
        times = [t_s for t_s, *_ in self.aim_track]
        if times != sorted(set(times)):
            raise ValueError("an aim track joins places at rising times")
        nearest_m = self.focal_length_mm / 1000
        if (
            min([self.focus_distance_m, self.card_distance_m, *(focus_m for _, focus_m in self.focus_track)])
            <= nearest_m
        ):
            raise ValueError("focus and card must lie beyond the focal length")

    @property
    def pixel_pitch_mm(self) -> float:
        """Width of one pixel on the sensor."""
        return self.sensor_width_mm / (self.width * self.magnification)

    @property
    def whole_px(self) -> tuple[float, float]:
        """Width and height of the whole picture, in the frame's pixels."""
        return self.width * self.magnification, self.height * self.magnification

    @property
    def off_centre_px(self) -> tuple[float, float]:
        """Where the frame's centre lies in the whole picture, from its centre."""
        across, down = (size * (at - 0.5) for size, at in zip(self.whole_px, self.magnified_at, strict=True))
        return across, down

    @property
    def axis_px(self) -> tuple[float, float]:
        """Where the optical axis meets the frame, or lies beside it: the whole picture's centre."""
        across, down = (middle - off for middle, off in zip(self.centre_px, self.off_centre_px, strict=True))
        return across, down

    @property
    def centre_px(self) -> tuple[float, float]:
        """The frame's centre; pixel centres lie at whole numbers."""
        return (self.width - 1) / 2, (self.height - 1) / 2

    def time_s(self, index: int) -> float:
        """Return the middle of the exposure of frame `index`."""
        return float(index / self.fps)

    def focus_m(self, t_s: float) -> float:
        """Return the focused distance at a time."""
        if not self.focus_track:
            return self.focus_distance_m
        times, distances = zip(*self.focus_track, strict=True)
        return float(np.interp(t_s, times, distances))
