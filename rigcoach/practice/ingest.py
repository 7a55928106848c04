"""A session's clips brought in: matched to its takes, copied, verified and scored; then the session is closed.

Whatever ends it, the next run goes on: what a take's clip is to be is noted before the clip gets its name, a clip that
has its name already is adopted where it is that one, and nothing in the session's folder is ever written over.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

from rigcoach.analysis.results import RigOptics, rig_optics
from rigcoach.base import disk
from rigcoach.base.atomic_file import remove_unfinished
from rigcoach.base.clip_names import is_clip
from rigcoach.base.digest import sha256
from rigcoach.base.errors import RigcoachError
from rigcoach.base.shown_text import printable_name, storable
from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Session, Take
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.practice.bring_back import bring_back
from rigcoach.practice.candidates import (
    INCOMING,
    Candidate,
    fetch_shown,
    from_card,
    from_folder,
    is_here,
    recorded_in_folder,
    recorded_on_card,
    recordings_in,
)
from rigcoach.practice.emulated_body import is_emulated
from rigcoach.practice.guesser import Guesser
from rigcoach.practice.match import ClipInfo, Expected, match
from rigcoach.practice.open_session import OpenSession, Prompter, bring_index_up_to_date, format_result
from rigcoach.practice.placing import LEFTOVER, ending_of, keep_aside, note_fetched, noting, place
from rigcoach.practice.scorer import Scorer
from rigcoach.practice.tethered import CHECK_CLIP
from rigcoach.practice.verified_copy import IngestError
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera
from rigcoach.video.clip import read_clip

_AROUND = timedelta(minutes=30)  # of a session: a clip from then that is no take's is told


def waiting_session() -> Path:
    """Return the folder of the last session that clips or scores are lacking of.

    Raises
    ------
    IngestError
        Where there is none.
    """
    without: Session | None = None
    unreadable = ""
    for name in reversed(folder.session_ids()):
        path = folder.folder_of(name)
        try:
            session = folder.read(path)
        except JournalError:
            unreadable = unreadable or name
            continue
        if lacking(session) and not (session.state is SessionState.OPEN and folder.is_held(path)):
            return path
        if without is None and any(take.state is TakeState.MISSING for take in session.takes):
            without = session
    if without is not None:
        missing = [str(take.number) for take in without.takes if take.state is TakeState.MISSING]
        raise IngestError(
            "no session is waiting for clips",
            why=f"{without.id} was closed without a clip for take {', '.join(missing)}",
            next_step=f"To import it later: rigcoach ingest FOLDER --session {without.id}",
            code="ingest.nothing-to-do",
        )
    if unreadable:
        raise IngestError(
            "no session that can be read is waiting for clips",
            why=f"{unreadable} cannot be read",
            next_step=f"See why: rigcoach log show {unreadable}",
            code="ingest.nothing-to-do",
        )
    raise IngestError(
        "no session is waiting for clips",
        why="every take already has its clip",
        next_step="See `rigcoach log`; name one with --session. Clips of no session: rigcoach score FOLDER",
        code="ingest.nothing-to-do",
    )


def lacking(session: Session) -> bool:
    """Whether clips or scores are lacking of a session."""
    if session.state is SessionState.WAITING or any(take.state is TakeState.RECORDED for take in session.takes):
        return True
    wanted = (TakeState.RECORDING, TakeState.FETCHED)
    return session.state is not SessionState.CLOSED and any(take.state in wanted for take in session.takes)


def ingest(
    open_session: OpenSession,
    source: Camera | Path | None,
    prompter: Prompter,
    chosen: Mapping[int, str] | None = None,
    *,
    give_up: bool = False,
    scorer: Scorer | None = None,
    guesser: Guesser | None = None,
) -> None:
    """Bring in what a session lacks, score it, and close the session; it stays open where a recorded clip isn't here.

    Parameters
    ----------
    open_session
        The session, resumed: read while it is held.
    source
        The camera, a folder with clips, or None to score what is in the session's folder already.
    prompter
        How the photographer hears of it.
    chosen
        Clips that somebody names for takes: file names by take numbers.
    give_up
        Whether to close the session without the clips that were recorded and are not there.
    scorer
        What scores the takes, where one runs already; it is left running.
    guesser
        Asks how takes off the cable went of which that was not said yet, before they are told.

    Raises
    ------
    IngestError
        Where a clip that was named is not there, a copy is not the same, or a file cannot be written.
    CameraError
        Where the camera is lost.
    JournalError
        Where the session cannot be written.
    """
    try:
        _tidy(open_session)
        _adopt(open_session, prompter)
        if isinstance(source, Camera):
            if is_emulated(source.port, source.listing()):
                open_session.does_not_count("emulated")
            _fetch_recorded(open_session, source, prompter)
            if _wanted(open_session.session) or chosen:
                candidates = from_card(open_session.folder, open_session.session, source, prompter)
                _match_and_place(open_session, candidates, prompter, chosen or {})
        elif source is not None:
            _bring_in_folder(open_session, source, prompter, chosen or {})
        if guesser is not None:
            _ask(open_session, prompter, guesser)
        _score(open_session, prompter, scorer)
        _close(open_session, prompter, give_up=give_up)
    except OSError as error:
        raise IngestError(
            "the clips cannot be imported",
            why=f"{error.filename or open_session.folder}: {error.strerror or error}",
            next_step="Make room or give the permission, and try again; nothing is lost",
            code="file.unwritable",
        ) from error
    finally:
        bring_index_up_to_date(prompter)


def still_to_come(session: Session) -> tuple[Take, ...]:
    """Return the takes that were recorded and whose clips are not here."""
    return tuple(take for take in session.takes if take.state is TakeState.RECORDED)


def _tidy(open_session: OpenSession) -> None:
    """Remove what killed processes left unfinished: nobody else is at work here now."""
    for name in (".", INCOMING, LEFTOVER, folder.SCORES_FOLDER):
        remove_unfinished(open_session.folder / name)
    disk.remove(open_session.folder / CHECK_CLIP, missing_ok=True)


def _adopt(open_session: OpenSession, prompter: Prompter) -> None:
    """Take clips that got their names as takes' clips, where the last thing a killed process did was that."""
    noted = {name for take in open_session.session.takes for name in take.files}
    for path in sorted(open_session.folder.iterdir()):
        if path.name in noted or not (is_clip(path.name) and is_here(path)):
            continue
        take = next((take for take in open_session.session.takes if take.stem == path.stem), None)
        if take is None:
            continue
        if take.clip is None and _is_its_own(open_session.session, take, path):
            how = None if take.matched_by else "recorded"
            open_session.fetched(take.number, path.name, path.stat().st_size, matched_by=how)
            prompter.line(f"Take {take.number}: {path.name} is already in the session")
        else:
            prompter.line(f"{path.name} is not the clip of take {take.number}: {keep_aside(open_session, path)}")


def _is_its_own(session: Session, take: Take, path: Path) -> bool:
    """Whether a file is the clip that was to get this take's name."""
    if take.sha256 is not None:
        return path.stat().st_size == take.size_bytes and sha256(path) == take.sha256
    if take.state is TakeState.RECORDED:  # by an earlier version, which noted no more than that
        return path.stat().st_size == take.size_bytes and _is_readable(path)
    # Live view is recorded straight into it, and nowhere else.
    return session.source == "live-view" and take.state in (TakeState.RECORDING, TakeState.FAILED)


def _is_readable(path: Path) -> bool:
    try:
        read_clip(path)
    except RigcoachError:
        return False
    return True


def _wanted(session: Session) -> list[Take]:
    """Return the takes that a clip is looked for."""
    states = (TakeState.PLANNED, TakeState.RECORDING, TakeState.MISSING, TakeState.FAILED)
    takes = [take for take in session.takes if take.state in states and take.clip is None]
    if session.tethered:  # on the cable, what was not begun was not recorded
        takes = [take for take in takes if take.state is not TakeState.PLANNED]
    return takes


def _fetch_recorded(open_session: OpenSession, camera: Camera, prompter: Prompter) -> None:
    """Fetch the takes whose clip on the card is known."""
    takes = still_to_come(open_session.session)
    on_card = camera.files() if takes else ()
    for take in takes:
        file = recorded_on_card(take, on_card)
        if file is not None:
            name = f"{take.stem}{ending_of(file.name)}"
            note = noting(open_session, take.number, file.path, "recorded")
            fetch_shown(camera, file, open_session.folder / name, prompter, note)
            note_fetched(open_session, take.number, name)


def _bring_in_folder(open_session: OpenSession, source: Path, prompter: Prompter, chosen: Mapping[int, str]) -> None:
    found = list(recordings_in(source, prompter))
    bring_back(open_session, found, prompter)
    for take in still_to_come(open_session.session):
        if take.number not in chosen and (its_own := recorded_in_folder(take, found)) is not None:
            place(open_session, take.number, its_own.files, str(its_own.path), "recorded")
            found.remove(its_own)
    candidates = from_folder(open_session.session, found, prompter)
    _match_and_place(open_session, candidates, prompter, chosen)


def _match_and_place(
    open_session: OpenSession, candidates: list[Candidate], prompter: Prompter, chosen: Mapping[int, str]
) -> None:
    candidates = _place_chosen(open_session, candidates, chosen)
    takes = _wanted(open_session.session)
    expected = [Expected(take.number, take.started_at, take.station.seconds) for take in takes]
    matching = match(expected, [each.found for each in candidates], open_session.session.clock_offset_s)
    for pair in matching.matches:
        clip = candidates[pair.clip]
        place(open_session, pair.number, (clip.path, *clip.chapters), clip.origin, pair.how)
    left = [candidates[at] for at in matching.leftovers]
    offset_s = matching.offset_s
    told = [each for each in left if _near(each.found, open_session.session, offset_s)]
    for each in told:
        if each.path.parent == open_session.folder / INCOMING:  # one in a folder stays there
            for path in (each.path, *each.chapters):
                keep_aside(open_session, path)
        name = printable_name(shlex.quote(Path(each.origin).name))
        prompter.line(
            f"{printable_name(each.origin)} was not matched to a take; if it belongs to one, add --take NUMBER={name}"
        )
    for number in matching.missing:
        open_session.missing(number)
        prompter.line(f"Take {number}: no clip found")
    of_takes = {take.card_path for take in open_session.session.takes if take.clip is not None}
    leftovers = dict.fromkeys((*open_session.session.leftovers, *(each.origin for each in told)))
    open_session.set_leftovers(origin for origin in leftovers if origin not in of_takes)
    incoming = open_session.folder / INCOMING
    if incoming.is_dir() and not any(incoming.iterdir()):
        disk.remove_folder(incoming)


def _place_chosen(open_session: OpenSession, candidates: list[Candidate], chosen: Mapping[int, str]) -> list[Candidate]:
    """Give takes the clips that somebody named for them; return what is left."""
    takes = {take.number: take for take in (*_wanted(open_session.session), *still_to_come(open_session.session))}
    for number, name in chosen.items():
        clip = next((each for each in candidates if storable(name) in (Path(each.origin).name, each.origin)), None)
        if number not in takes or clip is None:
            what = f"there is no new clip called {name}" if clip is None else f"take {number} already has its clip"
            raise IngestError(what, next_step="See `rigcoach log show`", code="ingest.no-such-clip")
        place(open_session, number, (clip.path, *clip.chapters), clip.origin, "named")
        del takes[number]
        candidates = [each for each in candidates if each is not clip]
    return candidates


def _near(found: ClipInfo, session: Session, offset_s: float | None) -> bool:
    """Whether a clip is of the session's time, as far as it can be told; one from last week is nobody's concern."""
    if found.recorded_at is None or offset_s is None:
        return True
    at = found.recorded_at - timedelta(seconds=offset_s)
    last = max((take.started_at for take in session.takes if take.started_at), default=session.started_at)
    return session.started_at - _AROUND <= at <= last + _AROUND


def _ask(open_session: OpenSession, prompter: Prompter, guesser: Guesser) -> None:
    """Ask how takes went before they are told; who leaves one without an answer is asked no more."""
    if open_session.session.tethered:
        return
    for take in open_session.session.takes:
        if take.state is TakeState.FETCHED and take.guess is None:
            guess = guesser.ask(take.number, prompter)
            if guess is None:
                return
            open_session.guessed(take.number, guess)


def _score(open_session: OpenSession, prompter: Prompter, running: Scorer | None) -> None:
    rig = _rig(open_session.session, prompter)
    takes = [take for take in open_session.session.takes if take.state is TakeState.FETCHED]
    with nullcontext(running) if running else Scorer() as scorer, _scoring(prompter, len(takes)) as tick:
        for take in takes:
            outcome = scorer.one(open_session.job(take.number, rig), tick)
            open_session.scored(outcome)
            prompter.line(format_result(outcome))


@contextmanager
def _scoring(prompter: Prompter, count: int) -> Iterator[Callable[[], None]]:
    with prompter.step(f"Scoring {count} takes") as advance:
        yield lambda: advance(0, None)


def _rig(session: Session, prompter: Prompter) -> RigOptics:
    """Return the session's rig; without its profile, distances and smear are not measured, which is said."""
    try:
        return rig_optics(load_profile(session.profile))
    except RigcoachError as error:
        prompter.line(f"{error.line()} Without it, distances and motion blur are not measured")
        return RigOptics()


def _close(open_session: OpenSession, prompter: Prompter, *, give_up: bool) -> None:
    for take in still_to_come(open_session.session) if give_up else ():
        open_session.given_up(take.number)
    absent = still_to_come(open_session.session)
    for take in absent:
        prompter.line(f"Take {take.number}: recorded as {take.card_path}, and still missing")
    if not absent:
        open_session.closed(anyway=give_up)
    elif open_session.session.state is not SessionState.CLOSED:  # of an earlier version's
        open_session.stopped()
