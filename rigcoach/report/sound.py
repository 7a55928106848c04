"""The sound of clips, one after the other in step with their pictures, as one AAC track."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from rigcoach.video.container import open_container
from rigcoach.video.footage_tracks import footage_streams

Samples = NDArray[np.float32]

_BITS_PER_S = 192_000
# Time stamps jitter by less than this; a longer gap is one.
_GAP_S = 0.05


class SoundTrack:
    """The clips' first sound tracks as one: silence where a clip has none, no track at all where none has any.

    Rate and channels are those of the first clip that has sound.
    """

    def __init__(self, clips: Sequence[Path], output: "av.container.OutputContainer") -> None:
        self._output = output
        self._stream: av.AudioStream | None = None
        self._sound: _ClipSound | None = None
        self._written = 0
        self._slack_s = 0.0
        for path in clips:
            with open_container(path) as given:
                if given.streams.audio:
                    source = given.streams.audio[0]
                    self._stream = output.add_stream("aac", rate=source.rate, layout=source.layout.name)
                    self._stream.bit_rate = _BITS_PER_S
                    return

    def begin(self, path: Path, start_s: float) -> None:
        """Go on with a clip whose first picture stands at `start_s` of the film."""
        if self._stream is not None:
            self._sound = _ClipSound(path, start_s, self._stream.rate, self._stream.layout.name)
            self._put(np.zeros((self._stream.layout.nb_channels, 0), np.float32), start_s)
            self._slack_s = 0.0  # a clip's first sound stands where it belongs

    def write_until(self, t_s: float, end_s: float = float("inf")) -> None:
        """Write the clip's sound up to a time of the film, and a little more, but nothing from `end_s` on."""
        if self._sound is None or self._stream is None:
            return
        for at_s, samples in self._sound.pieces:
            left = len(samples[0]) if end_s == float("inf") else max(0, round((end_s - at_s) * self._stream.rate))
            self._put(samples[:, :left], at_s)
            if at_s > t_s:
                return

    def end(self, end_s: float = float("inf")) -> None:
        """Write the rest of the clip's sound, up to a time of the film."""
        self.write_until(end_s, end_s)
        if self._sound is not None:
            self._sound.close()
        self._sound = None

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._stream is not None:
            self._output.mux(self._stream.encode(None))

    def _put(self, samples: Samples, at_s: float) -> None:
        """Write samples at their time, after silence where there is a gap, without what already exists."""
        if self._stream is None:
            return
        rate = self._stream.rate
        gap = round(at_s * rate) - self._written
        if gap > self._slack_s * rate:
            samples = np.concatenate([np.zeros((len(samples), gap), np.float32), samples], axis=1)
        elif gap < -self._slack_s * rate:
            samples = samples[:, -gap:]
        if not samples.shape[1]:
            return
        self._slack_s = _GAP_S
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples), format="fltp", layout=self._stream.layout.name
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, self._written, Fraction(1, rate)
        self._output.mux(self._stream.encode(frame))
        self._written += samples.shape[1]


class _ClipSound:
    """One clip's sound, at the film's rate and with its channels, in pieces with their times in the film."""

    def __init__(self, path: Path, start_s: float, rate: int, layout: str) -> None:
        self._input = open_container(path)
        self._resampler = av.AudioResampler("fltp", layout, rate)
        video = footage_streams(self._input, path)[0]
        self._start_s = start_s - float((video.start_time or 0) * (video.time_base or 0))
        self.pieces = self._read()

    def _read(self) -> Iterator[tuple[float, Samples]]:
        if not self._input.streams.audio:
            return
        for frame in self._input.decode(self._input.streams.audio[0]):
            at_s = (frame.time or 0.0) + self._start_s
            for piece in self._resampler.resample(frame):
                samples = np.asarray(piece.to_ndarray(), np.float32)
                yield at_s, samples
                at_s += samples.shape[1] / piece.sample_rate

    def close(self) -> None:
        self.pieces = iter(())
        self._input.close()
