"""Reading clips: what a file says of itself, its luma and times, and every way a file can be wrong."""

import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clips import write_video

from rigcoach.video.clip import ClipError, Frame, read_clip, read_frames


def corner_marked(count: int = 12) -> list[np.ndarray]:
    """Frames of mid grey with a white block in the top left corner and a level that names the frame."""
    frames = []
    for i in range(count):
        frame = np.full((96, 160), 60 + 5 * i, np.uint8)
        frame[:24, :24] = 250
        frames.append(frame)
    return frames


def read_all(path: Path) -> list[Frame]:
    return list(read_frames(read_clip(path)))


@pytest.mark.parametrize("suffix", [".mov", ".mp4", ".mkv"])
def test_luma_and_times_come_back_as_written(tmp_path, suffix):
    written = corner_marked()
    path = write_video(tmp_path / f"take{suffix}", written)
    clip = read_clip(path)
    frames = [(frame.t_s, frame.luma.copy()) for frame in read_frames(clip)]
    assert (clip.width, clip.height, clip.full_range) == (160, 96, True)
    assert float(clip.fps) == pytest.approx(25)
    assert [t for t, _ in frames] == pytest.approx([i / 25 for i in range(12)], abs=1e-3)
    for (_, luma), expected in zip(frames, written, strict=True):
        assert np.abs(luma.astype(int) - expected).mean() < 1.0


def test_times_of_a_variable_frame_rate_are_the_files_own(tmp_path):
    times_s = [0.0, 0.04, 0.2, 0.24, 0.5]
    path = write_video(tmp_path / "vfr.mp4", corner_marked(5), times_s=times_s)
    assert [frame.t_s for frame in read_all(path)] == pytest.approx(times_s, abs=1e-3)


@pytest.mark.parametrize(("turn", "corner"), [(90, "bottom left"), (-90, "top right"), (180, "bottom right")])
def test_a_rotated_file_is_read_upright(tmp_path, turn, corner):
    # The display matrix turns the stored frame anticlockwise by `turn` (av_display_rotation_get in libavutil).
    path = write_video(tmp_path / "turned.mov", corner_marked(3), rotate_deg=turn)
    with av.open(str(path)) as container:
        assert (next(container.decode(video=0)).rotation - turn) % 360 == 0
    luma = read_all(path)[0].luma
    clip = read_clip(path)
    assert luma.shape == (clip.height, clip.width) == ((96, 160) if turn == 180 else (160, 96))
    rows = slice(0, 20) if "top" in corner else slice(-20, None)
    columns = slice(0, 20) if "left" in corner else slice(-20, None)
    assert luma[rows, columns].mean() > 230


def test_video_range_luma_is_told_apart(tmp_path):
    path = write_video(tmp_path / "tv.mp4", corner_marked(3), pixel_format="yuv420p")
    assert not read_clip(path).full_range


def test_ten_bit_luma_is_read_as_eight(tmp_path):
    path = write_video(tmp_path / "deep.mkv", corner_marked(3), pixel_format="yuv420p10le")
    luma = read_all(path)[1].luma
    assert luma.dtype == np.uint8
    assert luma[60:, 60:].mean() == pytest.approx(65, abs=0.7)


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def faststart(source: Path, target: Path) -> Path:
    """Copy a MOV with its index in front, as editors write it."""
    with av.open(str(source)) as old, av.open(str(target), "w", options={"movflags": "faststart"}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    return target


def noisy(count: int = 50) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    return [rng.integers(0, 255, (96, 160), dtype=np.uint8) for _ in range(count)]


def test_a_mov_without_its_index_is_cut_short(tmp_path):
    path = cut(write_video(tmp_path / "a.mov", noisy()), 0.7)
    with pytest.raises(ClipError, match=r"a\.mov is cut short: its index.*Fetch it") as caught:
        read_clip(path)
    assert caught.value.code == "clip.truncated"


def test_a_mov_with_its_index_in_front_says_how_many_frames_are_missing(tmp_path):
    path = cut(faststart(write_video(tmp_path / "a.mov", noisy()), tmp_path / "b.mov"), 0.7)
    with pytest.raises(ClipError, match=r"b\.mov is cut short: 1\d of its 50 frames are missing") as caught:
        read_clip(path)
    assert caught.value.code == "clip.truncated"


def test_a_matroska_file_cut_short_is_found_out_at_its_end(tmp_path):
    path = cut(write_video(tmp_path / "a.mkv", noisy(100)), 0.5)
    with pytest.raises(ClipError, match=r"should last 4\.0 s and ends after"):
        read_all(path)


def test_bytes_overwritten_in_the_middle_are_damage(tmp_path):
    path = write_video(tmp_path / "a.mov", noisy())
    data = bytearray(path.read_bytes())
    middle = slice(len(data) // 4, len(data) // 2)
    data[middle] = bytes(len(data[middle]))
    path.write_bytes(data)
    with pytest.raises(ClipError, match="damaged") as caught:
        read_all(path)
    assert caught.value.code == "clip.damaged"


def test_a_photograph_named_as_a_clip_is_told_for_what_it_is(tmp_path):
    cv2.imwrite(str(tmp_path / "photo.jpg"), noisy(1)[0])
    with pytest.raises(ClipError, match="is a photograph") as caught:
        read_clip(tmp_path / "photo.jpg")
    assert (caught.value.code, caught.value.why) == ("clip.not-video", "")
    assert "--sequence" in caught.value.next_step
    shutil.move(tmp_path / "photo.jpg", tmp_path / "photo.mov")
    with pytest.raises(ClipError, match="is a photograph") as caught:
        read_clip(tmp_path / "photo.mov")
    assert (caught.value.code, caught.value.why) == ("clip.not-video", "only its name says otherwise")


def test_files_that_are_no_clips(tmp_path):
    (tmp_path / "empty.mov").touch()
    (tmp_path / "notes.mov").write_text("shot at f/8 from the hip\n" * 50)
    codes = {}
    for name in ("empty.mov", "notes.mov", "missing.mov", "."):
        with pytest.raises(ClipError) as caught:
            read_clip(tmp_path / name)
        codes[name] = caught.value.code
        assert "\n" not in str(caught.value)
    assert codes == {
        "empty.mov": "clip.empty",
        "notes.mov": "clip.not-video",
        "missing.mov": "clip.missing",
        ".": "clip.directory",
    }


def test_sound_without_a_picture_is_no_clip(tmp_path):
    path = tmp_path / "sound.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    with pytest.raises(ClipError, match="holds no video: it has sound only"):
        read_clip(path)
