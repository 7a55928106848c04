"""A watched folder: each clip scored once, the better one first, marks kept, nothing written there."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from served import served

from rigcoach.api import scoring_of
from rigcoach.cli.main import main
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip
from rigcoach.studio import hot_folder
from rigcoach.studio.hot_folder import HotFolder, Scored, WatchError

FRAMES = 8


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenes: the card where it is wanted, and far too low and turned."""
    folder = tmp_path_factory.mktemp("footage")
    still = SceneSpec(width=640, height=360, card_distance_m=1.2, focus_distance_m=1.2, sway_deg=0.1)
    write_clip(still, FRAMES, folder / "a good.mov")
    write_clip(replace(still, aim=(0.1, 0.2), roll_deg=14.0), FRAMES, folder / "b bad.mov")
    return folder


@pytest.fixture
def card(footage: Path, tmp_path: Path, home: Path) -> Path:  # noqa: ARG001 - moves user data
    folder = tmp_path / "card"
    shutil.copytree(footage, folder)
    for path in folder.iterdir():
        os.utime(path, (time.time() - 3600,) * 2)
    return folder


@pytest.fixture
def hot(card: Path) -> Iterator[HotFolder]:
    how = scoring_of()
    with HotFolder(card, Scored(how.choice, how.rig, how.wanted)) as watched:
        yield watched


def scored(hot: HotFolder) -> list[str]:
    hot.look()
    found, end = [], time.monotonic() + 120
    while hot.waiting and time.monotonic() < end:
        found += [each.name for each in hot.collect(0.2)]
    return found


@pytest.mark.slow
def test_each_is_scored_once_and_the_better_comes_first_with_its_mark(hot, card):
    before = {path: path.read_bytes() for path in card.iterdir()}
    assert sorted(scored(hot)) == ["a good.mov", "b bad.mov"]
    good, bad = hot.ranked()
    assert (good.name, bad.name) == ("a good.mov", "b bad.mov")
    assert good.keeper_ratio > bad.keeper_ratio
    assert bad.fault
    assert hot.picture(good.id).read_bytes()[:2] == b"\xff\xd8"
    hot.mark(bad.id, "pick")
    how = scoring_of()
    with HotFolder(card, Scored(how.choice, how.rig, how.wanted)) as again:
        assert scored(again) == []
        assert [(each.name, each.mark) for each in again.ranked()] == [("a good.mov", None), ("b bad.mov", "pick")]
    assert {path: path.read_bytes() for path in card.iterdir()} == before


def test_what_still_arrives_is_left_alone(hot, card, monkeypatch):
    monkeypatch.setattr(hot_folder, "SETTLED_S", 600.0)  # far longer than this test can take
    late = card / "c late.mov"
    content = (card / "a good.mov").read_bytes()
    late.write_bytes(content[: len(content) // 2])
    assert hot.look() == 2
    assert hot.unsettled == 1
    late.write_bytes(content)
    assert hot.look() == 0
    os.utime(late, (time.time() - 3600,) * 2)
    assert hot.look() == 0  # its date may be the original's: its size has just changed


def test_a_folder_that_is_none_or_goes_says_so(tmp_path, hot, card):
    how = scoring_of()
    with pytest.raises(WatchError, match="not a folder"):
        HotFolder(tmp_path / "nowhere", Scored(how.choice, how.rig, how.wanted))
    shutil.rmtree(card)
    with pytest.raises(WatchError, match="is gone"):
        hot.look()


@pytest.mark.slow
def test_the_command_ranks_marks_and_keeps_them(card):
    result = CliRunner().invoke(main, ["watch", str(card), "--once", "--reject", "b bad.mov", "--json"])
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema"] == "rigcoach.watch/1"
    assert [(each["name"], each["mark"]) for each in document["clips"]] == [
        ("a good.mov", None),
        ("b bad.mov", "reject"),
    ]
    again = CliRunner().invoke(main, ["watch", str(card), "--once"])
    assert "scored" not in again.stderr
    assert again.stdout.index("a good.mov") < again.stdout.index("b bad.mov")
    assert "reject" in again.stdout
    wrong = CliRunner().invoke(main, ["watch", str(card), "--once", "--pick", "nobody.mov"])
    assert wrong.exit_code == 1
    assert "no clip has that name" in wrong.stderr


@pytest.mark.slow
def test_the_studio_shows_marks_and_exports_them(card, home):
    with served(home, "--watch", str(card)) as studio:
        desk = studio.pair(studio.code)
        end = time.monotonic() + 120
        strip: dict[str, list[dict[str, str]]] = {"clips": []}
        while len(strip["clips"]) < 2 and time.monotonic() < end:
            time.sleep(0.3)
            strip = json.loads(studio.ask("GET", "/api/strip", cookie=desk).body)
        good, bad = strip["clips"]
        assert studio.ask("GET", f"/strip/{good['id']}.jpg", cookie=desk).body[:2] == b"\xff\xd8"
        part = studio.ask("GET", f"/strip/{good['id']}/clip", cookie=desk, range="bytes=0-99")
        assert (part.status, part.body) == (206, (card / "a good.mov").read_bytes()[:100])
        assert studio.post("/api/mark", {"id": bad["id"], "mark": "reject"}, cookie=desk).status == 200
        assert studio.post("/api/mark", {"id": bad["id"], "mark": "favourite"}, cookie=desk).status == 400
        made = json.loads(studio.post("/api/export", {"kind": "csv"}, cookie=desk).body)
        table = studio.ask("GET", made["at"], cookie=desk).body.decode()
        assert "a good.mov" in table or table.count("\n") == FRAMES + 1
        assert "b bad.mov" not in table
        for path in ("/strip/../clips.json", "/strip/x/clip", "/strip/export/xmp", f"/strip/{good['id']}/../../x"):
            assert studio.ask("GET", path, cookie=desk).status == 404
