"""Words while others are being said, and a whole set with the coach."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cue_words import SOFT_M, WORDS, is_cue
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody
from rigcoach.live.coach import Words
from rigcoach.live.cues import Cue
from rigcoach.live.voice import Voice

TALKS_LONG = """#!/bin/sh
echo "$2" >> "{said}"
exec /bin/sleep 30
"""


def test_no_word_is_said_into_another_and_nobody_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is a program that never comes to its end here: waiting for it would not either."""
    said = tmp_path / "said"
    engine = tmp_path / "espeak-ng"
    engine.write_text(TALKS_LONG.format(said=said))
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    written: list[str] = []
    voice = Voice(written.append)
    words = Words(voice)
    for number in range(300):
        words.hear(Cue(number / 30, word="left" if number < 100 else "up"))
    assert written == ["left"]
    assert words.said == {"left": 1}
    voice.__exit__(KeyboardInterrupt, None, None)
    assert not voice.is_speaking


@pytest.mark.slow
def test_a_set_with_the_coach_is_taken_from_live_view_and_does_not_count(tmp_path: Path) -> None:
    drill = tmp_path / "short.toml"
    drill.write_text("seconds = 4\ntakes = 1\npause_s = 0\n")
    env = {**os.environ, "RIGCOACH_HOME": str(tmp_path / "home"), "PATH": str(tmp_path)}
    with EmulatedBody(options=SMALL) as body:
        body.turn_ring(SOFT_M)
        command = [sys.executable, "-m", "rigcoach", "drill", "run", str(drill), "--camera", body.port_path, "--json"]
        run = subprocess.run([*command, "--coach", "words"], capture_output=True, text=True, env=env, check=False)
        assert run.returncode == 0, run.stderr
        assert not body.status().live_view
    session = json.loads((next((tmp_path / "home" / "sessions").iterdir()) / "session.json").read_text())
    assert (session["source"], session["counts"]) == ("live-view", False)
    assert json.loads(run.stdout)
    lines = run.stderr.splitlines()
    # Something is always wrong; which word is due depends on which frames the machine has time for.
    assert WORDS & set(lines[lines.index("Go") : lines.index("Stop")])


@pytest.mark.slow
def test_a_warm_up_is_coached_and_the_takes_after_it_are_blind(tmp_path: Path) -> None:
    drill = tmp_path / "short.toml"
    drill.write_text("seconds = 1\ntakes = 3\npause_s = 0\n")
    env = {**os.environ, "RIGCOACH_HOME": str(tmp_path / "home"), "PATH": str(tmp_path)}
    with EmulatedBody(options=SMALL) as body:
        command = [sys.executable, "-m", "rigcoach", "drill", "run", str(drill), "--camera", body.port_path]
        command += ["--warm-up", "words", "--feedback", "every"]
        run = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        assert run.returncode == 0, run.stderr
        assert not body.status().live_view
    session = json.loads((next((tmp_path / "home" / "sessions").iterdir()) / "session.json").read_text())
    (warm_up,) = session["warm_up"]  # the takes are all alike
    assert 0 <= warm_up["found_ratio"] <= 1
    assert (session["source"], session["not_counted"]) == ("movie", ["emulated"])
    lines = run.stderr.splitlines()
    begun = next(i for i, line in enumerate(lines) if line.startswith("Warm-up 1 of 1. 2 m, standing"))
    heard, go = lines[begun : lines.index("Go")], lines.index("Go")
    assert any(map(is_cue, heard))
    assert not any(map(is_cue, lines[go:]))
    assert [take["told"] for take in session["takes"]] == [True, True, False]
    assert [any(line.startswith(f"Take {n}: ") for line in lines) for n in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("option", ["--untethered", "--sheet", "--no-camera"])
def test_there_is_no_coach_off_the_cable(option: str) -> None:
    command = [sys.executable, "-m", "rigcoach", "drill", "run", "still-2m", "--coach", "words", option]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "must be tethered" in run.stderr
