"""Timelines for OpenTimelineIO (https://opentimelineio.readthedocs.io), written by its own library."""

from pathlib import Path
from urllib.parse import quote

from rigcoach.batch import ScoredClip
from rigcoach.errors import RigcoachError
from rigcoach.report.exports.segments import segments


def write_otio(scored: ScoredClip, to: Path) -> None:
    """Write a timeline of a clip's keepers, each with a marker on its best frame.

    The clip is named by its path as seen from the timeline's folder where it lies in or under that, else absolutely.

    Raises
    ------
    NothingToExportError
        Where no stretch of keepers is long enough.
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

    cut = segments(scored)
    clip = scored.measures.clip
    fps, name = float(clip.fps), Path(scored.name).name

    def span(first: int, length: int) -> object:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(first, fps), otio.opentime.RationalTime(length, fps))

    media = otio.schema.ExternalReference(_url(clip.path, to), available_range=span(0, len(scored.measures.frames)))
    media.name = name
    timeline = otio.schema.Timeline(f"{Path(scored.name).stem} keepers")
    track = otio.schema.Track("keepers", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for segment in cut:
        part = otio.schema.Clip(name, media_reference=media.clone(), source_range=span(segment.first, segment.length))
        part.metadata["rigcoach"] = {"score": round(segment.score, 1)}
        part.markers.append(
            otio.schema.Marker(
                f"best frame, {segment.best_score:.0f}", span(segment.best, 1), otio.schema.MarkerColor.GREEN
            )
        )
        track.append(part)
    otio.adapters.write_to_file(timeline, str(to), adapter_name="otio_json")


def _url(clip: Path, timeline: Path) -> str:
    clip, folder = clip.resolve(), timeline.resolve().parent
    if clip.is_relative_to(folder):
        return quote(clip.relative_to(folder).as_posix())
    return clip.as_uri()
