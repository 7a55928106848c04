"""`rigcoach demo`: the whole loop on the emulated camera."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import print_json, progress
from rigcoach.cli.plain_table import print_line

if TYPE_CHECKING:
    from rigcoach.demo import Demo


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rigcoach-demo"),
    show_default=True,
    help="Folder for the clip, its score and its report.",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def demo(settings: CommandOptions, out: Path) -> None:
    """Try it without a camera.

    An emulated Canon EOS 5D Mark II with an adapted manual lens is given a profile, read back, told to record a take
    of a practice scene, and put back as it was; the clip is fetched, every frame scored, and a report written.
    """
    from rigcoach.base.outputs import SCORE, check_output, write_output
    from rigcoach.demo import demo_document, run_demo

    score_path = out / "demo-score.json"
    if out.is_dir():
        check_output(score_path, SCORE, force=settings.force)
    result = run_demo(out, lambda doing: progress(settings, doing), force=settings.force)
    document = demo_document(result)
    write_output(score_path, (json.dumps(document["clip"], indent=2) + "\n").encode(), SCORE, force=settings.force)
    if settings.json:
        print_json(document)
        return
    _print(result, out)


def _print(result: "Demo", out: Path) -> None:
    from rigcoach.cli.profile import print_applied
    from rigcoach.cli.score_printers import print_scores

    click.echo(f"An emulated {result.model}, tethered through libgphoto2.\n")
    print_applied(result.applied)
    click.echo(f"\nOne take recorded, fetched from the card to {result.clip_path} and scored:\n")
    print_scores([result.scored])
    errors = result.errors
    click.echo()
    print_line(
        "The scene was rendered, so the true values are known. Mean error of the measurements: "
        f"blur {errors.blur_px:.2f} px, motion blur {errors.motion_blur_px:.2f} px, roll {errors.roll_deg:.2f}°, "
        f"position {100 * errors.offset:.2f} % of the frame."
    )
    print_line(f"The report, to open in a browser: {result.report_path}. The score as JSON: {out / 'demo-score.json'}.")
