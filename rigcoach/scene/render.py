"""Practice scenes rendered frame by frame, with what is true of each frame."""

import itertools
import math
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Plane
from rigcoach.optics import thin_lens
from rigcoach.scene import artwork, psf, wall
from rigcoach.scene.exposure import Matrix, Strip, expose, hidden, joined, over
from rigcoach.scene.path import CameraPath, smear
from rigcoach.scene.sensor import Sensor
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import FrameTruth

# Moments of an exposure are at most this far apart on the card.
SUBEXPOSURE_PX = 0.5
# A smear shorter than this is left out: it adds less to an edge's variance than a tenth of a pixel's box does.
LEAST_SMEAR_PX = 0.3
# The wedge is blurred in slices that differ by at most this radius, each at its middle's, to the nearest twentieth.
SLICE_STEP_PX = 0.25
SLICE_BLUR_STEP_PX = 0.05
MOST_SLICES = 40
# Moments at which a path's length is taken.
PATH_MOMENTS = 64

# A mild warm tint of the wall, as differences of Cb and Cr from grey; the card is grey.
WALL_TINT = (-6, 5)


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """A frame as a camera would record it: full-range 8-bit planes, chroma at half the width and height (4:2:0)."""

    luma: NDArray[np.uint8]
    cb: NDArray[np.uint8]
    cr: NDArray[np.uint8]
    truth: FrameTruth


@dataclass(frozen=True, slots=True)
class _Moments:
    """The camera at n moments of one exposure, through one lens setting."""

    centre_px: Matrix
    shift_px: Matrix
    roll_rad: Matrix
    card_m: Matrix
    card_px_per_mm: Matrix

    def mean(self) -> "_Moments":
        """Return the one moment in the middle of them all."""
        return _Moments(*(np.mean(getattr(self, field.name), axis=0, keepdims=True) for field in fields(self)))


@dataclass(frozen=True, slots=True)
class _Exposure:
    """How the card moves through one exposure: at some moments, each with a motion of the whole card on top."""

    moments: _Moments
    path_px: Matrix


class Renderer:
    """Renders a scene's frames. Each is a pure function of the spec and its index; threads may share a renderer."""

    def __init__(self, spec: SceneSpec) -> None:
        self.spec = spec
        self._path = CameraPath(spec)
        self._panel = artwork.panel(spec.card)
        self._wedge = artwork.wedge_strip(spec.card)
        self._stand = artwork.stand()
        self._wall = wall.wall_of(spec)
        self._sensor = Sensor(
            width=spec.width, height=spec.height, iso=spec.iso, seed=spec.seed, grain_px=spec.noise_grain_px
        )

    def frame(self, index: int) -> RenderedFrame:
        """Return frame `index` and its truth.

        Raises
        ------
        ValueError
            By this frame the camera has walked into the card.
        """
        return self._developed(index, *self._light(index))

    def still(self, index: int) -> tuple[RenderedFrame, NDArray[np.uint16]]:
        """Return frame `index`, and what the sensor has of it before the curve: linear, 65535 at the top of the scale.

        Raises
        ------
        ValueError
            As `frame` does.
        """
        light, cover, truth = self._light(index)
        return self._developed(index, light, cover, truth), self._sensor.linear(light, index)

    def _developed(self, index: int, light: Plane, cover: Plane, truth: FrameTruth) -> RenderedFrame:
        luma = self._sensor.luma(light, index)
        half = (self.spec.width // 2, self.spec.height // 2)
        bare = 1 - np.asarray(cv2.resize(cover, half, interpolation=cv2.INTER_AREA), np.float32)
        cb, cr = (np.rint(128 + tint * bare).astype(np.uint8) for tint in WALL_TINT)
        return RenderedFrame(luma, cb, cr, truth)

    def light(self, index: int) -> tuple[Plane, FrameTruth]:
        """Return the light that reaches the sensor in frame `index`, before noise, the curve and clipping, and truth.

        Linear, float32, shape (height, width); 1.0 is the top of the recording's scale.
        """
        light, _, truth = self._light(index)
        return light, truth

    def _light(self, index: int) -> tuple[Plane, Plane, FrameTruth]:
        spec, t_s = self.spec, self.spec.time_s(index)
        focus_m = spec.focus_m(t_s)
        fine = self._moments(t_s + spec.shutter_s * _even(PATH_MOMENTS), focus_m)
        exposure = self._exposure(t_s, fine, focus_m)
        wall_m = spec.background_distance_m - float(self._path.walked_m(np.array(t_s)))
        wall_blur_px = wall.rendered_blur_px(self._blur_px(focus_m, wall_m))
        light = self._wall_light(fine, wall_m, wall_blur_px, focus_m)
        cover = np.zeros_like(light)
        self._draw_card(light, cover, exposure, focus_m)
        light *= np.float32(2**spec.exposure_ev)
        return light, cover, self._truth(t_s, exposure.moments, fine, wall_blur_px, focus_m)

    def _moments(self, times_s: Matrix, focus_m: float) -> _Moments:
        spec = self.spec
        card_m = spec.card_distance_m - self._path.walked_m(times_s)
        if card_m.min() * 1000 <= spec.focal_length_mm + spec.card.wedge.length_mm:
            raise ValueError(f"{times_s[0]:.2f} s into the take the camera has walked into the card")
        image_mm = thin_lens.image_distance_mm(spec.focal_length_mm, focus_m)
        shift_px = self._path.shift_px(times_s, image_mm / spec.pixel_pitch_mm)
        aim_px = np.array(spec.aim) * spec.whole_px
        return _Moments(
            centre_px=np.array(spec.axis_px) + aim_px + shift_px,
            shift_px=shift_px,
            roll_rad=np.radians(self._path.roll_deg(times_s)),
            card_m=card_m,
            card_px_per_mm=thin_lens.pixels_per_mm(spec.focal_length_mm, focus_m, 1.0, spec.pixel_pitch_mm) / card_m,
        )

    def _exposure(self, t_s: float, fine: _Moments, focus_m: float) -> _Exposure:
        """Return the exposure as it will be drawn.

        Where the sheet's corners move as its centre does, one moment and the centre's path say it all. Where roll or
        walk moves a corner otherwise, the card is drawn at moments no further apart than its corners may jump.
        """
        corners = _apply(self._sheet(fine), self.spec.card.outline_mm)
        path_px = fine.centre_px - fine.centre_px.mean(axis=0)
        if _longest_px(corners - path_px[:, None]) < LEAST_SMEAR_PX:
            moving = _longest_px(path_px[:, None]) >= LEAST_SMEAR_PX
            return _Exposure(fine.mean(), path_px if moving else np.zeros((1, 2)))
        count = max(2, math.ceil(_longest_px(corners) / SUBEXPOSURE_PX))
        return _Exposure(self._moments(t_s + self.spec.shutter_s * _even(count), focus_m), np.zeros((1, 2)))

    def _blur_px(self, focus_m: float, subject_m: float) -> float:
        spec = self.spec
        diameter_mm = thin_lens.circle_of_confusion_mm(spec.focal_length_mm, spec.f_number, focus_m, subject_m)
        return diameter_mm / 2 / spec.pixel_pitch_mm

    def _sheet(self, moments: _Moments) -> Matrix:
        """Return the projections, (n, 3, 3), of the sheet in the panel's plane: millimetres to pixels."""
        cos, sin = np.cos(moments.roll_rad), np.sin(moments.roll_rad)
        turn = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
        linear = turn * moments.card_px_per_mm[:, None, None]
        centre_mm = np.array([self.spec.card.width_mm, self.spec.card.height_mm]) / 2
        sheet = np.zeros((len(cos), 3, 3))
        sheet[:, :2, :2] = linear
        sheet[:, :2, 2] = moments.centre_px - linear @ centre_mm
        sheet[:, 2, 2] = 1
        return sheet

    def _tilted(self, sheet: Matrix, moments: _Moments) -> Matrix:
        """Return the projections of the wedge's strip as it stands: millimetres across and along it to pixels.

        A point `depth` behind the panel is seen where its place on the panel would be, drawn towards the optical axis
        as distance / (distance + depth).
        """
        wedge = self.spec.card.wedge
        (top_y, top_depth), (next_y, next_depth) = wedge.place_mm(0), wedge.place_mm(1)
        on_sheet = np.array([[1, 0, wedge.x_mm], [0, next_y - top_y, top_y], [0, 0, 1.0]])
        depth = np.array([0, next_depth - top_depth, top_depth])
        one = np.array([0, 0, 1.0])
        distance_mm = moments.card_m[:, None, None] * 1000
        tilted: Matrix = distance_mm * (sheet @ on_sheet)
        for axis, centre in enumerate(self.spec.axis_px):
            tilted[:, axis] += centre * depth
        tilted[:, 2] = distance_mm[:, 0] * one + depth
        return tilted

    def _draw_card(self, light: Plane, cover: Plane, exposure: _Exposure, focus_m: float) -> None:
        """Lay the card over the wall: the wedge, then stand and panel where the wedge's near half leaves them."""
        spec, card = self.spec, self.spec.card
        size = (spec.width, spec.height)
        moments, path_px = exposure.moments, exposure.path_px
        sheet = self._sheet(moments)
        tilted = self._tilted(sheet, moments)
        card_m = float(moments.card_m.mean())
        slices = self._wedge_slices(card_m, focus_m)
        seen = [expose(strip, tilted, path_px, size) for strip in slices]
        near = joined(seen[len(seen) // 2 :])
        wedge = joined(seen)
        if wedge is not None:
            over(light, cover, wedge)
        blur_px = self._blur_px(focus_m, card_m)
        to_stand = np.eye(3)
        to_stand[:2, 2] = (card.panel_width_mm - artwork.STAND_WIDTH_MM) / 2, card.height_mm
        for thing, place in ((self._stand, to_stand), (self._panel, np.eye(3))):
            flat = expose(Strip(thing, 0, thing.height_mm, blur_px), sheet @ place, path_px, size)
            if flat is not None:
                over(light, cover, flat if near is None else hidden(flat, near))

    def _wedge_slices(self, card_m: float, focus_m: float) -> list[Strip]:
        """Return the wedge cut into slices, top first, an even number of even length."""
        wedge = self.spec.card.wedge

        def blur_px(along_mm: float) -> float:
            return self._blur_px(focus_m, card_m + wedge.place_mm(along_mm)[1] / 1000)

        probes = [blur_px(along) for along in np.linspace(0, wedge.length_mm, 17)]
        half = math.ceil(float(np.abs(np.diff(probes)).max()) * 8 / SLICE_STEP_PX)
        count = 2 * min(max(half, 1), MOST_SLICES // 2)
        cuts = np.linspace(0, wedge.length_mm, count + 1).tolist()
        return [
            Strip(
                self._wedge, top, bottom, round(blur_px((top + bottom) / 2) / SLICE_BLUR_STEP_PX) * SLICE_BLUR_STEP_PX
            )
            for top, bottom in itertools.pairwise(cuts)
        ]

    def _wall_light(self, fine: _Moments, wall_m: float, blur_px: float, focus_m: float) -> Plane:
        """Return the wall's light over the whole frame; its smear is that of the shift, roll and walk left out."""
        spec = self.spec
        texture, texels_per_px = self._wall.blurred(blur_px)
        grid = wall.grid_step(blur_px)
        at_start_px_per_mm = thin_lens.pixels_per_mm(
            spec.focal_length_mm, spec.focus_m(0.0), spec.background_distance_m, spec.pixel_pitch_mm
        )
        now_px_per_mm = thin_lens.pixels_per_mm(spec.focal_length_mm, focus_m, wall_m, spec.pixel_pitch_mm)
        grown = now_px_per_mm / at_start_px_per_mm
        roll = float(fine.roll_rad.mean())
        turned_back = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
        linear = texels_per_px / grown * turned_back
        # The painted wall's centre is what the frame's centre saw at first.
        off_centre_px = turned_back.T @ np.array(spec.off_centre_px) * grown
        middle_px = np.array(spec.axis_px) + off_centre_px + fine.shift_px.mean(axis=0)
        middle_texel = (np.array(texture.shape[1::-1]) - 1) / 2
        # A grid point i stands at pixel (i + 0.5) * grid - 0.5.
        first_px = np.full(2, 0.5 * grid - 0.5)
        matrix = np.column_stack([linear * grid, linear @ (first_px - middle_px) + middle_texel])
        seen = cv2.warpAffine(
            texture,
            matrix,
            (-(-spec.width // grid), -(-spec.height // grid)),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        path_px = fine.shift_px - fine.shift_px.mean(axis=0)
        light = np.asarray(seen, np.float32)
        if smear(path_px)[0] >= LEAST_SMEAR_PX:
            light = psf.convolve(light, psf.smear_kernel(path_px / grid), border=cv2.BORDER_REFLECT_101)
        if grid > 1:
            light = np.asarray(cv2.resize(light, (spec.width, spec.height), interpolation=cv2.INTER_LINEAR), np.float32)
        return light

    def _truth(self, t_s: float, moments: _Moments, fine: _Moments, wall_blur_px: float, focus_m: float) -> FrameTruth:
        spec = self.spec
        outline = _apply(self._sheet(moments), spec.card.outline_mm).mean(axis=0)
        centre = moments.centre_px.mean(axis=0)
        offset = (centre - spec.centre_px) / (spec.width, spec.height)
        card_m = float(moments.card_m.mean())
        motion_px, motion_deg = smear(fine.centre_px)
        (a, b, c, d) = ((float(x), float(y)) for x, y in outline)
        return FrameTruth(
            t_s=t_s,
            outline_px=(a, b, c, d),
            centre_px=(float(centre[0]), float(centre[1])),
            offset=(float(offset[0]), float(offset[1])),
            size=float(moments.card_px_per_mm.mean()) * spec.card.height_mm / spec.height,
            roll_deg=math.degrees(float(moments.roll_rad.mean())),
            distance_m=card_m,
            blur_px=self._blur_px(focus_m, card_m),
            motion_px=motion_px,
            motion_deg=motion_deg,
            background_blur_px=wall_blur_px,
            focus_m=focus_m,
        )


def _longest_px(paths_px: Matrix) -> float:
    """Return the length of the longest of m paths, shape (n, m, 2)."""
    return float(np.linalg.norm(np.diff(paths_px, axis=0), axis=-1).sum(axis=0).max())


def _even(count: int) -> Matrix:
    """Return `count` moments from -0.5 to 0.5 of an exposure: the middles of even spans, with the exposure's variance.

    Middles alone would smear by 1/count² too little (in variance); they are drawn apart to make up for it. Two of them
    are the nodes of Gauss's quadrature.
    """
    if count == 1:
        return np.zeros(1)
    middles = (np.arange(count) + 0.5) / count - 0.5
    return np.asarray(middles * math.sqrt(1 / (1 - 1 / count**2)))


def _apply(projections: Matrix, points: tuple[tuple[float, float], ...]) -> Matrix:
    """Project points, (m, 2), by each projection: shape (n, m, 2)."""
    homogeneous = np.column_stack([np.array(points), np.ones(len(points))])
    projected = homogeneous @ projections.transpose(0, 2, 1)
    return np.asarray(projected[..., :2] / projected[..., 2:])
