"""`rigcoach focus`: zones, the ring's scale and its true distances, and lenses compared."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.focus_assist import assist
from rigcoach.cli.focus_calibrate import focus_calibrate
from rigcoach.cli.focus_scale import focus_scale
from rigcoach.cli.focus_table import focus_table
from rigcoach.cli.focus_zone import focus_zone
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_table

if TYPE_CHECKING:
    from rigcoach.lens.check import LensCheck


@click.group(cls=CommandGroup)
def focus() -> None:
    """Zone focus, depth-of-field tables, a printable ring scale, calibration and sharpness of a rig."""


for command in (focus_zone, focus_table, focus_scale, focus_calibrate, assist):
    focus.add_command(command)


@focus.command()
@click.argument("clips", nargs=-1, required=True, metavar="CLIP...", type=click.Path(path_type=Path))
@click.option(
    "--rig", "rig_profile", metavar="PROFILE", help="Profile the clips were shot with: its sensor size gives lp/mm."
)
@json_option
@talk_options
@click.pass_obj
def check(settings: CommandOptions, clips: tuple[Path, ...], rig_profile: str | None) -> None:
    """Compare the sharpness of lenses: MTF50 on the target card's slanted edges.

    Film the card once with each lens or adapter, at the same distance and light, focus racked slowly through it. Of
    each clip the sharpest frames count. Sharpest first.
    """
    from rigcoach.analysis.results import rig_optics
    from rigcoach.lens.check import check_lens
    from rigcoach.lens.documents import lens_check_document
    from rigcoach.rig.profile import load_profile

    width_mm = None if rig_profile is None else rig_optics(load_profile(rig_profile)).sensor_width_mm
    checked: list[tuple[Path, LensCheck]] = []
    failed: list[tuple[Path, RigcoachError]] = []
    for path in clips:
        try:
            checked.append((path, check_lens(path, width_mm)))
        except RigcoachError as error:
            failed.append((path, error))
            click.echo(f"rigcoach: {error.line()}", err=True)
    checked.sort(key=lambda pair: -pair[1].mtf50_cycles_px)
    if settings.json:
        print_json(lens_check_document(checked, failed))
    elif checked:
        _print(checked)
    if failed:
        click.get_current_context().exit(1)


def _print(checked: "list[tuple[Path, LensCheck]]") -> None:
    header = ("Clip", "MTF50", "quartiles", "lp/mm", "relative", "defocus", "motion blur", "frames")
    rows = []
    best = checked[0][1].mtf50_cycles_px
    for path, result in checked:
        low, high = result.spread_cycles_px
        row = (
            path.name,
            f"{result.mtf50_cycles_px:.3f} c/px",
            f"{low:.3f}–{high:.3f}",
            "–" if result.mtf50_lp_mm is None else f"{result.mtf50_lp_mm:.1f}",
            f"{100 * result.mtf50_cycles_px / best:.0f} %",
            "–" if result.blur_px is None else f"{result.blur_px:.1f} px",
            "–" if result.motion_blur_px is None else f"{result.motion_blur_px:.1f} px",
            f"{result.frames} of {result.found}",
        )
        rows.append(row)
    print_table(header, rows, right=range(1, len(header)))
