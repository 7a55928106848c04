"""Where the subject landed in the frame."""

from dataclasses import dataclass, replace

from rigcoach.measure.picture.box import Box, centre
from rigcoach.measure.picture.heading import Side
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX
from rigcoach.optics.shots import Shot


@dataclass(frozen=True, slots=True)
class Framing:
    """Where a subject stands in the frame.

    Attributes
    ----------
    offset
        From the wanted place to the subject's centre, in fractions of the frame's width and height; right and down
        are positive.
    size
        The subject's height over the frame's height.
    headroom
        From the frame's top to the subject's top, over the frame's height; negative where the top is cut off.
    roll_deg
        How far the picture is turned clockwise, by the card or by straight lines; `None` where nothing tells it. A
        face's or a body's own lean never does.
    roll_deg_interval
        The least and the most that the roll can be, with 95 % confidence; `None` where its spread isn't known.
    roll_confidence
        How likely the roll is within a degree of that, 0 to 1; `None` where its spread isn't known.
    shot
        How much of a person the frame shows; `None` where it isn't a person or can't be told.
    cut_off
        The sides of the frame that cut the subject: "left", "top", "right", "bottom".
    heading
        The way a person walks across the frame, or looks; `None` where neither, or not known.
    lead_room
        From the person to the frame's edge on that side, over the frame's width; `None` without a heading.
    """

    offset: tuple[float, float]
    size: float
    headroom: float
    roll_deg: float | None
    cut_off: tuple[str, ...]
    roll_confidence: float | None = None
    roll_deg_interval: tuple[float, float] | None = None
    shot: Shot | None = None
    heading: Side | None = None
    lead_room: float | None = None

    @property
    def sure_roll_deg(self) -> float | None:
        """The least roll that the interval allows, which a verdict goes by: what is unsure spoils no frame.

        >>> Framing((0, 0), 0.5, 0.1, -6.0, (), roll_deg_interval=(-7.5, -4.5)).sure_roll_deg
        -4.5
        """
        if self.roll_deg is None or self.roll_deg_interval is None:
            return self.roll_deg
        low, high = self.roll_deg_interval
        return max(low, 0.0) + min(high, 0.0)


@dataclass(frozen=True, slots=True)
class WantedFrame:
    """The framing that is wanted, and how sharp.

    Attributes
    ----------
    place
        Where the subject's centre should be, in fractions of the frame's width and height; `None` where any will do.
    headroom
        The band that the room above the subject should keep to, in frame heights; `None` where any will do.
    roll_free_deg
        How far off level is still level.
    shot
        The scale of the shot, of `rigcoach.optics.shots.SHOTS`; empty where any will do.
    lead_room
        The band that the room ahead of somebody who walks or looks aside should keep to, in frame widths; `None` where
        any will do.
    distance_m
        How far away the subject should be, from the lens in metres; `None` where any distance will do.
    blur_limit_px
        The radius of blur up to which the subject counts as in focus, in pixels of a frame up to 1080p.
    """

    place: tuple[float, float] | None = None
    headroom: tuple[float, float] | None = None
    roll_free_deg: float = 2.0
    shot: str = ""
    lead_room: tuple[float, float] | None = None
    distance_m: float | None = None
    blur_limit_px: float = SHARP_BLUR_PX


ANYWHERE = WantedFrame()
"""Nothing is wanted but what spoils any picture."""

IN_THE_MIDDLE = WantedFrame(place=(0.5, 0.5))


def frame_subject(
    centre_px: tuple[float, float],
    top_px: float,
    height_px: float,
    frame_size: tuple[int, int],
    *,
    roll_deg: float | None = None,
    cut_off: tuple[str, ...] = (),
    wanted: tuple[float, float] = (0.5, 0.5),
) -> Framing:
    """Place a subject in the frame.

    Parameters
    ----------
    centre_px, top_px, height_px
        The subject's centre, its highest point and its own height, in pixels from the frame's top left corner.
    frame_size
        Width and height of the frame in pixels.
    roll_deg, cut_off
        As in `Framing`.
    wanted
        Where its centre should be, in fractions of the frame's width and height.

    >>> frame_subject((960, 270), 70, 400, (1920, 1080)).offset
    (0.0, -0.25)
    """
    width, height = frame_size
    return Framing(
        offset=(centre_px[0] / width - wanted[0], centre_px[1] / height - wanted[1]),
        size=height_px / height,
        headroom=top_px / height,
        roll_deg=roll_deg,
        cut_off=cut_off,
    )


def with_heading(framing: Framing, heading: Side | None, box: Box, frame_width_px: int) -> Framing:
    """Return a framing with the way that the person in a box heads, and the room that is left there.

    >>> framing = frame_box((400, 200, 200, 600), (1920, 1080))
    >>> with_heading(framing, "left", (480, 200, 200, 600), 1920).lead_room
    0.25
    """
    if heading is None:
        return framing
    room_px = box[0] if heading == "left" else frame_width_px - (box[0] + box[2])
    return replace(framing, heading=heading, lead_room=max(room_px, 0.0) / frame_width_px)


def frame_box(
    box: Box, frame_size: tuple[int, int], wanted: tuple[float, float] = (0.5, 0.5), *, uncertainty_px: float = 0.0
) -> Framing:
    """Place a subject of which only its box is known; a box says nothing of roll.

    A box cannot leave the frame, so one that touches the frame's edge, within its own uncertainty, counts as cut off
    there.
    """
    x, y, w, h = box
    width, height = frame_size
    off = uncertainty_px
    touching = {"left": x <= off, "top": y <= off, "right": x + w >= width - off, "bottom": y + h >= height - off}
    cut_off = tuple(side for side, touches in touching.items() if touches)
    return frame_subject(centre(box), y, h, frame_size, cut_off=cut_off, wanted=wanted)
