"""Small clips, as many as an archive's tests need."""

from pathlib import Path

import cv2
import numpy as np
from clips import write_video


def archive_clips(folder: Path, count: int) -> list[Path]:
    """Return so many clips of four frames, each of another picture; those that are there are left."""
    paths = [folder / f"clip-{number:03}.mp4" for number in range(count)]
    for number, path in enumerate(paths):
        if not path.exists():
            coarse = np.random.default_rng(number).integers(40, 210, (15, 20), dtype=np.uint8)
            grey = np.asarray(cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)
            write_video(path, [np.roll(grey, shift, axis=1) for shift in range(4)])
    return paths
