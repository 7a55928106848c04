"""Interlaced movies: fields taken apart, whole frames in interlaced files left whole, and what says so."""

from fractions import Fraction
from pathlib import Path

import av
import av.filter
import cv2
import numpy as np
import pytest
from known import known
from video.movies import Layout, scene, woven, write_movie

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip, read_frames
from rigcoach.video.scan import Scan

# 1080i25: 50 fields a second, in each of which the picture has moved on.
FIELDS = [scene(i, step_px=3) for i in range(24)]


def far_off(path: Path, wanted: list[np.ndarray]) -> list[float]:
    """How far each frame is from a whole picture of its own instant, in levels."""
    frames = [frame.luma.astype(float) for frame in read_frames(read_clip(path))]
    return [float(np.abs(luma - (picture)).mean()) for luma, picture in zip(frames, wanted, strict=True)]


@pytest.mark.parametrize("flagged", [True, False])
@pytest.mark.parametrize("first", ["tff", "bff"])
def test_each_frame_is_its_first_field_at_its_own_time(tmp_path, first, flagged):
    layout = Layout(field_first=first if flagged else "prog")
    path = write_movie(tmp_path / "woven.mp4", woven(FIELDS, top_first=first == "tff"), layout)
    clip = read_clip(path)
    assert clip.scan == first
    assert "interlaced" in clip.notes[0]
    assert max(far_off(path, FIELDS[::2])) < 1.0
    assert [frame.t_s for frame in read_frames(clip)] == pytest.approx([i / 25 for i in range(12)])
    # Left woven, half the lines would be of the other instant.
    assert min(float(np.abs(a - b.astype(float)).mean()) for a, b in zip(FIELDS[::2], FIELDS[1::2], strict=True)) > 2


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_whole_frames_in_an_interlaced_file_stay_whole(tmp_path, first):
    # Fine stripes across, which no field of half the height holds.
    fine = [picture.copy() for picture in FIELDS]
    for picture in fine:
        picture[::2, 40:120] = 40
        picture[1::2, 40:120] = 200
    path = write_movie(tmp_path / "psf.mp4", fine, Layout(field_first=first))
    assert read_clip(path).scan is Scan.PROGRESSIVE
    assert max(far_off(path, fine)) < 1.5


def test_an_interlaced_file_in_which_nothing_moves_goes_by_its_flag(tmp_path):
    path = write_movie(tmp_path / "still.mp4", [scene(0)] * 12, Layout(field_first="tff"))
    assert read_clip(path).scan is Scan.AS_FLAGGED
    assert max(far_off(path, [scene(0)] * 12)) < 1.0


def test_whole_frames_without_a_flag_pass_as_they_are(tmp_path):
    path = write_movie(tmp_path / "whole.mp4", FIELDS, Layout())
    clip = read_clip(path)
    assert (clip.scan, clip.notes) == (Scan.PROGRESSIVE, ())


def test_fields_that_say_nothing_are_seen_though_nothing_moves_at_first(tmp_path):
    still = [scene(0)] * 30
    path = write_movie(tmp_path / "late.mp4", woven([*still, *FIELDS]), Layout())
    assert read_clip(path).scan is Scan.TOP_FIRST
    assert max(far_off(path, [*still[::2], *FIELDS[::2]])) < 1.0


@pytest.mark.parametrize("flagged", [True, False])
def test_of_frames_of_which_some_are_woven_the_others_stay_whole(tmp_path, flagged):
    # 24 frames a second in 60 fields: of five frames three are whole, two of the fields of two.
    films = [scene(i, step_px=6) for i in range(12)]
    for film in films:
        film[::2, 40:120] //= 2  # fine stripes across, which no field holds
    woven_in: list[np.ndarray] = []
    for a, b, c, d in zip(films[::4], films[1::4], films[2::4], films[3::4], strict=True):
        woven_in += [a, b, *woven([b, c, c, d]), d]
    layout = Layout(field_first="tff" if flagged else "prog")
    path = write_movie(tmp_path / "telecine.mp4", woven_in, layout)
    assert read_clip(path).scan is Scan.TOP_FIRST
    shown = [frame.luma.astype(float) for frame in read_frames(read_clip(path))]
    # Those that are seen between two others; the first and the last have one beside them.
    whole = {i: film for i, film in enumerate(woven_in) if i % 5 in (0, 1, 4) and 0 < i < 14}
    assert max(float(np.abs(shown[i] - film).mean()) for i, film in whole.items()) < 1.5
    # The stripes of the others are drawn from one field.
    assert min(float(np.abs(shown[i] - woven_in[i]).mean()) for i in (2, 3, 7, 8)) > 3


CAMCORDERS = {
    "HDV": ("m2t", Layout("mpeg2video", options={"b": "20M"}, field_first="tff", container="mpegts")),
    "XDCAM": ("mxf", Layout("mpeg2video", options={"b": "20M"}, field_first="tff")),
    "MOD": ("mod", Layout("mpeg2video", options={"b": "20M"}, field_first="tff", container="mpeg")),
    "AVCHD": ("mts", Layout(field_first="tff", container="mpegts")),
    "AVC-Intra, 10 bits": ("mov", Layout("libx264", "yuv422p10le", field_first="tff")),
    "ProRes": ("mov", Layout("prores_ks", "yuv422p10le", field_first="tff")),
    "FFV1, 16 bits": ("mkv", Layout("ffv1", "yuv420p16le", field_first="tff")),
}


@pytest.mark.parametrize(("ending", "layout"), CAMCORDERS.values(), ids=CAMCORDERS.keys())
def test_fields_are_taken_apart_as_every_kind_of_camcorder_writes_them(tmp_path, ending, layout):
    path = write_movie(tmp_path / f"clip.{ending}", woven(FIELDS), layout)
    assert read_clip(path).scan == "tff"
    assert max(far_off(path, FIELDS[::2])) < 2.0


@pytest.mark.parametrize(("ending", "container"), [("avi", "avi"), pytest.param("dv", "dv", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("aspect", "width"), [(Fraction(16, 15), 768), (Fraction(64, 45), 1024)])
def test_dv_is_taken_apart_and_made_square(tmp_path, ending, container, aspect, width):
    fields = [scene(i, (720, 576), step_px=4) for i in range(8)]
    layout = Layout("dvvideo", aspect=aspect, field_first="bff", container=container)
    path = write_movie(tmp_path / f"tape.{ending}", woven(fields, top_first=False), layout)
    clip = read_clip(path)
    assert (clip.width, clip.height) == (width, 576)
    assert clip.fps == 25
    assert clip.scan == "bff"
    stretched = [cv2.resize(each, (width, 576), interpolation=cv2.INTER_CUBIC) for each in fields[::2]]
    assert max(far_off(path, stretched)) < 2.0


def measured(path: Path) -> ClipMeasurements:
    return analyse_clip(read_clip(path), SubjectChoice("target"), RigOptics())


@pytest.mark.slow
def test_a_sharp_card_in_motion_shows_no_smear_that_is_a_comb(shared):
    folder = shared / "cases" / "02-interlaced"
    whole, interlaced = measured(folder / "prog.mp4"), measured(folder / "interlaced.mp4")
    for one, other in zip(whole.frames, interlaced.frames, strict=True):
        assert one.t_s == other.t_s
        assert other.focus.kind == "sharp"
        assert other.focus.motion_blur_px == pytest.approx(one.focus.motion_blur_px, abs=0.2)
        assert known(other.framing).offset == pytest.approx(known(one.framing).offset, abs=2e-4)
    assert known(score_clip(interlaced).steadiness) > 99


@pytest.mark.slow
def test_blur_of_fields_is_true_within_its_interval(tmp_path):
    random = np.random.default_rng(3)
    errors, inside = [], []
    for seed in range(6):
        spec = SceneSpec(
            seed=seed,
            width=960,
            height=540,
            card_distance_m=1.7,
            focus_distance_m=random.uniform(0.8, 1.7),
            iso=400,
            fps=Fraction(50),
            shutter_s=1 / 250,
            roll_deg=random.uniform(-8, 8),
            pan_px_s=tuple(random.uniform(-250, 250, 2)),
        )
        renderer = Renderer(spec)
        fields = [renderer.frame(i) for i in range(6)]
        frames = woven([np.asarray(each.luma) for each in fields])
        clip = measured(write_movie(tmp_path / f"{seed}.mp4", frames, Layout(field_first="tff")))
        assert clip.clip.interlaced
        for frame, truth in zip(clip.frames, (each.truth for each in fields[::2]), strict=True):
            low, high = known(frame.focus.blur_px_interval)
            errors.append(known(frame.focus.blur_px) - truth.blur_px)
            inside.append(low <= truth.blur_px <= high)
    assert np.mean(inside) >= 0.9
    assert np.abs(errors).mean() < 0.15


def test_a_moving_drawing_is_not_interlaced(tmp_path):
    # Small patterns that move look woven to any measure.
    drawn = av.filter.Graph()
    source = drawn.add("testsrc", "size=64x48:rate=10:duration=4")
    drawn.link_nodes(source, drawn.add("format", "rgb8"), drawn.add("buffersink")).configure()
    path = tmp_path / "drawn.gif"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("gif", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8"
        for _ in range(40):
            made.mux(stream.encode(drawn.vpull()))
        made.mux(stream.encode(None))
    assert read_clip(path).scan is Scan.PROGRESSIVE
