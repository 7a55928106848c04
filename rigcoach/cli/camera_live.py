"""`rigcoach camera live`: frames of live view, and how fast they come."""

from pathlib import Path

import click

from rigcoach.cli.cameras import the_camera
from rigcoach.cli.options import Settings, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json, progress
from rigcoach.errors import RigcoachError


@click.command("live")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.jpg|DIR",
    help="Keep one frame as FILE.jpg, or every frame in a folder. Nothing is replaced.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    metavar="S",
    help="For how long; by default 5, and for FILE.jpg until the first frame.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def live(settings: Settings, out: Path | None, seconds: float | None) -> None:
    """Look through the camera's live view, and say how many frames a second come.

    Live view is smaller than a clip (1024 x 680 on a 5D Mark II): good for framing, not for judging focus. A 5D Mark
    II whose live view was looked at this way may not record until its menu is set to Stills+movie again. Ctrl-C ends it
    and switches live view off.
    """
    import time

    from rigcoach.tether.live_view import Frames, frames, live_view

    one_file = out is not None and out.suffix.lower() in (".jpg", ".jpeg")
    length_s = seconds if seconds is not None else 0.0 if one_file else 5.0
    _prepare(out, one_file=one_file)
    count, start = 0, 0.0
    with (
        the_camera(settings) as camera,
        live_view(camera, camera.listing()),
        progress(settings, "Looking") as advance,
    ):
        for frame in frames(camera, length_s, advance):
            # The first frame waits for the mirror; the rate is that of those after it.
            if count == 0:
                start = time.monotonic()
            _keep(frame, out, count, one_file=one_file)
            count += 1
        seen = Frames(count - 1, time.monotonic() - start)
    if count > 1:
        note(settings, f"{count} frames, {seen.per_second:.1f} a second")
    if settings.json:
        rate = round(seen.per_second, 2) if count > 1 else None
        print_json(
            {
                "schema": "rigcoach.camera-live/1",
                "frames": count,
                "frames_per_second": rate,
                "out": None if out is None else str(out),
            }
        )
    elif out is not None:
        click.echo(str(out))


def _prepare(out: Path | None, *, one_file: bool) -> None:
    """Make the folder, or make sure that nothing is replaced, before the mirror goes up."""
    if out is None:
        return
    if one_file:
        from rigcoach.tether.fetch import check_free

        check_free(out)
        return
    out.mkdir(parents=True, exist_ok=True)
    if any(out.glob("frame-*.jpg")):
        raise RigcoachError(
            f"{out} holds frames already", next_step="Choose another folder or empty it", code="file.exists"
        )


def _keep(frame: bytes, out: Path | None, number: int, *, one_file: bool) -> None:
    if out is None:
        return
    if not one_file:
        (out / f"frame-{number:06}.jpg").write_bytes(frame)
    elif number == 0:
        out.write_bytes(frame)
