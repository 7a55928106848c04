"""Studies: drawn by lot, hidden, analysed as fixed beforehand; of people who don't improve they say so."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from journal.made_sessions import FIRST, kept, session

from rigcoach.cli.main import main
from rigcoach.drills.files import load_drill
from rigcoach.journal.counted import counted
from rigcoach.journal.index import read_log
from rigcoach.practice.study import (
    FEWEST_AFTER,
    FEWEST_BEFORE,
    StudyError,
    analyse_study,
    draw_study,
    feedback_of,
    next_place,
    study_plan,
)
from rigcoach.practice.study_files import keep_study, load_study, outcomes_of, results_document, sessions_of


def drawn(seed: int = 1, people: int = 6):
    return draw_study("mine", "hip-3m", ("bandwidth", "every"), people, 12, seed, FIRST)


def test_arms_are_even_and_starts_leave_sessions_on_both_sides() -> None:
    for seed in range(30):
        study = drawn(seed)
        assert Counter(person.arm for person in study.people) == {"bandwidth": 3, "every": 3}
        assert all(FEWEST_BEFORE < person.start <= 12 - FEWEST_AFTER + 1 for person in study.people)
    assert drawn(1) == drawn(1)
    assert drawn(1).people != drawn(2).people


def test_feedback_begins_at_the_start_and_the_order_is_alike_for_everybody() -> None:
    study = replace(drawn(), drill="distances")
    start = study.people[0].start
    assert [feedback_of(study, 1, number) for number in (start - 1, start)] == ["none", study.people[0].arm]
    drill = load_drill("distances")
    first, second = (study_plan(study, next_place(study, person, 4), drill) for person in (1, 2))
    assert first.stations == second.stations


@pytest.mark.parametrize(
    ("arms", "people", "sessions", "why"),
    [
        (("none",), 6, 12, "an arm is one of"),
        (("every", "every"), 6, 12, "once"),
        (("every",), 0, 12, "a person"),
        (("every",), 1, 12, "p is never below 1 in 7"),
        (("every",), 4, 8, "p is never below 1 in 18"),
    ],
)
def test_a_study_that_could_not_be_analysed_is_refused(arms, people, sessions, why) -> None:
    with pytest.raises(StudyError, match=why):
        draw_study("mine", "hip-3m", arms, people, sessions, 1, FIRST)


def test_one_that_is_drawn_is_read_back_and_never_drawn_again() -> None:
    study = drawn()
    keep_study(study)
    assert load_study("mine") == study
    with pytest.raises(StudyError, match="not drawn again"):
        keep_study(drawn(2))
    with pytest.raises(StudyError, match="there are: mine"):
        load_study("other")
    with pytest.raises(StudyError, match="no person 7"):
        next_place(study, 7, 0)
    with pytest.raises(StudyError, match="done all 12"):
        next_place(study, 1, 12)


def claims(by: float, slope: float, count: int) -> int:
    rng = np.random.default_rng(5)
    found = 0
    for seed in range(count):
        study = drawn(seed)
        outcomes = {}
        for number, person in enumerate(study.people, 1):
            after = np.arange(1, 13) >= person.start
            outcomes[number] = list(50 + slope * np.arange(12) + by * after + rng.normal(0, 6, 12))
        found += analyse_study(study, outcomes, seed=seed).claimed
    return found


@pytest.mark.slow
def test_of_people_who_do_not_improve_it_says_so_and_a_large_effect_is_found() -> None:
    assert claims(0.0, 0.0, 40) <= 6  # two in forty are expected; more than six, once in two hundred
    assert claims(15.0, 0.0, 10) >= 9


def test_sessions_of_a_study_stand_apart_and_results_name_nobody() -> None:
    study = drawn()
    keep_study(study)
    for number in range(12):
        place = next_place(study, 3, number)
        kept("hip-3m", (50.0, 60.0), day=number, study=place, counts=False, not_counted=("study",))
    kept("hip-3m", (90.0, 90.0), day=30)
    assert len(counted(read_log()).sessions) == 1
    sessions = sessions_of(study)
    assert outcomes_of(sessions) == {3: [55.0] * 12}
    result = analyse_study(study, outcomes_of(sessions))
    assert (result.people, result.effect, result.claimed) == (1, 0.0, False)
    text = json.dumps(results_document(study, sessions, result))
    assert study.analysis in json.loads(text)["analysis"]
    for private in (session().body, "hip-video", "2026"):
        assert private not in text


def test_the_commands_draw_hide_and_export(tmp_path: Path) -> None:
    def run(*arguments: str):
        return CliRunner().invoke(main, ["study", *arguments])

    made = run("new", "mine", "--arms", "bandwidth,every", "--people", "6", "--seed", "1", "--json")
    assert made.exit_code == 0, made.stderr
    assert "arm" not in made.stdout
    out = tmp_path / "results.json"
    told = run("export", "mine", "--out", str(out))
    assert told.exit_code == 0, told.stderr
    assert "nobody has sessions on both sides" in told.stdout
    assert json.loads(out.read_text())["complete"] is False


def test_a_session_of_which_too_little_was_measured_is_run_again() -> None:
    study = draw_study("mine", "hip-3m", ("every",), 2, 12, 1, FIRST)
    keep_study(study)
    start = study.people[0].start
    day = 0
    for number in range(1, 13):
        place = next_place(study, 1, len(sessions_of(study).get(1, ())))
        assert place.number == number
        if number == 2:  # the subject was found in one take of three: what it scored is no outcome
            for scores in ((99.0, None, None), (None, None)):
                kept("hip-3m", scores, day=day, study=place, counts=False, not_counted=("study",))
                day += 1
            assert next_place(study, 1, len(sessions_of(study)[1])).number == 2
        score = 50.0 if number < start else 60.0
        kept("hip-3m", (score, score), day=day, study=place, counts=False, not_counted=("study",))
        day += 1
    outcomes = outcomes_of(sessions_of(study))
    assert len(outcomes[1]) == 12
    assert analyse_study(study, outcomes).effect == pytest.approx(10.0)


def test_arms_are_compared_by_the_difference_of_their_effects_with_its_interval() -> None:
    study = drawn(3, people=5)  # three of one arm, two of the other
    effects = {"bandwidth": [10.0, 14.0, 12.0], "every": [4.0, 8.0, 6.0]}
    outcomes: dict[int, list[float]] = {}
    expected: dict[str, list[float]] = {arm: [] for arm in study.arms}
    for number, person in enumerate(study.people, 1):
        by = effects[person.arm].pop(0)
        expected[person.arm].append(by)
        outcomes[number] = [50.0] * (person.start - 1) + [50.0 + by] * (13 - person.start)
    (between,) = analyse_study(study, outcomes).between
    from scipy import stats  # takes a second to import

    told = stats.ttest_ind(expected["every"], expected["bandwidth"]).confidence_interval(0.95)
    assert (between.arm, between.than) == ("every", "bandwidth")
    assert (between.points - between.half_width, between.points + between.half_width) == pytest.approx(
        (told.low, told.high)
    )
    alone = {number: outcomes[number] for number in list(outcomes)[:1]}
    assert analyse_study(study, alone).between == ()  # nobody to compare with
