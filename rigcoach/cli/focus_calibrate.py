"""`rigcoach focus calibrate`: where the marks of a rig's ring really focus."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.base.units import metres_and_feet
from rigcoach.cli.distances import distance
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json, progress
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.rig_options import chosen_rig, rig_options
from rigcoach.cli.zone_setup import reachable

if TYPE_CHECKING:
    from rigcoach.lens.calibrations import Calibration
    from rigcoach.lens.chosen_rig import ChosenRig
    from rigcoach.optics.register_error import RegisterError


class MarksApartError(RigcoachError):
    """Marks of which no one register error can be made."""

    code = "focus.marks-apart"


@click.command("calibrate")
@click.argument("clips", nargs=-1, metavar="CLIP@MARK...")
@rig_options
@click.option("--forget", is_flag=True, help="Delete this rig's calibration and use the engraved distances again.")
@json_option
@talk_options
@click.pass_obj
def focus_calibrate(
    settings: CommandOptions,
    clips: tuple[str, ...],
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    forget: bool,
) -> None:
    """Measure the true distances of the ring's marks. An adapter 0.05 mm too thick turns 3 m into 2.5 m.

    Example: `rigcoach focus calibrate --rig hip-video near.mov@1.5 far.mov@3 feet.mov@7ft`.

    For each of two or more marks: set the ring to it, open the aperture fully, use a fast shutter speed, and film
    the target card while stepping slowly from clearly too far to clearly too near. The sharpest frame shows where
    the mark really focuses. The result is saved for this body, lens and adapter, and used by zone, table and scale.
    Without clips: shows what is saved.
    """
    from rigcoach.lens.calibrations import forget_calibration, load_calibration
    from rigcoach.lens.documents import calibration_document

    # What is kept may be spoilt; it can be forgotten and replaced nevertheless.
    chosen = chosen_rig(rig_profile, body, lens, adapter, calibrated=False)
    if forget:
        if clips:
            raise click.UsageError("--forget takes no clips.")
        there = forget_calibration(chosen.rig)
        note(
            settings,
            f"{chosen.name}: {'calibration deleted' if there else 'not calibrated'}; "
            "using the lens's engraved distances.",
        )
        if settings.json:
            print_json(calibration_document(chosen, None))
        return
    told = _measured(settings, chosen, clips) if clips else load_calibration(chosen.rig)
    if settings.json:
        print_json(calibration_document(chosen, told))
    elif told is None:
        click.echo(f"{chosen.name}: using the lens's engraved distances (not calibrated).")
    else:
        _print(chosen, told)


def _measured(settings: CommandOptions, chosen: "ChosenRig", clips: tuple[str, ...]) -> "Calibration":
    """Read every clip, then fit and keep what they say together."""
    from rigcoach.lens.calibrations import Calibration, save_calibration
    from rigcoach.lens.ring_pass import read_focus_pass
    from rigcoach.optics.register_error import MarkRead

    movie = chosen.known_movie("distances need", next_step="Give --body ID")
    wanted = [_clip_and_mark(text) for text in clips]
    if len(wanted) < 2:
        raise click.UsageError("One mark cannot be checked: give two clips or more.")
    reachable(chosen, tuple(mark for _, mark in wanted))
    reads = []
    for path, mark_m in wanted:
        with progress(settings, path.name) as advance:
            found = read_focus_pass(path, chosen.focal_length_mm, movie.sensor_width_mm, advance)
        reads.append(MarkRead(mark_m, found.focus_m, found.sd_per_m))
    calibration = Calibration(_fitted(chosen, reads, [path for path, _ in wanted]), date.today())
    note(settings, f"Saved to {save_calibration(chosen.rig, calibration)}")
    return calibration


def _clip_and_mark(text: str) -> tuple[Path, float]:
    clip, at, mark = text.rpartition("@")
    if not (clip and at):
        raise click.UsageError(f"{text!r} does not name the ring mark: write CLIP@MARK, such as near.mov@2")
    return Path(clip), distance(mark)


def _fitted(chosen: "ChosenRig", reads: list[Any], paths: list[Path]) -> "RegisterError":
    from rigcoach.optics.register_error import MOST_MM, Disagreement, register_error

    told = register_error(reads, chosen.focal_length_mm)
    if isinstance(told, Disagreement):
        path = paths[reads.index(told.worst)]
        raise MarksApartError(
            "the marks disagree",
            why=f"{path.name} at {metres_and_feet(told.worst.mark_m)} is focused at "
            f"{metres_and_feet(told.worst.focus_m)}, "
            f"{abs(told.off_mm):.2f} mm of register off from the others",
            next_step="Check each ring mark and its unit, and film another mark",
        )
    if abs(told.error_mm) > MOST_MM:
        raise MarksApartError(
            f"the marks are off by {abs(told.error_mm):.1f} mm of register",
            why=f"no adapter is off by more than {MOST_MM:g} mm",
            next_step="Check the lens, and whether the marks were metres or feet",
        )
    return told


def _print(chosen: "ChosenRig", calibration: "Calibration") -> None:
    from rigcoach.lens.rig_text import format_register
    from rigcoach.rig.profile_optics import STATIONS_M

    register, focal_mm = calibration.register, chosen.focal_length_mm
    click.echo(f"{chosen.name}, calibrated on {calibration.measured:%d %b %Y}:\n{format_register(calibration)}.\n")
    rows = [
        (
            metres_and_feet(read.mark_m),
            metres_and_feet(read.focused_from_sensor_m(focal_mm)),
            f"{read.error_mm(focal_mm):+.3f} mm",
        )
        for read in register.reads
    ]
    print_table(("Mark filmed", "Sharpest at", "Register"), rows)
    marks = [mark for mark in (*STATIONS_M, float("inf")) if chosen.lens.focuses_at(mark)]
    click.echo()
    told = [
        (metres_and_feet(mark), metres_and_feet(register.true_m(focal_mm, mark)), _to_set(chosen, calibration, mark))
        for mark in marks
    ]
    print_table(("Mark", "Focuses at", "For that distance set"), told)


def _to_set(chosen: "ChosenRig", calibration: "Calibration", true_m: float) -> str:
    mark_m = calibration.register.mark_m(chosen.focal_length_mm, true_m)
    return "beyond the ring's infinity" if mark_m is None else metres_and_feet(mark_m)
