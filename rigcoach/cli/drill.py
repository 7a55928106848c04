"""`rigcoach drill`: what to rehearse, and rehearsing it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from rigcoach.base.percent import percent
from rigcoach.cli import completing
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.distances import distance
from rigcoach.cli.drill_distance import judge_distance
from rigcoach.cli.drill_run import run_drill
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_line, print_table

if TYPE_CHECKING:
    from rigcoach.drills.model import Drill, Station


@click.group(cls=CommandGroup)
def drill() -> None:
    """List, show, create and run drills: rehearse with nothing to look at, tethered or not.

    Rehearse with target cards, mannequins, helpers who agreed to it, or yourself.
    """


drill.add_command(run_drill)
drill.add_command(judge_distance)


@drill.command("list")
@json_option
@talk_options
@click.pass_obj
def list_drills(settings: CommandOptions) -> None:
    """List drills in the order of learning: your own, and those that come with rigcoach."""
    from rigcoach.drills.documents import drill_list_document
    from rigcoach.drills.files import drill_paths

    document = drill_list_document(drill_paths())
    if settings.json:
        print_json(document)
        return
    rows = [
        (
            entry["name"],
            *(str(entry[key] or "–") for key in ("level", "takes")),
            entry["description"] or entry["error"] or "",
        )
        for entry in document["drills"]
    ]
    print_table(("Drill", "Level", "Takes", "Description"), rows)


@drill.command("show")
@click.argument("name", shell_complete=completing.drills)
@json_option
@talk_options
@click.pass_obj
def show_drill(settings: CommandOptions, name: str) -> None:
    """Show what a drill asks for, take by take. NAME is a drill's name or the path of one."""
    from rigcoach.drills.documents import drill_document
    from rigcoach.drills.files import load_drill

    shown = load_drill(name)
    if settings.json:
        print_json(drill_document(shown, shown.path))
        return
    _print(shown)


def _band(band: tuple[float, float] | None) -> str:
    return "" if band is None else f"{100 * band[0]:.0f} to {100 * band[1]:.0f} % of the frame"


def _print(shown: "Drill") -> None:
    print_line(f"{shown.name}: {shown.description}" if shown.description else shown.name, 2)
    for title, text in (
        ("profile", shown.profile),
        ("blind", "yes: screen off, nothing to look at" if shown.blind else "no"),
        (
            "takes",
            f"{len(shown.stations)}{', always in this order' if shown.fixed else ''}; {shown.pause_s:g} s between",
        ),
        ("subject", shown.frame.subject),
        ("shot", shown.frame.scale.replace("-", " ")),
        ("headroom", _band(shown.frame.headroom)),
        ("lead room", _band(shown.frame.lead_room)),
        ("level", f"to {shown.frame.roll_tolerance_deg:g}°"),
        ("in focus", f"up to {shown.focus_tolerance_px:g} px of blur"),
        ("framing", f"{shown.pass_framing:g} of 100 on average passes" if shown.pass_framing else ""),
        ("distance", f"up to {100 * shown.pass_distance:.0f} % off passes" if shown.pass_distance else ""),
        ("feedback", shown.feedback),
        ("passed", f"with {shown.pass_mark:g} of 100 and {percent(shown.pass_keepers)} keepers on average"),
    ):
        if text:
            print_line(f"  {title:<13}{text}", 13)
    for numbers, station in _runs(shown.stations):
        print_line(f"  {numbers:<13}{station.announcement}, {station.seconds:g} s", 13)


def _runs(stations: "tuple[Station, ...]") -> "list[tuple[str, Station]]":
    """Return the takes with equal ones that follow each other told as one: ``takes 1–3``."""
    runs: list[tuple[int, int, Station]] = []
    for number, station in enumerate(stations, 1):
        if runs and runs[-1][2] == station:
            runs[-1] = (runs[-1][0], number, station)
        else:
            runs.append((number, number, station))
    return [(f"take {a}" if a == b else f"takes {a}–{b}", station) for a, b, station in runs]


@drill.command("new")
@click.argument("name", shell_complete=completing.drills)
@click.option("--from", "base", metavar="DRILL", default="still-2m", show_default=True, help="Drill to start from.")
@click.option("--description", help="Description.")
@click.option("--profile", metavar="PROFILE", help="Profile to apply to the rig.")
@click.option(
    "--distance",
    "distance_m",
    type=distance,
    metavar="DISTANCE",
    help="Distance to the subject in every take, such as 2, 7ft or 2.1m.",
)
@click.option("--to", "to_m", type=distance, metavar="DISTANCE", help="Distance at the end of a walk towards or away.")
@click.option("--move", help="stand, walk-towards, walk-away, walk-across, pan or whip.")
@click.option("--height", "camera_height", help="hip, chest, eye or overhead.")
@click.option(
    "--place", help="Target position of the subject: centre, left-third, right-third, or X,Y as fractions of the frame."
)
@click.option("--scale", help="Shot size wanted, such as full or medium.")
@click.option("--subject", help="auto, target, face or person.")
@click.option("--seconds", type=float, help="Length of a take.")
@click.option("--takes", type=click.IntRange(1, 100), help="Number of takes.")
@click.option("--pause", "pause_s", type=float, metavar="SECONDS", help="Pause between two takes.")
@click.option("--pass-mark", type=float, help="Mean score needed to pass a session.")
@click.option("--pass-keepers", type=float, metavar="SHARE", help="Share of keepers needed to pass, such as 0.5.")
@click.option("--pass-framing", type=float, help="Mean framing score needed to pass; 0 for none.")
@click.option("--pass-distance", type=float, metavar="SHARE", help="Largest error in distance, such as 0.2; 0 for any.")
@click.option("--feedback", help="When a take is commented on: bandwidth, every, faded, summary or none.")
@click.option(
    "--focus-tolerance", "focus_tolerance_px", type=float, metavar="PIXELS", help="Largest acceptable blur radius."
)
@click.option("--roll-tolerance", "roll_tolerance_deg", type=float, metavar="DEGREES", help="Largest acceptable roll.")
@click.option("--blind/--seeing", default=None, help="Whether to shoot blind, with the screen off.")
@click.option("--force", is_flag=True, help="Overwrite your drill with this name.")
@json_option
@talk_options
@click.pass_obj
def new_drill(
    settings: CommandOptions, /, name: str, base: str, *, force: bool, takes: int | None, **given: Any
) -> None:
    """Create a drill of your own from another one; options given here replace its values.

    It is saved with your data as NAME.toml, a text file that any editor opens.
    """
    from rigcoach.drills.documents import drill_document
    from rigcoach.drills.files import checked_name, drill_text, keep, load_drill

    answers = {key: value for key, value in given.items() if value is not None}
    start = load_drill(base)
    place = answers.pop("place", None)
    if place is not None:
        answers["place"] = _place(place)
    if answers.get("move") in ("stand", "walk-across", "pan", "whip"):
        answers.setdefault("to_m", None)
    of_takes = ("distance_m", "to_m", "move", "camera_height", "place", "seconds")
    changes = {key: answers.pop(key) for key in of_takes if key in answers}
    count = takes or len(start.stations)
    stations = tuple(replace(start.stations[n % len(start.stations)], **changes) for n in range(count))
    frame = replace(
        start.frame, **{k: answers.pop(k) for k in ("scale", "subject", "roll_tolerance_deg") if k in answers}
    )
    answers.setdefault("description", "")  # what the other one is for says nothing of this
    # A drill of one's own has no place among those that are learnt in order.
    made = replace(start, name=checked_name(name), level=0, frame=frame, stations=stations, **answers)
    path = keep(made, replace=force)
    if settings.json:
        print_json(drill_document(made, path))
        return
    click.echo(drill_text(made), nl=False)
    note(settings, f"{name}: saved to {path}")


def _place(text: str) -> tuple[float, float]:
    from rigcoach.drills.model import PLACES

    if text in PLACES:
        return PLACES[text]
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"{text!r} is none of {', '.join(PLACES)}, X,Y", param_hint="--place") from None
    return x, y
