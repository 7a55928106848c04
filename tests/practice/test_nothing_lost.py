"""Takes that cannot be shot again: whatever happened between recording and scoring, none is lost."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from clips import write_video
from commands import run
from small_movies import SMALL

from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.digest import sha256
from rigcoach.drills.files import load_drill
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.ptp.faults import FaultKind, InjectedFault
from rigcoach.journal import folder
from rigcoach.journal.session import CardClip
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.practice.candidates import clips_on_card
from rigcoach.practice.open_session import OpenSession, new_session
from rigcoach.rig.profile import load_profile
from rigcoach.tether.card_selection import choose, local_names
from rigcoach.tether.events import CardFile

CARD = "/store_00010001/DCIM/100EOS5D"
PATIENCE_S = 300.0

pytestmark = pytest.mark.usefixtures("scored_here")


@pytest.fixture(scope="module")
def shades(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Small clips, each of one shade of grey, so that no two have the same bytes."""
    made: dict[int, Path] = {}
    root = tmp_path_factory.mktemp("shades")

    def of(shade: int) -> Path:
        if shade not in made:
            made[shade] = write_video(root / f"{shade}.mov", [np.full((120, 160), shade, np.uint8)] * 12)
        return made[shade]

    return of


@pytest.fixture
def session(home: Path) -> OpenSession:  # noqa: ARG001 - moves user data
    """A drill of two takes on the cable."""
    drill = load_drill("still-2m")
    path = folder.create(new_session(drill, drill.stations[:2], "", load_profile("hip-video"), tethered=True))
    return OpenSession(path, folder.read(path))


def recorded(session: OpenSession, number: int, clip: Path, name: str) -> None:
    session.begin_take(number)
    session.recorded(number, f"{CARD}/{name}", clip.stat().st_size, 0.5)


def as_card(root: Path, clips: dict[str, Path]) -> Path:
    """A folder as a card reader shows a card."""
    for name, clip in clips.items():
        to = root / name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(clip, to)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("named", [False, True])
def test_what_could_not_be_fetched_comes_in_from_a_card_reader(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path], named: bool
) -> None:
    for number, name in ((1, "MVI_0001.MOV"), (2, "MVI_0002.MOV")):
        recorded(session, number, shades(number), name)
    session.failed(2, "the cable came loose")
    session.stopped()
    options = ("--session", session.folder.name) if named else ()
    # Without the second take's clip the session stays open.
    first = as_card(
        tmp_path / "first", {"DCIM/100EOS5D/mvi_0001.mov": shades(1), "DCIM/100EOS5D/MVI_0003.MOV": shades(9)}
    )
    short = run("ingest", first, *options)
    assert short.exit_code == 1
    assert "1 of 2 takes were recorded, but their clips are missing: take 2" in short.stderr
    stands = folder.read(session.folder)
    assert [take.state for take in stands.takes] == [TakeState.SCORED, TakeState.RECORDED]
    assert stands.state is SessionState.STOPPED
    second = as_card(tmp_path / "second", {"DCIM/100EOS5D/MVI_0002.MOV": shades(2)})
    assert run("ingest", second, *options).exit_code == 0
    stands = folder.read(session.folder)
    assert stands.state is SessionState.CLOSED
    assert [(take.state, take.matched_by) for take in stands.takes] == [(TakeState.SCORED, "recorded")] * 2
    for number in (1, 2):
        assert sha256(session.folder / f"take-0{number}.mov") == sha256(shades(number))


@pytest.mark.slow
def test_of_clips_of_one_name_that_in_its_own_folder_is_the_takes(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    other = tmp_path / "other.mov"
    other.write_bytes(bytes([*shades(1).read_bytes()[:-1], 7]))  # as long, and another
    card = as_card(tmp_path / "card", {"DCIM/100EOS5D/MVI_0001.MOV": shades(1), "DCIM/101EOS5D/MVI_0001.MOV": other})
    run("ingest", card)
    assert sha256(session.folder / "take-01.mov") == sha256(shades(1))


def test_a_clip_that_is_lost_can_be_given_up(session: OpenSession, shades: Callable[[int], Path]) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    assert run("ingest", "--score-only").exit_code == 1
    assert folder.read(session.folder).state is not SessionState.CLOSED
    given_up = run("ingest", "--score-only", "--give-up")
    assert given_up.exit_code == 1  # it still says that a take has no clip
    stands = folder.read(session.folder)
    assert (stands.state, stands.takes[0].state) == (SessionState.CLOSED, TakeState.MISSING)
    assert "no session is waiting" in run("ingest", "--score-only").stderr


@pytest.mark.slow
def test_a_clip_that_is_gone_from_its_session_is_brought_back(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    for number in (1, 2):
        recorded(session, number, shades(number), f"MVI_000{number}.MOV")
    card = as_card(tmp_path / "card", {f"MVI_000{number}.MOV": shades(number) for number in (1, 2)})
    assert run("ingest", card).exit_code == 0
    scored = folder.read(session.folder)
    for number in (1, 2):
        (session.folder / f"take-0{number}.mov").unlink()
    told = run("review", session.folder.name, "--takes").stderr
    assert f"rigcoach ingest FOLDER --session {session.folder.name}" in told
    # Of the second only another has its name and length.
    other = shades(2).read_bytes()
    (card / "MVI_0002.MOV").write_bytes(bytes([*other[:-1], other[-1] ^ 1]))
    back = run("ingest", card, "--session", session.folder.name)
    assert "Take 1: take-01.mov is in the session again" in back.stderr
    assert "Take 2: take-02.mov is no longer in the session" in back.stderr
    assert sha256(session.folder / "take-01.mov") == sha256(shades(1))
    assert not (session.folder / "take-02.mov").exists()
    assert folder.read(session.folder).takes == scored.takes


@pytest.mark.slow
@pytest.mark.parametrize("give_up", [False, True])
def test_scores_that_could_not_be_written_are_made_by_the_next_run(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path], give_up: bool
) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    (session.folder / "scores").write_text("in the way")
    card = as_card(tmp_path / "card", {"MVI_0001.MOV": shades(1)})
    result = run("ingest", card, *(["--give-up"] if give_up else []))
    assert result.exit_code == 1
    assert f"{session.folder / 'scores'} cannot be written" in result.stderr
    assert ("rigcoach ingest --score-only" in result.stderr) is not give_up
    (session.folder / "scores").unlink()
    again = run("ingest", "--score-only")
    stands = folder.read(session.folder)
    assert stands.state is SessionState.CLOSED
    assert (stands.takes[0].state, again.exit_code) == ((TakeState.FETCHED, 1) if give_up else (TakeState.SCORED, 0))


@pytest.mark.slow
def test_a_session_that_was_closed_over_a_recorded_take_is_found_again(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    folder.write(session.folder, replace(session.session, state=SessionState.CLOSED))
    assert run("ingest", as_card(tmp_path / "card", {"MVI_0001.MOV": shades(1)})).exit_code == 0
    assert folder.read(session.folder).takes[0].state is TakeState.SCORED


@pytest.mark.slow
@pytest.mark.parametrize("noted", [True, False])
def test_a_clip_that_got_its_name_before_the_kill_is_adopted(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path], noted: bool
) -> None:
    clip = shades(1)
    recorded(session, 1, clip, "MVI_0001.MOV")
    if noted:
        session.arriving(1, sha256(clip), clip.stat().st_size, f"{CARD}/MVI_0001.MOV", "recorded")
    shutil.copyfile(clip, session.folder / "take-01.mov")
    assert run("ingest", as_card(tmp_path / "card", {"MVI_0001.MOV": clip})).exit_code == 0
    take = folder.read(session.folder).takes[0]
    assert (take.state, take.clip, take.matched_by) == (TakeState.SCORED, "take-01.mov", "recorded")


@pytest.mark.slow
def test_what_only_has_the_clips_name_is_kept_aside(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    clip = shades(1)
    recorded(session, 1, clip, "MVI_0001.MOV")
    session.arriving(1, sha256(clip), clip.stat().st_size, f"{CARD}/MVI_0001.MOV", "recorded")
    shutil.copyfile(shades(2), session.folder / "take-01.mov")
    told = run("ingest", as_card(tmp_path / "card", {"MVI_0001.MOV": clip}))
    assert told.exit_code == 0
    assert "take-01.mov is not the clip of take 1: saved as leftover/take-01.mov" in told.stderr
    assert sha256(session.folder / "take-01.mov") == sha256(clip)
    assert sha256(session.folder / "leftover" / "take-01.mov") == sha256(shades(2))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["a link to the card", "no clip"])
def test_what_could_go_with_the_card_or_cannot_be_read_is_no_clip_of_a_take(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path], how: str
) -> None:
    """It has the take's name and size, and no more was noted of it."""
    card = as_card(tmp_path / "card", {"MVI_0001.MOV": shades(1)})
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    there = session.folder / "take-01.mov"
    if how == "no clip":
        there.write_bytes(bytes(shades(1).stat().st_size))
    else:
        there.symlink_to(card / "MVI_0001.MOV")
    assert run("ingest", card).exit_code == 0
    assert not there.is_symlink()
    assert sha256(there) == sha256(shades(1))
    assert os.path.lexists(session.folder / "leftover" / "take-01.mov")


@pytest.mark.slow
def test_of_copies_of_a_clip_in_a_folder_any_will_do(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    copies = dict.fromkeys(("monday/MVI_0001.MOV", "tuesday/mvi_0001.mov"), shades(1))
    assert run("ingest", as_card(tmp_path / "copies", copies)).exit_code == 0
    assert folder.read(session.folder).takes[0].state is TakeState.SCORED


def test_a_session_of_another_version_is_named_and_left_as_it_is(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    written = session.folder / "session.json"
    written.write_text(written.read_text().replace("rigcoach.session/1", "rigcoach.session/2"))
    before = written.read_bytes()
    told = run("ingest", tmp_path)
    assert told.exit_code == 1
    assert f"{session.folder.name} cannot be read" in told.stderr
    shown = run("ingest", tmp_path, "--session", session.folder.name)
    assert "another version of rigcoach wrote it (rigcoach.session/2). Update rigcoach" in shown.stderr
    assert written.read_bytes() == before


@pytest.mark.slow
def test_the_only_copy_of_a_live_view_take_is_not_written_over(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    """The kill came after the take had its name, before it was noted; a clip on the card fits its time."""
    session.camera_found("Canon EOS 5D Mark II", "live-view")
    session.begin_take(1)
    shutil.copyfile(shades(1), session.folder / "take-01.mov")
    other = as_card(tmp_path / "card", {"MVI_0001.MOV": shades(2)})
    begun = session.take(1).started_at
    assert begun is not None
    ended = begun.timestamp() + 0.5
    os.utime(other / "MVI_0001.MOV", (ended, ended))
    run("ingest", other)
    take = folder.read(session.folder).takes[0]
    assert (take.state, take.clip, take.matched_by) == (TakeState.SCORED, "take-01.mov", "recorded")
    assert sha256(session.folder / "take-01.mov") == sha256(shades(1))


def test_leftovers_of_killed_processes_go_and_nothing_else(session: OpenSession, shades: Callable[[int], Path]) -> None:
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    left = [session.folder / name for name in ("take-01.mov.99999.part", "session.json.99999.part", "check.mov")]
    left += [session.folder / "incoming" / "100EOS5D-MVI_0001.MOV.99999.part", session.folder / "scores" / "a.1.part"]
    mine = [session.folder / name for name in ("notes.part", "take-01.mov.part", "incoming/x.mov")]
    for path in (*left, *mine):
        path.parent.mkdir(exist_ok=True)
        path.write_text("half")
    run("ingest", "--score-only")
    assert not [path for path in left if path.exists()]
    assert all(path.exists() for path in mine)


def test_an_unfinished_file_goes_when_the_same_is_written_again_unless_somebody_writes_it(tmp_path: Path) -> None:
    to = tmp_path / "page.html"
    (tmp_path / "page.html.99999.part").write_text("half")
    code = (
        "import sys; from pathlib import Path; from rigcoach.base.atomic_file import atomic_file\n"
        "with atomic_file(Path(sys.argv[1])) as part: part.write_text('slow'); print(flush=True); sys.stdin.read()"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, to], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with atomic_file(to) as part:
            part.write_text("quick")
        assert to.read_text() == "quick"
        assert not (tmp_path / "page.html.99999.part").exists()
        assert (tmp_path / f"page.html.{writer.pid}.part").exists()
        writer.communicate(b"")
    assert to.read_text() == "slow"
    assert list(tmp_path.iterdir()) == [to]


def test_hidden_files_are_never_taken_from_a_card() -> None:
    shown = CardFile(CARD, "MVI_0001.MOV", 10)
    hidden = (CardFile(CARD, "._MVI_0001.MOV", 10), CardFile("/store_00010001/.Trashes/501", "MVI_0002.MOV", 10))
    assert choose((shown, *hidden), ()) == (shown,)
    assert clips_on_card((shown, *hidden)) == (shown,)


def test_every_file_of_a_card_has_a_name_of_its_own() -> None:
    same = [CardFile(CARD, "MVI_0001.MOV", size) for size in (1, 2, 3)]
    others = [
        CardFile("/store_00020001/DCIM/100EOS5D", "MVI_0001.MOV", 4),
        CardFile(CARD, "mvi_0001.mov", 5),
        CardFile(CARD, "../../../etc/passwd", 6),
        CardFile(CARD, "a\0\x1b[2Jb.MOV", 7),
        CardFile(CARD, "..", 8),
        CardFile(CARD, "", 9),
        CardFile(CARD, "x" * 300 + ".MOV", 10),
    ]
    for with_folder in (False, True):
        names = local_names([*same, *others], with_folder=with_folder)
        assert len({name.casefold() for name in names}) == 10
        for name in names:
            assert name.isprintable()
            assert Path(name).name == name
            assert not name.startswith(".")
            assert len(name) < 200


def record_one(body: EmulatedBody, to: Path) -> Path:
    assert run("camera", "record", "--seconds", "1", "--out", to, "--camera", body.port_path).exit_code == 0
    return to


@pytest.mark.slow
def test_clips_of_one_name_from_two_cards_are_both_kept(session: OpenSession, tmp_path: Path) -> None:
    """Neither belongs to a take; both cards begin to count at MVI_0001.MOV."""
    session.begin_take(1)
    at = session.session.started_at - timedelta(minutes=10)
    takes = (
        replace(session.take(1), started_at=at),
        replace(session.take(2), started_at=at, state=TakeState.RECORDING),
    )
    folder.write(session.folder, replace(session.session, takes=takes, clock_offset_s=0.0, tethered=False))
    digests = set()
    for seed in (1, 2):
        with EmulatedBody(seed=seed, options=SMALL) as body:
            digests.add(sha256(record_one(body, tmp_path / f"{seed}.mov")))
            told = run("ingest", "--camera", body.port_path, "--session", session.folder.name)
            assert "MVI_0001.MOV was not matched to a take" in told.stderr, told.output
    aside = sorted((session.folder / "leftover").iterdir())
    assert [path.name for path in aside] == ["100EOS5D-MVI_0001-2.MOV", "100EOS5D-MVI_0001.MOV"]
    assert {sha256(path) for path in aside} == digests


@pytest.mark.slow
def test_a_clip_half_way_in_of_another_card_is_not_replaced(session: OpenSession, tmp_path: Path) -> None:
    """The first card's clip was fetched, and then the kill came; the second card has one of its name."""
    session.begin_take(1)
    before = session.folder / "incoming" / "100EOS5D-MVI_0001.MOV"
    before.parent.mkdir()
    before.write_bytes(b"the only copy")
    with EmulatedBody(options=SMALL) as body:
        clip = record_one(body, tmp_path / "clip.mov")
        run("ingest", "--camera", body.port_path)
        assert before.read_bytes() == b"the only copy"
    assert folder.read(session.folder).takes[0].sha256 == sha256(clip)


@pytest.mark.slow
def test_of_two_at_once_neither_writes_what_it_read_before_the_other(
    session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]
) -> None:
    """One ingests from a camera that is slow to open, the other from a folder meanwhile."""
    recorded(session, 1, shades(1), "MVI_0001.MOV")
    with EmulatedBody() as body:
        body.inject(InjectedFault(FaultKind.LATE, times=1, delay_s=2.0))
        command = [sys.executable, "-m", "rigcoach", "ingest", "--camera", body.port_path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as slow:
            assert slow.stderr is not None
            assert slow.stderr.readline().startswith("Session ")
            card = as_card(tmp_path / "card", {"MVI_0001.MOV": shades(1)})
            quick = run("ingest", card, "--session", session.folder.name)
            slow.communicate(timeout=PATIENCE_S)
    take = folder.read(session.folder).takes[0]
    if quick.exit_code == 0:
        assert take.state is TakeState.SCORED
    else:
        assert "is in use" in quick.stderr
        assert take.state is TakeState.RECORDED
        assert run("ingest", card).exit_code == 0


@pytest.mark.slow
def test_clips_of_before_are_no_takes(session: OpenSession, tmp_path: Path, shades: Callable[[int], Path]) -> None:
    """A clip that was on the card before is none of the takes', though it fits in all else."""
    recorded(session, 1, shades(1), "MVI_0002.MOV")
    session.card_found([CardClip(f"{CARD}/MVI_0001.MOV", shades(2).stat().st_size)])
    told = run("ingest", as_card(tmp_path / "card", {"MVI_0001.MOV": shades(2), "MVI_0002.MOV": shades(1)}))
    assert told.exit_code == 0
    assert "was not matched to a take" not in told.stderr
