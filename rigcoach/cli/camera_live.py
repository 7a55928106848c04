"""`rigcoach camera live`: frames of live view, and how fast they come."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.clip_names import is_clip
from rigcoach.base.errors import RigcoachError
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.coaching import OFF, coach_option
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json, print_path, progress

if TYPE_CHECKING:
    from rigcoach.live.focus_assist import FocusReading

_FRAME_ENDINGS = (".jpg", ".jpeg")
_OTHER_PICTURES = (".png", ".tif", ".tiff", ".webp", ".gif", ".bmp")


@click.command("live")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.jpg|DIR",
    help="Save one frame as FILE.jpg, or every frame to a folder. Nothing is overwritten.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    metavar="S",
    help="Duration in seconds; by default 5, or the first frame for FILE.jpg.",
)
@click.option("--zoom", type=click.Choice(("5", "10")), help="Magnify live view and report its blur.")
@click.option(
    "--zoom-at", metavar="X,Y", help="Top left corner of the magnified area, in pixels of the largest still picture."
)
@coach_option("Audible framing and focus cues: tones, words or both.")
@click.option(
    "--drill",
    metavar="NAME[:TAKE]",
    help="With --coach: use position, subject, limits and rig of this drill's first take, or of take TAKE.",
)
@click.option(
    "--subject",
    type=click.Choice(("auto", "target", "face", "person")),
    default="auto",
    show_default=True,
    help="With --coach: the subject to frame.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def live(
    settings: CommandOptions,
    out: Path | None,
    seconds: float | None,
    *,
    zoom: str | None,
    zoom_at: str | None,
    coach: str,
    drill: str | None,
    subject: str,
) -> None:
    """Run the camera's live view and report its frame rate.

    Live view is smaller than a clip (1024 x 680 on a 5D Mark II): good for framing, not for judging focus. A 5D Mark
    II whose live view was looked at this way may not record until its menu is set to Stills+movie again. Ctrl-C ends it
    and switches live view off.

    With --coach you hear the framing: ticks come faster the nearer it is to the one wanted, from the side to turn to,
    rising for up and falling for down, higher the sharper the subject; words say what would help most.

    With --zoom it is magnified, and its blur is read out in pixels of a 1080p clip: `rigcoach focus assist` says the
    way to turn the ring as well.
    """
    if zoom is not None:
        if coach != OFF:
            raise click.UsageError("--zoom and --coach do not go together.")
        _magnified(settings, out, 5.0 if seconds is None else seconds, int(zoom), zoom_at)
        return
    if zoom_at is not None:
        raise click.UsageError("--zoom-at goes with --zoom.")
    if coach != OFF:
        _coach(settings, out, 60.0 if seconds is None else seconds, coach, drill, subject)
        return
    import time

    from rigcoach.tether.documents import live_document
    from rigcoach.tether.live_view import Frames, frames, live_view

    one_file = out is not None and _check_place(out)
    length_s = seconds if seconds is not None else 0.0 if one_file else 5.0
    count, start = 0, 0.0
    with (
        opened_camera(settings) as camera,
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
        print_json(live_document(count, seen.per_second if count > 1 else None, out))
    elif out is not None:
        print_path(out)


def _magnified(settings: CommandOptions, out: Path | None, seconds: float, zoom: int, zoom_at: str | None) -> None:
    """Look through magnified live view."""
    from rigcoach.cli.focus_assist import place_option, read_out
    from rigcoach.live.documents import blur_read
    from rigcoach.tether.documents import live_document
    from rigcoach.tether.live_view import Frames

    one_file = out is not None and _check_place(out)
    place = None if zoom_at is None else place_option(zoom_at)
    readings: list[FocusReading] = []

    def take(frame: bytes, reading: "FocusReading") -> None:
        _keep(frame, out, len(readings), one_file=one_file)
        readings.append(reading)

    with opened_camera(settings) as camera:
        factor = read_out(settings, camera, zoom, place, seconds, take)
    seen = Frames(len(readings) - 1, readings[-1].t_s - readings[0].t_s)
    if settings.json:
        document = live_document(len(readings), seen.per_second if len(readings) > 1 else None, out)
        print_json({**document, "zoom": factor, **blur_read(readings)})
    elif out is not None:
        click.echo(str(out))


def _coach(
    settings: CommandOptions, out: Path | None, seconds: float, coach: str, drill: str | None, subject: str
) -> None:
    """Look through live view with the ears."""
    import time

    from rigcoach.analysis.results import SubjectChoice
    from rigcoach.cli.coaching import format_tally, hearing
    from rigcoach.drills.files import load_take
    from rigcoach.live.coach import LiveCoach
    from rigcoach.live.cues import CueTarget
    from rigcoach.live.documents import tally_document
    from rigcoach.practice.coached import coach_loaded, live_meter, wanted_in
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.documents import live_document
    from rigcoach.tether.live_view import Frames, frames, live_view

    if out is not None:
        raise click.UsageError("--coach and --out do not go together.")
    wanted, profile, start = CueTarget(), None, 0.0
    if drill is not None:
        rehearsed, station = load_take(drill)
        wanted, profile = wanted_in(rehearsed, station), load_profile(rehearsed.profile)
        subject = rehearsed.frame.subject if subject == "auto" else subject
    with opened_camera(settings) as camera, hearing(settings, coach) as heard:
        note(settings, "Live view has less detail than a clip: blur below about 1 px of a 1080p frame is not detected.")
        with coach_loaded(subject):
            listing = camera.listing()
        meter = live_meter(listing.body, profile, SubjectChoice(subject))
        with live_view(camera, listing), LiveCoach(meter, wanted, heard.ears) as coaching:
            for frame in frames(camera, seconds):
                # The first frame waits for the mirror; the rate is that of those after it.
                if coaching.tally.came == 0:
                    start = time.monotonic()
                coaching.see(frame)
            seen = Frames(coaching.tally.came - 1, time.monotonic() - start)
    note(settings, format_tally(coaching.tally))
    if settings.json:
        came = coaching.tally.came
        seen_document = live_document(came, seen.per_second if came > 1 else None, None)
        print_json(seen_document | {"coach": tally_document(coaching.tally, heard.said)})


def _check_place(out: Path) -> bool:
    """Return whether one frame is to be saved, not a folder of them; make sure that nothing is replaced.

    The folder is made when there is a frame for it.
    """
    if out.suffix.lower() in _FRAME_ENDINGS:
        from rigcoach.tether.fetch import check_free

        check_free(out)
        return True
    if out.is_dir():
        if any(out.glob("frame-*.jpg")):
            raise RigcoachError(
                f"{out} holds frames already", next_step="Choose another folder or empty it", code="file.exists"
            )
    elif os.path.lexists(out):
        raise RigcoachError(
            f"{out} is not a folder", next_step="Name a folder, or a new file that ends in .jpg", code="file.exists"
        )
    elif out.suffix.lower() in _OTHER_PICTURES or is_clip(out.name):
        raise click.UsageError(f"--out {out}: frames of live view are JPEG. Name it .jpg, or name a folder.")
    return False


def _keep(frame: bytes, out: Path | None, number: int, *, one_file: bool) -> None:
    if out is None:
        return
    from rigcoach.base import disk
    from rigcoach.base.outputs import Kind, write_output

    if not one_file:
        if number == 0:
            disk.make_folder(out)
        # Bringing each to the disk would hold up the next.
        disk.write_bytes(out / f"frame-{number:06}.jpg", frame)
    elif number == 0:
        write_output(out, frame, Kind("frame", ()))
