"""Clips with what was measured drawn into them, and their sound."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from rigcoach.base import disk
from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import FILM, Kind, output_file
from rigcoach.base.progress import Advance, no_progress
from rigcoach.measure.arrays import Rgb
from rigcoach.measure.picture.box import Box
from rigcoach.report.faces import FaceHider
from rigcoach.report.moments import roll_line, wanted_place
from rigcoach.report.peaking import in_focus
from rigcoach.report.sound import SoundTrack
from rigcoach.scoring import limits
from rigcoach.scoring.advice import faults
from rigcoach.scoring.batch import ScoredClip
from rigcoach.video.clip import Picture, read_pictures

TIME_BASE = Fraction(1, 90_000)
"""Of the films that are written: fine enough for every frame rate."""

_LONGEST_SIDE_PX = 3840

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_WANTED, _ROLL, _PEAK, _KEEPER, _OTHER = (255, 210, 63), (86, 180, 233), (255, 40, 160), (47, 199, 154), (240, 140, 60)


def write_annotated(
    clips: Sequence[ScoredClip],
    to: Path,
    *,
    hide: FaceHider | None = None,
    advance: Advance = no_progress,
    force: bool = False,
) -> None:
    """Write clips, one after the other, as one MP4 (H.264, AAC) with what was measured drawn in; no metadata.

    Box, wanted place, focus peaking, roll line and score are drawn; the film has the first clip's size, into which
    others are fitted. Of several clips each frame names its own, of a sequence of stills its picture, which is made
    smaller where a player could not show it.

    Parameters
    ----------
    clips
        The clips, at least one; their files are read once more.
    to
        Where it goes, whole or not at all.
    hide
        Makes the pictures fit to be shared.
    advance
        Told of the frames written, and of how many.
    force
        Whether a file that rigcoach did not write may be replaced; the clips themselves never are.

    Raises
    ------
    RigcoachError
        `to` is no MP4, is one of the clips, or cannot be written.
    rigcoach.video.clip.ClipError
        A clip cannot be read any more.
    """
    try:
        with output_file(
            to, FILM, inputs=[file for each in clips for file in each.measures.clip.files], force=force
        ) as unfinished:
            disk.announce(disk.Step.WRITE, unfinished)
            with av.open(str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as output:
                _write(output, clips, hide, advance)
            mark(unfinished, FILM)
    except av.error.FFmpegError as error:
        raise RigcoachError(f"{to.name} cannot be written", why=error.strerror or str(error)) from error


def mark(film: Path, kind: Kind) -> None:
    """Add a box that players skip (`free`, ISO/IEC 14496-12, 8.1.2), by which a film is known for rigcoach's."""
    words = kind.marks[0]
    with film.open("ab") as file:
        disk.write(file, (8 + len(words)).to_bytes(4, "big") + b"free" + words)


def _write(
    output: "av.container.OutputContainer",
    clips: Sequence[ScoredClip],
    hide: FaceHider | None,
    advance: Advance,
) -> None:
    first, count = clips[0].measures.clip, sum(len(each.measures.frames) for each in clips)
    video = output.add_stream("libx264", rate=first.fps, options={"crf": "20", "preset": "veryfast"})
    # Colour is halved in both directions: an odd last column or row is left out.
    scale = min(1.0, _LONGEST_SIDE_PX / max(first.width, first.height)) if first.stills else 1.0
    video.width, video.height = round(first.width * scale) // 2 * 2, round(first.height * scale) // 2 * 2
    video.pix_fmt = "yuv420p"
    video.codec_context.time_base = TIME_BASE
    sound = SoundTrack([each.measures.clip.path for each in clips if not each.measures.clip.stills], output)
    written, start_s = 0, 0.0
    for scored in clips:
        measures = scored.measures
        wanted, pictures = wanted_place(measures), read_pictures(measures.clip)
        title = Path(scored.name).stem if len(clips) > 1 else ""
        end_s = start_s + measures.frames[-1].t_s + 1 / float(measures.clip.fps)
        # What is recorded after the last picture is kept where nothing comes after it.
        until_s = float("inf") if scored is clips[-1] else end_s
        if not measures.clip.stills:
            sound.begin(measures.clip.path, start_s)
        for picture in pictures if hide is None else hide.clip(pictures, measures.frames):
            drawn = _fitted(annotate(scored, picture, wanted, title), (video.width, video.height))
            frame = av.VideoFrame.from_ndarray(drawn, format="rgb24")
            frame.pts, frame.time_base = round((start_s + picture.t_s) / TIME_BASE), TIME_BASE
            output.mux(video.encode(frame))
            sound.write_until(start_s + picture.t_s, until_s)
            written += 1
            advance(written, count)
        sound.end(until_s)
        start_s = end_s
    output.mux(video.encode(None))
    sound.finish()


def _fitted(rgb: Rgb, size: tuple[int, int]) -> Rgb:
    """Return a picture at a size, whole, with black beside or above it where its shape is another."""
    height, width = rgb.shape[:2]
    if (width // 2 * 2, height // 2 * 2) == size:
        return np.ascontiguousarray(rgb[: size[1], : size[0]])
    scale = min(size[0] / width, size[1] / height)
    inner = (round(width * scale), round(height * scale))
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    fitted = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    fitted[top : top + inner[1], left : left + inner[0]] = cv2.resize(rgb, inner, interpolation=cv2.INTER_AREA)
    return fitted


def annotate(scored: ScoredClip, picture: Picture, wanted: tuple[float, float] | None, title: str = "") -> Rgb:
    """Return one frame with what was measured on it drawn in, and the place where the subject was wanted.

    `title` stands before the time.
    """
    clip, frame = scored.measures.clip, scored.measures.frames[picture.index]
    each = scored.score.frames[picture.index]
    rgb = picture.rgb.copy()
    scale = clip.height / 1080
    blur_limit_px = limits.BLUR.keeper_in(clip.width, clip.height, scored.measures.wanted)
    luma = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    rgb[in_focus(luma, blur_limit_px)] = _PEAK
    if wanted is not None:
        _ellipse(rgb, wanted, (limits.PLACE.keeper * clip.width, limits.PLACE.keeper * clip.height), scale)
    if frame.subject is not None:
        _rectangle(rgb, frame.subject.box, scale)
    line = roll_line(frame)
    if line is not None:
        for colour, width in ((_BLACK, 5), (_ROLL, 2)):
            start, end = (round(line[0]), round(line[1])), (round(line[2]), round(line[3]))
            cv2.line(rgb, start, end, colour, _px(width, scale), cv2.LINE_AA)
    _caption(rgb, _words(scored, picture, title), each.keeper, scale)
    return rgb


def _words(scored: ScoredClip, picture: Picture, title: str) -> str:
    frame, each = scored.measures.frames[picture.index], scored.score.frames[picture.index]
    stills = scored.measures.clip.stills
    if stills:
        title = stills[picture.index].path.stem
    # What concerns the whole sequence stands in its report.
    told = [
        advice.short
        for advice in scored.advice
        if stills and advice.code.startswith("sequence.") and advice.share < 1
        if any(start_s <= picture.t_s < end_s for start_s, end_s in advice.seconds)
    ]
    # A sequence needs no subject.
    spoilt = () if stills and scored.measures.subject_kind is None else faults(frame, scored.measures)
    why = ", ".join([*told, *spoilt])
    verdict = "keeper" if each.keeper and not told else why or ("" if stills else "not measurable")
    number = " --" if each.overall is None else f"{each.overall:3.0f}"
    # The font holds ASCII only.
    words = f"{title}  " * bool(title) + f"{picture.t_s:6.2f} s  {number}  {verdict}"
    return words.replace("°", " deg").encode("ascii", "replace").decode("ascii")


def _px(width: float, scale: float) -> int:
    return max(1, round(width * scale))


def _ellipse(rgb: Rgb, centre: tuple[float, float], reach: tuple[float, float], scale: float) -> None:
    at, axes = (round(centre[0]), round(centre[1])), (round(reach[0]), round(reach[1]))
    for colour, width in ((_BLACK, 5), (_WANTED, 2)):
        cv2.ellipse(rgb, at, axes, 0, 0, 360, colour, _px(width, scale), cv2.LINE_AA)
        cv2.drawMarker(rgb, at, colour, cv2.MARKER_CROSS, _px(30, scale), _px(width, scale), cv2.LINE_AA)


def _rectangle(rgb: Rgb, box: Box, scale: float) -> None:
    x, y, w, h = box
    for colour, width in ((_BLACK, 5), (_WHITE, 2)):
        corners = (round(x), round(y)), (round(x + w), round(y + h))
        cv2.rectangle(rgb, *corners, colour, _px(width, scale), cv2.LINE_AA)


def _caption(rgb: Rgb, words: str, keeper: bool, scale: float) -> None:
    """Write the score along the bottom; a bar at its left is as high as the caption, green and full for a keeper."""
    height, width = rgb.shape[:2]
    high = _px(64, scale)
    rgb[height - high :] = rgb[height - high :] // 4
    bar = _px(24 if keeper else 10, scale)
    cv2.rectangle(rgb, (0, height - high), (bar, height), _KEEPER if keeper else _OTHER, cv2.FILLED)
    size = 1.2 * scale
    (text_width, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, _px(2, scale))
    size *= min(1.0, (width - 3 * bar - _px(20, scale)) / max(text_width, 1))
    at = (bar + _px(16, scale), height - _px(20, scale))
    cv2.putText(rgb, words, at, cv2.FONT_HERSHEY_SIMPLEX, size, _WHITE, _px(2, scale), cv2.LINE_AA)
