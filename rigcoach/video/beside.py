"""What lies beside a clip and is read with it: as little to be written over as the clip itself."""

from collections.abc import Iterable
from pathlib import Path

from rigcoach.base.clip_names import is_beside
from rigcoach.video.colour import SIDECAR_ENDINGS
from rigcoach.video.sensors.gyro_log import log_beside
from rigcoach.video.thumbnail import THUMBNAIL_ENDINGS


def with_beside(clips: Iterable[Path]) -> list[Path]:
    """Return clips, each with its camera's thumbnail and notes, and the gyro's log."""
    found = []
    for clip in clips:
        names = (clip.with_name(f"{clip.stem}{ending}") for ending in (*SIDECAR_ENDINGS, *THUMBNAIL_ENDINGS))
        log = log_beside(clip) if clip.name else None
        found += [clip, *filter(is_beside, names), *([] if log is None else [log])]
    return found
