"""Gear by words of its name: one that fits is taken, of several one is chosen by number."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from rigcoach.cli.main import main


def test_the_one_that_fits_is_taken_and_named() -> None:
    done = CliRunner().invoke(main, ["gear", "check", "5d-mark-ii", "AI-S 28mm f/2.8"])
    assert done.exit_code == 0, done.stderr
    assert "Using Canon EOS 5D Mark II (canon-eos-5d-mark-ii)." in done.stderr
    assert done.stdout.startswith("Canon EOS 5D Mark II + ")


@pytest.mark.parametrize("words", ["Canon EOS 5D", "canon eos 5d", "CANON-EOS-5D"])
def test_a_whole_name_is_itself_though_others_begin_with_it(words: str) -> None:
    done = CliRunner().invoke(main, ["gear", "show", words])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Canon EOS 5D"


def test_where_several_fit_and_nobody_can_be_asked_they_are_named() -> None:
    done = CliRunner().invoke(main, ["gear", "show", "takumar", "55"])
    assert done.exit_code == 1
    assert "`takumar 55` fits 2 pieces of gear: smc-takumar-55mm-f1.8, pentax-super-takumar-55mm-f1.8" in done.stderr


def test_on_a_terminal_one_is_chosen_by_number() -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "rigcoach", "gear", "show", "takumar", "55"]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs) as asked:
        os.write(ours, b"2\n")
        shown, _ = asked.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert shown.decode().startswith("Pentax Super-Takumar 55mm")


def test_a_mount_is_found_by_its_name() -> None:
    answers = (
        "longest_focal_length_mm=",
        "narrowest_f_number=16",
        "close_focus_m=",
        "aperture_ring=yes",
        "electronic=no",
    )
    more = ("autofocus=no", "infinity_turn=unknown", "squeeze=1", "focal_length_mm=58", "widest_f_number=2")
    given = [word for answer in (*answers, *more) for word in ("--set", answer)]
    taken = CliRunner().invoke(main, ["gear", "add", "lens", "--name", "One", "--set", "mount=contax", *given])
    assert taken.exit_code == 0, taken.stderr
    assert "Using Contax/Yashica (contax-yashica)." in taken.stderr
    several = CliRunner().invoke(main, ["gear", "add", "lens", "--name", "Two", "--set", "mount=nikon", *given])
    assert several.exit_code == 1
    assert "`nikon` fits 2 mounts: nikon-f, nikon-z" in several.stderr


def test_of_two_bodies_that_are_as_close_the_one_that_is_known_best_is_suggested() -> None:
    done = CliRunner().invoke(main, ["profile", "new", "mine", "--body", "canon-eos-5d-mark-2", "--iso", "400"])
    assert "Did you mean `canon-eos-5d-mark-ii`?" in done.stderr


@pytest.mark.parametrize(("shutter", "told"), [("1/51", "the nearest is 1/50"), ("1/50", ""), ("1/48", ""), ("2", "")])
def test_a_new_profile_warns_of_a_shutter_speed_that_no_body_has(shutter: str, told: str) -> None:
    done = CliRunner().invoke(main, ["profile", "new", "mine", "--shutter", shutter])
    assert done.exit_code == 0, done.stderr
    assert ("No body has a shutter speed" in done.stderr) == bool(told)
    assert told in done.stderr
    assert shutter in done.stdout


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("5d2", "canon-eos-5d-mark-ii"),
        ("5d mk ii", "canon-eos-5d-mark-ii"),
        ("5D Mark 3", "canon-eos-5d-mark-iii"),
        ("A7III", "sony-a7-iii"),
        ("fuji xt4", "fujifilm-x-t4"),
    ],
)
def test_gear_is_found_as_photographers_call_it(said: str, meant: str) -> None:
    done = CliRunner().invoke(main, ["gear", "show", *said.split()])
    assert done.exit_code == 0, done.stderr
    assert f"({meant})" in done.stderr
