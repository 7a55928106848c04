"""Sharp photographs made into what a camera would have recorded out of focus: known blur, noise, tone and codec.

The order is that of a camera: the disc of defocus and the smear of motion in linear light, exposure, photon and read
noise, tone curve, contrast, noise reduction, sharpening, H.264.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma

Image = npt.NDArray[np.float32]
Grid = npt.NDArray[np.float64]

# Electrons that fill a pixel at ISO 100, and read noise in electrons: a full-frame sensor binned to 1080p, or so.
_FULL_WELL_E = 60_000.0
_READ_NOISE_E = 5.0
_OVERSAMPLING = 9
_PATH_POINTS = 400
# Bit rates are those of 1080p at 25 frames a second; a smaller picture is given its share.
_FULL_FRAME_PX, _FPS, _GROUP = 1920 * 1080, 25, 4


@dataclass(frozen=True, slots=True)
class Recording:
    """How a photograph is recorded.

    `radius_px` is that of the even disc with the variance of the aperture's shape: `blades` of an iris (0: round)
    turned by `blade_turn_deg`, cut by the lens's barrel for `cat_eye` above 0 (the shift of the cutting circle, in
    radii), its rim brighter than its middle by `rim` (below 0: darker). `smear_px` is the length of the even straight
    smear with the variance of the path along its main axis, `smear_deg` its direction; `smear_bend` is the path's
    height over its chord, 0 for a straight one. `well_e` electrons fill a pixel at ISO 100; `grain_px` is how far noise
    is alike from pixel to pixel, `denoising` how strongly it is reduced, 0 to 1. `s_curve` bends the tones, 0 for not
    at all, 5 for a contrasty picture style; `sharpening` is the amount of an unsharp mask of `sharpening_px`.
    `quantiser` is x264's constant QP of an intra coded picture, `megabits` the rate of a coded clip of 1080p; both
    `None`: no codec.
    """

    radius_px: float = 0.0
    blades: int = 0
    blade_turn_deg: float = 0.0
    cat_eye: float = 0.0
    rim: float = 0.0
    smear_px: float = 0.0
    smear_deg: float = 0.0
    smear_bend: float = 0.0
    iso: float = 100.0
    well_e: float = 60_000.0
    grain_px: float = 0.5
    exposure_ev: float = 0.0
    srgb: bool = False
    s_curve: float = 0.0
    contrast: float = 1.0
    denoising: float = 0.0
    sharpening: float = 0.0
    sharpening_px: float = 1.0
    quantiser: int | None = None
    megabits: float | None = None


def random_recording(
    rng: np.random.Generator, *, largest_radius_px: float, largest_smear_px: float, brightest_ev: float = 0.7
) -> Recording:
    """Draw a recording: any radius alike, ISO 100 to 6400, -2.5 EV to the brightest, three in four through the codec.

    One in ten is left without defocus; half smear where `largest_smear_px` isn't 0, half of these along a bent path.
    Noise is reduced in a third, tones are bent in a third, edges sharpened in half; the aperture's rim is bright or
    dark in a quarter.
    """
    codec = rng.choice(["none", "intra", "clip"], p=[0.25, 0.45, 0.3])
    blades = int(rng.choice([0, 5, 6, 7, 8, 9])) if rng.random() < 0.5 else 0

    def sometimes(share: float, low: float, high: float) -> float:
        return float(rng.uniform(low, high)) if rng.random() < share else 0.0

    return Recording(
        radius_px=random_radius_px(rng, largest_radius_px),
        blades=blades,
        blade_turn_deg=float(rng.uniform(0, 360)),
        cat_eye=sometimes(0.2, 0, 0.5),
        rim=sometimes(0.25, -0.7, 2.5),
        smear_px=sometimes(0.5, 1, largest_smear_px) if largest_smear_px else 0.0,
        smear_deg=float(rng.uniform(0, 180)),
        smear_bend=sometimes(0.5, -0.4, 0.4),
        iso=float(100 * 2 ** rng.uniform(0, 6)),
        well_e=float(10 ** rng.uniform(4.3, 4.9)),
        grain_px=float(rng.choice([0.0, 0.5, 0.8])),
        exposure_ev=float(rng.uniform(-2.5, brightest_ev)),
        srgb=bool(rng.random() < 0.5),
        s_curve=sometimes(0.33, 0, 6),
        contrast=float(rng.uniform(0.4, 1.0)),
        denoising=sometimes(0.33, 0.2, 1),
        sharpening=sometimes(0.5, 0, 2),
        sharpening_px=float(rng.uniform(0.6, 1.6)),
        quantiser=int(rng.integers(16, 33)) if codec == "intra" else None,
        megabits=float(rng.choice([8.0, 40.0])) if codec == "clip" else None,
    )


def random_radius_px(rng: np.random.Generator, largest_px: float) -> float:
    """Draw a radius of defocus, any alike; one in ten is none."""
    return 0.0 if rng.random() < 0.1 else float(rng.uniform(0, largest_px))


def recorded(linear: Image, recording: Recording, rng: np.random.Generator) -> Luma:
    """Return the full-range luma plane, HxW, that `recording` makes of a linear-light picture (HxW or HxWx3 BGR)."""
    image = blurred(linear, recording)
    if recording.megabits is None:
        luma = developed(image, recording, rng)
        return luma if recording.quantiser is None else through_h264([luma], qp=recording.quantiser)
    bits_per_s = recording.megabits * 1e6 * image.shape[0] * image.shape[1] / _FULL_FRAME_PX
    # A clip in which the picture moves by a pixel a frame, so that the codec has something to predict.
    frames = [developed(np.roll(image, i - _GROUP + 1, axis=1), recording, rng) for i in range(_GROUP)]
    return through_h264(frames, bits_per_s=bits_per_s)


def blurred(linear: Image, recording: Recording) -> Image:
    """Return linear light under a recording's defocus and smear."""
    r = recording
    kernel = aperture(r.radius_px, r.blades, r.blade_turn_deg, r.cat_eye, r.rim)
    image = cv2.filter2D(linear, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    if r.smear_px:
        path = smear(r.smear_px, r.smear_deg, r.smear_bend)
        image = cv2.filter2D(image, -1, path, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(image, dtype=np.float32)


def developed(image: Image, recording: Recording, rng: np.random.Generator) -> Luma:
    """Return the full-range luma that `recording` makes of linear light which is blurred already, before any codec."""
    exposed = np.asarray(image * 2.0**recording.exposure_ev, dtype=np.float32)
    noisy = with_noise(exposed, recording.iso, rng, well_e=recording.well_e, grain_px=recording.grain_px)
    curve = srgb if recording.srgb else bt709
    encoded = np.asarray(curve(np.clip(noisy, 0.0, 1.0)), dtype=np.float32)
    if recording.s_curve:
        encoded = s_curved(encoded, recording.s_curve)
    encoded = (encoded - 0.5) * np.float32(recording.contrast) + np.float32(0.5)
    if recording.denoising:
        encoded = denoised(encoded, recording.denoising)
    if recording.sharpening:
        encoded += recording.sharpening * (encoded - cv2.GaussianBlur(encoded, (0, 0), recording.sharpening_px))
    picture = np.clip(np.rint(encoded * 255), 0, 255).astype(np.uint8)
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def s_curved(signal: Image, steepness: float) -> Image:
    """Return a signal, 0 to 1, bent by a logistic curve through black and white."""
    low, high = (1 / (1 + np.exp(-steepness * (end - 0.5))) for end in (0.0, 1.0))
    return np.asarray((1 / (1 + np.exp(-steepness * (signal - 0.5))) - low) / (high - low), dtype=np.float32)


def denoised(signal: Image, strength: float) -> Image:
    """Return a signal whose noise is reduced as cameras do: smoothed where it differs by no more than noise does."""
    plane = signal if signal.ndim == 2 else signal[..., 1]
    kernel = np.outer([1, -2, 1], [1, -2, 1]).astype(np.float32) / 6
    noise = float(np.median(np.abs(cv2.filter2D(plane, cv2.CV_32F, kernel)))) / 0.6745
    soft = cv2.bilateralFilter(signal, 5, max(3 * strength * noise, 1e-4), 1.0 + strength)
    return np.asarray(soft, dtype=np.float32)


def disc(radius_px: float) -> Image:
    """Return the kernel of a uniform disc, area-sampled on the pixel grid; one pixel where it is smaller than that."""
    return aperture(radius_px)


def aperture(radius_px: float, blades: int = 0, turn_deg: float = 0.0, cat_eye: float = 0.0, rim: float = 0.0) -> Image:
    """Return the kernel of an aperture's shape, area-sampled, as wide in variance as the even disc of `radius_px`.

    An iris of `blades` is a polygon with straight sides; `cat_eye` cuts it with a circle shifted by so many radii.
    Spherical aberration makes the light at the edge of a round aperture 1 + `rim` times that in its middle.
    """

    def shape(x: Grid, y: Grid) -> npt.NDArray[np.bool_]:
        within = x**2 + y**2 <= 1
        turn = np.deg2rad(turn_deg)
        if cat_eye:
            within &= (x - cat_eye * np.cos(turn)) ** 2 + (y - cat_eye * np.sin(turn)) ** 2 <= 1
        for i in range(blades):
            angle = turn + 2 * np.pi * i / blades
            within &= x * np.cos(angle) + y * np.sin(angle) <= np.cos(np.pi / blades)
        return np.asarray(within, dtype=np.bool_)

    unit = np.linspace(-1, 1, 401)
    x, y = np.meshgrid(unit, unit)
    inside = shape(x, y)
    x, y = x[inside], y[inside]
    light = 1 + rim * (x**2 + y**2) ** 3
    off_x, off_y = float(np.average(x, weights=light)), float(np.average(y, weights=light))
    # A unit disc has E(x^2 + y^2) - |E(x, y)|^2 = 1/2.
    spread = float(np.sqrt(2 * np.average((x - off_x) ** 2 + (y - off_y) ** 2, weights=light)))
    scale = radius_px / spread
    if scale < 1e-6:
        return np.ones((1, 1), np.float32)

    def lit(x: Grid, y: Grid) -> Grid:
        x, y = x / scale + off_x, y / scale + off_y
        return np.asarray(shape(x, y) * (1 + rim * (x**2 + y**2) ** 3), dtype=np.float64)

    return _area_sampled(scale * 1.6, lit)


def smear(length_px: float, direction_deg: float, bend: float = 0.0) -> Image:
    """Return the kernel of a movement at even speed along a parabola, `bend` its height over its chord.

    Its variance along its main axis is that of a straight even smear, L^2/12.
    """
    s = np.linspace(-0.5, 0.5, _PATH_POINTS)
    x, y = s, bend * (0.25 - s**2) * 4
    # Even speed along the path, not along its chord.
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    even = np.linspace(0, way[-1], _PATH_POINTS)
    points = np.stack([np.interp(even, way, x), np.interp(even, way, y)], axis=1)
    points -= points.mean(axis=0)
    variances, axes = np.linalg.eigh(points.T @ points / len(points))
    turn = np.deg2rad(direction_deg)
    cos, sin = np.cos(turn), np.sin(turn)
    # Main axis along x, then turned to the direction.
    upright = points @ axes[:, ::-1] * (length_px / np.sqrt(12 * variances[1]))
    path = upright @ np.array([[cos, sin], [-sin, cos]])
    half = int(np.ceil(np.abs(path).max())) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float64)
    low = np.floor(path).astype(np.intp)
    part = path - low
    for dx in (0, 1):
        for dy in (0, 1):
            weight = np.abs(1 - dx - part[:, 0]) * np.abs(1 - dy - part[:, 1])
            np.add.at(kernel, (low[:, 1] + dy + half, low[:, 0] + dx + half), weight)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _area_sampled(reach_px: float, shape: Callable[[Grid, Grid], Grid]) -> Image:
    half = int(np.ceil(reach_px))
    side = 2 * half + 1
    places = (np.arange(side * _OVERSAMPLING) + 0.5) / _OVERSAMPLING - side / 2
    x, y = np.meshgrid(places, places)
    fine = np.asarray(shape(x, y), dtype=np.float32)
    kernel = fine.reshape(side, _OVERSAMPLING, side, _OVERSAMPLING).mean(axis=(1, 3))
    if not kernel.any():
        kernel[half, half] = 1.0
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def with_noise(
    linear: Image, iso: float, rng: np.random.Generator, *, well_e: float = _FULL_WELL_E, grain_px: float = 0.5
) -> Image:
    """Return linear light with photon and read noise, alike from pixel to pixel over `grain_px` by demosaicing."""
    electrons = well_e * 100 / iso
    deviation = np.sqrt(np.maximum(linear, 0) / electrons + (_READ_NOISE_E / electrons) ** 2)
    grain = rng.standard_normal(linear.shape, dtype=np.float32)
    if grain_px:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), grain_px), dtype=np.float32)
    return np.asarray(linear + deviation * grain / grain.std(), dtype=np.float32)


def bt709(linear: Image) -> Image:
    """Return the signal of linear light, both 0 to 1 (ITU-R BT.709-6, section 1.2)."""
    return np.where(linear < 0.018, 4.5 * linear, 1.099 * np.maximum(linear, 0.018) ** 0.45 - 0.099)


def srgb(linear: Image) -> Image:
    """Return the signal of linear light, both 0 to 1 (IEC 61966-2-1)."""
    return np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    ).astype(np.float32)


def linear_srgb(picture: npt.NDArray[np.uint8]) -> Image:
    """Return the linear light, 0 to 1, of an 8-bit sRGB picture (IEC 61966-2-1)."""
    signal = picture.astype(np.float32) / 255
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4).astype(np.float32)


def through_h264(frames: list[Luma], *, qp: int | None = None, bits_per_s: float | None = None) -> Luma:
    """Return the last of luma planes of even sides after x264, at a constant quantiser or at a bit rate."""
    height, width = frames[0].shape
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "gray"
    encoder.time_base, encoder.framerate = Fraction(1, _FPS), Fraction(_FPS)
    encoder.options = {"preset": "veryfast", "threads": "1", "bf": "0", "rc-lookahead": "0"}
    if qp is not None:
        encoder.options |= {"qp": str(qp)}
    elif bits_per_s is not None:
        kilobits = str(int(bits_per_s / 1000))
        encoder.options |= {"b": f"{kilobits}k", "maxrate": f"{kilobits}k", "bufsize": f"{kilobits}k"}
    packets = []
    for i, luma in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(luma, format="gray")
        frame.pts = i
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    decoder = av.CodecContext.create("h264", "r")
    decoded = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    plane = decoded[-1].planes[0]
    # The plane as it stands: a conversion would stretch its range.
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(height, plane.line_size)
    return np.ascontiguousarray(rows[:, :width])
