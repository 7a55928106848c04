"""Annotated clips: every frame, its sound, what is drawn where, and nothing of what the camera wrote into the file."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clips import write_video
from report.reviewed import FRAMES, Reviewed

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base.errors import RigcoachError
from rigcoach.report.annotated import write_annotated
from rigcoach.report.peaking import in_focus
from rigcoach.scoring.batch import ScoredClip, score_file

TONE_HZ = 440.0
PLACE = "+51.5074-000.1278/"


def with_sound(source: Path, path: Path) -> Path:
    """Copy a clip's pictures, with a tone as PCM as an EOS writes it, and a place and a serial number in its header."""
    with av.open(str(source)) as given, av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as made:
        made.metadata.update({"location": PLACE, "serial": "1234567890", "title": "private"})
        pictures = given.streams.video[0]
        video = made.add_stream_from_template(pictures)
        audio = made.add_stream("pcm_s16le", rate=48000, layout="stereo")
        for packet in given.demux(pictures):
            if packet.dts is not None:
                packet.stream = video
                made.mux(packet)
        times = np.arange(48000) / 48000
        tone = (8000 * np.sin(2 * np.pi * TONE_HZ * times)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None], format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
        made.mux(audio.encode(frame))
        made.mux(audio.encode(None))
    return path


@pytest.fixture(scope="module")
def annotated(reviewed: Reviewed, tmp_path_factory: pytest.TempPathFactory) -> tuple[ScoredClip, Path]:
    folder = tmp_path_factory.mktemp("annotated")
    source = with_sound(reviewed.path, folder / "source.mov")
    scored = score_file(str(source), SubjectChoice("target"), RigOptics())
    assert isinstance(scored, ScoredClip)
    to = folder / "annotated.mp4"
    write_annotated([scored], to)
    return scored, to


@pytest.mark.slow
def test_every_frame_and_the_sound_are_kept(annotated):
    with av.open(str(annotated[1])) as made:
        video, audio = made.streams.video[0], made.streams.audio[0]
        times = [frame.time for frame in made.decode(video)]
        made.seek(0)
        sound = np.concatenate([frame.to_ndarray()[0] for frame in made.decode(audio)])
        rate = audio.rate
    assert len(times) == FRAMES
    assert times == pytest.approx([i * 1001 / 30000 for i in range(FRAMES)], abs=1e-3)
    assert len(sound) / rate == pytest.approx(1.0, abs=0.1)
    strength = np.abs(np.fft.rfft(sound[: rate // 2]))
    assert np.argmax(strength) * 2 == pytest.approx(TONE_HZ, abs=5)


@pytest.mark.slow
def test_the_box_is_drawn_round_the_card(annotated):
    scored, path = annotated
    with av.open(str(path)) as made:
        frame = next(made.decode(video=0)).to_ndarray(format="gray")
    with av.open(str(scored.measures.clip.path)) as given:
        before = next(given.decode(video=0)).to_ndarray(format="gray")
    height = before.shape[0]
    drawn = np.abs(frame.astype(int) - before) > 60
    drawn[round(height * 0.92) :] = False
    x, y, _, h = (round(v) for v in scored.measures.frames[0].subject.box)
    side = drawn[y + 5 : min(y + h, round(height * 0.9)) - 5, x - 3 : x + 4].any(axis=1)
    assert side.mean() > 0.9
    far_away = drawn[: y // 2, : x // 2]
    assert far_away.mean() < 0.01


@pytest.mark.slow
def test_nothing_that_the_camera_wrote_comes_along(annotated):
    scored, path = annotated
    assert PLACE.encode() in scored.measures.clip.path.read_bytes()
    made = path.read_bytes()
    for private in (PLACE, "1234567890", "private"):
        assert private.encode() not in made


@pytest.mark.slow
def test_clips_follow_one_another_each_with_its_own_sound(annotated, tmp_path):
    """The second is silent and of another shape, the third sounds again."""
    sounding = annotated[0]
    upright = write_video(tmp_path / "b.mp4", [np.full((200, 100), 90, np.uint8)] * 10, fps=10)
    silent = score_file(str(upright), SubjectChoice("target"), RigOptics())
    assert isinstance(silent, ScoredClip)
    to = tmp_path / "all.mp4"
    write_annotated([sounding, silent, sounding], to)
    with av.open(str(to)) as made:
        video, audio = made.streams.video[0], made.streams.audio[0]
        frames = [(frame.time, frame.to_ndarray(format="gray")) for frame in made.decode(video)]
        made.seek(0)
        sound = np.concatenate([frame.to_ndarray()[0] for frame in made.decode(audio)])
        rate = audio.rate
    first_s = FRAMES * 1001 / 30000
    times = [time for time, _ in frames]
    assert len(times) == 2 * FRAMES + 10
    assert times[FRAMES : FRAMES + 10] == pytest.approx([first_s + i / 10 for i in range(10)], abs=1e-3)
    assert times[FRAMES + 10] == pytest.approx(first_s + 1.0, abs=1e-3)
    picture = frames[FRAMES + 2][1]
    assert picture.shape == frames[0][1].shape
    high, wide = picture.shape
    assert picture[: high // 2, : wide // 2 - high // 4 - 4].max() < 30
    assert picture[high // 8, wide // 2] > 60
    loud = [
        np.abs(sound[round(at * rate) : round((at + 0.2) * rate)]).max() for at in (0.4, first_s + 0.4, first_s + 1.4)
    ]
    assert loud[0] > 0.1
    assert loud[1] < 0.01
    assert loud[2] > 0.1
    # The tone begins with its clip, not a moment later.
    begins_s = first_s + 1.0
    tail = np.abs(sound[round((begins_s - 0.1) * rate) : round((begins_s + 0.1) * rate)]) > 0.1
    assert np.argmax(tail) / rate - 0.1 == pytest.approx(0.0, abs=0.01)


@pytest.mark.slow
def test_a_name_that_is_no_mp4_is_refused(reviewed, tmp_path):
    with pytest.raises(RigcoachError, match=r"Name it out\.mp4"):
        write_annotated([reviewed.scored], tmp_path / "out.avi")


def drawn_edge(radius_px: float, turn_deg: float, contrast: float) -> np.ndarray:
    """Draw an edge eight times finer than the pixels, blurred by a disc there, and bring it down to 64 x 64 pixels."""
    fine = 8
    y, x = np.mgrid[0 : 64 * fine, 0 : 64 * fine] / fine - 32
    turn = np.radians(turn_deg)
    plane = np.where(x * np.cos(turn) + y * np.sin(turn) > 0, 100 + contrast / 2, 100 - contrast / 2).astype(np.float32)
    if radius_px:
        reach = int(radius_px * fine) + 1
        v, u = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        disc = (np.hypot(u, v) <= radius_px * fine).astype(np.float32)
        plane = np.asarray(cv2.filter2D(plane, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE), np.float32)
    return cv2.resize(plane, (64, 64), interpolation=cv2.INTER_AREA).round().astype(np.uint8)


@pytest.mark.parametrize("contrast", [50, 150])
@pytest.mark.parametrize("turn_deg", [0, 5, 30])
def test_peaking_goes_by_blur_and_not_by_contrast(turn_deg, contrast):
    def peaks(radius_px: float) -> int:
        return int(in_focus(drawn_edge(radius_px, turn_deg, contrast), 1.6)[8:-8, 8:-8].sum())

    assert peaks(0.0) > 40
    assert peaks(1.2) > 40
    assert peaks(2.4) == 0
    assert peaks(5.0) == 0
