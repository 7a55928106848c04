"""What is true of a rendered frame and clip: the numbers that a measurement should find."""

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigcoach.target_card import Point

if TYPE_CHECKING:
    from rigcoach.scene.spec import SceneSpec

SCHEMA = "rigcoach.scene-truth/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTruth:
    """One frame's truth; pixels with pixel centres at whole numbers, y down.

    Attributes
    ----------
    t_s
        Middle of the exposure.
    outline_px
        The sheet's four corners, clockwise from its top left, not clipped to the frame; the wedge counts as lying
        where it was cut from. Where the camera moves, their mean over the exposure.
    centre_px
        The centre of the sheet's outline (not of the panel).
    offset
        That centre from the frame's centre, in fractions of width and height.
    size
        The sheet's height over the frame's height.
    roll_deg
        Positive: the card appears turned clockwise.
    distance_m
        Card to lens.
    blur_px
        Radius of the circle of confusion on the panel.
    motion_px
        Length of the smear of the card's centre: of the straight, even smear that has the variance of the path along
        its main axis. For a path that is straight and even it is the path's length.
    motion_deg
        Direction of that axis in [0, 180): 0 horizontal, 90 vertical, 45 falling to the right. 0 without motion.
    background_blur_px
        Radius of the circle of confusion on the wall.
    focus_m
        Focused distance.
    """

    t_s: float
    outline_px: tuple[Point, Point, Point, Point]
    centre_px: Point
    offset: tuple[float, float]
    size: float
    roll_deg: float
    distance_m: float
    blur_px: float
    motion_px: float
    motion_deg: float
    background_blur_px: float
    focus_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTruth:
    """A clip's truth: how it was taken, and each frame's."""

    seed: int
    width: int
    height: int
    fps: Fraction
    sensor_width_mm: float
    focal_length_mm: float
    f_number: float
    shutter_s: float
    iso: int
    exposure_ev: float
    card_width_mm: float
    card_height_mm: float
    frames: tuple[FrameTruth, ...]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        document = {"schema": SCHEMA, **asdict(self), "fps": str(self.fps)}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "ClipTruth":
        """Read what `write` wrote.

        Raises
        ------
        ValueError
            The file is not a scene's truth.
        """
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("schema", None) != SCHEMA:
            raise ValueError(f"{path.name} is not of schema {SCHEMA}")
        frames = tuple(frame_truth(frame) for frame in document.pop("frames"))
        return cls(**{**document, "fps": Fraction(document["fps"])}, frames=frames)


def frame_truth(fields: dict[str, Any]) -> FrameTruth:
    """Return a frame's truth from the fields of a JSON object."""
    outline = tuple((x, y) for x, y in fields["outline_px"])
    pairs = {name: tuple(fields[name]) for name in ("centre_px", "offset")}
    return FrameTruth(**{**fields, **pairs, "outline_px": outline})


def clip_truth(spec: "SceneSpec", frames: tuple[FrameTruth, ...]) -> ClipTruth:
    """Return what is true of a clip, or of a still, which is a clip of one frame."""
    return ClipTruth(
        seed=spec.seed,
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        sensor_width_mm=spec.sensor_width_mm,
        focal_length_mm=spec.focal_length_mm,
        f_number=spec.f_number,
        shutter_s=spec.shutter_s,
        iso=spec.iso,
        exposure_ev=spec.exposure_ev,
        card_width_mm=spec.card.width_mm,
        card_height_mm=spec.card.height_mm,
        frames=frames,
    )
