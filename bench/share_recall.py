"""How many faces `--share` hides: photographs with known faces, plain and spoilt, with the interval of each share.

    python bench/share_recall.py FOLDER... --models MODELS

A folder holds photographs and the boxes of their faces, `face_boxes.json` or `faces_reviewed.json`. A face is hidden
where most of its box is painted over. MODELS holds the detectors' weights; without it OpenCV's cascades are alone.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.people.learned_person import DeimPeople
from rigcoach.measure.picture.box import Box
from rigcoach.report.faces import FaceHider

Rgb = npt.NDArray[np.uint8]
Truth = tuple[Rgb, list[Box]]

MOST_OF_IT = 0.6
LARGEST_SIDE_PX = 1920
Z = 1.96
YUNET, DEIM = "yunet_n_640_640.onnx", "deimv2_femto.onnx"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--models", type=Path)
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    hider = FaceHider()
    if wanted.models is not None:
        hider = FaceHider(wanted.models / YUNET, DeimPeople(wanted.models / DEIM))
    truths = [truth for folder in wanted.folders for truth in photographs(folder)]
    print("| photographs | faces hidden | 95 % interval | share of the picture painted over |")
    print("|---|---|---|---|")
    for name, spoil in CONDITIONS.items():
        hidden = faces = 0
        painted = []
        for number, truth in enumerate(truths):
            rgb, boxes = spoil(truth, np.random.default_rng(number))
            shown = hider(rgb, None)
            changed = np.any(shown != rgb, axis=2)
            painted.append(float(changed.mean()))
            faces += len(boxes)
            hidden += sum(is_hidden(changed, box) for box in boxes)
        low, high = wilson(hidden, faces)
        print(f"| {name} | {hidden} of {faces} | {low:.0%} to {high:.0%} | {np.mean(painted):.0%} |", flush=True)


def photographs(folder: Path) -> Iterator[Truth]:
    """Yield a folder's photographs, no larger than a frame of 1080p is wide, with the boxes of their faces."""
    for notes in (folder / "face_boxes.json", folder / "faces_reviewed.json"):
        for name, told in json.loads(notes.read_text()).items() if notes.is_file() else ():
            path = next(iter([*folder.glob(name), *folder.glob(f"*/{name}")]), None)
            boxes = told if isinstance(told, list) else told.get("boxes", [])
            if path is None or not boxes:
                continue
            picture = cv2.imread(str(path))
            if picture is None:
                continue
            scale = min(1.0, LARGEST_SIDE_PX / max(picture.shape[:2]))
            yield resized((np.ascontiguousarray(picture[..., ::-1]), [_box(each) for each in boxes]), scale)


def _box(told: dict[str, float]) -> Box:
    return (float(told["x"]), float(told["y"]), float(told["w"]), float(told["h"]))


def resized(truth: Truth, scale: float) -> Truth:
    """Return a photograph made smaller."""
    rgb, boxes = truth
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return small, [(x * scale, y * scale, w * scale, h * scale) for x, y, w, h in boxes]


def noisy(truth: Truth, rng: np.random.Generator) -> Truth:
    """Return a photograph as ISO 6400 without noise reduction shows it, about."""
    rgb, boxes = truth
    return np.clip(np.rint(rgb + rng.normal(0, 22, rgb.shape)), 0, 255).astype(np.uint8), boxes


def blurred(truth: Truth, _rng: np.random.Generator) -> Truth:
    """Return a photograph out of focus, by a disc a tenth of the median face wide, and 2 px at least."""
    rgb, boxes = truth
    radius = max(2.0, 0.05 * float(np.median([h for *_, h in boxes])))
    side = 2 * math.ceil(radius) + 1
    y, x = np.mgrid[:side, :side] - side // 2
    disc = (np.hypot(x, y) <= radius).astype(np.float32)
    return np.asarray(cv2.filter2D(rgb, -1, disc / disc.sum()), dtype=np.uint8), boxes


def turned(truth: Truth, rng: np.random.Generator) -> Truth:
    """Return a photograph turned by 20 degrees either way; boxes are those around the turned ones' middles."""
    rgb, boxes = truth
    height, width = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 20.0 * rng.choice((-1, 1)), 1.0)
    found = []
    for x, y, w, h in boxes:
        u, v = turn @ (x + w / 2, y + h / 2, 1.0)
        if 0 < u < width and 0 < v < height:
            found.append((float(u) - w / 2, float(v) - h / 2, w, h))
    turned_rgb = cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(turned_rgb, dtype=np.uint8), found


CONDITIONS: dict[str, Callable[[Truth, np.random.Generator], Truth]] = {
    "plain": lambda truth, _: truth,
    "a third of the size": lambda truth, _: resized(truth, 1 / 3),
    "noisy": noisy,
    "out of focus": blurred,
    "turned by 20°": turned,
    "dark (two stops)": lambda truth, _: ((truth[0] * 0.53).astype(np.uint8), truth[1]),
}


def is_hidden(changed: npt.NDArray[np.bool_], box: Box) -> bool:
    """Return whether most of a face is painted over."""
    x, y, w, h = box
    part = changed[max(int(y), 0) : max(int(y + h), 0), max(int(x), 0) : max(int(x + w), 0)]
    return part.size == 0 or float(part.mean()) >= MOST_OF_IT


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (E. B. Wilson, JASA 22, 1927)."""
    share, spread = hits / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return middle - half, middle + half


if __name__ == "__main__":
    main()
