"""Cues as sound, heard as an ear would: by spectrum, by the time between onsets, by side."""

import numpy as np
import pytest

from rigcoach.live.cues import Cue
from rigcoach.live.sounds import BEEP, RATE_HZ, Samples, Tones, tick


def played(cue: Cue | None, seconds: float, block: int = 512, tones: Tones | None = None) -> Samples:
    source = Tones() if tones is None else tones
    return np.concatenate([source.block(block, cue) for _ in range(round(seconds * RATE_HZ / block))])


def pitch_of(sound: Samples) -> float:
    """The strongest frequency of a sound."""
    mono = sound.sum(axis=1)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 1 << 17))
    return float(np.argmax(spectrum) * RATE_HZ / (1 << 17))


def onsets_s(sound: Samples) -> list[float]:
    """When ticks begin: where sound comes after 15 ms of near silence."""
    loud = np.abs(sound).max(axis=1) > 0.02
    window = round(0.015 * RATE_HZ)
    quiet_before = np.convolve(loud, np.ones(window))[: len(loud)] - loud
    starts = np.flatnonzero(loud & (quiet_before == 0))
    return [float(start / RATE_HZ) for start in starts]


@pytest.mark.parametrize("pitch_hz", [220.0, 440.0, 880.0])
def test_a_steady_tone_has_the_cues_pitch(pitch_hz: float) -> None:
    assert pitch_of(played(Cue(0, tick_s=0.0, pitch_hz=pitch_hz), 1.0)) == pytest.approx(pitch_hz, rel=0.01)


@pytest.mark.parametrize("interval_s", [0.1, 0.35, 0.8])
@pytest.mark.parametrize("block", [64, 1000, 44_100])
def test_ticks_come_at_the_cues_interval_however_blocks_fall(interval_s: float, block: int) -> None:
    onsets = onsets_s(played(Cue(0, tick_s=interval_s, pitch_hz=440.0), 4.0, block))
    assert np.diff(onsets) == pytest.approx(interval_s, abs=0.003)
    assert len(onsets) >= 4


def test_the_next_tick_heeds_a_new_interval() -> None:
    tones = Tones()
    played(Cue(0, tick_s=0.8, pitch_hz=440.0), 0.5, tones=tones)
    onsets = onsets_s(played(Cue(0.5, tick_s=0.1, pitch_hz=440.0), 1.0, tones=tones))
    assert onsets[0] < 0.02
    assert len(onsets) >= 9


def test_a_tick_comes_from_its_side_and_from_both_in_the_middle() -> None:
    left, right = tick(440.0, 0.0, -1.0).T
    assert np.abs(left).max() > 0.3
    assert np.abs(right).max() < 1e-6
    left, right = tick(440.0, 0.0, 0.0).T
    assert np.abs(left).max() == pytest.approx(np.abs(right).max())
    left, right = tick(440.0, 0.0, 0.4).T
    assert np.square(right).sum() > np.square(left).sum() > 0


def test_a_tick_rises_for_up_and_falls_for_down() -> None:
    half = len(tick(440.0, 1.0, 0.0)) // 2

    def change(glide: float) -> float:
        sound = tick(440.0, glide, 0.0)
        return pitch_of(sound[half:]) / pitch_of(sound[:half])

    assert change(1.0) > 1.1
    assert change(-1.0) < 1 / 1.1


def test_without_a_pitch_a_tick_is_a_knock() -> None:
    def flatness(pitch_hz: float | None) -> float:
        power = np.abs(np.fft.rfft(tick(pitch_hz, 0.0, 0.0)[:, 0])) ** 2 + 1e-12
        return float(np.exp(np.log(power).mean()) / power.mean())

    assert flatness(None) > 100 * flatness(440.0)


def test_no_cue_and_a_lost_subject_are_silence() -> None:
    tones = Tones()
    played(Cue(0, tick_s=0.0, pitch_hz=440.0), 0.5, tones=tones)
    for nothing in (None, Cue(1.0)):
        played(nothing, 0.1, tones=tones)
        assert np.abs(played(nothing, 0.5, tones=tones)).max() == 0


def test_nothing_clicks_or_is_louder_than_full() -> None:
    """Between samples a sine of 880 Hz at the steady level moves by less than 0.02."""
    tones = Tones()
    cues = [Cue(0, tick_s=0.0, pitch_hz=880.0, pan=-0.5), None, Cue(1, tick_s=0.0, pitch_hz=330.0), None]
    steady = np.concatenate([played(cue, 0.1, tones=tones) for cue in cues])
    assert np.abs(np.diff(steady, axis=0)).max() < 0.04
    assert np.abs(played(Cue(0, tick_s=0.1, pitch_hz=None), 1.0)).max() < 1.0


def test_a_beep_is_one_steady_tone_for_both_ears() -> None:
    sound = played(BEEP, 0.5)
    assert pitch_of(sound) == pytest.approx(880.0, rel=0.01)
    assert np.abs(sound[RATE_HZ // 10 :]).max(axis=0) == pytest.approx(np.abs(sound).max(axis=0), rel=0.05)
    assert np.abs(sound[:, 0]).max() == pytest.approx(np.abs(sound[:, 1]).max())
