"""`rigcoach review` as it is typed."""

import csv
import json
import re
import shutil
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import av
import numpy as np
import pytest
from click.testing import CliRunner, Result
from clips import first_frames, write_video
from journal.made_sessions import kept
from report.reviewed import Reviewed
from stills import write_stills

from rigcoach.cli.main import main


@pytest.fixture(scope="module")
def small(reviewed: Reviewed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first of the scene, half as large: what a command writes, and where, needs no more of it."""
    return first_frames(reviewed.path, 12, tmp_path_factory.mktemp("small") / "take.mov", smaller=2)


@pytest.fixture
def take(small: Path, tmp_path: Path) -> Path:
    path = tmp_path / "take-01.mov"
    shutil.copyfile(small, path)
    return path


def review(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["review", *(str(argument) for argument in arguments)])


@pytest.mark.slow
def test_the_report_goes_beside_the_clip(take):
    result = review(take, "--subject", "target")
    assert result.exit_code == 0, result.stderr
    report = take.with_name("take-01.review.html")
    assert result.stdout.strip() == str(report)
    assert "<h1>" in report.read_text()


@pytest.mark.slow
def test_all_that_was_asked_for_is_written_and_listed(take, tmp_path):
    out = tmp_path / "reports" / "r.html"
    out.parent.mkdir()
    # Faces are searched for in every picture: a few small ones will do.
    take = first_frames(take, 8, tmp_path / "take-01.mov", smaller=3)
    result = review(
        take, "--subject", "target", "--out", out, "--video", tmp_path / "a.mp4", "--share",
        "--export", "csv", "--export", "xmp", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    files = [Path(name) for name in json.loads(result.stdout)["files"]]
    assert files == [out, tmp_path / "a.mp4", out.with_name("take-01.csv"), take.with_name("take-01.mov.xmp")]
    assert all(path.stat().st_size > 0 for path in files)
    assert "Faces were blurred" in out.read_text()


@pytest.mark.slow
def test_a_clip_without_keepers_exports_an_empty_list_with_a_note(take):
    result = review(take, "--subject", "target", "--export", "edl")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("take-01.edl is empty: no stretch of keepers")
    assert "FROM CLIP NAME" not in take.with_name("take-01.edl").read_text()
    assert take.with_name("take-01.review.html").exists()


@pytest.mark.slow
def test_of_several_clips_each_gets_its_report_and_a_bad_one_costs_no_other(take, tmp_path):
    broken, second = tmp_path / "broken.mov", tmp_path / "take-02.mov"
    broken.write_bytes(b"no clip")
    shutil.copyfile(take, second)
    result = review(take, broken, second, "--subject", "target")
    assert result.exit_code == 1
    assert result.stdout.split() == [str(path.with_name(f"{path.stem}.review.html")) for path in (take, second)]
    assert "broken.mov" in result.stderr


@pytest.mark.slow
def test_a_folder_gets_an_overview_that_ranks_its_clips_and_leads_to_their_reports(take, tmp_path):
    day = tmp_path / "a day"
    day.mkdir()
    (day / "broken.mov").write_bytes(b"no clip")
    shutil.copyfile(take, day / "take <2>.mov")
    still = [np.full((120, 160), 90, np.uint8)] * 8
    write_video(day / "empty.mp4", still)
    result = review(day, "--subject", "target")
    assert result.exit_code == 1
    overview = day / "overview.html"
    assert result.stdout.splitlines()[0] == str(overview)
    page = overview.read_text()
    assert "in 2 clips" in page
    assert page.index("take%20%3C2%3E.review.html") < page.index("empty.review.html")
    assert "take &lt;2&gt;.mov" in page
    assert "take <2>" not in page
    assert "broken.mov is not a video" in page
    for link in re.findall(r'href="([^"#:]+)"', page):
        assert (day / unquote(link)).is_file(), link


def test_an_overview_that_rigcoach_did_not_write_stays(take, tmp_path):
    second = shutil.copyfile(take, tmp_path / "take-02.mov")
    mine = tmp_path / "overview.html"
    mine.write_text("my own")
    result = review(take, second, "--out", tmp_path)
    assert result.exit_code == 1
    assert "overview.html" in result.stderr
    assert mine.read_text() == "my own"
    assert not list(tmp_path.glob("*.review.html"))


def test_reports_of_several_clips_go_into_a_folder_and_never_onto_each_other(take, tmp_path):
    second = tmp_path / "other" / take.name
    second.parent.mkdir()
    shutil.copyfile(take, second)
    result = review(take, second, "--out", tmp_path)
    assert result.exit_code == 2
    assert "2 reports would be called" in result.stderr
    assert review(take, second, "--out", tmp_path / "nowhere.html").exit_code == 2


@pytest.mark.usefixtures("take")
def test_the_last_session_to_review_is_the_last_that_was_scored():
    scored, unscored = kept(scores=(50.0,)), kept(scores=(), day=1)
    assert review("last").exit_code == 0
    assert (scored / "report.html").exists()
    assert not (unscored / "report.html").exists()


@pytest.mark.usefixtures("take")
@pytest.mark.parametrize("name", ["nothing.mov", "nothing"])
def test_what_is_not_there_is_named(name):
    result = review(name)
    assert result.exit_code == 1
    assert "nothing" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(take, tmp_path):
    result = review(take, "--subject", "target", "--out", tmp_path / "no" / "such" / "r.html")
    assert result.exit_code == 1
    assert not (tmp_path / "no").exists()


@pytest.mark.usefixtures("take")
def test_a_session_gets_its_page_by_id_and_as_the_last():
    folder = kept(scores=(50.0, 60.0))
    for name in (folder.name, "last", folder):
        (folder / "report.html").unlink(missing_ok=True)
        result = review(name)
        assert result.exit_code == 0, result.stderr
        assert "Takes side by side" in (folder / "report.html").read_text()


@pytest.mark.slow
def test_a_drills_take_moves_the_wanted_place_and_brings_its_rig(take):
    assert review(take, "--subject", "target").exit_code == 0
    middle = take.with_name("take-01.review.html").read_text()
    assert review(take, "--subject", "target", "--drill", "thirds").exit_code == 0
    third = take.with_name("take-01.review.html").read_text()
    # The card stands right of the middle: far to the right of the left third.
    assert "too far right in 100 % of the frames" in third
    assert "too far right in" not in middle.split("Look at a moment")[0]
    assert "The rig is not known" in middle
    assert "The rig is not known" not in third


def test_a_sequence_of_stills_becomes_a_film_and_a_table(tmp_path):
    folder = write_stills(tmp_path / "lapse", 12, missing=(5, 6))
    result = review(folder, "--sequence", "--video", tmp_path / "film.mp4", "--export", "csv")
    assert result.exit_code == 0, result.stderr
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert len(list(film.decode(video=0))) == 10
        assert film.streams.video[0].average_rate == Fraction(25)
    rows = list(csv.DictReader((tmp_path / "lapse.csv").read_text().splitlines()))
    assert [row["picture"] for row in rows][4:6] == ["IMG_0005.JPG", "IMG_0008.JPG"]
    assert [float(row["taken_s"]) for row in rows] == pytest.approx([4.0 * i for i in range(12) if i not in (5, 6)])
    assert [float(row["asked_ev"]) for row in rows] == pytest.approx([-11.64] * 10, abs=0.01)
    assert (tmp_path / "lapse.review.html").exists()


@pytest.mark.parametrize("asked", [("--export", "otio"), ("--export", "xmp"), ("--proxy",), ("--takes",)])
def test_what_a_sequence_of_stills_cannot_become_is_said(tmp_path, asked):
    result = review(write_stills(tmp_path / "lapse", 3), "--sequence", *asked)
    assert result.exit_code == 2
    assert "editors and photo tools take the stills themselves" in result.stderr


def test_no_report_is_written_onto_a_still(tmp_path):
    folder = write_stills(tmp_path / "lapse", 3)
    before = (folder / "IMG_0001.JPG").read_bytes()
    result = review(folder, "--sequence", "--out", folder / "IMG_0001.JPG", "--force")
    assert result.exit_code == 1
    assert "is one of the input files" in result.stderr
    assert (folder / "IMG_0001.JPG").read_bytes() == before
