"""`rigcoach camera emulate`: a camera body without a camera."""

import sys
from pathlib import Path

import click

from rigcoach.cli.options import CommandOptions, talk_options
from rigcoach.cli.output import note

_QUIRKS = ("preview-resets-movie", "busy-but-records", "live-view-resets-settings", "sleeps")


@click.command("emulate")
@click.argument("body", metavar="BODY", default="canon-eos-5d-mark-ii")
@click.option(
    "--listing",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Emulate the body of this listing instead of BODY (as `rigcoach profile check --against` reads).",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="The port; 0 for a free one.")
@click.option("--lens", metavar="LENS", help="Lens fitted; by default the body's own.")
@click.option(
    "--scene", "--seed", "seed", type=int, default=1, show_default=True, help="Practice scene in front of the camera."
)
@click.option(
    "--truth",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for the true values of each clip and still; not written by default.",
)
@click.option(
    "--quirk", "quirks", type=click.Choice(_QUIRKS), multiple=True, help="Imitate a quirk of some bodies; repeatable."
)
@click.option(
    "--largest-movie",
    type=click.IntRange(min=1),
    metavar="BYTES",
    help="Maximum size of a movie file; 4 GB by default.",
)
@click.option("--stop", "stop_it", is_flag=True, help="End the body that --camera emulated uses.")
@click.option("--control", is_flag=True, help="Read JSON commands for the body from standard input.")
@talk_options
@click.pass_obj
def emulate(
    settings: CommandOptions,
    body: str,
    listing: Path | None,
    port: int,
    lens: str | None,
    seed: int,
    truth: Path | None,
    quirks: tuple[str, ...],
    largest_movie: int | None,
    control: bool,
    stop_it: bool,
) -> None:
    """Emulate a camera body on this computer until Ctrl-C.

    The first line printed is its port, for --camera in another terminal, or for any program that uses libgphoto2. Only
    this computer can reach it, one program at a time.

    BODY is canon-eos-5d-mark-ii (if not given), nikon-d750, or the path of a listing of a Canon EOS, a Nikon, a
    Sony, a Fujifilm, an Olympus or a Panasonic, as `rigcoach camera show --json` or `gphoto2 --list-all-config` prints
    one.

    The body that other commands use with --camera emulated is another one: it is started when it is needed and lives on
    between them, until --stop ends it or it was not used for half an hour.

    With --control it ends, too, when standard input does. Each line is a JSON object that says what to do, such as
    {"do": "turn-dial", "mode": "Av"}, and is answered with one on standard output.
    """
    if stop_it:
        from rigcoach.emulated.living_body import stop

        note(settings, "The emulated body is stopped." if stop() else "No emulated body is running.")
        return
    from rigcoach.emulated.replay import model_for
    from rigcoach.emulated.serve import serve
    from rigcoach.emulated.shooting import PLAIN, Options, Quirk

    options = Options(frozenset(Quirk(quirk) for quirk in quirks), largest_movie or PLAIN.longest_clip_bytes)
    model = model_for(listing or body)
    if model.left_out:
        note(settings, f"Left out because their values are unknown: {', '.join(model.left_out)}")
    serve(
        model,
        click.echo,
        port=port,
        lens=lens,
        seed=seed,
        truth_folder=truth,
        options=options,
        warm_up=True,
        control=sys.stdin.fileno() if control else None,
    )
