"""How true the measures on the target card are: rendered clips against the truth they were rendered from.

Run it as ``python bench/rendered_accuracy.py --clips 40``; it prints the tables of docs/accuracy.md. Every clip has a
seed, lens, distance and focus pull of its own, drawn at random; each is rendered, encoded as H.264, read back and
assessed just as a photographer's clip is.
"""

import argparse
import math
import random
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import FrameMeasurement, RigOptics, SubjectChoice
from rigcoach.optics.thin_lens import image_distance_mm
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.truth import FrameTruth
from rigcoach.scene.video import write_clip
from rigcoach.target_card import A3, A4
from rigcoach.video.clip import read_clip

# Seeds from here on belong to this benchmark and to the test that runs a part of it; nothing was tuned on them.
FIRST_SEED = 730_000
FRAMES = 24
BANDS_PX = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 6.0), (6.0, 8.0))


@dataclass(frozen=True, slots=True)
class Pair:
    """A frame as rendered and as measured."""

    truth: FrameTruth
    measured: FrameMeasurement

    @property
    def blur_error_px(self) -> float | None:
        """Measured minus true blur."""
        blur_px = self.measured.focus.blur_px
        return None if blur_px is None else blur_px - self.truth.blur_px

    @property
    def roll_error_deg(self) -> float | None:
        """Measured minus true roll."""
        framing = self.measured.framing
        return None if framing is None or framing.roll_deg is None else framing.roll_deg - self.truth.roll_deg

    @property
    def offset_error(self) -> float | None:
        """Distance between measured and true offset, in fractions of the frame; the larger of x and y."""
        if self.measured.framing is None:
            return None
        return max(abs(m - t) for m, t in zip(self.measured.framing.offset, self.truth.offset, strict=True))

    @property
    def motion_error_px(self) -> float | None:
        """Measured minus true smear."""
        motion_blur_px = self.measured.focus.motion_blur_px
        return None if motion_blur_px is None else motion_blur_px - self.truth.motion_px


def random_spec(seed: int) -> SceneSpec:
    """Return a practice scene in which the focus is pulled from the card to a blur of 8 px."""
    draw = random.Random(seed)  # noqa: S311 - practice scenes, not secrets
    focal_mm = draw.choice((28.0, 35.0, 50.0, 85.0))
    # A card 250 to 650 px high, so that blur up to 8 px leaves its markers legible.
    card, height_px = draw.choice((A4, A3)), draw.uniform(300, 650)
    distance_m = focal_mm / (36 / 1920) * card.height_mm / height_px / 1000
    f_number = draw.choice((1.4, 2.0, 2.8))
    spec = SceneSpec(
        seed=seed,
        card=card,
        card_distance_m=distance_m,
        background_distance_m=distance_m * draw.uniform(1.5, 4),
        focal_length_mm=focal_mm,
        f_number=f_number,
        focus_distance_m=distance_m,
        shutter_s=draw.choice((1 / 50, 1 / 60, 1 / 125, 1 / 250)),
        iso=draw.choice((100, 200, 400, 800, 1600, 3200)),
        exposure_ev=draw.uniform(-1.5, 0.0),
        roll_deg=draw.uniform(-10, 10),
        aim=(draw.uniform(-0.2, 0.2), draw.uniform(-0.12, 0.12)),
        sway_deg=draw.uniform(0.1, 0.6),
    )
    clip_s = FRAMES / float(spec.fps)
    return SceneSpec(
        **{name: getattr(spec, name) for name in SceneSpec.__slots__} | {"focus_track": _pull(spec, clip_s)}
    )


def _pull(spec: SceneSpec, clip_s: float) -> tuple[tuple[float, float], ...]:
    """Return the focus distances that take the card's blur from 0 to 8 px evenly, focusing ever nearer."""
    v_card = image_distance_mm(spec.focal_length_mm, spec.card_distance_m)
    points = []
    for radius_px in range(9):
        # A disc of this radius on the sensor: c = (f/N) (v_focus - v_card) / v_card, solved for the lens's extension.
        c_mm = 2 * radius_px * spec.pixel_pitch_mm
        v_focus = v_card * (1 + c_mm * spec.f_number / spec.focal_length_mm)
        focus_m = 1 / (1 / spec.focal_length_mm - 1 / v_focus) / 1000
        points.append((clip_s * radius_px / 8, focus_m))
    return tuple(points)


def pairs(spec: SceneSpec, folder: Path, frame_count: int = FRAMES) -> list[Pair]:
    """Render a clip, assess it, and pair what was measured with the truth."""
    path = folder / f"scene-{spec.seed}.mov"
    truth = write_clip(spec, frame_count, path)
    measures = analyse_clip(read_clip(path), SubjectChoice("target"), RigOptics())
    path.unlink()
    return [Pair(t, m) for t, m in zip(truth.frames, measures.frames, strict=True)]


def known(errors: Iterable[float | None]) -> np.ndarray:
    """Return the errors of what was measured."""
    return np.array([error for error in errors if error is not None], dtype=float)


def card_lines(clips: int) -> list[str]:
    """Return the tables of so many rendered clips."""
    found: list[Pair] = []
    with tempfile.TemporaryDirectory() as folder:
        for i in range(clips):
            found += pairs(random_spec(FIRST_SEED + i), Path(folder))
    lines = [f"{clips} rendered clips, {len(found)} frames.", ""]
    lines += ["| true blur radius | frames | card found | blur measured | blur MAE | bias | 95 % | motion blur MAE |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for low, high in (*BANDS_PX, (0.0, math.inf)):
        band = [pair for pair in found if low <= pair.truth.blur_px < high]
        seen = sum(pair.measured.framing is not None for pair in band)
        blur, motion = known(p.blur_error_px for p in band), known(p.motion_error_px for p in band)
        name = "all" if math.isinf(high) else f"{low:g}–{high:g} px"
        lines.append(
            f"| {name} | {len(band)} | {100 * seen / len(band):.0f} % | {100 * len(blur) / len(band):.0f} % | "
            f"{np.abs(blur).mean():.2f} px | {blur.mean():+.2f} | {np.percentile(np.abs(blur), 95):.2f} | "
            f"{np.abs(motion).mean():.2f} px |"
        )
    roll, offset = np.abs(known(p.roll_error_deg for p in found)), known(p.offset_error for p in found)
    lines += ["", "| | median | 95 % | worst |", "|---|---|---|---|"]
    lines.append(f"| roll error | {np.median(roll):.3f}° | {np.percentile(roll, 95):.3f}° | {roll.max():.3f}° |")
    spread = (np.median(offset), np.percentile(offset, 95), offset.max())
    lines.append("| offset error | " + " | ".join(f"{100 * value:.3f} %" for value in spread) + " |")
    return lines


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=40)
    print("\n".join(card_lines(parser.parse_args().clips)))


if __name__ == "__main__":
    main()
