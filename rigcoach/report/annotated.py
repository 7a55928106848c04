"""A clip with what was measured drawn into it, and its sound."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach import score
from rigcoach.assess import Advance, unheeded
from rigcoach.batch import ScoredClip
from rigcoach.clip import Picture, read_pictures
from rigcoach.coach import faults
from rigcoach.errors import RigcoachError
from rigcoach.measure.box import Box
from rigcoach.report.faces import FaceHider
from rigcoach.report.moments import frame_value, roll_line, wanted_place
from rigcoach.report.peaking import in_focus

Rgb = NDArray[np.uint8]
_TIME_BASE = Fraction(1, 90_000)

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_WANTED, _ROLL, _PEAK, _KEEPER, _OTHER = (255, 210, 63), (86, 180, 233), (255, 40, 160), (47, 199, 154), (240, 140, 60)


def write_annotated(
    scored: ScoredClip, to: Path, *, hide: FaceHider | None = None, advance: Advance = unheeded
) -> None:
    """Write a clip as MP4 (H.264, AAC) with box, wanted place, focus peaking, roll line and score; no metadata.

    Parameters
    ----------
    scored
        The clip; its file is read once more.
    to
        Where it goes, whole or not at all.
    hide
        Makes the pictures fit to be shared.
    advance
        Told of the frames written, and of how many.

    Raises
    ------
    RigcoachError
        `to` is no MP4, or cannot be written.
    rigcoach.clip.ClipError
        The clip cannot be read any more.
    """
    if to.suffix.lower() != ".mp4":
        raise RigcoachError(f"{to.name} cannot be written", why="annotated clips are MP4", next_step="Name it .mp4")
    unfinished = to.with_name(to.name + ".part")
    try:
        with av.open(str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as output:
            _write(output, scored, hide, advance)
        unfinished.replace(to)
    except av.error.FFmpegError as error:
        raise RigcoachError(f"{to.name} cannot be written", why=error.strerror or str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _write(
    output: "av.container.OutputContainer",
    scored: ScoredClip,
    hide: FaceHider | None,
    advance: Advance,
) -> None:
    clip, count = scored.measures.clip, len(scored.measures.frames)
    video = output.add_stream("libx264", rate=clip.fps, options={"crf": "20", "preset": "veryfast"})
    # Colour is halved in both directions: an odd last column or row is left out.
    video.width, video.height = clip.width // 2 * 2, clip.height // 2 * 2
    video.pix_fmt = "yuv420p"
    video.codec_context.time_base = _TIME_BASE
    sound = _Sound(clip.path, output)
    wanted = wanted_place(scored.measures)
    pictures = read_pictures(clip)
    for picture in pictures if hide is None else hide.clip(pictures, scored.measures.frames):
        drawn = annotate(scored, picture, wanted)[: video.height, : video.width]
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(drawn), format="rgb24")
        frame.pts, frame.time_base = round(picture.t_s / _TIME_BASE), _TIME_BASE
        output.mux(video.encode(frame))
        sound.write_until(picture.t_s)
        advance(picture.index + 1, count)
    output.mux(video.encode(None))
    sound.finish()


class _Sound:
    """The clip's first sound track, encoded as AAC in step with the pictures; nothing where it has none."""

    def __init__(self, path: Path, output: "av.container.OutputContainer") -> None:
        self._input = av.open(str(path))
        self._output = output
        self._frames: Iterator[av.AudioFrame] = iter(())
        self._stream = None
        if self._input.streams.audio:
            source = self._input.streams.audio[0]
            video = self._input.streams.video[0]
            start = video.start_time * video.time_base if video.start_time and video.time_base else Fraction(0)
            self._start_s = float(start)
            self._stream = output.add_stream("aac", rate=source.rate, layout=source.layout.name)
            self._stream.bit_rate = 192_000
            self._frames = self._input.decode(source)

    def write_until(self, t_s: float) -> None:
        """Write the sound up to a time of the pictures."""
        if self._stream is None:
            return
        for frame in self._frames:
            at_s = (frame.time or 0.0) - self._start_s
            if at_s >= 0:
                frame.pts, frame.time_base = round(at_s * frame.sample_rate), Fraction(1, frame.sample_rate)
                self._output.mux(self._stream.encode(frame))
            if at_s > t_s:
                return

    def finish(self) -> None:
        """Write the rest."""
        if self._stream is not None:
            self.write_until(float("inf"))
            self._output.mux(self._stream.encode(None))
        self._input.close()


def annotate(scored: ScoredClip, picture: Picture, wanted: tuple[float, float]) -> Rgb:
    """Return one frame with what was measured on it drawn in, and the place where the subject was wanted."""
    clip, frame = scored.measures.clip, scored.measures.frames[picture.index]
    each = scored.score.frames[picture.index]
    rgb = picture.rgb.copy()
    scale = clip.height / 1080
    blur_limit_px = score.BLUR_HALF_PX * score.KEEPER_SHARE * scale
    luma = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    rgb[in_focus(luma, blur_limit_px)] = _PEAK
    reach = score.OFFSET_HALF * score.KEEPER_SHARE
    _ellipse(rgb, wanted, (reach * clip.width, reach * clip.height), scale)
    if frame.subject is not None:
        _rectangle(rgb, frame.subject.box, scale)
    line = roll_line(frame)
    if line is not None:
        for colour, width in ((_BLACK, 5), (_ROLL, 2)):
            start, end = (round(line[0]), round(line[1])), (round(line[2]), round(line[3]))
            cv2.line(rgb, start, end, colour, _px(width, scale), cv2.LINE_AA)
    _caption(rgb, _words(scored, picture), each.keeper, scale)
    return rgb


def _words(scored: ScoredClip, picture: Picture) -> str:
    frame, each = scored.measures.frames[picture.index], scored.score.frames[picture.index]
    value = frame_value(each)
    why = ", ".join(faults(frame, scored.measures))
    verdict = "keeper" if each.keeper else why or "not measurable"
    number = f"{value:3.0f}" if value >= 0 else " --"
    # The font holds ASCII only.
    return f"{picture.t_s:6.2f} s  {number}  {verdict}".replace("°", " deg").encode("ascii", "replace").decode("ascii")


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
