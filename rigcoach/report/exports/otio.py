"""Timelines for OpenTimelineIO (https://opentimelineio.readthedocs.io), written by its own library."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import TIMELINE
from rigcoach.base.shown_text import storable
from rigcoach.report.exports.footage import Footage
from rigcoach.report.exports.segments import cut


def otio_json(footage: Sequence[Footage], title: str, to: Path, *, private: bool = False) -> str:
    """Return a timeline of the clips' keepers, each with a marker on its best frame; empty where there are none.

    Parameters
    ----------
    footage
        The clips. Times count from where a clip's own time code begins.
    title
        What the timeline is called.
    to
        Where it will lie. A clip is named by its path as seen from there where it lies in or under that folder, else
        absolutely.
    private
        Name clips by their file names alone.

    Raises
    ------
    RigcoachError
        The library isn't installed.
    """
    try:
        import opentimelineio as otio
    except ImportError as error:
        raise RigcoachError(
            "no timeline can be written",
            why="OpenTimelineIO isn't installed",
            next_step="Install it: pip install 'rigcoach[otio]'; an EDL needs nothing",
            code="export.otio-missing",
        ) from error

    timeline = otio.schema.Timeline(f"{storable(title)} keepers")
    timeline.metadata["rigcoach"] = {"made": TIMELINE.marks[0].decode()}
    track = otio.schema.Track("keepers", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for each, segment in cut(footage):
        measures = each.scored.measures
        fps = float(measures.clip.fps)

        def span(first: int, length: int, fps: float = fps, start: int = each.first_frame) -> object:
            times = (otio.opentime.RationalTime(frames, fps) for frames in (start + first, length))
            return otio.opentime.TimeRange(*times)

        url = quote(os.fsencode(each.name)) if private else _url(measures.clip.path, to)
        media = otio.schema.ExternalReference(url, available_range=span(0, len(measures.frames)))
        media.name = storable(each.name)
        part = otio.schema.Clip(media.name, media_reference=media, source_range=span(segment.first, segment.length))
        part.metadata["rigcoach"] = {"score": round(segment.score, 1)}
        if each.take is not None:
            part.metadata["rigcoach"]["take"] = each.take
        part.markers.append(
            otio.schema.Marker(
                f"best frame, {segment.best_score:.0f}", span(segment.best, 1), otio.schema.MarkerColor.GREEN
            )
        )
        track.append(part)
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return text


def _url(clip: Path, timeline: Path) -> str:
    clip, folder = clip.resolve(), timeline.resolve().parent
    if clip.is_relative_to(folder):
        return quote(os.fsencode(clip.relative_to(folder).as_posix()))
    return clip.as_uri()
