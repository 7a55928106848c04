"""How true the deviations of the camera's pitch and yaw are on cards that curl, are cut, or are read row by row.

    python bench/bent_cards.py [--cards 20]

Run by `bench/framing.py`, which writes its table into docs/framing-accuracy.md. Cards are drawn through a pinhole
camera; nothing was tuned on these seeds.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from measure.bent_card import Bend, draw_bent
from measure.test_card_pose import FOCAL_LENGTH_MM, PITCH_MM, Camera

from rigcoach.measure.card.card_pose import card_pose
from rigcoach.measure.card.card_roll import card_roll
from rigcoach.measure.card.target import find_target
from rigcoach.target_card import A4

SEED = 741_900
KINDS = (
    "flat",
    "curled by up to 8 mm",
    "a corner off by 2 to 10 mm",
    "panned by up to 8 px while read",
    "tilted by up to 8 px while read",
    "cut by the frame",
)


@dataclass(frozen=True, slots=True)
class PoseError:
    """How far pitch or yaw is off, and its standard deviation, in degrees; whether roll's interval holds the roll."""

    off_deg: float
    sd_deg: float
    roll_held: bool


def bend_of(kind: str, size: float) -> Bend:
    """Return a bend of a kind; `size` is -1 to 1."""
    bends = (
        Bend(),
        Bend(curl_mm=8 * size),
        Bend(lifted_mm=6 + 4 * size),
        Bend(pan_px=8 * size),
        Bend(rise_px=8 * size),
        Bend(),
    )
    return bends[KINDS.index(kind)]


def pose_errors(kind: str, cards: int) -> Iterator[PoseError]:
    """Yield the errors of pitch and of yaw on random cards of a kind, those that are found."""
    random = np.random.default_rng([SEED, KINDS.index(kind)])
    for seed in range(cards):
        distance_m = random.uniform(1.0, 2.2)
        bend = bend_of(kind, random.uniform(-1, 1))
        side = 2 * round(330 / distance_m)
        aside, width = (0.08, round(0.7 * side)) if kind == KINDS[-1] else (0.0, side)
        angles = random.uniform(-15, 15), random.uniform(-15, 15), random.uniform(-5, 5)
        camera = Camera(*angles, distance_m, beside=(aside, 0.0), frame=(width, side))
        find = find_target(draw_bent(camera, bend, seed=seed), A4)
        pose = None if find is None else card_pose(find, A4, FOCAL_LENGTH_MM, PITCH_MM, camera.frame)
        if find is None or pose is None:
            continue
        roll = card_roll(find, A4, camera.frame, pose)
        held = roll is not None and roll.interval_deg[0] <= camera.roll_deg <= roll.interval_deg[1]
        yield PoseError(pose.pitch_deg - camera.pitch_deg, pose.pitch_sd_deg, held)
        yield PoseError(pose.yaw_deg - camera.yaw_deg, pose.yaw_sd_deg, held)


def pose_rows(cards: int) -> Iterator[str]:
    """Yield the table of pitch and yaw by how the card is bent."""
    yield "| card | posed | off, median | off, worst | standard deviation, median | within two of them | roll held |"
    yield "|---|---|---|---|---|---|---|"
    for kind in KINDS:
        found = list(pose_errors(kind, cards))
        off, sd = (np.abs([getattr(each, name) for each in found]) for name in ("off_deg", "sd_deg"))
        held = np.mean([each.roll_held for each in found])
        cells = (
            kind,
            f"{len(found) // 2} of {cards}",
            *(f"{value:.2f}°" for value in (np.median(off), off.max(), np.median(sd))),
            *(f"{value:.0%}" for value in (np.mean(off < 2 * sd), held)),
        )
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=20, help="cards of each kind")
    print("\n".join(pose_rows(parser.parse_args().cards)))


if __name__ == "__main__":
    main()
