"""The telemetry track of a GoPro, as GoPro publishes it ([GPMF]_, "MP4 Implementation" and the tables after it).

Sensors are stored in payloads of about a second. When each reading was taken is not said, and a payload may hold a few
more or fewer: readings are spread evenly over all payloads, as GoPro's own tools do.

The body's axes are Z up, X to the left and Y to the back, by `GYRO` and `ACCL` of a HERO5 and a HERO11 held against
their pictures; `GRAV` is in the picture's own axes. Files say in `ORIN` in which order and sense they store them; where
an older body doesn't, its model tells.

References
----------
.. [GPMF] GoPro, "GPMF Introduction", https://gopro.github.io/gpmf-parser.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.video.container import open_container
from rigcoach.video.data_tracks import GOPRO_BEGINS
from rigcoach.video.footage_tracks import video_stream
from rigcoach.video.mp4_boxes import boxes, inside, movie_box
from rigcoach.video.sensors.klv import Item, items
from rigcoach.video.sensors.samples import Samples
from rigcoach.video.sensors.tracks import SensorTracks

if TYPE_CHECKING:
    from av.container import InputContainer

# A payload of a second is some ten kilobytes.
_MOST_PAYLOAD_BYTES = 4_000_000
# In which order and sense bodies before ORIN store their axes.
_ORDERS = {"HERO6": "YxZ", "Fusion": "yXZ"}
_COMMON_ORDER = "ZXY"
_TRACKS = ("GYRO", "ACCL", "GRAV", "IORI", "SHUT")
_LONGEST_READOUT_S = 0.1


@dataclass(slots=True)
class _Stream:
    """One sensor's payloads: when each began, in seconds, how many readings were before it, and all readings.

    Readings have their numbers instead of times; `order` is how its axes are stored.
    """

    numbered: Samples
    begins_s: list[float] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    order: str | None = None


def gopro_tracks(path: Path) -> SensorTracks | None:
    """Return what a GoPro's file holds of its sensors; `None` where it holds no such track.

    Raises
    ------
    rigcoach.video.container.ClipError
        The file cannot be read.
    """
    with open_container(path) as container:
        stream = video_stream(container, path)
        zero_s = float((stream.start_time or 0) * (stream.time_base or 0))
        streams: dict[str, _Stream] = {}
        payloads_s = []
        model, readout_s = _of_whole_file(path)
        for begins_s, data in _payloads(container, path):
            payloads_s.append(begins_s)
            for device in items(data):
                model = model or next((item.text for item in device.items if item.key == "DVNM"), "")
                readout_s = readout_s or _readout_s(device)
                for item in device.items:
                    if item.key == "STRM":
                        _add(streams, begins_s - zero_s, item.items)
    if not payloads_s:
        return None
    ends_s = payloads_s[-1] - zero_s + _lasts_s(payloads_s)
    tracks = {key: _samples(streams[key], ends_s) for key in streams}
    order = _order_of(model)
    gravity, turned = tracks.get("GRAV"), tracks.get("IORI")
    found = SensorTracks(
        source="GoPro" if model in ("", "Camera") else f"GoPro {model}",
        gyro=_in_picture(tracks.get("GYRO"), streams.get("GYRO"), order),
        accelerometer=_in_picture(tracks.get("ACCL"), streams.get("ACCL"), order),
        gravity=None if gravity is None else _of_image(gravity, turned),
        image_turn=turned if turned is not None and turned.columns == 4 else None,
        exposure_s=tracks.get("SHUT"),
        readout_s=readout_s if readout_s is not None and 0 < readout_s < _LONGEST_READOUT_S else None,
    )
    return None if found.is_empty else found


def _payloads(container: "InputContainer", path: Path) -> Iterator[tuple[float, bytes]]:
    """Yield the payloads of the telemetry track: when each begins, and its bytes, read by the track's index."""
    for stream in container.streams.data:
        base = stream.time_base
        entries = [entry for entry in stream.index_entries if 0 < entry.size <= _MOST_PAYLOAD_BYTES]
        if base is None or not entries:
            continue
        with path.open("rb") as file:
            for number, entry in enumerate(entries):
                file.seek(entry.pos)
                data = file.read(entry.size)
                if number == 0 and not data.startswith(GOPRO_BEGINS):
                    break
                yield float(entry.timestamp * base), data
            else:
                return


def _lasts_s(payloads_s: Sequence[float]) -> float:
    return float(np.median(np.diff(payloads_s))) if len(payloads_s) > 1 else 1.001


def _of_whole_file(path: Path) -> tuple[str, float | None]:
    """Return the model and the readout time that newer bodies note once for the whole file."""
    users = [content for kind, content in boxes(movie_box(path) or b"") if kind == b"udta"]
    noted = b"".join(inside(user, b"GPMF") for user in users)
    model, readout_s = "", None
    for device in items(noted):
        model = model or next((item.text for item in _deep(device) if item.key == "MINF"), "")
        readout_s = readout_s or _readout_s(device)
    return model, readout_s


def _readout_s(device: Item) -> float | None:
    told = next((item.numbers for item in _deep(device) if item.key == "SROT"), None)
    return float(told[0, 0]) / 1000 if told is not None and told.size else None


def _deep(item: Item) -> Iterator[Item]:
    yield item
    for inner in item.items:
        yield from _deep(inner)


def _add(streams: dict[str, _Stream], begins_s: float, content: Sequence[Item]) -> None:
    """Add one sensor's payload: what goes before its readings describes them."""
    told = {item.key: item for item in content}
    key = next((key for key in _TRACKS if key in told), None)
    if key is None:
        return
    readings = told[key].numbers
    if not readings.size:
        return
    scale = told["SCAL"].numbers.ravel() if "SCAL" in told else np.ones(1)
    if scale.size not in (1, readings.shape[1]) or not scale.all():
        return
    stream = streams.setdefault(key, _Stream(Samples(np.empty(0), readings[:0])))
    if stream.numbered.columns != readings.shape[1]:
        return
    before = len(stream.numbered)
    stream.begins_s.append(begins_s)
    stream.before.append(before)
    stream.numbered.add(np.arange(before, before + len(readings), dtype=np.float64), readings / scale)
    stream.order = told["ORIN"].text if "ORIN" in told else stream.order


def _samples(stream: _Stream, ends_s: float) -> Samples | None:
    """Return a sensor's readings with times: even from payload to payload, by the line through their beginnings."""
    if len(stream.before) > 2:
        step_s, zero_s = (float(value) for value in np.polyfit(stream.before, stream.begins_s, 1))
    else:
        zero_s = stream.begins_s[0]
        step_s = (ends_s - zero_s) / max(len(stream.numbered), 1)
    finite = all(np.isfinite(values).all() for _, values in stream.numbered.parts())
    if not (np.isfinite(step_s) and step_s > 0 and finite):
        return None
    timed = ((numbers * step_s + zero_s, values) for numbers, values in stream.numbered.parts())
    return Samples.of(stream.numbered.columns, timed)


def _order_of(model: str) -> str:
    return next((order for name, order in _ORDERS.items() if name in model), _COMMON_ORDER)


def _in_picture(track: Samples | None, stream: _Stream | None, order: str) -> Samples | None:
    """Return readings of the body's axes, stored in some order and sense, in the picture's."""
    if track is None or stream is None or track.columns != 3:
        return None
    order = stream.order or order
    if sorted(order.upper()) != ["X", "Y", "Z"]:
        return None
    columns = [order.upper().index(axis) for axis in "XZY"]
    signs = np.array([-1.0 if axis in order else 1.0 for axis in "XZY"])
    return track.changed(3, lambda _, values: values[:, columns] * signs)


def _of_image(gravity: Samples, turned: Samples | None) -> Samples | None:
    """Return gravity as the picture shows it: a stabilised one is turned against the body (`IORI`, w first)."""
    if gravity.columns != 3 or not any(values.any() for _, values in gravity.parts()):
        return None
    if turned is None or turned.columns != 4 or len(turned) != len(gravity):
        return gravity
    both = zip(turned.parts(), gravity.parts(), strict=True)
    return Samples.of(3, ((times_s, _rotated(turns, down)) for (_, turns), (times_s, down) in both))


def _rotated(quaternions: Floats, vectors: Floats) -> Floats:
    """Return vectors, (n, 3), turned by quaternions, (n, 4), real part first."""
    length = np.maximum(np.linalg.norm(quaternions, axis=1, keepdims=True), 1e-9)
    w, axis = (quaternions / length)[:, :1], (quaternions / length)[:, 1:]
    across = np.cross(axis, vectors)
    return np.asarray(vectors + 2 * (w * across + np.cross(axis, across)), dtype=np.float64)
