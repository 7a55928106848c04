"""Files that commands write: never onto what was given, nor onto what rigcoach did not write."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from clips import write_video
from commands import run
from journal.made_sessions import kept
from ordinary import ordinary_python

PRECIOUS = b"a photographer's own work"

# Each writes one file, and needs nothing but a place for what rigcoach keeps.
WRITERS = {
    "log export csv": ("log", "export", "csv", "--out"),
    "log export json": ("log", "export", "json", "--out"),
    "log trend": ("log", "trend", "--svg"),
    "log report": ("log", "report", "--out"),
    "target": ("target", "--out"),
    "focus table": ("focus", "table", "--rig", "hip-video", "--out"),
    "focus scale": ("focus", "scale", "--rig", "hip-video", "--diameter", "60", "--throw", "170", "--out"),
}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def two_frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    grey = np.random.default_rng(1).integers(0, 255, (120, 160), dtype=np.uint8)
    return write_video(tmp_path_factory.mktemp("clips") / "clip.mp4", [grey, grey])


@pytest.fixture
def clip(two_frames: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(two_frames, tmp_path / "clip.mp4"))


def ending(writer: str) -> str:
    if "log" not in writer:
        return ".pdf"
    return ".svg" if "trend" in writer else ".html" if "report" in writer else ".txt"


def as_given(clip: Path, how: str) -> Path:
    """The clip by another name."""
    folder = clip.parent / "below"
    folder.mkdir()
    other = folder / "other.mp4"
    match how:
        case "the same name":
            return clip
        case "a roundabout name":
            return folder / ".." / clip.name
        case "a link":
            other.symlink_to(clip)
        case "a second name":
            os.link(clip, other)
    return other


@pytest.mark.parametrize("how", ["the same name", "a roundabout name", "a link", "a second name"])
@pytest.mark.parametrize("option", ["--out", "--video"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_review_is_never_written_onto_its_clip(clip: Path, how: str, option: str, force: tuple[str, ...]) -> None:
    before = clip.read_bytes()
    result = run("review", clip, option, as_given(clip, how), *force)
    assert result.exit_code == 1
    assert "is one of the input files" in result.stderr
    assert clip.read_bytes() == before
    assert sorted(path.name for path in clip.parent.iterdir()) == ["below", "clip.mp4"]


@pytest.mark.parametrize(
    ("writer", "beside"),
    [
        (("score", "clip.mp4", "--csv", "--output"), "clip.csv"),
        (("score", "clip.mp4", "--csv", "--output"), "clip.gcsv"),
        (("score", "clip.mp4", "--json", "--output"), "clipM01.XML"),
        (("score", "clip.mp4", "--json", "--output"), "clip.THM"),
        (("score", "clip.mp4", "--rig", "mine.toml", "--csv", "--output"), "mine.toml"),
        (("review", "clip.mp4", "--export", "csv"), "clip.csv"),
    ],
)
def test_what_is_read_with_a_clip_is_never_written_onto(writer: tuple[str, ...], beside: str, clip: Path) -> None:
    read = clip.with_name(beside)
    read.write_text("GYROFLOW IMU LOG\nversion,1.3\ntscale,0.001\nt,gx,gy,gz\n0,1,2,3\n5,1,2,3\n")
    if beside == "mine.toml":
        shutil.copyfile(Path(__file__).parents[2] / "profiles" / "hip-video.toml", read)
    before = read.read_bytes()
    result = run(*writer, *([read] if "--output" in writer else []), "--force")
    assert result.exit_code == 1
    assert f"{beside} is one of the input files" in result.stderr
    assert read.read_bytes() == before


@pytest.mark.parametrize("what", ["session.json", "take-01.mov", "scores/take-01.json"])
def test_a_review_is_never_written_onto_a_file_of_its_session(what: str) -> None:
    session = kept()
    (session / "scores").mkdir()
    for name in ("take-01.mov", "scores/take-01.json"):
        (session / name).write_bytes(PRECIOUS)
    before = (session / what).read_bytes()
    result = run("review", session, "--out", session / what, "--force")
    assert result.exit_code == 1
    assert "is one of the input files" in result.stderr
    assert (session / what).read_bytes() == before


@pytest.mark.parametrize(
    ("writer", "name"),
    [
        (("review", "clip.mp4", "--out"), "review.mp4"),
        (("review", "clip.mp4", "--out"), "review.txt"),
        (("review", "clip.mp4", "--out"), "reports/"),
        (("review", "clip.mp4", "--video"), "film.mov"),
        (WRITERS["log report"], "report.mov"),
        (WRITERS["log trend"], "trend.png"),
        (WRITERS["log export csv"], "takes.mp4"),
        (WRITERS["log export json"], "takes.mov"),
    ],
)
def test_nothing_is_written_under_a_name_of_another_kind(writer: tuple[str, ...], name: str, clip: Path) -> None:
    kept()
    before = sorted(clip.parent.iterdir())
    result = run(*writer, name, "--force")
    assert result.exit_code == 1
    assert f"{name.rstrip('/')} cannot be written: " in result.stderr
    assert "ame it " in result.stderr or "another name" in result.stderr
    assert sorted(clip.parent.iterdir()) == before


def test_two_outputs_of_a_review_are_two_files(clip: Path) -> None:
    assert run("review", clip, "--out", "film.mp4", "--video", "film.mp4").exit_code == 2


@pytest.mark.parametrize("export", ["csv", "edl", "xmp"])
def test_an_export_leaves_what_another_program_wrote(clip: Path, export: str) -> None:
    other = clip.with_name("clip.mp4.xmp" if export == "xmp" else f"clip.{export}")
    other.write_bytes(PRECIOUS)
    result = run("review", clip, "--export", export)
    assert result.exit_code == 1
    assert "already exists" in result.stderr
    assert other.read_bytes() == PRECIOUS
    assert not clip.with_name("clip.review.html").exists()  # told before anything was measured


@pytest.mark.parametrize("writer", WRITERS)
def test_what_rigcoach_did_not_write_is_replaced_only_by_force(writer: str, tmp_path: Path) -> None:
    kept()
    to = tmp_path / f"mine{ending(writer)}"
    to.write_bytes(PRECIOUS)
    result = run(*WRITERS[writer], to)
    assert result.exit_code == 1
    assert "already exists: it is not a" in result.stderr
    assert "--force" in result.stderr
    assert to.read_bytes() == PRECIOUS
    assert run(*WRITERS[writer], to, "--force").exit_code == 0
    assert PRECIOUS not in to.read_bytes()
    # What rigcoach wrote is known again.
    assert run(*WRITERS[writer], to).exit_code == 0


@pytest.mark.parametrize("writer", WRITERS)
def test_a_link_is_never_followed(writer: str, tmp_path: Path) -> None:
    kept()
    real = tmp_path / "real.txt"
    real.write_bytes(PRECIOUS)
    link = tmp_path / f"link{ending(writer)}"
    link.symlink_to(real)
    result = run(*WRITERS[writer], link)
    assert result.exit_code == 1
    assert "it is a link to another file" in result.stderr
    assert run(*WRITERS[writer], link, "--force").exit_code == 0
    assert real.read_bytes() == PRECIOUS
    assert not link.is_symlink()


@pytest.mark.parametrize("writer", [writer for writer in WRITERS if writer.startswith("log")])
def test_the_journal_is_never_written_onto(writer: str) -> None:
    session = kept() / "session.json"
    before = session.read_bytes()
    assert run(*WRITERS[writer], session, "--force").exit_code == 1
    assert session.read_bytes() == before


@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_no_file_is_left_alone(writer: str, tmp_path: Path) -> None:
    kept()
    pipe = tmp_path / f"pipe{ending(writer)}"
    os.mkfifo(pipe)
    result = run(*WRITERS[writer], pipe, "--force")
    assert result.exit_code == 1
    assert "it is a folder, a pipe or a device" in result.stderr
    assert pipe.is_fifo()


@pytest.mark.slow
def test_a_folder_in_which_nothing_may_be_written_is_told_before_anything_is_measured(clip: Path) -> None:
    locked = clip.parent / "locked"
    locked.mkdir()
    shutil.copyfile(clip, locked / "clip.mp4")
    (locked / "clip.mp4").chmod(0o644)
    locked.chmod(0o555)
    command = [*ordinary_python(), "-m", "rigcoach", "review", str(locked / "clip.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"nothing may be written in {locked}" in done.stderr


def test_a_demo_leaves_a_clip_that_is_not_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "demo-take.mov"
    mine.write_bytes(PRECIOUS)
    result = run("demo", "--out", tmp_path)
    assert result.exit_code == 1
    assert "already exists" in result.stderr
    assert mine.read_bytes() == PRECIOUS


@pytest.mark.slow
def test_what_a_review_wrote_it_writes_again(clip: Path) -> None:
    box = ("--subject", "box:10,10,80,80", "--fixed")
    wanted = ("review", clip, *box, "--video", "film.mp4", "--export", "csv", "--export", "xmp")
    assert run(*wanted).exit_code == 0
    written = {path: path.stat().st_ino for path in clip.parent.iterdir() if path.is_file() and path != clip}
    assert len(written) == 4
    assert run(*wanted).exit_code == 0
    assert all(path.stat().st_ino != inode for path, inode in written.items())
