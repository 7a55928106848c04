"""The film in an emulated body: clips and live view, rendered by a worker."""

import io
import multiprocessing
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from known import known
from small_movies import SMALL_PX

from rigcoach.emulated.film import clip_length, metering
from rigcoach.emulated.film.film_messages import World
from rigcoach.emulated.film.scene_film import FilmError, SceneFilm
from rigcoach.scene.truth import ClipTruth

RIGHT = metering.manual(1 / 50, 8.0, 400)

Load = Callable[..., SceneFilm]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Load films, each with a folder of its own; end their workers."""
    films: list[SceneFilm] = []

    def new(seed: int = 1, truth_folder: Path | None = None) -> SceneFilm:
        folder = tmp_path / f"card-{len(films)}"
        folder.mkdir()
        films.append(SceneFilm(World(seed, 28.0, 2.0, SMALL_PX), folder, truth_folder))
        return films[-1]

    yield new
    for film in films:
        film.close()


def developed(film: SceneFilm, count: int = 1) -> list[Path]:
    found: list[Path] = []
    deadline = time.monotonic() + 300
    while len(found) < count and time.monotonic() < deadline:
        found += [each.path for each in film.developed()]
        time.sleep(0.01)
    return found


def brightness_reaches(film: SceneFilm, least: float, settings: metering.ExposureSettings) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        jpeg = film.look(settings)
        if (
            jpeg is not None
            and known(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)).mean() >= least
        ):
            return True
        time.sleep(0.01)
    return False


def lumas(clip: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(clip), "r") as opened:
        return [frame.to_ndarray(format="gray") for frame in opened.decode(video=0)]


@pytest.mark.slow
def test_the_same_seed_settings_and_length_give_the_same_bytes_and_another_seed_others(load: Load) -> None:
    films = [load(5), load(5), load(6)]
    for film in films:
        film.roll("MVI_0001.MOV", RIGHT, 1800)
        film.cut(15)
    first, again, other = (developed(film)[0].read_bytes() for film in films)
    assert again == first
    assert other != first


@pytest.mark.slow
def test_a_clip_is_the_same_whether_it_was_rendered_while_it_ran_or_afterwards(load: Load) -> None:
    running, afterwards = load(), load()
    running.warm_up(RIGHT)
    assert brightness_reaches(running, 60, RIGHT)  # it is there to render from the first frame on
    began = time.monotonic()
    running.roll("MVI_0001.MOV", RIGHT, 1800)
    time.sleep(1.7)  # a group of frames is sure to be in it
    frames = clip_length.frames_recorded(time.monotonic() - began)
    running.cut(frames)
    afterwards.roll("MVI_0001.MOV", RIGHT, 1800)
    afterwards.cut(frames)
    assert developed(running)[0].read_bytes() == developed(afterwards)[0].read_bytes()


@pytest.mark.slow
def test_live_view_goes_on_whether_its_first_picture_came_before_somebody_looked_or_after(load: Load) -> None:
    for waits_s in (60.0, 0.0):
        film = load()
        film.warm_up(RIGHT)
        film.await_picture(waits_s)
        shown: set[bytes | None] = set()
        deadline = time.monotonic() + 300
        while len(shown) < 30 and time.monotonic() < deadline:
            shown.add(film.look(RIGHT))
            time.sleep(0.01)
        assert len(shown) >= 30


@pytest.mark.slow
def test_takes_come_in_order_with_their_truth_and_differ(load: Load, tmp_path: Path) -> None:
    film = load(truth_folder=tmp_path)
    for name, frames in (("MVI_0001.MOV", 15), ("MVI_0002.MOV", 30)):
        film.roll(name, RIGHT, 1800)
        film.cut(frames)
    first, second = developed(film, 2)
    assert (first.name, second.name) == ("MVI_0001.MOV", "MVI_0002.MOV")
    truths = [ClipTruth.read(tmp_path / f"{clip.stem}.truth.json") for clip in (first, second)]
    assert [len(truth.frames) for truth in truths] == [15, 30]
    assert truths[0].frames[0].roll_deg != truths[1].frames[0].roll_deg
    assert [frame.t_s for frame in truths[1].frames] == pytest.approx([n * 1001 / 30000 for n in range(30)])


@pytest.mark.slow
def test_two_stops_less_light_are_two_stops_less_in_the_clip(load: Load) -> None:
    def mean_light(iso: int) -> float:
        film = load()
        film.roll("MVI_0001.MOV", metering.manual(1 / 50, 8.0, iso), 1800)
        film.cut(15)
        signal = lumas(developed(film)[0].read_bytes())[0] / 255
        # The inverse of Rec. ITU-R BT.709-6, item 1.2.
        return float(np.where(signal < 0.081, signal / 4.5, ((signal + 0.099) / 1.099) ** (1 / 0.45)).mean())

    assert mean_light(400) / mean_light(100) == pytest.approx(4.0, rel=0.05)


@pytest.mark.slow
def test_live_view_follows_the_settings(load: Load) -> None:
    film = load()
    assert brightness_reaches(film, 60, RIGHT)
    assert brightness_reaches(film, 180, metering.manual(1 / 50, 8.0, 6400))


def test_a_torn_film_is_an_error_not_silence(load: Load) -> None:
    film = load()
    film.warm_up(RIGHT)
    for worker in multiprocessing.active_children():
        worker.kill()
    with pytest.raises(FilmError, match="Start the emulated body again"):
        developed(film)
