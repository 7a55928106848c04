"""`rigcoach focus assist`: set the focus ring by magnified live view, its blur read out."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json

if TYPE_CHECKING:
    from rigcoach.live.focus_assist import FocusReading, FocusWord
    from rigcoach.tether.camera import Camera

_SAY_EVERY_S = 1.0


class FocusUnreadError(RigcoachError):
    """Live view in which no blur could be measured."""

    code = "focus.unread"


class _Said:
    """Says readings on standard error: every second, and when there is another word for them."""

    def __init__(self, settings: CommandOptions) -> None:
        self._settings = settings
        self._word: str | None = None
        self._at_s = 0.0

    def reading(self, reading: "FocusReading") -> None:
        """Say a reading, if it is time to."""
        if reading.word == self._word and reading.t_s < self._at_s + _SAY_EVERY_S:
            return
        self._word, self._at_s = reading.word, reading.t_s
        if reading.blur_px is None:
            note(self._settings, f"{reading.word}: {reading.reason}")
        else:
            note(
                self._settings, f"blur {reading.blur_px:4.1f} px, sharpest {reading.sharpest_px:.1f} px  {reading.word}"
            )


def read_out(
    settings: CommandOptions,
    camera: "Camera",
    zoom: int,
    at_px: tuple[int, int] | None,
    seconds: float,
    take: Callable[[bytes, "FocusReading"], object],
) -> int:
    """Read out the blur of magnified live view until the time is over or Ctrl-C is pressed.

    Returns
    -------
    int
        How many times it was magnified.
    """
    from rigcoach.live.focus_assist import focus_readings
    from rigcoach.tether.magnified import can_magnify

    listing = camera.listing()
    factor = zoom if can_magnify(listing) else 1
    if factor < zoom:
        note(settings, "This camera cannot magnify live view over USB: the whole view is measured, less precisely.")
    said, count = _Said(settings), 0
    with closing(focus_readings(camera, listing, factor, at_px, seconds)) as readings:
        try:
            for frame, reading in readings:
                take(frame, reading)
                said.reading(reading)
                count += 1
        except KeyboardInterrupt:
            # The usual end: what was read until then is what was asked for.
            if count == 0:
                raise
    return factor


def place_option(text: str) -> tuple[int, int]:
    """Read X,Y."""
    try:
        across, down = (int(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter("must be two whole numbers, such as 2400,1600") from None
    return across, down


@click.command("assist")
@click.option(
    "--zoom",
    type=click.Choice(("1", "5", "10")),
    default="5",
    show_default=True,
    help="Magnification of live view.",
)
@click.option(
    "--at", metavar="X,Y", help="Top left corner of the magnified area, in pixels of the largest still picture."
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 3600),
    default=120.0,
    show_default=True,
    metavar="S",
    help="Duration in seconds.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def assist(settings: CommandOptions, zoom: str, at: str | None, seconds: float) -> None:
    """Set the focus ring by live view, with its blur shown as you turn it.

    Rest the camera on something, point its middle at what is to be sharp, and turn the ring slowly through the
    sharpest point and back. Blur is given in pixels of a 1080p clip, as in `rigcoach score`. Ctrl-C ends it and
    switches live view off.

    Only a Canon EOS can magnify over USB; with others the whole view is measured, less precisely.
    """
    from rigcoach.live.documents import focus_assist_document

    readings: list[FocusReading] = []
    place = None if at is None else place_option(at)
    with opened_camera(settings) as camera:
        factor = read_out(settings, camera, int(zoom), place, seconds, lambda _frame, reading: readings.append(reading))
    read = [each for each in readings if each.blur_px is not None]
    if not read:
        raise FocusUnreadError(
            "no blur could be read",
            why=readings[-1].reason if readings else "no live view frame arrived",
            next_step="Point the middle of the frame at a well-lit subject with edges",
        )
    if settings.json:
        print_json(focus_assist_document(factor, readings))
        return
    last = read[-1]
    click.echo(f"Blur {last.blur_px:.1f} px, sharpest {last.sharpest_px:.1f} px: {where_it_stands(last.word)}")


def where_it_stands(word: "FocusWord") -> str:
    """Say where the ring stands, by what was told last."""
    from rigcoach.live.focus_assist import FocusWord

    if word is FocusWord.THERE:
        return "the ring is at the sharpest point"
    # Whoever never turned it past has seen no sharpest point.
    if word is FocusWord.HOLD:
        return "turn the ring through the sharpest point and back to know whether this is it"
    return "the ring is not at the sharpest point"
