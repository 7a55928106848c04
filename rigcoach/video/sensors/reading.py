"""A clip's sensor tracks: those in its files, or else the log beside it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rigcoach.base.errors import RigcoachError
from rigcoach.video.clip import Clip
from rigcoach.video.container import open_container
from rigcoach.video.data_tracks import DataTracks
from rigcoach.video.footage_tracks import video_stream
from rigcoach.video.sensors.gopro import gopro_tracks
from rigcoach.video.sensors.gyro_log import log_beside, read_gyro_log
from rigcoach.video.sensors.telemetry import telemetry_parser_version, telemetry_tracks
from rigcoach.video.sensors.tracks import SensorTracks, joined
from rigcoach.video.track_length import length_s

_SENSORS_BEHIND = (".insv", ".insp")


def read_sensors(clip: Clip) -> tuple[SensorTracks | None, tuple[str, ...]]:
    """Return what the sensors recorded of a clip, in its picture's axes, and what the photographer should know of it.

    `None` where there is nothing, or it can't be read: a clip is measured without it as well.
    """
    notes: list[str] = []
    if clip.stills:
        return None, ()
    tracks = joined(_parts(clip, notes))
    if not clip.chapters and (tracks is None or tracks.gyro is None):
        tracks = _with_log(tracks, _beside(clip.path, notes))
    if tracks is None or clip.geometry is None:
        return None, tuple(notes)
    return tracks.upright(clip.geometry.orientation), tuple(notes)


def _parts(clip: Clip, notes: list[str]) -> Iterator[tuple[float, SensorTracks | None]]:
    """Yield the tracks of each of the recording's files, with when it begins."""
    starts_s = 0.0
    for part in (clip, *clip.chapters):
        path = part.path
        yield starts_s, _in_file(part, notes)
        if clip.chapters:
            with open_container(path) as container:
                lasts_s = length_s(container, video_stream(container, path))
            if lasts_s is None:
                return
            starts_s += lasts_s


def _with_log(tracks: SensorTracks | None, log: SensorTracks | None) -> SensorTracks | None:
    """Return a file's tracks with the movement from a log beside it."""
    if tracks is None or log is None:
        return tracks or log
    return replace(
        tracks,
        source=f"{tracks.source}, {log.source}",
        gyro=log.gyro,
        accelerometer=log.accelerometer,
        readout_s=tracks.readout_s or log.readout_s,
        same_clock=False,
    )


def _in_file(clip: Clip, notes: list[str]) -> SensorTracks | None:
    path = clip.path
    # To open a file again takes as long as to decode some of its frames.
    tracks = gopro_tracks(path) if clip.data is DataTracks.GOPRO else None
    # Insta360 writes its sensors after the movie, not as a track.
    if tracks is not None or (clip.data is DataTracks.NONE and path.suffix.lower() not in _SENSORS_BEHIND):
        return tracks
    if telemetry_parser_version() is not None:
        return telemetry_tracks(path)
    notes.append(
        f"{path.name} may hold the camera's movement: pip install 'rigcoach[sensors]' reads it where its maker is known"
    )
    return None


def _beside(path: Path, notes: list[str]) -> SensorTracks | None:
    log = log_beside(path)
    if log is None:
        return None
    try:
        return read_gyro_log(log)
    except RigcoachError as error:
        notes.append(f"{error.line()}; the clip is measured without it")
        return None
