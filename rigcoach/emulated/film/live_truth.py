"""What is true of each frame of an emulated body's live view: a line of JSON a frame, found by the frame's bytes."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from rigcoach.scene.truth import FrameTruth, frame_truth

NAME = "live-view.truth.jsonl"
"""The file in the folder of truths."""


def add(path: Path, jpeg: bytes, truth: FrameTruth) -> None:
    """Add a frame's truth to a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"jpeg_sha256": name_of(jpeg), **asdict(truth)}) + "\n")


def read(path: Path) -> dict[str, FrameTruth]:
    """Return the truths of a file by what `name_of` makes of their frames."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {fields.pop("jpeg_sha256"): frame_truth(fields) for fields in lines}


def name_of(jpeg: bytes) -> str:
    """Return what a frame is found by: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(jpeg).hexdigest()
