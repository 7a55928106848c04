"""A small copy of a clip that every browser plays: H.264, its sound as AAC, nothing of its metadata."""

from pathlib import Path

import av
import cv2
import numpy as np

from rigcoach.base import disk
from rigcoach.base.clip_names import file_name
from rigcoach.base.outputs import PROXY, is_ours, output_file, unwritable
from rigcoach.base.progress import Advance, no_progress
from rigcoach.measure.arrays import Rgb
from rigcoach.report.annotated import TIME_BASE, mark
from rigcoach.report.player import address, browsers_play
from rigcoach.report.sound import SoundTrack
from rigcoach.video.clip import Clip, read_pictures

WIDTH_PX = 960


def write_proxy(clip: Clip, to: Path, *, advance: Advance = no_progress, force: bool = False) -> None:
    """Write a clip upright and progressive, at most 960 pixels wide, as MP4; whole or not at all.

    Parameters
    ----------
    clip
        The clip, with the chapters that it goes on in: the copy is of all of them.
    to
        Where it goes.
    advance
        Told of the seconds written, and of how many where that is known.
    force
        Whether a file that rigcoach did not write may be replaced; the clip itself never is.

    Raises
    ------
    rigcoach.base.outputs.OutputError
        It may not be written there, or cannot.
    rigcoach.video.clip.ClipError
        The clip cannot be read any more.
    """
    try:
        with output_file(to, PROXY, inputs=clip.files, force=force) as unfinished:
            disk.announce(disk.Step.WRITE, unfinished)
            with av.open(str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as output:
                _write(output, clip, advance)
            mark(unfinished, PROXY)
    except av.error.FFmpegError as error:
        raise unwritable(to, error) from error


def _write(output: "av.container.OutputContainer", clip: Clip, advance: Advance) -> None:
    width = min(WIDTH_PX, clip.width) // 2 * 2
    height = round(clip.height * width / clip.width) // 2 * 2
    # A key frame twice a second: browsers go to one and decode from there.
    options = {"crf": "26", "preset": "veryfast", "g": str(max(1, round(float(clip.fps) / 2)))}
    video = output.add_stream("libx264", rate=clip.fps, options=options)
    video.width, video.height, video.pix_fmt = width, height, "yuv420p"
    video.codec_context.time_base = TIME_BASE
    sound = SoundTrack([clip.path], output)
    sound.begin(clip.path, 0.0)
    for picture in read_pictures(clip):
        frame = av.VideoFrame.from_ndarray(_reduced(picture.rgb, width, height), format="rgb24")
        frame.pts, frame.time_base = round(picture.t_s / TIME_BASE), TIME_BASE
        output.mux(video.encode(frame))
        sound.write_until(picture.t_s)
        advance(picture.t_s, clip.duration_s)
    output.mux(video.encode(None))
    sound.end()
    sound.finish()


def _reduced(rgb: Rgb, width: int, height: int) -> Rgb:
    return np.ascontiguousarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def playable(clip: Clip, page: Path, *, proxy: bool = False, advance: Advance = no_progress) -> str | None:
    """Return the address of what a page plays of a clip: the clip, or its small copy beside the page.

    Parameters
    ----------
    clip
        The clip.
    page
        Where the page goes.
    proxy
        Whether a copy is made where browsers don't decode the clip, or it goes on in chapters; it is made once, and
        anew where the clip is newer.
    advance
        As in `write_proxy`.

    Returns
    -------
    None where there is nothing that one player could play from beginning to end. A clip that not every browser decodes
    is named all the same: some do.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        The clip cannot be read, or the copy not be written.
    """
    if not clip.chapters and browsers_play(clip.path):
        return address(clip.path, page)
    copy = page.with_name(file_name(clip.path.stem, ".proxy.mp4"))
    there = copy.is_file() and is_ours(copy, PROXY) and copy.stat().st_mtime >= clip.path.stat().st_mtime
    if proxy and not there:
        write_proxy(clip, copy, advance=advance)
    if proxy or there:
        return address(copy, page)
    return None if clip.chapters else address(clip.path, page)
