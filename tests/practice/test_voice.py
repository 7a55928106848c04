"""Words said through the system's engine: here a program that writes down what it is asked to say."""

import os
import time
from pathlib import Path

import pytest

from rigcoach.live.voice import Voice

WRITES_DOWN = """#!/bin/sh
echo "$2" >> "{said}"
"""
FAILS = "#!/bin/sh\nexit 3\n"
TALKS_LONG = """#!/bin/sh
echo "$2" >> "{said}"
sleep 120
echo "the end" >> "{said}"
"""


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "said"


@pytest.fixture
def install(tmp_path: Path, said: Path, monkeypatch: pytest.MonkeyPatch):
    """Put an engine called espeak-ng where programs are looked for; nothing else is there but the shell's own."""

    def put(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        engine = folder / "espeak-ng"
        engine.write_text(script.format(said=said))
        engine.chmod(0o755)
        (folder / "sleep").symlink_to("/bin/sleep")
        monkeypatch.setenv("PATH", str(folder))

    return put


def test_words_are_said_in_order_and_written(install, said: Path) -> None:
    install(WRITES_DOWN)
    written: list[str] = []
    with Voice(written.append) as voice:
        assert voice.why_silent == ""
        voice.say("Take 1")
        voice.say("-rf; $(touch gone)")
        voice.say("only said", written=False)
    assert said.read_text().splitlines() == ["Take 1", "-rf; $(touch gone)", "only said"]
    assert written == ["Take 1", "-rf; $(touch gone)"]


def test_a_call_cuts_off_what_is_being_said(install, said: Path) -> None:
    install(TALKS_LONG)
    written: list[str] = []
    voice = Voice(written.append)
    voice.say("a long story")
    while not said.exists():
        time.sleep(0.01)
    assert voice.is_speaking
    voice.call("Go")
    with pytest.raises(KeyboardInterrupt), voice:
        raise KeyboardInterrupt  # nobody waits for the end of a sentence
    assert not voice.is_speaking
    assert "the end" not in said.read_text()
    assert written == ["a long story", "Go"]


def test_an_engine_that_fails_is_told_once_and_the_words_go_on_in_writing(install) -> None:
    install(FAILS)
    written: list[str] = []
    with Voice(written.append) as voice:
        for text in ("one", "two", "three"):
            voice.say(text)
    assert [line for line in written if "as text only" not in line] == ["one", "two", "three"]
    (told,) = [line for line in written if "as text only" in line]
    assert "ended with status 3" in told
    assert "espeak-ng" in voice.why_silent


def test_without_an_engine_words_are_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    written: list[str] = []
    with Voice(written.append) as voice:
        voice.say("Take 1")
    assert written == ["Take 1"]
    assert "install espeak-ng" in voice.why_silent
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert Voice(written.append, aloud=False).why_silent == "the voice is off"
