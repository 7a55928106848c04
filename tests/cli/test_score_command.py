"""`rigcoach score`, on good files and on bad ones."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from clips import write_video

from rigcoach.cli.main import main
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip

FRAMES = 8


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of the target card, in focus, a little low."""
    path = tmp_path_factory.mktemp("takes") / "take-01.mov"
    still = SceneSpec(width=960, height=540, sway_deg=0.0, roll_wobble_deg=0.0)
    write_clip(replace(still, card_distance_m=1.2, focus_distance_m=1.2, aim=(0.0, 0.06)), FRAMES, path)
    return path


@pytest.fixture
def bad_files(take: Path, tmp_path: Path) -> list[Path]:
    """A MOV cut in the middle, an empty file, a JPEG named .mov, a folder, and no file at all."""
    cut, empty, picture, folder = (tmp_path / name for name in ("cut.mov", "empty.mov", "picture.mov", "folder.mov"))
    cut.write_bytes(take.read_bytes()[: take.stat().st_size // 2])
    empty.write_bytes(b"")
    picture.write_bytes(cv2.imencode(".jpg", np.full((60, 80), 128, np.uint8))[1].tobytes())
    folder.mkdir()
    return [cut, empty, picture, folder, tmp_path / "missing.mov"]


def score(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["score", *(str(argument) for argument in arguments)])


def documents(result: Result) -> list[dict[str, Any]]:
    return json.loads(result.stdout)


@pytest.mark.slow
def test_each_bad_file_gets_its_line_and_the_others_their_scores(take, bad_files):
    result = score(*bad_files[:3], take, *bad_files[3:], "--json")
    assert result.exit_code == 1
    told = result.stderr.strip().splitlines()
    assert len(told) == len(bad_files)
    for line, path in zip(told, bad_files, strict=True):
        assert line.startswith("rigcoach: ")
        assert path.name in line
    scored = documents(result)
    assert [Path(document["clip"]).name for document in scored] == [
        path.name for path in (*bad_files[:3], take, *bad_files[3:])
    ]
    assert [document.get("error") is None for document in scored] == [False, False, False, True, False, False]


@pytest.mark.slow
def test_a_bad_file_among_several_jobs_changes_nothing_for_the_rest(take, bad_files):
    result = score(bad_files[0], take, "--jobs", 2, "--json")
    assert result.exit_code == 1
    assert documents(result)[1] == documents(score(take, "--json"))[0]


@pytest.mark.slow
def test_the_clips_of_a_folder_are_scored_and_what_is_none_is_counted(take, tmp_path):
    deep = tmp_path / "card" / "DCIM" / "100CANON"
    deep.mkdir(parents=True)
    for name in ("MVI_0002.MOV", "MVI_0001.MOV"):
        shutil.copy(take, deep / name)
    (deep / "MVI_0001.THM").write_bytes(b"thumbnail")
    result = score(tmp_path / "card", "--json")
    assert result.exit_code == 0
    assert [Path(document["clip"]).name for document in documents(result)] == ["MVI_0001.MOV", "MVI_0002.MOV"]
    assert "Skipped: 1 thumbnail" in result.stderr


@pytest.mark.slow
def test_what_is_scored_is_what_is_in_the_picture(take):
    (document,) = documents(score(take, "--json", "--per-frame"))
    assert document["frame_count"] == document["scored_frames"] == FRAMES
    assert document["score"]["focus"] > 80
    assert document["score"]["framing"] < document["score"]["focus"]
    assert len(document["frames"]) == FRAMES
    for frame in document["frames"]:
        assert frame["framing"]["offset"] == pytest.approx([0.0, 0.06], abs=0.003)


@pytest.mark.slow
def test_lines_say_what_the_document_says(take, bad_files):
    wanted = documents(score(bad_files[0], take, "--json"))
    result = score(bad_files[0], take, "--jsonl")
    assert result.exit_code == 1
    assert [json.loads(line) for line in result.stdout.splitlines()] == wanted


@pytest.mark.slow
def test_a_spreadsheet_has_a_line_for_each_clip(take, bad_files):
    (document,) = documents(score(take, "--json"))
    rows = list(csv.DictReader(io.StringIO(score(bad_files[0], take, "--csv").stdout)))
    assert [Path(row["clip"]).name for row in rows] == ["cut.mov", "take-01.mov"]
    assert "cut.mov" in rows[0]["error"]
    assert rows[0]["overall"] == rows[1]["error"] == ""
    assert float(rows[1]["overall"]) == document["score"]["overall"]
    assert float(rows[1]["keeper_ratio"]) == document["keeper_ratio"]
    assert rows[1]["advice"].split() == [advice["code"] for advice in document["advice"]]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["json", "jsonl", "csv"])
def test_results_go_into_a_file_in_the_form_that_its_name_says(take, tmp_path, ending):
    printed = score(take, f"--{ending}").stdout_bytes
    out = tmp_path / f"scores.{ending}"
    for _ in range(2):  # what rigcoach wrote may be written again
        result = score(take, "--output", out)
        assert (result.exit_code, result.stdout) == (0, "")
        assert f"Saved to {out}" in result.stderr
        assert out.read_bytes() == printed


def test_results_are_not_written_onto_a_clip_or_anothers_file(take, tmp_path):
    others = tmp_path / "mine.csv"
    others.write_text("a,b\n")
    content = take.read_bytes()
    assert score(take, "--csv", "--output", take, "--force").exit_code == 1
    assert score(take, "--output", others).exit_code == 1
    assert (others.read_text(), take.read_bytes()) == ("a,b\n", content)
    assert score(take, "--output", tmp_path / "scores.txt").exit_code == 2
    assert score(take, "--csv", "--jsonl").exit_code == 2


@pytest.mark.slow
def test_a_score_below_the_bar_fails_after_it_is_printed(take):
    assert score(take, "--fail-under", 1).exit_code == 0
    result = score(take, "--fail-under", 100)
    assert result.exit_code == 1
    assert "take-01.mov" in result.stdout
    assert "1 of 1 clips score under 100" in result.stderr


def test_a_clip_without_a_subject_says_so(tmp_path):
    rng = np.random.default_rng(7)
    clouds = cv2.GaussianBlur(rng.uniform(60, 190, (240, 320)).astype(np.float32), (0, 0), 9).astype(np.uint8)
    path = write_video(tmp_path / "sky.mov", [clouds] * 6)
    result = score(path, "--json")
    assert result.exit_code == 0
    (document,) = documents(result)
    assert document["score"]["framing"] is None
    assert document["score"]["overall"] is None
    assert document["subject"] == {"kind": None, "found_ratio": 0.0}
    assert "no subject" in score(path).stdout


def test_a_box_given_by_hand_needs_no_detector(tmp_path):
    rng = np.random.default_rng(8)
    picture = rng.integers(0, 256, (240, 320), dtype=np.uint8)
    path = write_video(tmp_path / "box.mov", [picture] * 6)
    (document,) = documents(score(path, "--subject", "box:160,60,80,60", "--fixed", "--json", "--per-frame"))
    # The box's centre, (200, 90), seen from the frame's, (160, 120).
    assert document["frames"][0]["framing"]["offset"] == pytest.approx([40 / 320, -30 / 240])


@pytest.mark.parametrize("text", ["box:1,2,3", "box:1,2,0,4", "cat", "box:a,b,c,d"])
def test_a_subject_that_makes_no_sense_is_a_mistake_in_use(text):
    result = score("any.mov", "--subject", text)
    assert result.exit_code == 2
    assert text in result.stderr


def test_a_profile_that_does_not_exist_is_named_before_work_starts(take):
    result = score(take, "--rig", "hip-vdeo")
    assert result.exit_code == 1
    assert "hip-vdeo" in result.stderr
    assert "hip-video" in result.stderr


def test_a_box_beside_the_picture_is_told_with_the_pictures_size(tmp_path):
    clip = write_video(tmp_path / "small.mov", [np.full((48, 64), 90, np.uint8)] * 2)
    result = score(clip, "--subject", "box:900,2,30,40")
    assert result.exit_code == 1
    assert "the box lies outside its frame of 64 × 48 pixels" in result.stderr
    assert "inside rigcoach" not in result.stderr
