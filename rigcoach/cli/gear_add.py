"""`rigcoach gear add`: gear of your own, described by answers or by options."""

from typing import Any

import click

from rigcoach.cli.gear_choice import chosen_mount
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json

_YES_NO = click.Choice(("yes", "no"))
_POSITIVE = click.FloatRange(min=0, min_open=True)

# What is asked of each kind, in this order: key, question, type, and what stands where nothing is answered.
_QUESTIONS: dict[str, tuple[tuple[str, str, Any, Any], ...]] = {
    "lens": (
        ("mount", "Mount (an id or a name, such as nikon)", str, None),
        ("focal_length_mm", "Focal length in mm; a zoom's shortest", _POSITIVE, None),
        ("longest_focal_length_mm", "A zoom's longest focal length in mm (Enter for a prime)", _POSITIVE, ""),
        ("widest_f_number", "Widest aperture, such as 2.8", _POSITIVE, None),
        ("narrowest_f_number", "Narrowest aperture", _POSITIVE, 22.0),
        ("close_focus_m", "Closest focus in m, as engraved (Enter where not known)", _POSITIVE, ""),
        ("aperture_ring", "Has it an aperture ring?", _YES_NO, "yes"),
        ("electronic", "Can a body of its mount set the aperture?", _YES_NO, "no"),
        ("autofocus", "Has it autofocus?", _YES_NO, "no"),
        (
            "infinity_turn",
            "Which way does the ring turn to infinity, seen from behind the camera?",
            click.Choice(("clockwise", "anticlockwise", "unknown")),
            "unknown",
        ),
        ("squeeze", "Squeeze of an anamorphic lens", click.FloatRange(1, 2.5), 1.0),
    ),
    "body": (
        ("mount", "Mount (an id or a name, such as nikon)", str, None),
        ("sensor_width_mm", "Sensor width in mm", _POSITIVE, None),
        ("sensor_height_mm", "Sensor height in mm", _POSITIVE, None),
        ("movie_width_px", "Width of its movie frame in pixels (Enter where it is not known)", click.INT, ""),
        ("movie_height_px", "Height of its movie frame in pixels", click.INT, ""),
        ("movie_sensor_width_mm", "Width of sensor that the movie frame is read from, in mm", _POSITIVE, ""),
    ),
    "adapter": (
        ("lens_mount", "Mount of the lens side (an id or a name, such as nikon)", str, None),
        ("body_mount", "Mount of the body side", str, None),
        ("electronic", "Does it pass aperture and autofocus on?", _YES_NO, "no"),
        ("magnification", "What it makes of the focal length: 0.71 of a focal reducer, 1 of a ring", _POSITIVE, 1.0),
    ),
}


@click.command("add")
@click.argument("kind", type=click.Choice(tuple(_QUESTIONS)))
@click.option("--name", help="Its name; asked for if missing.")
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="Give an answer instead of being asked.")
@click.option("--force", is_flag=True, help="Overwrite your gear with this id.")
@json_option
@talk_options
@click.pass_obj
def add_gear(settings: CommandOptions, kind: str, name: str | None, given: tuple[str, ...], *, force: bool) -> None:
    """Add a lens, a body or an adapter of your own, to be used everywhere by its id."""
    from rigcoach.rig.documents import gear_add_document
    from rigcoach.rig.gear_files import load_gear
    from rigcoach.rig.own_gear import keep_gear

    answers = dict(_answer(text) for text in given)
    if unknown := set(answers) - {key for key, *_ in _QUESTIONS[kind]}:
        raise click.UsageError(f"--set knows no {', '.join(sorted(unknown))} of a {kind}.")
    name = name or click.prompt("Name", err=True)
    row: dict[str, Any] = {"name": name}
    for key, question, type_, default in _QUESTIONS[kind]:
        if key.startswith("movie_") and key != "movie_width_px" and "movie_width_px" not in row:
            continue
        value = answers.get(key)
        if value is None:
            value = click.prompt(
                question, type=_optional(type_, default), default=default, show_default=bool(default), err=True
            )
        else:
            value = _optional(type_, default)(value)
        if key.endswith("mount"):
            value = chosen_mount(load_gear().mounts, value)
        if value not in ("", "unknown", None):
            row[key] = value == "yes" if type_ is _YES_NO else value
    part, path = keep_gear(kind, row, replace=force)
    if settings.json:
        print_json(gear_add_document(part, path))
        return
    click.echo(part.id)
    note(settings, f"Saved to {path}. Use it by its id: `rigcoach gear show {part.id}`")


def _answer(text: str) -> tuple[str, str]:
    key, is_given, value = text.partition("=")
    if not is_given:
        raise click.UsageError(f"--set {text} does not say what to set: write KEY=VALUE.")
    return key, value


def _optional(type_: Any, default: Any) -> Any:
    """Return a converter that takes nothing for an answer where one may be left out."""
    wanted = click.types.convert_type(type_)

    def convert(value: Any) -> Any:
        return "" if value == "" and default == "" else wanted(value)

    return convert
