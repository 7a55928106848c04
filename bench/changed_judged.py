"""How the verdict on judged clips stands changes that should not move it: copies turned over, darker, noisier, smaller.

    python bench/changed_judged.py FOLDER [--models FOLDER] [CHANGE...]

FOLDER is as for ``bench/judged.py``. Each clip on which both readers are sure is copied with a change, and judged by
what they said of the plain one. Of the copies at half the size some blur and smear is gone that they saw; a portrait
crop keeps four fifths of the height across, so that some people are cut.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from judged import agreement, installed_from, judged, read

Picture = npt.NDArray[np.uint8]
# By one thread: with more of them a busy machine writes other pictures.
_ENCODED = {"crf": "14", "threads": "1"}


def _noisy(picture: Picture, deviation: float, random: np.random.Generator) -> Picture:
    levels = picture.astype(np.float32)
    grain = (
        random.standard_normal(picture.shape).astype(np.float32) * deviation * np.sqrt(np.clip(levels, 8, 255) / 128)
    )
    return np.clip(levels + grain, 0, 255).astype(np.uint8)


def _portrait(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    across = min(round(0.8 * height), width)
    left = (width - across) // 2
    return picture[:, left : left + across]


def changes() -> dict[str, Callable[[Picture], Picture]]:
    """Return what is done to each picture, by name; noise is the same in every run."""
    little, much = (np.random.default_rng([13, levels]) for levels in (8, 20))
    return {
        "mirrored": lambda picture: picture[:, ::-1],
        "backwards": lambda picture: picture,
        "half the size": lambda picture: np.asarray(
            cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8
        ),
        "darker by a fifth": lambda picture: (0.8 * picture).astype(np.uint8),
        "noise of 8 levels": lambda picture: _noisy(picture, 8, little),
        "noise of 20 levels": lambda picture: _noisy(picture, 20, much),
        "portrait": _portrait,
    }


def copy_changed(clip: Path, copy: Path, change: Callable[[Picture], Picture], *, backwards: bool) -> None:
    """Write a clip's pictures, each changed, as H.264."""
    with av.open(str(clip)) as source:
        stream = source.streams.video[0]
        rate = stream.average_rate
        pictures: list[Any] = [
            change(np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)) for frame in source.decode(stream)
        ]
    if backwards:
        pictures.reverse()
    write_clip(pictures, rate, copy)


def write_clip(pictures: Sequence[Picture], rate: Fraction | None, path: Path) -> None:
    """Write pictures as a clip in H.264 that next to nothing is lost in."""
    height, width = (side - side % 2 for side in pictures[0].shape[:2])
    with av.open(str(path), "w") as out:
        written = out.add_stream("libx264", rate=rate, options=_ENCODED)
        written.width, written.height, written.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="bgr24")
            out.mux(written.encode(frame))
        out.mux(written.encode())


def main() -> None:
    """Copy, measure and print a row for each change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("changes", nargs="*", metavar="CHANGE", help=", ".join(changes()))
    parser.add_argument("--models", type=Path)
    options = parser.parse_args()
    first, second = (read(options.folder / f"judge-{reader}.csv") for reader in "AB")
    sure = [name for name, row in first.items() if row["keep"] == second[name]["keep"] != "maybe"]
    print("| copies | kappa | kept, of those that both keep | kept, of those that both reject |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        if options.models is not None:
            os.environ["RIGCOACH_HOME"] = home
            installed_from(options.models)
        for name, change in changes().items():
            if options.changes and name not in options.changes:
                continue
            with tempfile.TemporaryDirectory() as copies:
                for each in ("judge-A.csv", "judge-B.csv"):
                    shutil.copy(options.folder / each, copies)
                for clip in sure:
                    file = f"{clip}.mp4"
                    copy_changed(options.folder / file, Path(copies) / file, change, backwards=name == "backwards")
                found = agreement(judged(Path(copies), None))
            (good, goods), (bad, bads) = found.good, found.bad
            print(f"| {name} | {found.kappa:.2f} | {good} of {goods} | {bad} of {bads} |", flush=True)


if __name__ == "__main__":
    main()
