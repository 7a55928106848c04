"""The live coach on the emulated body's wandering live view, held to what is true of each frame."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from cue_words import SOFT_M, WORDS, is_cue

from rigcoach.analysis.live_meter import LiveFrameError, LiveMeter
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.emulated.film import live_truth, metering
from rigcoach.emulated.film.film_messages import World
from rigcoach.emulated.film.scenarios import live_view_scene
from rigcoach.emulated.process import EmulatedBody
from rigcoach.live.coach import LiveCoach, Mailbox
from rigcoach.live.cues import Cue, CueTarget, cue
from rigcoach.live.sounds import SoundError, Speaker
from rigcoach.scene.render import Renderer
from rigcoach.scene.truth import FrameTruth
from rigcoach.tether.camera import Camera
from rigcoach.tether.live_view import frames, live_view

CLIP_SIZE = (1920, 1080)
RIG = RigOptics(28.0, 36.0, 1 / 50, 8.0)
LEAST_OFF = 0.05


class Listener:
    """Keeps every cue with the time of its frame."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []

    def hear(self, cue: Cue) -> None:
        self.cues.append(cue)


def in_clip(truth: FrameTruth) -> tuple[float, float]:
    """Where the card is from the middle, in a frame of 16:9 cut out of the live view's 1024 x 680."""
    return truth.offset[0], truth.offset[1] * 680 / 576


def right_directions(pairs: list[tuple[Cue, FrameTruth]]) -> tuple[int, int]:
    """How many cues point the right way on each axis, of those whose true offset there is over a twentieth."""
    right = told = 0
    for heard, truth in pairs:
        for axis, true in enumerate(in_clip(truth)):
            if abs(true) <= LEAST_OFF:
                continue
            told += 1
            sound = (heard.pan, -heard.glide)[axis]
            right += heard.turn is not None and heard.turn[axis] * true > 0 and sound * true > 0
    return right, told


def jpeg_of(luma: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    """What the emulated body's live view shows."""
    return Renderer(live_view_scene(World(3, 28.0, 2.0), metering.manual(1 / 50, 8.0, 400)))


@pytest.fixture(scope="module")
def wandering(renderer: Renderer) -> list[tuple[bytes, FrameTruth]]:
    """Every eighth frame of it."""
    rendered = [renderer.frame(index) for index in range(0, 300, 8)]
    return [(jpeg_of(frame.luma), frame.truth) for frame in rendered]


@pytest.fixture(scope="module")
def glance(renderer: Renderer) -> tuple[bytes, FrameTruth]:
    """Its first frame."""
    frame = renderer.frame(0)
    return jpeg_of(frame.luma), frame.truth


@pytest.fixture(scope="module")
def heard(wandering: list[tuple[bytes, FrameTruth]]) -> list[tuple[Cue, FrameTruth]]:
    meter = LiveMeter(SubjectChoice("target"), RIG, CLIP_SIZE)
    cues = []
    for jpeg, truth in wandering:
        measured = meter.measure(jpeg, truth.t_s)
        assert meter.pictures is not None
        cues.append((cue(measured, CueTarget(), meter.pictures.height), truth))
    return cues


@pytest.mark.slow
def test_cues_point_to_where_the_card_is(heard: list[tuple[Cue, FrameTruth]]) -> None:
    right, told = right_directions(heard)
    assert told >= 25
    assert right >= 0.95 * told


@pytest.mark.slow
def test_offset_and_roll_are_those_of_the_frame_that_a_clip_would_show(heard: list[tuple[Cue, FrameTruth]]) -> None:
    found = [(each, truth) for each, truth in heard if each.turn is not None]
    assert len(found) >= 0.95 * len(heard)
    off = [np.subtract(each.turn or (9, 9), in_clip(truth)) for each, truth in found]
    assert np.abs(off).max() < 0.01
    rolls = [(each.roll_deg, truth.roll_deg) for each, truth in found if each.roll_deg is not None]
    assert np.median([abs(a - b) for a, b in rolls]) < 0.3


def test_distance_is_told_through_the_rigs_lens(glance: tuple[bytes, FrameTruth]) -> None:
    meter = LiveMeter(SubjectChoice("target"), RIG, CLIP_SIZE)
    jpeg, truth = glance
    assert meter.measure(jpeg, 0.0).distance_m == pytest.approx(truth.distance_m, rel=0.02)


@pytest.mark.slow
def test_the_words_that_are_due_are_the_right_ones(heard: list[tuple[Cue, FrameTruth]]) -> None:
    axes = {"left": (0, -1), "right": (0, 1), "up": (1, -1), "down": (1, 1)}
    due = [(axes[each.word], truth) for each, truth in heard if each.word in axes]
    assert {way for way, _ in due} == set(axes.values())
    assert all(in_clip(truth)[axis] * sign > 0 for (axis, sign), truth in due)


@pytest.mark.slow
def test_a_brushed_focus_ring_is_heard(heard: list[tuple[Cue, FrameTruth]]) -> None:
    """At the end of the scene the focus is at two fifths of its distance: 1.2 px of live view, 2.2 px of a clip."""
    sharp = [each.pitch_hz for each, truth in heard if truth.blur_px < 0.3 and each.pitch_hz is not None]
    soft = [each for each, truth in heard if truth.t_s > 9.5]
    assert soft
    assert all(each.word == "soft" for each in soft)
    assert all(each.pitch_hz is not None and each.pitch_hz < np.median(sharp) / 1.4 for each in soft)
    true_px = [truth.blur_px * 1080 / 576 for _, truth in heard if truth.t_s > 9.5]
    assert [each.blur_px for each in soft] == pytest.approx(true_px, abs=0.6)


def test_a_picture_without_a_subject_tells_no_direction() -> None:
    meter = LiveMeter(SubjectChoice("auto"), RigOptics(), CLIP_SIZE)
    wall = np.random.default_rng(1).integers(90, 110, (680, 1024), dtype=np.uint8)
    cues = [cue(meter.measure(jpeg_of(wall), n / 30), CueTarget(), 576) for n in range(9)]
    assert {each.word for each in cues} == {"lost"}
    assert {each.turn for each in cues} == {None}


def test_frames_of_no_use_are_counted_and_then_refused(glance: tuple[bytes, FrameTruth]) -> None:
    listener = Listener()

    def show(coach: LiveCoach, jpeg: bytes) -> None:
        before = coach.tally.measured + coach.tally.unreadable
        coach.see(jpeg)
        while coach.tally.measured + coach.tally.unreadable == before:
            time.sleep(0.001)

    coach = LiveCoach(LiveMeter(SubjectChoice("target"), RIG), CueTarget(), [listener])
    with coach:
        for jpeg in (glance[0], b"\xff\xd8 no picture", glance[0]):
            show(coach, jpeg)
    assert (coach.tally.measured, coach.tally.unreadable, len(listener.cues)) == (2, 1, 2)

    def show_nothing() -> None:
        with LiveCoach(LiveMeter(SubjectChoice("target"), RIG), CueTarget(), []) as coach:
            for _ in range(11):
                show(coach, b"")

    with pytest.raises(LiveFrameError):
        show_nothing()


def test_the_mailbox_holds_the_newest_frame_alone() -> None:
    mailbox = Mailbox()
    assert [mailbox.put(jpeg, t_s) for t_s, jpeg in enumerate((b"1", b"2", b"3"))] == [False, True, True]
    assert mailbox.take() == (b"3", 2)
    waiting = threading.Thread(target=mailbox.take)
    waiting.start()
    mailbox.close()
    waiting.join(60)
    assert not waiting.is_alive()


@pytest.fixture
def body(tmp_path: Path) -> Iterator[EmulatedBody]:
    with EmulatedBody(truth_folder=tmp_path / "truth") as running:
        yield running


@pytest.mark.slow
def test_through_the_driver_nineteen_of_twenty_cues_point_the_right_way(body: EmulatedBody, tmp_path: Path) -> None:
    listener, truths = Listener(), tmp_path / "truth" / live_truth.NAME
    came: list[tuple[float, bytes]] = []
    coach = LiveCoach(LiveMeter(SubjectChoice(), RIG, CLIP_SIZE), CueTarget(), [listener], clock := Clock())
    with Camera(body.port_path, model=body.model) as camera:
        camera.set("shutterspeed", "1/50")
        camera.set("iso", "400")
        with live_view(camera, camera.listing()), coach:
            for jpeg in frames(camera, 300.0):
                coach.see(jpeg)
                came.append((clock.last, jpeg))
                # There and part of the way back; a busy machine renders the way so slowly that it takes longer.
                if clock.last - came[0][0] >= 12 and len(came) % 30 == 0 and told_of(listener, came, truths)[1] >= 60:
                    break
    # Before the subject is found for the first time there is nothing to point to.
    first = next(n for n, each in enumerate(listener.cues) if each.turn is not None)
    assert first < 30
    # A busy machine sees few frames, far apart, and must find the subject anew: "lost" is no wrong direction.
    pointing = [each for each in listener.cues[first:] if each.turn is not None]
    assert len(pointing) >= len(listener.cues[first:]) / 2
    right, told = told_of(listener, came, truths)
    assert told >= 60
    assert right >= 0.95 * told


def told_of(listener: Listener, came: list[tuple[float, bytes]], truths: Path) -> tuple[int, int]:
    """Right directions and directions of all cues that point somewhere, by the truths of the frames that came."""
    true = live_truth.read(truths)
    shown = dict(came)
    return right_directions(
        [(each, true[live_truth.name_of(shown[each.t_s])]) for each in tuple(listener.cues) if each.turn is not None]
    )


class Clock:
    """Time, as the coach reads it when a frame comes."""

    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self) -> float:
        now = time.monotonic()
        if threading.current_thread() is threading.main_thread():
            self.last = now
        return now


def plays_sound() -> bool:
    try:
        with Speaker():
            return True
    except SoundError:
        return False


@pytest.mark.slow
def test_camera_live_coaches_in_writing_where_there_is_no_sound(body: EmulatedBody, tmp_path: Path) -> None:
    if plays_sound():
        pytest.skip("there is a sound device here")
    body.turn_ring(SOFT_M)
    silent = {"RIGCOACH_HOME": str(tmp_path / "home"), "PATH": str(tmp_path)}
    command = [sys.executable, "-m", "rigcoach", "camera", "live", "--camera", body.port_path]
    command += ["--coach", "both", "--seconds", "6", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, env=silent, check=True)
    document = json.loads(run.stdout)
    assert document["coach"]["frames_measured"] >= document["coach"]["frames_with_subject"]
    assert document["coach"]["frames_measured"] > 0
    lines = run.stderr.splitlines()
    assert any(line.startswith("As text only: tones cannot be played") for line in lines)
    assert any(line.startswith("Words as text only") for line in lines)
    # What of the scene is seen, and how often, depends on how much else the machine does.
    assert any(map(is_cue, lines))
    assert WORDS & set(lines)
