"""Measurements kept: found again for the same clip asked for in the same way, and for no other."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from clips import write_video

from rigcoach.analysis import measurement_store
from rigcoach.analysis.measurement_store import clear_store, store_size
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.scoring.batch import FailedClip, ScoredClip, score_file

BOX = SubjectChoice("box", box=(40.0, 30.0, 120.0, 100.0))
RIG = RigOptics(shutter_s=1 / 50)


def textured(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (30, 40), dtype=np.uint8)
    wide = np.kron(coarse, np.ones((8, 8), np.uint8))
    return [np.roll(wide, 2 * i, axis=1) for i in range(8)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "take.mp4"
    write_video(path, textured(1))
    return path


def scored(path: Path, choice: SubjectChoice = BOX, rig: RigOptics = RIG) -> ScoredClip:
    result = score_file(str(path), choice, rig)
    assert isinstance(result, ScoredClip)
    return result


def entries() -> list[Path]:
    return sorted(store_size().folder.glob("*.json.gz"))


def change_kept(change: Callable[[bytes], bytes]) -> None:
    (entry,) = entries()
    entry.write_bytes(change(entry.read_bytes()))


def say_otherwise(kept: bytes) -> bytes:
    clip, frames = gzip.decompress(kept).split(b"\n", 1)
    document = json.loads(clip)
    document["looked_for"] = "what the store says"
    return gzip.compress(json.dumps(document).encode() + b"\n" + frames)


def leave_a_frame_out(kept: bytes) -> bytes:
    return gzip.compress(gzip.decompress(kept).rsplit(b"\n", 2)[0] + b"\n")


def test_what_was_measured_once_is_told_again_to_the_last_digit(clip: Path) -> None:
    first = scored(clip)
    assert scored(clip).measures == first.measures
    assert store_size().clips == 1


def test_it_is_the_store_that_tells_it(clip: Path, tmp_path: Path) -> None:
    scored(clip)
    change_kept(say_otherwise)
    assert scored(clip).measures.looked_for == "what the store says"
    elsewhere = tmp_path / "elsewhere" / "another name.mp4"
    elsewhere.parent.mkdir()
    clip.rename(elsewhere)
    assert scored(elsewhere).measures.looked_for == "what the store says"


@pytest.mark.parametrize(
    "asked", ["subject", *(pytest.param(each, marks=pytest.mark.slow) for each in ("rig", "content", "beside"))]
)
def test_what_is_asked_otherwise_is_measured_anew(clip: Path, asked: str) -> None:
    scored(clip)
    change_kept(say_otherwise)
    choice, rig = BOX, RIG
    if asked == "subject":
        choice = replace(BOX, box=(50.0, 30.0, 120.0, 100.0))
    elif asked == "rig":
        rig = RigOptics(shutter_s=1 / 100)
    elif asked == "content":
        write_video(clip, textured(2))
    else:
        clip.with_suffix(".gcsv").write_text("GYROFLOW IMU LOG\n")
    assert scored(clip, choice, rig).measures.looked_for == "the box given"
    assert store_size().clips == 2


def test_what_is_exported_beside_a_clip_does_not_have_it_measured_again(clip: Path) -> None:
    scored(clip)
    change_kept(say_otherwise)
    for ending, text in ((".csv", "frame,t_s\n0,0.0\n"), (".json", "[]"), (".xmp", "<x/>"), (".review.html", "<p>")):
        clip.with_name(f"{clip.stem}{ending}").write_text(text)
    clip.with_name(f"{clip.stem}-notes.xml").write_text("<notes/>")
    assert scored(clip).measures.looked_for == "what the store says"
    assert store_size().clips == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        pytest.param(lambda kept: kept[: len(kept) // 2], marks=pytest.mark.slow),
        pytest.param(lambda kept: kept[:40] + bytes([kept[40] ^ 0xFF]) + kept[41:], marks=pytest.mark.slow),
        pytest.param(lambda _: b"not even gzip", marks=pytest.mark.slow),
        pytest.param(lambda _: gzip.compress(b"[1, 2"), marks=pytest.mark.slow),
        pytest.param(lambda _: gzip.compress(b'{"frames": "none"}'), marks=pytest.mark.slow),
        leave_a_frame_out,
    ],
    ids=["empty", "half", "a byte flipped", "no gzip", "no JSON", "another document", "a frame less"],
)
def test_a_damaged_measurement_is_made_anew(clip: Path, spoil: Callable[[bytes], bytes]) -> None:
    first = scored(clip)
    change_kept(spoil)
    assert scored(clip).measures == first.measures
    change_kept(say_otherwise)


def test_where_nothing_can_be_kept_clips_are_scored_all_the_same(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "home"
    in_the_way.write_text("a file where a folder should be")
    monkeypatch.setenv("RIGCOACH_HOME", str(in_the_way))
    assert scored(clip).measures.subject_kind == "box"


@pytest.mark.slow
def test_what_was_used_least_lately_goes_first(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for shutter in (50, 60, 70):
        scored(clip, rig=RigOptics(shutter_s=1 / shutter))
    oldest, *_ = sorted(entries(), key=lambda path: path.stat().st_mtime_ns)
    each = store_size().bytes // 3
    monkeypatch.setattr(measurement_store, "MOST_BYTES", 3 * each + each // 2)
    scored(clip, rig=RigOptics(shutter_s=1 / 80))
    assert store_size().clips == 3
    assert not oldest.exists()


def test_a_clip_that_cannot_be_read_is_told_as_ever_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "broken.mov"
    path.write_bytes(b"no clip")
    assert isinstance(score_file(str(path), BOX, RIG), FailedClip)
    assert clear_store() == 0
