"""`rigcoach study`: schedules of feedback compared over a few people, fairly drawn."""

import random
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.options import CommandOptions, camera_option, force_option, json_option, talk_options
from rigcoach.cli.output import note, print_json, print_path
from rigcoach.cli.plain_table import print_line

if TYPE_CHECKING:
    from rigcoach.practice.study import Study

_SEEDS = 2**31


@click.group(cls=CommandGroup)
def study() -> None:
    """Compare schedules of feedback over a few people, with starts drawn by lot.

    Everybody begins without feedback; at a session that only the study's file knows, the feedback of their arm begins.
    """


@study.command("new")
@click.argument("name")
@click.option("--arms", required=True, metavar="A,B", help="Schedules of feedback, such as bandwidth,every.")
@click.option("--people", type=click.IntRange(1, 200), required=True, help="Number of people.")
@click.option("--drill", default="still-2m", show_default=True, metavar="DRILL", help="What everybody rehearses.")
@click.option("--sessions", type=click.IntRange(8, 100), default=12, show_default=True, help="Sessions of each person.")
@click.option("--seed", type=click.IntRange(0, _SEEDS), help="Draw with this number; otherwise one is drawn.")
@json_option
@talk_options
@click.pass_obj
def new(
    settings: CommandOptions, name: str, *, arms: str, people: int, drill: str, sessions: int, seed: int | None
) -> None:
    """Draw a study: arms and starts, kept in a file that nobody needs to look into."""
    from rigcoach.drills.files import load_drill
    from rigcoach.journal.folder import now
    from rigcoach.practice.study import draw_study
    from rigcoach.practice.study_files import drawn_document, keep_study

    chosen = tuple(arm.strip() for arm in arms.split(",") if arm.strip())
    drawn_with = random.SystemRandom().randrange(_SEEDS) if seed is None else seed
    drawn = draw_study(name, load_drill(drill).name, chosen, people, sessions, drawn_with, now())
    path = keep_study(drawn)
    if settings.json:
        # Arms and starts stay in the file: what is printed is seen.
        print_json(drawn_document(drawn, path))
        return
    print_path(path)
    note(settings, f"{people} people, {sessions} sessions each. Next: rigcoach study run {name} --person 1")
    note(settings, drawn.analysis)


@study.command("run")
@click.argument("name")
@click.option("--person", type=click.IntRange(1, 200), required=True, help="The number of the person who practises.")
@click.option("--silent", is_flag=True, help="Prompts as text only.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def run(settings: CommandOptions, name: str, person: int, *, silent: bool) -> None:
    """Run a person's next session. Which feedback it has is not said; it does not count in your trends."""
    from rigcoach.cli.cameras import opened_camera
    from rigcoach.cli.drill_run import print_session, prompter_of
    from rigcoach.drills.files import load_drill
    from rigcoach.practice.run_plan import RunPlan
    from rigcoach.practice.study import next_place, study_plan
    from rigcoach.practice.study_files import is_measured, load_study, sessions_of
    from rigcoach.practice.tethered import run_tethered
    from rigcoach.rig.profile import load_profile

    drawn = load_study(name)
    place = next_place(drawn, person, len(sessions_of(drawn).get(person, ())))
    drill = load_drill(drawn.drill)
    wanted = RunPlan(drill, study_plan(drawn, place, drill), load_profile(drill.profile), study=place)
    with prompter_of(settings, silent=silent) as prompter, opened_camera(settings) as camera:
        prompter.line(f"{name}, person {person}, session {place.number} of {drawn.sessions}")
        open_session = run_tethered(camera, wanted, prompter)
        print_session(settings, prompter, open_session)
    if not is_measured(open_session.session):
        note(settings, f"Too little of it could be measured: session {place.number} is to be run again.")


@study.command("export")
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Output file.")
@force_option
@json_option
@talk_options
@click.pass_obj
def export(settings: CommandOptions, name: str, out: Path | None) -> None:
    """Export the results, anonymous, with the analysis that was fixed beforehand."""
    import json

    from rigcoach.base.outputs import STUDY_RESULTS, write_output
    from rigcoach.journal.folder import kept_files
    from rigcoach.practice.study import analyse_study
    from rigcoach.practice.study_files import load_study, outcomes_of, results_document, sessions_of

    drawn = load_study(name)
    sessions = sessions_of(drawn)
    result = analyse_study(drawn, outcomes_of(sessions), seed=drawn.seed)
    document = results_document(drawn, sessions, result)
    if out is not None:
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        write_output(out, text.encode(), STUDY_RESULTS, inputs=kept_files(), force=settings.force)
        note(settings, f"Saved to {out}.")
    if settings.json:
        print_json(document)
        return
    print_line(f"{drawn.name}: {result.sentence}")
    for arm, effect in result.by_arm.items():
        click.echo(f"  {arm:<10}{effect:+.0f} points")
    for difference in result.between:
        click.echo(f"  {difference.sentence}")
    if any(session.emulated for of in sessions.values() for session in of):
        print_line("Sessions made on the emulator are among these: this is no result.")
    _print_missing(drawn, {person: len(of) for person, of in sessions.items()})


def _print_missing(drawn: "Study", done: dict[int, int]) -> None:
    missing = [
        f"person {person}: {drawn.sessions - done.get(person, 0)}"
        for person in range(1, len(drawn.people) + 1)
        if done.get(person, 0) < drawn.sessions
    ]
    if missing:
        print_line(f"Sessions still to come: {', '.join(missing)}. Until then this is no result.")
