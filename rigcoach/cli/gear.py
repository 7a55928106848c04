"""`rigcoach gear`: bodies, lenses and adapters, and what fits what."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.units import metres_and_feet
from rigcoach.cli import completing
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.gear_add import add_gear
from rigcoach.cli.gear_check import check_gear, search_gear
from rigcoach.cli.gear_choice import chosen_id
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_facts, print_table

if TYPE_CHECKING:
    from rigcoach.rig.gear import Adapter, Body, Lens

_KINDS = ("bodies", "lenses", "adapters")


@click.group(cls=CommandGroup)
def gear() -> None:
    """List and check bodies, lenses and adapters: what fits what, and what is lost through an adapter."""


for command in (search_gear, check_gear, add_gear):
    gear.add_command(command)


@gear.command("list")
@click.argument("kind", type=click.Choice((*_KINDS, "mounts")), required=False)
@json_option
@talk_options
@click.pass_obj
def list_gear(settings: CommandOptions, kind: str | None) -> None:
    """List all gear, or one kind of it, with the ids used in a profile's [rig]."""
    from rigcoach.rig.documents import gear_list_document
    from rigcoach.rig.gear_files import load_gear

    known = load_gear()
    kinds = {name: getattr(known, name) for name in ((kind,) if kind else _KINDS)}
    if settings.json:
        print_json(gear_list_document(kinds))
        return
    for name, parts in kinds.items():
        print_table((name.capitalize(), ""), [(part.id, part.name) for part in parts.values()])


@gear.command("show")
@click.argument("words", metavar="ID|WORDS...", nargs=-1, required=True, shell_complete=completing.gear)
@json_option
@talk_options
@click.pass_obj
def show_gear(settings: CommandOptions, words: tuple[str, ...]) -> None:
    """Show one piece of gear, what it fits, and what is lost through an adapter.

    Words of its name work instead of its id: where several fit, you choose by number.
    """
    from rigcoach.rig.documents import gear_document
    from rigcoach.rig.gear_files import load_gear

    known = load_gear()
    part = known.part(chosen_id(known, "gear", " ".join(words)))
    fits = known.fits(part)
    if settings.json:
        print_json(gear_document(part, fits))
        return
    click.echo(part.name)
    print_facts(_facts(part))
    if part.source:
        print_facts([("source", part.source)])
    for fit in fits:
        through = f" through {fit.adapter.id}" if fit.adapter else ""
        lost = f"; lost: {', '.join(fit.lost)}" if fit.lost else ""
        print_facts([("fits", f"{fit.other.id}{through}{lost}")])


def _facts(part: "Body | Lens | Adapter") -> list[tuple[str, str]]:
    from rigcoach.rig.gear import Body, Lens

    if isinstance(part, Body):
        facts = [
            ("mount", f"{part.mount.name}, register {part.mount.register_mm:g} mm"),
            ("sensor", f"{part.sensor_width_mm:g} × {part.sensor_height_mm:g} mm"),
        ]
        if part.stills_only:
            facts.append(("movie", "none: it records stills only"))
        if part.movie is not None:
            movie = part.movie
            size = f"{movie.width_px} × {movie.height_px} from {movie.sensor_width_mm:g} mm of the sensor's width"
            facts.append(("movie", size))
            if movie.readout_ms is not None:
                facts.append(("rolling shutter", f"a frame is read in {movie.readout_ms:g} ms"))
        return facts
    if isinstance(part, Lens):
        narrowest = f"f/{part.narrowest_f_number:g}" if part.narrowest_f_number is not None else "not known"
        return [
            ("mount", part.mount.name),
            ("focal length", part.focal_lengths),
            *([("squeeze", f"{part.squeeze:g}x, anamorphic")] if part.squeeze != 1 else []),
            ("aperture", f"f/{part.widest_f_number:g} to {narrowest}"),
            ("aperture is set", _aperture_place(part)),
            ("closest focus", "not known" if part.close_focus_m is None else metres_and_feet(part.close_focus_m)),
            ("autofocus", "yes" if part.autofocus else "no"),
            ("towards infinity", f"{part.infinity_turn or 'not known'}, seen from behind the camera"),
        ]
    return [
        ("lens mount", part.lens_mount.name),
        ("body mount", part.body_mount.name),
        ("thickness", f"{part.thickness_mm:.2f} mm"),
        *([("focal length", f"times {part.magnification:g}")] if part.magnification != 1 else []),
        ("passes on", "aperture and autofocus" if part.electronic else "nothing: set both on the lens"),
    ]


def _aperture_place(lens: "Lens") -> str:
    places = ["on its ring"] * lens.aperture_ring + ["by the body"] * lens.electronic
    return " or ".join(places)
