"""Where the ring is focused, from a clip of the target card filmed while stepping through that distance."""

from pathlib import Path

import numpy as np

from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.units import distance_text
from rigcoach.measure.card.edge_spread import measure_edges
from rigcoach.measure.card.target import distance_m, find_card, find_target
from rigcoach.measure.picture.tone import bt709_to_light
from rigcoach.optics.focus_pass import FEWEST_SAMPLES, BlurSamples, FocusPass, NoPass, focus_of
from rigcoach.target_card import CARDS
from rigcoach.video.clip import read_clip, read_frames

# So many frames of a clip are looked at, spread over it.
_MOST_FRAMES = 150
# A frame smeared by more says little of its blur, pixels.
_MOST_SMEAR_PX = 6.0


class NoFocusPassError(RigcoachError):
    """A clip that doesn't tell where the ring was focused."""

    code = "focus.no-pass"


def read_focus_pass(
    path: Path, focal_length_mm: float, sensor_width_mm: float, advance: Advance = no_progress
) -> FocusPass:
    """Return where the ring was focused while a clip was filmed.

    Parameters
    ----------
    path
        The clip: the target card, nearer and farther than the ring is focused, and in between.
    focal_length_mm, sensor_width_mm
        Of the lens; the width of sensor that the movie frame covers.
    advance
        Called with the seconds read and the clip's length.

    Raises
    ------
    rigcoach.video.clip.ClipError
        The file cannot be read.
    NoFocusPassError
        It shows no card often enough, or the card doesn't pass through focus.
    """
    clip = read_clip(path)
    table = bt709_to_light()
    pitch_mm = sensor_width_mm / clip.width
    count = max(1, round((clip.duration_s or 1.0) * float(clip.fps)))
    every = max(1, count // _MOST_FRAMES)
    magnification: list[float] = []
    blur_px: list[float] = []
    card, near = None, None
    for i, frame in enumerate(read_frames(clip)):
        if i % every:
            continue
        advance(frame.t_s, clip.duration_s)
        luma = np.ascontiguousarray(frame.luma)
        if card is None:
            found = find_card(luma, CARDS, to_light=table)
            if found is None:
                continue
            card, near = found
        else:
            near = find_target(luma, card, near=near, to_light=table)
        if near is None:
            continue
        spread = measure_edges(luma, near, card, to_light=table)
        if spread.blur_px is None or (spread.motion_blur_px or 0.0) > _MOST_SMEAR_PX:
            continue
        # Focused at infinity a lens magnifies f/u.
        card_m = distance_m(near, card, focal_length_mm, pitch_mm, focus_distance_m=1e9)
        magnification.append(focal_length_mm / (1000 * card_m))
        blur_px.append(spread.blur_px)
    told = focus_of(BlurSamples(np.array(magnification), np.array(blur_px)), focal_length_mm)
    if isinstance(told, NoPass):
        raise _refusal(path, told)
    return told


def _refusal(path: Path, told: NoPass) -> NoFocusPassError:
    reach = (
        ""
        if told.nearest_m is None or told.farthest_m is None
        else f" between {distance_text(told.nearest_m, 2)} and {distance_text(told.farthest_m, 2)}"
    )
    why, next_step = {
        "few": (
            f"the card can be measured in fewer than {FEWEST_SAMPLES} of the frames looked at",
            "Keep the card whole in the frame, a fifth of its height or more, in good light",
        ),
        "flat": (
            f"the card is as sharp all the way{reach}",
            "Open the aperture fully, and step from clearly too near to clearly too far",
        ),
        "apart": (
            f"its blur{reach} does not follow from one setting of the ring",
            "Tape the ring, step slowly with a fast shutter speed, and leave the zoom and aperture alone",
        ),
        "near": (f"the card{reach} does not come near enough to be soft again", "Step closer before you stop"),
        "far": (f"the card{reach} does not go far enough to be soft again", "Start from farther away"),
    }[told.reason]
    return NoFocusPassError(
        f"{path.name} does not tell where the ring is focused", why=why, next_step=f"{next_step}; then film it again"
    )
