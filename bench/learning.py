"""What may be said of learning: how sure the measures are, and how often what is said of a gain is true.

    python bench/learning.py reliability [--takes 200] [--kept FILE] [--minutes 7]
                                                          # one simulated skill through render, score and journal;
                                                          # takes that are kept in FILE are gone on from
    python bench/learning.py spread CLIP...               # how far real takes lie apart
    python bench/learning.py learners [--learners 1000]   # known curves through the real journal and statistics
    python bench/learning.py study [--studies 400]        # studies of people who don't improve, and of people who do

Tables are printed in Markdown, for ``docs/learning.md``.
"""

import argparse
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from pydantic import TypeAdapter

from rigcoach.analysis.results import RigOptics, SubjectChoice, rig_optics
from rigcoach.drills.files import load_drill
from rigcoach.journal import folder
from rigcoach.journal.index import SessionRow, read_log
from rigcoach.journal.learning import FEWEST_EACH, SESSIONS_EACH, Gain, gain
from rigcoach.journal.reliability import LEAST_POINTS
from rigcoach.journal.session import Schedule, Session, Take, TakeScore
from rigcoach.journal.skills import SKILLS
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.journal.trend import trend
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.practice.study import analyse_study, draw_study
from rigcoach.practice.take_score import ScoringJob, score_take
from rigcoach.rig.profile import load_profile
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip
from rigcoach.scoring.batch import FailedClip, score_file

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
TAKES_OF_A_SESSION = 5

BETWEEN_TAKES, BETWEEN_DAYS = 15.0, 5.0
"""Standard deviations of a take's score about its session's, and of a session's about the curve, in points."""

TAKES_OF_A_TEST = 20
STILL_2M = load_drill("still-2m")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    reliable = kinds.add_parser("reliability")
    reliable.add_argument("--takes", type=int, default=200)
    reliable.add_argument("--kept", type=Path, help="where scores are kept, one a line; gone on from where it is")
    reliable.add_argument(
        "--minutes", type=float, default=float("inf"), help="after which it stops, to be gone on from"
    )
    kinds.add_parser("spread").add_argument("clips", nargs="+", type=Path)
    kinds.add_parser("learners").add_argument("--learners", type=int, default=1000)
    kinds.add_parser("study").add_argument("--studies", type=int, default=400)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["RIGCOACH_HOME"] = home
        match given.kind:
            case "reliability":
                reliability(given.takes, Path(home), given.kept, given.minutes)
            case "spread":
                spread(given.clips)
            case "learners":
                learners(given.learners)
            case "study":
                studies(given.studies)


def scene(seed: int) -> SceneSpec:
    """Return one take of a photographer whose skill is always the same; only the hand's sway and the noise differ."""
    return SceneSpec(
        seed=seed,
        card_distance_m=2.2,
        focus_distance_m=1.5,
        aim=(0.06, 0.03),
        roll_deg=2.5,
        width=960,
        height=540,
        fps=Fraction(10),
        shutter_s=1 / 50,
    )


def reliability(takes: int, home: Path, kept: Path | None, minutes: float) -> None:
    """Print each measure's standard error, from takes of one skill, and the least change that can be told."""
    drill, profile = load_drill("still-2m"), load_profile("hip-video")
    adapter = TypeAdapter(TakeScore)
    known = kept.read_bytes().splitlines() if kept is not None and kept.exists() else []
    scores: list[TakeScore | None] = [None if line == b"null" else adapter.validate_json(line) for line in known]
    until = time.monotonic() + 60 * minutes
    for seed in range(len(scores), takes):
        if time.monotonic() > until:
            print(f"{seed} of {takes} takes so far")
            return
        clip = home / "take.mov"
        write_clip(scene(seed), 10, clip)
        job = ScoringJob(
            take=1,
            clip=clip,
            scores=None,
            subject="target",
            wanted=drill.wanted_at(drill.stations[0]),
            rig=rig_optics(profile),
        )
        score = score_take(job).score
        clip.unlink()
        scores.append(score)
        if kept is not None:
            with kept.open("ab") as lines:
                lines.write((b"null" if score is None else adapter.dump_json(score)) + b"\n")
    made = [
        Take(number=number % TAKES_OF_A_SESSION + 1, station=drill.stations[0], score=score)
        for number, score in enumerate(each for each in scores if each is not None)
    ]
    for at in range(0, len(made) - TAKES_OF_A_SESSION + 1, TAKES_OF_A_SESSION):
        keep(at // TAKES_OF_A_SESSION, made[at : at + TAKES_OF_A_SESSION])
    rows = read_log().takes
    print(f"{len(rows)} takes, {TAKES_OF_A_SESSION} a session\n")
    print("| skill | mean | standard error of a take | of a session | least change from one session to another |")
    print("|---|---|---|---|---|")
    for skill in SKILLS:
        values = [value for row in rows if (value := skill.of_take(row)) is not None]
        if len(values) < 2:
            continue
        error = stdev(values)
        session = error / TAKES_OF_A_SESSION**0.5
        unit = skill.unit
        cells = (f"{value:.2f}{unit}" for value in (fmean(values), error, session, 1.96 * 2**0.5 * session))
        print(f"| {skill.name} | {' | '.join(cells)} |")
    for name, values in (
        ("overall score", [row.overall for row in rows if row.overall is not None]),
        ("keepers", [100 * row.keeper_ratio for row in rows if row.keeper_ratio is not None]),
        ("focus score", [row.focus for row in rows if row.focus is not None]),
        ("framing score", [row.framing for row in rows if row.framing is not None]),
    ):
        error = stdev(values)
        session = error / TAKES_OF_A_SESSION**0.5
        print(f"| {name} | {fmean(values):.1f} | {error:.2f} | {session:.2f} | {1.96 * 2**0.5 * session:.2f} |")


def spread(clips: list[Path]) -> None:
    """Print how far real takes lie apart: a second from its clip's others, a clip from others of its kind.

    Clips are of one kind where their names begin with the same letters, as ``walk1.mp4`` and ``walk2.mp4`` do: one
    place, one camera, one thing that is filmed again and again.
    """
    within: list[float] = []
    kinds: dict[str, list[float]] = {}
    for clip in clips:
        scored = score_file(str(clip), SubjectChoice(), RigOptics(), wanted=WantedFrame())
        if isinstance(scored, FailedClip):
            print(f"{clip.name} was left out: {scored.error.line()}")
            continue
        seconds: dict[int, list[float]] = {}
        for measured, frame in zip(scored.measures.frames, scored.score.frames, strict=True):
            known = [value for value in (frame.focus, frame.framing, frame.steadiness) if value is not None]
            if known:
                seconds.setdefault(int(measured.t_s), []).append(fmean(known))
        means = [fmean(values) for values in seconds.values() if len(values) >= 5]
        if len(means) >= 3:
            within.append(stdev(means))
        if scored.score.overall is not None:
            kinds.setdefault(re.split(r"[^a-z]", clip.stem)[0], []).append(scored.score.overall)
    print(f"{len(within)} clips; standard deviation of a second's score about its clip's: {fmean(within):.1f} points")
    for kind, scores in kinds.items():
        if len(scores) >= 3:
            print(f"{len(scores)} clips of {kind}; standard deviation of a clip's score: {stdev(scores):.1f} points")


def learners(count: int) -> None:
    """Print how often the interval holds the truth, and how often "you improved" is true.

    A thousand learners of all kinds go through session folders, the index and the trend, as a photographer's sessions
    do; of each kind by itself, as many more go through the statistics alone.
    """
    rng = np.random.default_rng(19)
    through_the_journal(count, rng)
    print("\n| learner | true gain | interval contains it | reported as better | reported as worse |")
    print("|---|---|---|---|---|")
    for name, curve in curves():
        truth = true_gain(curve)
        found = [gain(tested(curve, rng, BETWEEN_DAYS).mean(axis=1).tolist()) for _ in range(count)]
        cells = outcome([each for each in found if isinstance(each, Gain)], truth)
        print(f"| {name} | {truth:+.1f} | {' | '.join(cells)} |")
    peeking(count, rng)
    by_spread(count, rng)


def through_the_journal(count: int, rng: np.random.Generator) -> None:
    """Keep sessions of learners of all kinds, read them back, and print what is said of them."""
    of = {f"learner-{number:04}": list(curves())[number % len(list(curves()))] for number in range(count)}
    for name, (_, curve) in of.items():
        for number, takes in enumerate(tested(curve, rng, BETWEEN_DAYS)):
            keep(number, [take_of(float(value)) for value in takes], drill=name)
    sessions = read_log().sessions
    held = improved = unchanged = falsely = told = 0
    by_drill: dict[str, list[SessionRow]] = {}
    for row in sessions:
        by_drill.setdefault(row.drill, []).append(row)
    for name, (_, curve) in of.items():
        series = next(each for each in trend(by_drill[name]).series if each.name == "overall")
        found, truth = series.gain, true_gain(curve)
        if not isinstance(found, Gain):
            raise TypeError(name)
        held += abs(found.better_by - truth) <= found.half_width
        if truth <= 0:
            unchanged += 1
            falsely += found.improved
        elif truth >= 14.5:
            told += 1
            improved += found.improved
    print(f"{count} learners of all kinds, {len(sessions)} sessions through the journal:")
    print(f"- the interval holds the truth in {100 * held / count:.1f} %")
    print(f"- of the {unchanged} who did not improve, {100 * falsely / unchanged:.1f} % are told that they did")
    print(f"- of the {told} with a true gain of 14.5 points or more, {100 * improved / told:.1f} % are told so")


def by_spread(count: int, rng: np.random.Generator) -> None:
    """Print what becomes of it where days lie closer to one another, or farther apart, than is taken for granted."""
    flat = np.full(SESSIONS_EACH, 50.0)
    plateau = np.concatenate([flat, flat + 15])
    print("\n| spread between days | interval contains 15 points | the gain is reported | a gain is reported falsely |")
    print("|---|---|---|---|")
    for between_days in (1.0, 2.5, 5.0, 7.5, 10.0):
        better, same = (
            [
                gain(tested(curve, rng, between_days).mean(axis=1).tolist(), least_change=LEAST_POINTS)
                for _ in range(count)
            ]
            for curve in (plateau, np.concatenate([flat, flat]))
        )
        held, told, _ = outcome([each for each in better if isinstance(each, Gain)], 15.0)
        falsely = outcome([each for each in same if isinstance(each, Gain)], 0.0)[1]
        print(f"| {between_days:g} points | {held} | {told} | {falsely} |")


def tested(curve: np.ndarray, rng: np.random.Generator, between_days: float) -> np.ndarray:
    """Return the scores of all takes of a learner's tests, (tests, takes)."""
    days = curve + rng.normal(0, between_days, len(curve))
    return np.asarray(np.clip(days[:, None] + rng.normal(0, BETWEEN_TAKES, (len(curve), TAKES_OF_A_TEST)), 0, 100))


def true_gain(curve: np.ndarray) -> float:
    """Return by how much a learner's curve is higher at the tests after than at those before."""
    return float(curve[-SESSIONS_EACH:].mean() - curve[:SESSIONS_EACH].mean())


def outcome(found: list[Gain], truth: float) -> list[str]:
    """Return how often the interval holds the truth, and how often a change is told, better and worse."""
    held = sum(abs(each.better_by - truth) <= each.half_width for each in found)
    worse = sum(each.likely_real and each.better_by < 0 for each in found)
    return [f"{100 * part / len(found):.1f} %" for part in (held, sum(each.improved for each in found), worse)]


def take_of(overall: float) -> Take:
    """Return a take that scored so."""
    score = TakeScore(
        overall,
        overall,
        overall,
        overall,
        overall,
        keeper_ratio=overall / 100,
        longest_keeper_s=1.0,
        found_ratio=1.0,
        subject_kind="target",
        blur_px=1.0,
    )
    return Take(number=1, station=STILL_2M.stations[0], score=score)


def curves() -> Iterator[tuple[str, np.ndarray]]:
    """Yield kinds of learners: their true score, free of any day's luck, at each of the tests before and after."""
    each = np.arange(SESSIONS_EACH)
    flat = np.full(SESSIONS_EACH, 50.0)
    yield "no change", np.concatenate([flat, flat])
    for by in (5.0, 10.0, 15.0, 20.0):
        yield f"a plateau {by:.0f} points higher", np.concatenate([flat, flat + by])
    # A power law of practice: 48 sessions, of which the first four and the last four are tests.
    power = 80 - 35 * np.arange(1, 49, dtype=float) ** -0.35
    yield "power law, tests among it", np.concatenate([power[:SESSIONS_EACH], power[-SESSIONS_EACH:]])
    yield "learnt, then forgotten by half a point a test", np.concatenate([flat, flat + 15 - 0.5 * each])
    yield "forgetting: 10 points lower", np.concatenate([flat, flat - 10])


def peeking(count: int, rng: np.random.Generator) -> None:
    """Print how often somebody who never improves is told so at least once, looking after every session of a month."""
    told = 0
    for _ in range(count):
        values = [
            float(value) for value in 50 + rng.normal(0, BETWEEN_DAYS, 20) + rng.normal(0, BETWEEN_TAKES / 20**0.5, 20)
        ]
        results = (gain(values[:n]) for n in range(2 * FEWEST_EACH, len(values) + 1))
        told += any(isinstance(found, Gain) and found.improved for found in results)
    print(
        f"\nNo change, looked at after each of twenty sessions: told to have improved once or more in "
        f"{100 * told / count:.1f} %."
    )


def keep(number: int, takes: list[Take], drill: str = "still-2m") -> None:
    """Write a session into the journal, as a drill would."""
    rehearsed = STILL_2M
    session = Session(
        id="",
        drill=replace(rehearsed, name=drill),
        state=SessionState.CLOSED,
        started_at=FIRST + timedelta(days=number),
        profile=rehearsed.profile,
        schedule=Schedule(feedback="summary"),
        takes=tuple(
            replace(take, number=i, state=TakeState.SCORED, clip=f"take-{i:02}.mov") for i, take in enumerate(takes, 1)
        ),
    )
    folder.create(session)


def studies(count: int) -> None:
    """Print how often a study claims an effect where there is none, and where there is one."""
    rng = np.random.default_rng(7)
    print("| people | arms | what feedback does | an effect is claimed |")
    print("|---|---|---|---|")
    for by, slope in ((0.0, 0.0), (0.0, 1.0), (10.0, 0.0), (15.0, 0.0)):
        claimed = 0
        for number in range(count):
            study = draw_study("s", "still-2m", ("bandwidth", "every"), 6, 12, number, FIRST)
            outcomes = {}
            for person, chosen in enumerate(study.people, 1):
                base = rng.normal(50, 8) + slope * np.arange(study.sessions)
                after = np.arange(1, study.sessions + 1) >= chosen.start
                noise = rng.normal(0, (BETWEEN_DAYS**2 + BETWEEN_TAKES**2 / TAKES_OF_A_TEST) ** 0.5, study.sessions)
                outcomes[person] = [float(value) for value in base + by * after + noise]
            claimed += analyse_study(study, outcomes, seed=number).claimed
        told = "nothing" if by == 0 else f"{by:.0f} points"
        told += ", and everybody gains a point a session anyway" if slope else ""
        print(f"| 6 | bandwidth, every | {told} | {100 * claimed / count:.1f} % |")


if __name__ == "__main__":
    main()
