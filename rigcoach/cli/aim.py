"""`rigcoach aim`: pitch, strap height and distance that frame a person without looking."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.units import distance_text, metres_and_feet, read_distance_m
from rigcoach.cli.distances import distance, height
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_points, print_table
from rigcoach.cli.rig_options import chosen_rig, rig_options
from rigcoach.optics.aim import CAMERA_HEIGHTS_M
from rigcoach.optics.shots import SHOT_NAMES

if TYPE_CHECKING:
    from rigcoach.drills.model import Drill, Station
    from rigcoach.optics.aim import Aim, Person
    from rigcoach.optics.view import Viewpoint


def _camera(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Check the option's text: a name, or metres."""
    if text is None or text in CAMERA_HEIGHTS_M:
        return text
    height_m = read_distance_m(text)
    if height_m is None or not 0.05 <= height_m <= 3.0:
        wrong = f"{text!r} is neither {', '.join(CAMERA_HEIGHTS_M)} nor a height such as 1.1, 1.1m or 3ft7"
        raise click.BadParameter(wrong, context, parameter)
    return str(height_m)


@click.command()
@rig_options
@click.option(
    "--height",
    "height_m",
    required=True,
    type=height,
    metavar="HEIGHT",
    help="Height of the person, such as 1.75, 5ft9 or 1.75m.",
)
@click.option(
    "--camera",
    "camera_height",
    callback=_camera,
    metavar=f"{'|'.join(CAMERA_HEIGHTS_M)}|HEIGHT",
    help=f"Height of the lens: {', '.join(f'{each:.2f}' for each in CAMERA_HEIGHTS_M.values())} m, "
    "or a height of your own.  [default: chest, or the drill's]",
)
@click.option(
    "--at",
    "distances_m",
    multiple=True,
    type=distance,
    metavar="DISTANCE",
    help="Distance to the person, such as 2, 7ft or 2.1m; repeatable.  [default: 1.2, 2, 3, 5]",
)
@click.option(
    "--shot", type=click.Choice(tuple(SHOT_NAMES)), metavar="SHOT", help=f"The shot wanted: {', '.join(SHOT_NAMES)}."
)
@click.option("--drill", metavar="NAME[:TAKE]", help="Use a drill's rig, camera height, distance, headroom and shot.")
@json_option
@talk_options
@click.pass_obj
def aim(
    settings: CommandOptions,
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    height_m: float,
    camera_height: str | None,
    distances_m: tuple[float, ...],
    shot: str | None,
    drill: str | None,
) -> None:
    """Work out tilt, camera height and distance to frame a person without looking.

    Example: `rigcoach aim --rig hip-video --height 1.7 --camera hip --at 2`, or for what a drill wants, `rigcoach aim
    --drill hip-3m --height 1.7`. Distances are measured along the ground from the lens. All values are for video:
    16:9 from the sensor's full width covers less above and below than a still.
    """
    from rigcoach.optics.aim import HEADROOM, Person, aim_at
    from rigcoach.optics.documents import aim_document
    from rigcoach.optics.view import Viewpoint
    from rigcoach.rig.documents import rig_ids
    from rigcoach.rig.profile_optics import STATIONS_M, movie_view_deg

    rehearsed = _drill(drill)
    if rehearsed is not None:
        take, station = rehearsed
        rig_profile = rig_profile or (take.profile if lens is None else None)
        camera_height = camera_height or station.camera_height
        distances_m = distances_m or (station.distance_m,)
        shot = shot or take.frame.scale or None
    chosen = chosen_rig(rig_profile, body, lens, adapter, calibrated=False)
    movie = chosen.known_movie("framing needs", next_step="Give --body ID")
    view_deg = movie_view_deg(chosen.focal_length_mm, movie, chosen.rig.squeeze)
    held = camera_height or "chest"
    camera = Viewpoint(view_deg[1], CAMERA_HEIGHTS_M[held] if held in CAMERA_HEIGHTS_M else float(held))
    headroom = None if rehearsed is None else rehearsed[0].frame.headroom
    person = Person(height_m, headroom or HEADROOM)
    aims = [aim_at(camera, person, each) for each in distances_m or STATIONS_M]
    wanted = None if shot is None else SHOT_NAMES[shot]
    if settings.json:
        print_json(aim_document(rig_ids(chosen.rig), view_deg, camera, person, aims, wanted))
        return
    click.echo(f"{chosen.name}\nVideo field of view: {view_deg[0]:.1f}° x {view_deg[1]:.1f}°")
    low, high = person.headroom
    click.echo(
        f"Lens {distance_text(camera.height_m)} above the ground, person {distance_text(person.height_m)} tall;\n"
        f"headroom {100 * person.aimed_at:.0f} % of the frame ({100 * low:.0f}-{100 * high:.0f} % is fine).\n"
    )
    _print_aims(aims)
    for told in aims:
        _print_instead(told)
    if wanted is not None:
        _print_wanted(camera, person, aims, wanted)


def _drill(text: str | None) -> "tuple[Drill, Station] | None":
    from rigcoach.drills.files import load_take

    return None if text is None else load_take(text)


def _print_aims(aims: "list[Aim]") -> None:
    from rigcoach.optics.aim_text import aim_head, aim_rows

    click.echo("What the frame covers, above the ground:")
    print_table(aim_head(), aim_rows(aims))


def _print_instead(told: "Aim") -> None:
    """Print what does the same without tipping, and what to change where the feet are out."""
    from rigcoach.optics.aim_text import band_text, pitch_text

    band = band_text(told.pitch_band_deg)
    click.echo(f"\n{metres_and_feet(told.distance_m)}: {pitch_text(told.pitch_deg)}; {band} is fine.")
    ways = []
    if told.level_height_m is not None:
        ways.append(f"wear the camera with the lens at {distance_text(told.level_height_m, 2)}")
    if told.level_distance_m is not None:
        ways.append(f"stand at {metres_and_feet(told.level_distance_m)}")
    if ways:
        print_points([f"Without tilting: {', or '.join(ways)}."])
    elif told.level_headroom < 0:
        print_points(["Without tilting, the head is cut off."])
    if told.tipped.feet_in:
        return
    if not told.clean_cut:
        print_points([f"The frame cuts at the {told.cut}: not a good place for a cut."])
    lift = (
        "" if told.feet_height_m is None else f", or tilt from a lens height of {distance_text(told.feet_height_m, 2)}"
    )
    print_points([f"To include the feet: step back to {metres_and_feet(told.feet_from_m)}{lift}."])


def _print_wanted(camera: "Viewpoint", person: "Person", aims: "list[Aim]", wanted: str) -> None:
    from rigcoach.optics.aim import shot_distances_m

    near_m, far_m = shot_distances_m(camera, person, wanted)
    click.echo(f"\nA {wanted} is taken from {metres_and_feet(near_m)} to {metres_and_feet(far_m)}.")
    for told in aims:
        if told.distance_m < near_m:
            print_points(
                [f"At {metres_and_feet(told.distance_m)} step back by {metres_and_feet(near_m - told.distance_m)}."]
            )
        elif told.distance_m > far_m:
            print_points(
                [f"At {metres_and_feet(told.distance_m)} step closer by {metres_and_feet(told.distance_m - far_m)}."]
            )
        else:
            print_points([f"{metres_and_feet(told.distance_m)} is right."])
