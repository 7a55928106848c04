"""File names as cameras, downloads and mischief make them, through the commands."""

import io
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from clips import write_video
from commands import run

from rigcoach.cli.output import print_path

NAMES = [
    "12:30.mp4",
    "-x.mov",
    "#1 50%.mp4",
    "two  spaces.mp4",
    "🎬.mp4",
    "red\x1b[31m.mp4",
    "new\nline.mp4",
    "\u202e4pm.mov",
    os.fsdecode(b"caf\xe9.mp4"),
]
BOX = ("--subject", "box:20,20,80,60", "--fixed")


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    rng = np.random.default_rng(4)
    frames = [rng.integers(0, 255, (96, 160), dtype=np.uint8)] * 6
    return write_video(tmp_path_factory.mktemp("clip") / "plain.mp4", frames)


@pytest.fixture
def folder(clip, tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        shutil.copy(clip, tmp_path / name)
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_every_name_is_scored_and_stands_in_the_json_as_it_is():
    named = [name if not name.startswith("-") else f"./{name}" for name in NAMES]
    done = run("score", "--json", *BOX, *named)
    assert done.exit_code == 0, done.stderr
    assert [document["clip"] for document in json.loads(done.stdout)] == named
    printed = done.stdout
    assert "\x1b" not in printed
    of_folder = run("score", "--json", *BOX, ".")
    assert sorted(document["clip"] for document in json.loads(of_folder.stdout)) == sorted(NAMES)


@pytest.mark.usefixtures("folder")
def test_a_name_that_begins_with_a_dash_is_a_file_and_no_option():
    done = run("score", "--json", *BOX, "-x.mov")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[0]["clip"] == "./-x.mov"
    missing = run("score", "--json", *BOX, "-y.mov")
    assert (missing.exit_code, "No such option" in missing.output) == (2, True)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_a_table_shows_no_control_characters():
    done = run("score", *BOX, ".")
    assert done.exit_code == 0
    shown = done.stdout
    assert all(character == "\n" or character.isprintable() for character in shown)
    assert "caf\ufffd.mp4" in shown
    assert "new\ufffdline.mp4" in shown


@pytest.mark.slow
def test_what_is_wrong_with_a_file_is_said_without_control_characters(folder):
    for name in ("red\x1b[31m.mp4", "new\nline.mp4", os.fsdecode(b"caf\xe9.mp4")):
        (folder / name).write_bytes(b"nothing")
    done = run("score", *BOX, "red\x1b[31m.mp4", "new\nline.mp4", os.fsdecode(b"caf\xe9.mp4"))
    assert done.exit_code == 1
    said = done.stderr.splitlines()
    assert len(said) == 3
    assert all(line.isprintable() and "is not a video" in line for line in said)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_reviewed_and_exported(folder, name):
    exports = [word for kind in ("csv", "xmp") for word in ("--export", kind)]
    done = run("review", f"./{name}", *BOX, *exports)
    assert done.exit_code == 0, done.stderr
    page = (folder / name).with_suffix(".review.html").read_text(encoding="utf-8")
    assert "\x1b" not in page
    assert (folder / f"{name}.xmp").is_file()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_path_is_printed_whole_for_programs_and_fit_to_be_seen_on_a_terminal(monkeypatch, capfdbinary):
    path = Path(os.fsdecode(b"caf\xe9\x1b[31m.html"))
    print_path(path)
    assert capfdbinary.readouterr().out == b"caf\xe9\x1b[31m.html\n"
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    print_path(path)
    assert "\x1b" not in terminal.getvalue().replace("\x1b[0m", "")
    assert "caf\ufffd" in terminal.getvalue()
