"""A camera that turns before a far scene: each frame drawn by the way its pinhole looks, so all turns are known."""

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from video.gpmf_files import add_telemetry, device, floats, shorts
from video.movies import write_movie

SIZE = (640, 360)
FOCAL_PX = 500.0
FPS = 30
SECONDS = 3.0
_EXPOSED = 9
GYRO_HZ, ACCELEROMETER_HZ = 400.0, 200.0
GRAVITY_M_S2 = 9.81


@dataclass(frozen=True)
class Turning:
    """How the camera stands and turns: angles in degrees over time, and how long frames are exposed."""

    roll_deg: float = 6.0
    pitch_deg: float = -4.0
    yaw_deg: float = 5.0
    exposure_s: float = 1 / 120

    def stands(self, t_s: float) -> np.ndarray:
        """Return the matrix from the camera's axes (right, down, ahead) to the world's."""
        yaw = math.radians(self.yaw_deg * math.sin(2 * math.pi * 0.6 * t_s))
        pitch = math.radians(self.pitch_deg + 2.0 * math.sin(2 * math.pi * 0.9 * t_s + 1))
        roll = math.radians(self.roll_deg + 3.0 * math.sin(2 * math.pi * 0.5 * t_s))
        # A turn about x by a positive angle looks up, about y to the right, about z is clockwise.
        about_y = cv2.Rodrigues(np.array([0.0, yaw, 0.0]))[0]
        about_x = cv2.Rodrigues(np.array([pitch, 0.0, 0.0]))[0]
        # The picture turns clockwise where the camera turns counter-clockwise.
        about_z = cv2.Rodrigues(np.array([0.0, 0.0, -roll]))[0]
        return about_y @ about_x @ about_z

    def turning_rad_s(self, times_s: np.ndarray) -> np.ndarray:
        """Return the turning speeds about the camera's axes."""
        half_s = 1e-4
        return np.array(
            [
                cv2.Rodrigues(self.stands(t_s - half_s).T @ self.stands(t_s + half_s))[0].ravel() / (2 * half_s)
                for t_s in times_s
            ]
        )

    def gravity(self, times_s: np.ndarray) -> np.ndarray:
        """Return where down is, in the camera's axes."""
        return np.array([self.stands(t_s).T @ (0.0, 1.0, 0.0) for t_s in times_s])


def scene(*, lines: bool = True) -> np.ndarray:
    """Return a far wall of patches, with upright posts on it."""
    random = np.random.default_rng(3)
    wall = np.kron(random.integers(60, 200, (90, 160)), np.ones((12, 12))).astype(np.uint8)
    wall = np.asarray(cv2.GaussianBlur(wall, (0, 0), 1.2), np.uint8) if not lines else np.full_like(wall, 120)
    if lines:
        for x in range(120, wall.shape[1], 90):
            shade = int(random.integers(20, 240))
            cv2.rectangle(wall, (x, 0), (x + 30, wall.shape[0]), shade, -1)
        for x, y in random.integers(0, (wall.shape[1], wall.shape[0]), (500, 2)):
            cv2.circle(wall, (int(x), int(y)), int(random.integers(3, 7)), int(random.integers(0, 255)), -1)
    return wall


def draw(wall: np.ndarray, turning: Turning, t_s: float) -> np.ndarray:
    """Return what the camera sees of a wall that is far, exposed around a time."""
    width, height = SIZE
    pinhole = np.array([[FOCAL_PX, 0, (width - 1) / 2], [0, FOCAL_PX, (height - 1) / 2], [0, 0, 1]])
    wall_pinhole = np.array([[FOCAL_PX * 1.6, 0, wall.shape[1] / 2], [0, FOCAL_PX * 1.6, wall.shape[0] / 2], [0, 0, 1]])
    seen = np.zeros((height, width), np.float32)
    for part in np.linspace(-0.5, 0.5, _EXPOSED) * (1 - 1 / _EXPOSED):
        to_wall = wall_pinhole @ turning.stands(t_s + part * turning.exposure_s) @ np.linalg.inv(pinhole)
        seen += cv2.warpPerspective(
            wall, to_wall, SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT
        )
    return np.clip(seen / _EXPOSED + 0.5, 0, 255).astype(np.uint8)


def film(path: Path, turning: Turning, *, lines: bool = True, seconds: float = SECONDS) -> Path:
    """Write what the camera sees as a movie."""
    wall = scene(lines=lines)
    return write_movie(path, [draw(wall, turning, i / FPS) for i in range(round(seconds * FPS))], fps=Fraction(FPS))


def with_telemetry(
    movie: Path,
    turning: Turning,
    *,
    gravity: bool = True,
    turns: float = 1.0,
    tilted_deg: float = 0.0,
    exposure_s: float | None = None,
    once: bytes = b"",
    seconds: float = SECONDS,
) -> None:
    """Add what a GoPro's sensors would record, as `telemetry` has it, and what it notes `once`."""
    payloads = telemetry(
        turning, gravity=gravity, turns=turns, tilted_deg=tilted_deg, exposure_s=exposure_s, seconds=seconds
    )
    add_telemetry(movie, payloads, 1000, once)


def telemetry(
    turning: Turning,
    *,
    gravity: bool = True,
    turns: float = 1.0,
    tilted_deg: float = 0.0,
    exposure_s: float | None = None,
    seconds: float = SECONDS,
) -> list[bytes]:
    """Return what a GoPro's sensors would record, in its own axes: `turns` times as fast, gravity `tilted_deg` off."""
    payloads = []
    for second in range(round(seconds)):
        gyro_s, felt_s, frame_s = (second + np.arange(hz) / hz for hz in (int(GYRO_HZ), int(ACCELEROMETER_HZ), FPS))
        lean = cv2.Rodrigues(np.array([0.0, 0.0, math.radians(tilted_deg)]))[0]
        streams = [
            shorts("GYRO", _of_body(turns * turning.turning_rad_s(gyro_s)), 3755),
            shorts("ACCL", _of_body(-GRAVITY_M_S2 * turning.gravity(felt_s)), 417),
            floats("SHUT", np.full((FPS, 1), exposure_s or turning.exposure_s)),
        ]
        if gravity:
            streams.append(shorts("GRAV", turning.gravity(frame_s) @ lean.T, 32767))
        payloads.append(device(*streams))
    return payloads


def _of_body(values: np.ndarray) -> np.ndarray:
    """Return readings as a GoPro stores them: about Z (up), X (left), Y (back) of its body."""
    return -values[:, [1, 0, 2]]
