"""`rigcoach gear search` and `check`: find gear, and check whether it fits together."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli import completing
from rigcoach.cli.gear_choice import chosen_id
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_line, print_table

if TYPE_CHECKING:
    from rigcoach.rig.gear import Adapter, Body, Lens
    from rigcoach.rig.rig_check import RigCheck


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@json_option
@talk_options
@click.pass_obj
def search_gear(settings: CommandOptions, words: tuple[str, ...]) -> None:
    """Find bodies, lenses and adapters by name: `rigcoach gear search takumar 55`.

    Your own gear and rigcoach's come first, then lensfun's database.
    """
    from rigcoach.rig.documents import gear_search_document
    from rigcoach.rig.gear_files import load_gear
    from rigcoach.rig.gear_search import search

    found = search(load_gear(), words)
    if settings.json:
        print_json(gear_search_document(found))
    elif found:
        print_table(("Id", "Name", "Kind"), [(part.id, part.name, _kind(part)) for part in found])
    if not found:
        raise RigcoachError(
            f"no gear has {' and '.join(words)} in its name",
            next_step="Use fewer words, or describe yours: `rigcoach gear add`, or any-28mm for any lens of 28 mm",
            code="gear.unknown",
        )


def _kind(part: "Body | Lens | Adapter") -> str:
    return type(part).__name__.lower()


@click.command("check")
@click.argument("body_id", metavar="BODY", shell_complete=completing.gear)
@click.argument("lens_id", metavar="LENS", shell_complete=completing.gear)
@click.argument("adapter_ids", metavar="[ADAPTER]...", nargs=-1, shell_complete=completing.gear)
@json_option
@talk_options
@click.pass_obj
def check_gear(settings: CommandOptions, body_id: str, lens_id: str, adapter_ids: tuple[str, ...]) -> None:
    """Check whether a lens fits a body, with which adapter, and what is lost.

    LENS may be a zoom at a focal length (ID@35mm) or any lens of a focal length (any-28mm). Name several adapters
    from the body outwards; without one a plain ring that fits is used. Words of a name, in quotes, work instead of an
    id: where several fit, you choose by number.
    """
    from rigcoach.rig.documents import gear_check_document
    from rigcoach.rig.gear_files import load_gear
    from rigcoach.rig.rig_check import check_rig

    gear = load_gear()
    body_id, lens_id = chosen_id(gear, "body", body_id), chosen_id(gear, "lens", lens_id)
    checked = check_rig(gear, body_id, lens_id, "+".join(adapter_ids) or None)
    if settings.json:
        print_json(gear_check_document(checked))
        return
    _print(checked)


def _print(checked: "RigCheck") -> None:
    rig = checked.rig
    named = [part.name for part in (rig.body, rig.adapter, rig.lens) if part is not None]
    print_line(" + ".join(named), 2)
    if rig.adapter is not None and checked.room_mm is not None:
        thick = f"registers differ by {checked.room_mm:.2f} mm"
        click.echo(f"  Fits through {rig.adapter.id}: {thick}.")
    else:
        click.echo("  Fits directly.")
    if checked.focal_length_mm is not None and checked.equivalent_mm is not None:
        click.echo(f"  {checked.focal_length_mm:.3g} mm, equivalent to {checked.equivalent_mm:.0f} mm on full frame.")
    for each in checked.notes:
        print_line(f"  {each}", 2)
