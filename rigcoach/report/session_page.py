"""The report of a session: its takes side by side, beside the last five sessions of its drill and the best ones."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from rigcoach.base.percent import percent
from rigcoach.base.units import distance_text
from rigcoach.journal import folder as journal
from rigcoach.journal.index import SessionRow, read_log
from rigcoach.journal.learning import FEWEST_EACH, difference_of_means
from rigcoach.journal.reliability import LEAST_POINTS
from rigcoach.journal.session import SCORES, Moment, Session, TakeScore
from rigcoach.journal.summary import Summary, summarise
from rigcoach.report.chart import Chart, Values, mean_rows, styled_lines
from rigcoach.report.clip_page import Tile
from rigcoach.report.faces import FaceHider
from rigcoach.report.moments import jpeg, reduced
from rigcoach.report.page import ALONE, PageFrame, render
from rigcoach.report.player import address
from rigcoach.report.take_subject import UnknownSubjectError, subject_at
from rigcoach.report.wheel import wheel
from rigcoach.scoring.rule import Sector
from rigcoach.scoring.rules import RULES
from rigcoach.video.clip import ClipError, read_clip, read_pictures

_LAST_TAKES = 20
_LAST_SESSIONS = 5


@dataclass(frozen=True, slots=True)
class TakeLine:
    """A take in the table: what it rehearsed, its scores as text, what to work on first; `away` where that is known.

    `page` and `clip` are the addresses of its report and its clip, where they lie beside the session's page.
    """

    number: int
    station: str
    scores: tuple[str, ...]
    keepers: str
    away: str
    first: str
    best: bool
    page: str | None = None
    clip: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of this session beside the mean of the last ones and the best ever.

    `better` says whether it likely got better, for real; None where that cannot be told.
    """

    name: str
    now: str
    before: str
    change: str
    better: bool | None
    best: str
    is_best: bool


@dataclass(frozen=True, slots=True)
class TakePicture:
    """A moment of a take as a picture."""

    title: str
    picture: str
    size: tuple[int, int]
    alt_text: str


def read_session_page(
    folder: Path,
    *,
    hide: FaceHider | None = None,
    reports: Collection[int] | None = None,
    frame: PageFrame = ALONE,
) -> str:
    """Return the page of the session in a folder; `hide`, `reports` and `frame` as in `session_page`.

    Raises
    ------
    JournalError
        There is not a session that can be read.
    """
    session = journal.read(folder)
    return session_page(
        session, folder, read_log().sessions, recent_takes(session), hide=hide, reports=reports, frame=frame
    )


def session_page(
    session: Session,
    folder: Path,
    rows: Sequence[SessionRow],
    takes: Sequence[TakeScore],
    *,
    hide: FaceHider | None = None,
    reports: Collection[int] | None = None,
    frame: PageFrame = ALONE,
) -> str:
    """Return the page of a session.

    Parameters
    ----------
    session, folder
        The session, and where its clips lie.
    rows
        All sessions in the journal, the oldest first.
    takes
        The last takes, for the wheel.
    hide
        Makes the page fit to be shared: faces are hidden in its pictures, and it names no time of day and no files.
    reports
        The takes whose reports can be had beside the page; by default those that lie there.
    frame
        Its language, and where it leads back to.
    """
    summary = summarise(session)
    before = earlier(session, rows)
    charts = [chart for chart in (_takes_chart(session), _trend_chart(session, summary, before)) if chart is not None]
    return render(
        "session.html.j2",
        tuple(charts),
        frame=frame,
        name=session.drill.name,
        date=f"{session.started_at:%A %d %B %Y{'' if hide else ', %H:%M'}}",
        description=session.drill.description,
        headline=_headline(summary),
        work_on=summary.work_on,
        why=summary.why,
        rules=summary.rules if summary.scored else (),
        emulated=session.emulated,
        tiles=tuple(Tile(name, getattr(summary, name), _tile_why(summary, name)) for name in SCORES),
        takes=_take_lines(session, None if hide else folder, reports),
        judged=summary.judged,
        transfer=summary.transfer,
        guessed=summary.guessed,
        not_scored=tuple(
            f"Take {take.number}: {(None if hide else take.error) or take.state.value}"
            for take in session.takes
            if take.score is None
        ),
        compared=_compared(summary, before, counts=summary.passed is not None),
        before=len(before[-_LAST_SESSIONS:]),
        shots=_shots(session, summary, folder, hide),
        wheel=wheel(cause(score) for score in takes),
        settings=_settings(session),
        shared=hide is not None,
    )


def earlier(session: Session, rows: Sequence[SessionRow]) -> tuple[SessionRow, ...]:
    """Return the sessions of the same drill that count, began before and were scored, the oldest first."""
    ids = [row.id for row in rows]
    known = rows[: ids.index(session.id)] if session.id in ids else rows
    return tuple(row for row in known if row.drill == session.drill.name and row.counts and not row.transfer)


def recent_takes(session: Session) -> tuple[TakeScore, ...]:
    """Return the scores of the last twenty takes up to a session's end, from the journal, the newest first."""
    ids = journal.session_ids()
    older = ids[: ids.index(session.id)] if session.id in ids else ids
    return (*_scores_of(session), *_latest_takes(older, lambda other: summarise(other).passed is not None))[
        :_LAST_TAKES
    ]


def latest_takes(session_ids: Sequence[str]) -> tuple[TakeScore, ...]:
    """Return the scores of the last twenty takes of sessions, given the oldest first; the newest take first."""
    return _latest_takes(session_ids, lambda _session: True)


def _latest_takes(session_ids: Sequence[str], wanted: Callable[[Session], bool]) -> tuple[TakeScore, ...]:
    scores: list[TakeScore] = []
    for session in journal.readable(reversed(session_ids)):
        if wanted(session):
            scores += _scores_of(session)
        if len(scores) >= _LAST_TAKES:
            break
    return tuple(scores[:_LAST_TAKES])


def _scores_of(session: Session) -> list[TakeScore]:
    return [take.score for take in reversed(session.scored) if take.score is not None]


def cause(score: TakeScore) -> Sector | None:
    """Return where on the wheel a take stands: its first fault that has a place there; `None` where it has none."""
    sectors = {rule.code: rule.sector for rule in RULES}
    return next((sector for fault in score.faults if (sector := sectors.get(fault.code))), None)


def _headline(summary: Summary) -> str:
    if not summary.scored:
        return "No take was scored"
    verdict = {True: "passed", False: "not passed yet", None: "not counted"}[summary.passed]
    keepers = "keepers unknown" if summary.keeper_ratio is None else f"{percent(summary.keeper_ratio)} keepers"
    return f"{keepers} in {summary.scored} take{'s' if summary.scored != 1 else ''}: {verdict}"


def _tile_why(summary: Summary, name: str) -> str:
    if getattr(summary, name) is None:
        return "no take could be measured"
    if name == "overall" and summary.spread is not None:
        return f"mean of the takes, ±{summary.spread:.0f}"
    return "mean of the takes"


def _take_lines(session: Session, folder: Path | None, reports: Collection[int] | None) -> tuple[TakeLine, ...]:
    """Return the lines of the takes, with links to what lies in a folder; to nothing where it is None."""
    known = [take.score.overall for take in session.scored if take.score and take.score.overall is not None]
    lines = []
    for take in session.scored:
        score = take.score
        if score is None:
            continue
        fault = score.faults[0] if score.faults else None
        report, clip = f"{take.stem}.review.html", _beside(folder, take.clip)
        page = _beside(folder, report) if reports is None else report if take.number in reports else None
        lines.append(
            TakeLine(
                take.number,
                take.station.announcement,
                tuple(_number(getattr(score, name)) for name in SCORES),
                percent(score.keeper_ratio),
                "" if score.distance_m is None else distance_text(score.distance_m, 2),
                (fault.short or fault.text) if fault else "nothing",
                bool(known) and score.overall == max(known),
                page,
                clip,
            )
        )
    return tuple(lines)


def _beside(folder: Path | None, name: str | None) -> str | None:
    """Return the address of a file beside the page; None where it is not there."""
    if folder is None or name is None or Path(name).name != name or not (folder / name).is_file():
        return None
    return address(folder / name, folder / "report.html")


def _compared(summary: Summary, before: tuple[SessionRow, ...], *, counts: bool) -> tuple[Compared, ...]:
    lines = []
    for name, column, factor in (("keepers, %", "keeper_ratio", 100.0), *((part, part, 1.0) for part in SCORES)):
        now = getattr(summary, column)
        past = [value for row in before if (value := getattr(row, column)) is not None]
        last = past[-_LAST_SESSIONS:]
        mean = fmean(last) if last else None
        # What does not count is no record.
        best = max([*past, *([now] if counts and now is not None else [])], default=None)
        change = None if now is None or mean is None else factor * (now - mean)
        lines.append(
            Compared(
                name,
                _number(now, factor),
                _number(mean, factor),
                "–" if change is None else f"{change:+.0f}".replace("-", "−"),
                None if now is None else _likely_better(factor * now, [factor * value for value in last]),
                _number(best, factor),
                counts and now is not None and now == best and bool(past),
            )
        )
    return tuple(lines)


def _likely_better(now: float, last: Sequence[float]) -> bool | None:
    """Return whether a session is better than the last ones; None where chance, or the measures, may make as much."""
    if len(last) < FEWEST_EACH:
        return None
    change, half_width = difference_of_means(last, [now])
    return change > 0 if abs(change) > max(half_width, LEAST_POINTS) else None


def _takes_chart(session: Session) -> Chart | None:
    scored = [(take.number, take.score) for take in session.scored if take.score is not None]
    if len(scored) < 2:
        return None
    at = tuple(float(number) for number, _ in scored)
    columns = tuple(tuple(getattr(score, name) for _, score in scored) for name in SCORES)
    alt_text = f"Scores of the {len(scored)} takes, from 0 to 100."
    return _scores_chart("takes", "Take by take", alt_text, "take", at, columns)


def _trend_chart(session: Session, summary: Summary, before: tuple[SessionRow, ...]) -> Chart | None:
    if not before:
        return None
    held: list[SessionRow | Summary] = [*before, summary]
    at = tuple(float(i + 1) for i in range(len(held)))
    columns = tuple(tuple(getattr(each, name) for each in held) for name in SCORES)
    alt_text = f"Mean scores of the {len(held)} sessions of {session.drill.name} that count; the last is this one."
    return _scores_chart("trend", "Session by session", alt_text, "session", at, columns)


def _scores_chart(
    name: str, title: str, alt_text: str, axis: str, at: tuple[float, ...], columns: tuple[Values, ...]
) -> Chart:
    rounded = (tuple(None if value is None else round(value, 2) for value in values) for values in columns)
    lines = styled_lines(
        dict(zip(SCORES, rounded, strict=True)), (4, 0, 1, 2, 3)
    )  # the parts keep the colours that they have in a clip's report
    rows = mean_rows({f"{number:.0f}": [i] for i, number in enumerate(at)}, lines)
    return Chart(name, title, "", alt_text, at, lines, rows, low=0.0, high=100.0, axis=axis)


def _shots(session: Session, summary: Summary, folder: Path, hide: FaceHider | None) -> tuple[TakePicture, ...]:
    wanted = (("Best moment", summary.best), ("Worst moment", summary.worst))
    shots = (_shot(session, title, moment, folder, hide) for title, moment in wanted if moment is not None)
    return tuple(shot for shot in shots if shot is not None)


def _shot(session: Session, title: str, moment: Moment, folder: Path, hide: FaceHider | None) -> TakePicture | None:
    """Return the middle of a moment as a picture; `None` where the clip is no longer there or cannot be read.

    One whose subject has a face is not shared where the take's scores don't tell where it is.
    """
    take = next((take for take in session.takes if take.number == moment.take), None)
    # Only what lies in the session's folder is opened, whatever the session's file says.
    if take is None or not take.files or any(Path(name).name != name for name in take.files):
        return None
    try:
        first, *others = (folder / name for name in take.files)
        clip = read_clip(first, others)
        index = round((moment.start_s + moment.end_s) / 2 * float(clip.fps))
        picture = next(read_pictures(clip, {index}), None)
        subject = None if hide is None else subject_at(folder, take, index)
    except (ClipError, UnknownSubjectError):
        return None
    if picture is None:
        return None
    alt_text = f"take {take.number} at {moment.start_s:.1f}–{moment.end_s:.1f} s, score {moment.score:.0f}"
    rgb = picture.rgb if hide is None else hide(picture.rgb, subject)
    return TakePicture(title, jpeg(reduced(rgb)), (clip.width, clip.height), alt_text)


def _settings(session: Session) -> tuple[tuple[str, str], ...]:
    rows = (
        ("profile", session.profile),
        ("body", session.body or session.body_id),
        ("lens", session.lens_id),
        ("adapter", session.adapter_id),
        ("recorded", "to the card, as movies" if session.source == "movie" else "from live view, in smaller frames"),
        ("tethered", "yes" if session.tethered else "no"),
        ("choice of takes", session.weighting),
    )
    return tuple((name, value) for name, value in rows if value)


def _number(value: float | None, factor: float = 1.0) -> str:
    return "–" if value is None else f"{factor * value:.0f}"
