"""Drills as files, and the commands that list, show and make them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from commands import run

from rigcoach.base.toml_file import FileError
from rigcoach.drills.files import drill_paths, drill_text, load_drill, read_drill
from rigcoach.rig.profile import load_profile

WRONG = """\
name = "wrong"
distance_m = "two"
sekonds = 8
blind = "yes"
pass_mark = 120

[frame]
headroom = [0.2, 0.1]

[[take]]
move = "walk-towrads"

[[take]]
place = "left"
"""


pytestmark = pytest.mark.usefixtures("wide_terminal")


def test_every_shipped_drill_can_be_used_with_a_shipped_profile() -> None:
    drills = [read_drill(path) for path in drill_paths()]
    assert len(drills) >= 9
    for drill in drills:
        assert drill.name == drill.path.stem
        assert drill.description
        assert load_profile(drill.profile).rig.lens is not None
    levels = [drill.level for drill in drills]
    assert sorted(levels) == list(range(1, len(drills) + 1))


def test_the_combine_is_twenty_short_takes_standing_and_walking_at_four_distances() -> None:
    combine = load_drill("combine")
    assert combine.fixed
    assert len(combine.stations) == 20
    standing = [s.distance_m for s in combine.stations if s.move == "stand"]
    walking = [s.to_m for s in combine.stations if s.move == "walk-towards"]
    assert set(standing) == set(walking) == {1.2, 2.0, 3.0, 5.0}
    assert sum(s.seconds + combine.pause_s for s in combine.stations) < 15 * 60


def test_takes_come_round_again_where_there_are_more_than_listed() -> None:
    assert [s.side for s in load_drill("thirds").stations] == ["left", "right"] * 3


def test_a_take_is_told_as_one_would_say_it() -> None:
    assert load_drill("zone-walk-in").stations[0].announcement == "walk towards, 5 m to 2 m, from the chest"
    assert (
        load_drill("thirds").stations[1].announcement == "2.5 m, standing, from the chest, subject in the right third"
    )


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG)
    with pytest.raises(FileError) as caught:
        read_drill(path)
    told = caught.value.why
    for line, words in (
        (2, 'distance_m: a number of metres expected, not "two"'),
        (3, "`sekonds` is not known here; did you mean `seconds`?"),
        (4, "blind"),
        (5, "120 is out of range"),
        (8, "is no band"),
        (11, "did you mean `walk-towards`?"),
        (14, "left-third"),
    ):
        assert f"line {line}: " in told
        assert words in told
    assert told.index("line 2") < told.index("line 8") < told.index("line 14")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('move = "walk-towards"', "needs `to_m`"),
        ('move = "walk-towards"\ndistance_m = 2\nto_m = 3', "ends nearer than it begins"),
        ('move = "walk-away"\ndistance_m = 3\nto_m = 2', "ends farther than it begins"),
        ("to_m = 1", "there is none"),
        ("[[take]]\ntimes = 60\n[[take]]\ntimes = 60", "120 takes"),
    ],
)
def test_takes_that_cannot_be_walked_are_refused(tmp_path: Path, lines: str, why: str) -> None:
    path = tmp_path / "walk.toml"
    path.write_text(lines)
    with pytest.raises(FileError, match=why):
        read_drill(path)


def test_a_drill_written_down_reads_back_the_same(tmp_path: Path) -> None:
    for path in drill_paths():
        drill = read_drill(path)
        copy = tmp_path / "copy.toml"
        copy.write_text(drill_text(drill))
        assert replace(read_drill(copy), path=path) == drill


def test_own_drills_stand_before_shipped_ones(home: Path) -> None:
    own = home / "drills" / "hip-3m.toml"
    own.parent.mkdir(parents=True)
    own.write_text("distance_m = 4\ntakes = 2")
    assert [s.distance_m for s in load_drill("hip-3m").stations] == [4.0, 4.0]


def test_a_new_drill_is_kept_listed_and_not_replaced_unasked(home: Path) -> None:
    made = run(
        "drill", "new", "mine", "--from", "hip-3m", "--distance", 1.5, "--takes", 2, "--place", "left-third", "--json"
    )
    assert made.exit_code == 0, made.output
    drill = read_drill(home / "drills" / "mine.toml")
    assert [(s.distance_m, s.camera_height, s.side) for s in drill.stations] == [(1.5, "hip", "left")] * 2
    assert json.loads(made.stdout)["path"] == str(home / "drills" / "mine.toml")
    listed = json.loads(run("drill", "list", "--json").stdout)["drills"]
    assert "mine" in [entry["name"] for entry in listed]
    again = run("drill", "new", "mine")
    assert again.exit_code == 1
    assert "already" in again.stderr


@pytest.mark.parametrize("options", [("--move", "walk-towards"), ("--distance", "120"), ("--height", "knee")])
def test_a_new_drill_that_could_not_be_read_is_not_kept(home: Path, options: tuple[str, ...]) -> None:
    result = run("drill", "new", "bad", *options)
    assert result.exit_code == 1
    assert "`bad` cannot be saved" in result.stderr
    assert not (home / "drills" / "bad.toml").exists()


def test_a_broken_drill_does_not_hide_the_others(home: Path) -> None:
    (home / "drills").mkdir(parents=True)
    (home / "drills" / "broken.toml").write_text("takes =")
    listed = run("drill", "list")
    assert listed.exit_code == 0
    assert "broken" in listed.stdout
    assert "hip-3m" in listed.stdout


def test_show_tells_takes_and_a_misspelt_name_is_guessed() -> None:
    shown = run("drill", "show", "combine")
    assert shown.exit_code == 0
    assert "takes 1–3" in shown.stdout
    assert json.loads(run("drill", "show", "combine", "--json").stdout)["fixed"] is True
    wrong = run("drill", "show", "combin")
    assert wrong.exit_code == 1
    assert "Did you mean `combine`?" in wrong.stderr
