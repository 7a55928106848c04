"""Cues as sound: ticks and a steady tone as arrays, and a player for them over PortAudio.

The player needs the extra ``sound`` (`python-sounddevice <https://python-sounddevice.readthedocs.io>`_).
"""

import math
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rigcoach.base.errors import RigcoachError
from rigcoach.live.cues import Cue

RATE_HZ = 44_100

Samples = NDArray[np.float32]
"""Stereo, (n, 2), from -1 to 1."""

_TICK_S, _TICK_LEVEL = 0.06, 0.6
_DECAY_S = 0.018
_STEADY_LEVEL = 0.12
_FADE_S = 0.01
_GLIDE_OCTAVES = 0.5
_STALE_S = 0.7  # a cue older than this is of a picture that is gone


BEEP = Cue(0.0, tick_s=0.0, pitch_hz=880.0)
"""What goes with "Go" and "Stop": it sounds until it is stale."""


class SoundError(RigcoachError):
    """Tones that cannot be played."""

    code = "sound.none"


def tick(pitch_hz: float | None, glide: float, pan: float, rate_hz: int = RATE_HZ) -> Samples:
    """Return one tick.

    Parameters
    ----------
    pitch_hz
        The pitch in its middle; None for a knock of noise without one.
    glide
        How it rises (up to 1) or falls (down to -1): half an octave in all.
    pan
        From -1, left alone, to 1, right alone; equally loud wherever it is.
    """
    t_s = np.arange(round(_TICK_S * rate_hz)) / rate_hz
    if pitch_hz is None:
        wave = np.random.default_rng(0).uniform(-1.0, 1.0, len(t_s))
    else:
        wave = np.sin(
            2 * np.pi * np.cumsum(pitch_hz * np.exp2(glide * _GLIDE_OCTAVES * (t_s / _TICK_S - 0.5))) / rate_hz
        )
    loud = np.exp(-t_s / _DECAY_S) * np.minimum(t_s / 0.002, 1.0) * np.minimum((_TICK_S - t_s) / 0.005, 1.0)
    return np.asarray(_TICK_LEVEL * np.outer(wave * loud, sides(pan)), dtype=np.float32)


def sides(pan: float) -> tuple[float, float]:
    """Return how loud left and right are: the squares add up to 1.

    >>> sides(-1.0), sides(1.0)[1]
    ((1.0, 0.0), 1.0)
    """
    angle = (pan + 1) * math.pi / 4
    return math.cos(angle), math.sin(angle)


class Tones:
    """Makes the sound of a cue, block after block without a break."""

    def __init__(self, rate_hz: int = RATE_HZ) -> None:
        self._rate_hz = rate_hz
        self._since_tick = 1 << 60
        self._tail: Samples = np.zeros((0, 2), np.float32)
        self._phase = 0.0
        self._level = 0.0

    def block(self, frames: int, cue: Cue | None) -> Samples:
        """Return the next so many samples; None for a cue is silence."""
        out = np.zeros((frames, 2), np.float32)
        steady = cue is not None and cue.tick_s == 0
        if cue is not None and cue.tick_s:
            self._tick(out, cue, round(cue.tick_s * self._rate_hz))
        else:
            self._since_tick += frames
            self._ring_out(out, 0)
        if steady or self._level > 0:
            out += self._steady(frames, cue, _STEADY_LEVEL if steady else 0.0)
        return out

    def _tick(self, out: Samples, cue: Cue, apart: int) -> None:
        self._ring_out(out, 0)
        at = max(0, apart - self._since_tick)
        self._since_tick += len(out)
        while at < len(out):
            self._tail = tick(cue.pitch_hz, cue.glide, cue.pan, self._rate_hz)
            self._since_tick = len(out) - at
            self._ring_out(out, at)
            at += apart

    def _ring_out(self, out: Samples, at: int) -> None:
        """Go on with the tick that sounds, and keep what doesn't fit for the next block."""
        count = min(len(self._tail), len(out) - at)
        out[at : at + count] += self._tail[:count]
        self._tail = self._tail[count:]

    def _steady(self, frames: int, cue: Cue | None, level: float) -> Samples:
        pitch_hz = 220.0 if cue is None or cue.pitch_hz is None else cue.pitch_hz
        step = 1 / (_FADE_S * self._rate_hz) * _STEADY_LEVEL
        ramp = self._level + step * np.arange(1, frames + 1) * (1 if level > self._level else -1)
        loud = np.clip(ramp, min(self._level, level), max(self._level, level))
        self._level = float(loud[-1]) if frames else self._level
        phases = self._phase + 2 * np.pi * pitch_hz / self._rate_hz * np.arange(1, frames + 1)
        self._phase = float(phases[-1] % (2 * np.pi)) if frames else self._phase
        pan = 0.0 if cue is None else cue.pan
        return np.asarray(np.outer(loud * np.sin(phases), sides(pan)), dtype=np.float32)


class Speaker:
    """Plays the newest cue until the next one comes; a context manager.

    Parameters
    ----------
    clock
        Seconds that only run forward. A cue that nothing followed for 0.7 s falls silent.

    Raises
    ------
    SoundError
        On entering: the library, or a device to play on, is not there.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tones = Tones()
        self._lock = threading.Lock()
        self._cue: Cue | None = None
        self._heard_s = -math.inf
        self._stream: Any = None

    def __enter__(self) -> Self:
        self._stream = _open_stream(self._fill)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def hear(self, cue: Cue) -> None:
        """Play a cue from now on."""
        with self._lock:
            self._cue, self._heard_s = cue, self._clock()

    def _fill(self, out: Samples, frames: int, _time: object, _status: object) -> None:
        with self._lock:
            fresh = self._clock() - self._heard_s < _STALE_S
            cue = self._cue if fresh else None
        out[:] = self._tones.block(frames, cue)


def _open_stream(fill: Callable[[Samples, int, object, object], None]) -> Any:
    """Open and start a stream on the default device."""
    try:
        import sounddevice
    except ImportError as error:
        raise SoundError(
            "tones cannot be played", why="sounddevice is not installed", next_step="pip install 'rigcoach[sound]'"
        ) from error
    except OSError as error:
        raise SoundError(
            "tones cannot be played",
            why=f"sounddevice finds no PortAudio ({error})",
            next_step="Install it: apt install libportaudio2, or dnf install portaudio",
        ) from error
    try:
        stream = sounddevice.OutputStream(RATE_HZ, channels=2, dtype="float32", latency="low", callback=fill)
        stream.start()
    except sounddevice.PortAudioError as error:
        raise SoundError(
            "tones cannot be played",
            why=f"there is no sound device to play on ({error})",
            next_step="Plug in headphones or switch a device on",
        ) from error
    return stream
