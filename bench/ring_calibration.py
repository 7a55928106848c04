"""How true `rigcoach focus calibrate` is: rendered clips of rigs whose sensor stands off by a known length.

Run it as ``python bench/ring_calibration.py --rigs 12``; it prints the table of docs/optics.md. Each rig has a lens, a
register error and two marks drawn at random; each mark's clip steps through the distance that the mark then focuses
at, is encoded as H.264 and read back as a photographer's is.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rigcoach.lens.ring_pass import read_focus_pass
from rigcoach.optics.register_error import MarkRead, RegisterError, register_error
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip
from rigcoach.target_card import A3, A4

FIRST_SEED = 760_000
FRAMES, FPS = 60, Fraction(12)
SENSOR_MM = 36.0


@dataclass(frozen=True, slots=True)
class TrueRig:
    """A rig of known error: where its marks focus, by the thin lens."""

    focal_length_mm: float
    f_number: float
    error_mm: float
    marks_m: tuple[float, ...]

    def focus_m(self, mark_m: float) -> float:
        """Return the distance from the lens that a mark, engraved from the sensor, focuses at: by halving."""
        f, whole = self.focal_length_mm, 1000 * mark_m
        low, high = f, 2 * f  # the image distance: u + v = whole, 1/u + 1/v = 1/f
        for _ in range(100):
            v = (low + high) / 2
            low, high = (v, high) if 1 / v + 1 / (whole - v) > 1 / f else (low, v)
        return 1 / (1 / f - 1 / (low + self.error_mm)) / 1000


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A rig, what its marks were read as, and the register error that they tell together."""

    rig: TrueRig
    reads: tuple[MarkRead, ...]
    register: RegisterError


def random_rig(seed: int) -> TrueRig:
    """Return a rig with an adapter off by up to 0.08 mm, its aperture open."""
    draw = random.Random(seed)  # noqa: S311 - practice scenes, not secrets
    focal_mm = draw.choice((28.0, 35.0, 50.0))
    marks = (1.5, 2.5) if focal_mm < 50 else (2.0, 3.0)
    return TrueRig(focal_mm, draw.choice((2.0, 2.8)), draw.uniform(-0.08, 0.08), marks)


def pass_spec(rig: TrueRig, mark_m: float, seed: int) -> SceneSpec:
    """Return the scene of a clip that steps from 1.6 to 0.65 of the focused distance, hand-held."""
    focus_m = rig.focus_m(mark_m)
    far_m, near_m = 1.6 * focus_m, 0.65 * focus_m
    return SceneSpec(
        seed=seed,
        card=A3 if focus_m > 2 else A4,
        card_distance_m=far_m,
        background_distance_m=far_m + 3,
        focal_length_mm=rig.focal_length_mm,
        f_number=rig.f_number,
        focus_distance_m=focus_m,
        walk_in_m_s=(far_m - near_m) / (FRAMES / float(FPS)),
        sway_deg=0.5,
        shutter_s=1 / 250,
        iso=800,
        fps=FPS,
    )


def found(seed: int, folder: Path) -> FoundPort:
    """Render a rig's clips and calibrate it with them."""
    rig = random_rig(seed)
    reads = []
    for i, mark_m in enumerate(rig.marks_m):
        path = folder / f"{seed}-{i}.mov"
        write_clip(pass_spec(rig, mark_m, 10 * seed + i), FRAMES, path)
        told = read_focus_pass(path, rig.focal_length_mm, SENSOR_MM)
        reads.append(MarkRead(mark_m, told.focus_m, told.sd_per_m))
        path.unlink()
    fitted = register_error(reads, rig.focal_length_mm)
    if not isinstance(fitted, RegisterError):
        raise SystemExit(f"the marks of rig {seed} do not agree: {fitted}")
    return FoundPort(rig, tuple(reads), fitted)


def lines(rigs: list[FoundPort]) -> Iterator[str]:
    """Yield the table."""
    per_m = [(abs(1 / r.focus_m - 1 / f.rig.focus_m(r.mark_m)), r) for f in rigs for r in f.reads]
    shares = [r.focus_m / f.rig.focus_m(r.mark_m) - 1 for f in rigs for r in f.reads]
    off_mm = [f.register.error_mm - f.rig.error_mm for f in rigs]
    at_3_m = [f.register.true_m(f.rig.focal_length_mm, 3.0) / _true_3_m(f.rig) - 1 for f in rigs]
    low, high = (f"{end(f.rig.error_mm for f in rigs):+.3f}" for end in (min, max))
    yield f"{len(rigs)} rigs, {len(per_m)} clips; register errors from {low} to {high} mm."
    yield ""
    yield "| | mean error | worst |"
    yield "|---|---|---|"
    for name, unit, factor, errors in (
        ("where a mark focuses", " %", 100.0, shares),
        ("the register error", " mm", 1.0, off_mm),
        ("where the 3 m mark is then said to focus", " %", 100.0, at_3_m),
    ):
        sizes = [factor * abs(error) for error in errors]
        digits = 4 if unit == " mm" else 2
        yield f"| {name} | {sum(sizes) / len(sizes):.{digits}f}{unit} | {max(sizes):.{digits}f}{unit} |"
    within = sum(error <= 2 * read.sd_per_m for error, read in per_m)
    yield ""
    yield f"{within} of {len(per_m)} clips lie within two of the deviations that were told of them."


def _true_3_m(rig: TrueRig) -> float:
    focus_mm = 1000 * rig.focus_m(3.0)
    return (focus_mm + focus_mm * rig.focal_length_mm / (focus_mm - rig.focal_length_mm)) / 1000


def main() -> None:
    """Calibrate rigs and print how true it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rigs", type=int, default=12)
    rigs = parser.parse_args().rigs
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(lines([found(FIRST_SEED + i, Path(folder)) for i in range(rigs)])))


if __name__ == "__main__":
    main()
