"""`rigcoach camera show`: what the camera reports of itself."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.body_names import body_name
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_heading, print_points, print_table

if TYPE_CHECKING:
    from rigcoach.listing.model import BodyListing, Widget
    from rigcoach.tether.summary import SummaryRow

_SHOWN_CHOICES = 8


@click.command("show")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--all", "everything", is_flag=True, help="All settings that libgphoto2 offers, with their choices.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def show_camera(settings: CommandOptions, names: tuple[str, ...], everything: bool) -> None:
    """Show the camera's settings, and list what you must set by hand.

    With names, such as iso: those settings of libgphoto2 with all their choices. The JSON document is the body's
    whole listing, which `rigcoach profile check --against` reads.
    """
    from rigcoach.listing.files import to_json
    from rigcoach.listing.model import BodyListing
    from rigcoach.tether.summary import summary

    with opened_camera(settings) as open_camera:
        listing = open_camera.listing()
        cards = open_camera.cards()
    if names:
        chosen = tuple(_named(listing, name) for name in names)
        listing = BodyListing(listing.body, listing.manufacturer, listing.model, chosen)
    if settings.json:
        print_json(to_json(listing))
    elif names or everything:
        _print_listing(listing, all_choices=bool(names))
    else:
        _print_summary(body_name(listing.model), summary(listing, cards))


def _named(listing: "BodyListing", name: str) -> "Widget":
    widget = listing.widget(name)
    if widget is None:
        raise RigcoachError(
            f"{listing.model} has no setting {name}", next_step="List them with `rigcoach camera show --all`"
        )
    return widget


def _print_summary(model: str, rows: "tuple[SummaryRow, ...]") -> None:
    print_heading(model)
    print_table((), [(row.name, row.value) for row in rows])
    by_hand = [row for row in rows if row.by_hand]
    if by_hand:
        click.echo("\nSet by hand:")
    print_points(f"{row.name}: {row.by_hand}" for row in by_hand)


def _print_listing(listing: "BodyListing", *, all_choices: bool) -> None:
    print_heading(body_name(listing.model))
    rows = []
    for widget in listing.widgets:
        shown = widget.choices if all_choices else widget.choices[:_SHOWN_CHOICES]
        text = ", ".join(shown)
        if len(shown) < len(widget.choices):
            text += f" and {len(widget.choices) - len(shown)} more"
        if widget.span is not None:
            text = f"{widget.span.bottom:g} to {widget.span.top:g}"
        if widget.readonly:
            text = "read-only"
        rows.append((widget.path.removeprefix("/main/"), widget.current, text))
    print_table(("Setting", "Now", "Choices"), rows)
