"""A session's clips brought in: matched to its takes, copied, verified and scored; then the session is closed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rigcoach.analysis.results import RigOptics, rig_optics
from rigcoach.base.errors import RigcoachError
from rigcoach.journal import folder, index
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Session, Take
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.practice.candidates import INCOMING, Candidate, fetch_shown, from_card, from_folder
from rigcoach.practice.match import ClipInfo, Expected, match
from rigcoach.practice.open_session import OpenSession, Prompter, format_result
from rigcoach.practice.scorer import Scorer
from rigcoach.practice.verified_copy import IngestError, copy_verified, sha256
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera
from rigcoach.video.recordings import chapter_name

LEFTOVER = "leftover"
_AROUND = timedelta(minutes=30)  # of a session: a clip from then that is no take's is told


def waiting_session() -> Path:
    """Return the folder of the last session that clips or scores are lacking of.

    Raises
    ------
    IngestError
        Where there is none.
    """
    for name in reversed(folder.session_ids()):
        path = folder.folder_of(name)
        try:
            session = folder.read(path)
        except JournalError:
            continue  # `rigcoach log` names it
        if _lacking(session) and not (session.state is SessionState.OPEN and folder.is_held(path)):
            return path
    raise IngestError(
        "no session waits for clips",
        why="every take of every session has its clip",
        next_step="FrameListener `rigcoach log`; name a session with --session",
        code="ingest.nothing-to-do",
    )


def _lacking(session: Session) -> bool:
    if session.state is SessionState.WAITING:
        return True
    wanted = (TakeState.RECORDING, TakeState.RECORDED, TakeState.FETCHED)
    return session.state is not SessionState.CLOSED and any(take.state in wanted for take in session.takes)


def ingest(
    open_session: OpenSession, source: Camera | Path | None, prompter: Prompter, chosen: Mapping[int, str] | None = None
) -> None:
    """Bring in what a session lacks, score it, and close the session.

    Parameters
    ----------
    open_session
        The session.
    source
        The camera, a folder with clips, or None to score what is in the session's folder already.
    prompter
        How the photographer hears of it.
    chosen
        Clips that somebody names for takes: file names by take numbers.

    Raises
    ------
    IngestError
        Where a clip that was named is not there, or a copy is not the same.
    CameraError
        Where the camera is lost.
    JournalError
        Where the session cannot be written, or another process is at work on it.
    """
    with folder.held(open_session.folder):
        for left in open_session.folder.glob("*.[0-9]*.part"):
            left.unlink()  # of a process that was killed: nobody else works here now
        if isinstance(source, Camera):
            _fetch_known(open_session, source, prompter)
            if _wanted(open_session.session):
                _match_and_place(
                    open_session,
                    from_card(open_session.folder, open_session.session, source, prompter),
                    prompter,
                    chosen or {},
                )
        elif source is not None:
            _match_and_place(open_session, from_folder(open_session.session, source, prompter), prompter, chosen or {})
        _score(open_session, prompter)
        _close(open_session)
        try:
            index.update()
        except JournalError as error:
            prompter.line(error.line())


def _wanted(session: Session) -> list[Take]:
    """Return the takes that a clip is looked for."""
    states = (TakeState.PLANNED, TakeState.RECORDING, TakeState.MISSING, TakeState.FAILED)
    takes = [take for take in session.takes if take.state in states and take.clip is None]
    if session.tethered:  # on the cable, what was not begun was not recorded
        takes = [take for take in takes if take.state is not TakeState.PLANNED]
    return takes


def _fetch_known(open_session: OpenSession, camera: Camera, prompter: Prompter) -> None:
    """Fetch the takes whose clip on the card is known."""
    on_card = {file.path: file for file in camera.files()}
    for take in open_session.session.takes:
        file = on_card.get(take.card_path or "")
        if take.state is TakeState.RECORDED and file is not None and file.size_bytes == take.size_bytes:
            fetch_shown(camera, file, open_session.folder / f"{take.stem}{_ending(file.name)}", prompter)
            _fetched(open_session, take.number, f"{take.stem}{_ending(file.name)}", file.path, "recorded")


def _match_and_place(
    open_session: OpenSession, candidates: list[Candidate], prompter: Prompter, chosen: Mapping[int, str]
) -> None:
    takes = _wanted(open_session.session)
    candidates, takes = _place_chosen(open_session, candidates, takes, chosen)
    expected = [Expected(take.number, take.started_at, take.station.seconds) for take in takes]
    matching = match(expected, [each.found for each in candidates], open_session.session.clock_offset_s)
    for pair in matching.matches:
        _place(open_session, pair.number, candidates[pair.clip], pair.how)
    left = [candidates[at] for at in matching.leftovers]
    offset_s = matching.offset_s
    told = [each for each in left if _near(each.found, open_session.session, offset_s)]
    for each in told:
        _set_aside(open_session, each)
        prompter.line(f"{each.origin} belongs to no take; say --take NUMBER={Path(each.origin).name} if it does")
    for number in matching.missing:
        open_session.missing(number)
        prompter.line(f"Take {number}: no clip was found for it")
    of_takes = {take.card_path for take in open_session.session.takes if take.clip is not None}
    leftovers = dict.fromkeys((*open_session.session.leftovers, *(each.origin for each in told)))
    open_session.set_leftovers(origin for origin in leftovers if origin not in of_takes)
    incoming = open_session.folder / INCOMING
    if incoming.is_dir() and not any(incoming.iterdir()):
        incoming.rmdir()


def _place_chosen(
    open_session: OpenSession, candidates: list[Candidate], takes: list[Take], chosen: Mapping[int, str]
) -> tuple[list[Candidate], list[Take]]:
    """Give takes the clips that somebody named for them; return what is left."""
    for number, name in chosen.items():
        take = next((take for take in takes if take.number == number), None)
        clip = next((each for each in candidates if name in (Path(each.origin).name, each.origin)), None)
        if take is None or clip is None:
            what = (
                f"there is no clip {name} among those that are new" if clip is None else f"take {number} needs no clip"
            )
            raise IngestError(what, next_step="FrameListener `rigcoach log show`", code="ingest.no-such-clip")
        _place(open_session, number, clip, "named")
        takes = [each for each in takes if each is not take]
        candidates = [each for each in candidates if each is not clip]
    return candidates, takes


def _near(found: ClipInfo, session: Session, offset_s: float | None) -> bool:
    """Whether a clip is of the session's time, as far as it can be told; one from last week is nobody's concern."""
    if found.recorded_at is None or offset_s is None:
        return True
    at = found.recorded_at - timedelta(seconds=offset_s)
    last = max((take.started_at for take in session.takes if take.started_at), default=session.started_at)
    return session.started_at - _AROUND <= at <= last + _AROUND


def _set_aside(open_session: OpenSession, clip: Candidate) -> None:
    """Keep a clip that was fetched and is no take's beside the session's; one in a folder stays there."""
    if clip.path.parent != open_session.folder / INCOMING:
        return
    aside = open_session.folder / LEFTOVER
    aside.mkdir(exist_ok=True)
    for path in (clip.path, *clip.chapters):
        path.replace(aside / path.name)


def _place(open_session: OpenSession, number: int, clip: Candidate, how: str) -> None:
    """Give a take its clip: renamed where it was fetched, copied and verified where it lies in a folder."""
    stem, ending = open_session.take(number).stem, _ending(clip.path.name)
    chapters = tuple(chapter_name(stem, i, ending) for i in range(2, 2 + len(clip.chapters)))
    # The first file last: a take whose clip is there has all of it.
    for path, name in [*zip(clip.chapters, chapters, strict=True), (clip.path, f"{stem}{ending}")]:
        to = open_session.folder / name
        if path.parent == open_session.folder / INCOMING:
            path.replace(to)
        else:
            copy_verified(path, to)
    _fetched(open_session, number, f"{stem}{ending}", clip.origin, how, chapters)


def _fetched(
    open_session: OpenSession, number: int, name: str, origin: str, how: str, chapters: tuple[str, ...] = ()
) -> None:
    path = open_session.folder / name
    open_session.fetched(
        number,
        name,
        path.stat().st_size,
        card_path=origin,
        sha256=sha256(path),
        matched_by=how,
        chapters=chapters,
    )


def _score(open_session: OpenSession, prompter: Prompter) -> None:
    rig = _rig(open_session.session, prompter)
    takes = [take for take in open_session.session.takes if take.state is TakeState.FETCHED]
    with Scorer() as scorer, _scoring(prompter, len(takes)) as tick:
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
        prompter.line(f"{error.line()} Without it distances and smear are not measured")
        return RigOptics()


def _close(open_session: OpenSession) -> None:
    open_session.closed()


def _ending(name: str) -> str:
    return Path(name).suffix.lower()
