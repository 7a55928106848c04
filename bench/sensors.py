"""How a clip's picture agrees with the camera's own sensors: turns, smear and roll, as a table in Markdown.

    bench/sensors.py CLIP --far X,Y,W,H [--horizon LEFT,RIGHT,TOP,BOTTOM]

`--far` is a box on what is far away, where turns alone smear. `--horizon` is a part of the frame in which the sea meets
a brighter sky: the straight edge between them is looked for there, which tells roll without any sensor.
"""

import argparse
import math
from pathlib import Path

import numpy as np

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.measure.arrays import Floats, Luma
from rigcoach.video.clip import read_clip, read_frames

_EVERY, _BAND_PX, _LEAST_SMEAR_PX = 10, 4, 0.3
_AXES = ("up and down", "left and right", "roll")


def main() -> None:
    """Measure the clip and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--far", required=True, metavar="X,Y,W,H")
    parser.add_argument("--horizon", metavar="LEFT,RIGHT,TOP,BOTTOM")
    arguments = parser.parse_args()
    x, y, width, height = (float(number) for number in arguments.far.split(","))
    clip = read_clip(arguments.clip)
    measures = analyse_clip(clip, SubjectChoice("box", (x, y, width, height), fixed=True), RigOptics())
    print("| measure | frames | agreement |\n|---|---|---|")
    _turns(measures)
    _smears(measures)
    if arguments.horizon:
        within = tuple(int(number) for number in arguments.horizon.split(","))
        horizons = {i: horizon(frame.luma, within) for i, frame in enumerate(read_frames(clip)) if i % _EVERY == 0}
        _levels(measures, horizons)


def _turns(measures: ClipMeasurements) -> None:
    pairs = [
        (frame.camera.turn_deg_s, frame.camera.pictured_turn_deg_s)
        for frame in measures.frames
        if frame.camera is not None and frame.camera.turn_deg_s and frame.camera.pictured_turn_deg_s
    ]
    gyro, pictured = (np.array(each) for each in zip(*pairs, strict=True))
    sensors = measures.sensors
    if sensors is None or sensors.gyro is None:
        raise SystemExit("the clip has no gyro that agrees with its picture")
    print(
        f"| turns, all axes | {len(gyro)} | r = {sensors.gyro.agreement:.3f}, "
        f"RMSE {sensors.gyro.rms_error_deg_s:.2f}°/s of {sensors.gyro.picture_deg_s:.1f}°/s |"
    )
    for axis, name in enumerate(_AXES):
        error = math.sqrt(float(((gyro - pictured)[:, axis] ** 2).mean()))
        r = float(np.corrcoef(gyro[:, axis], pictured[:, axis])[0, 1])
        print(f"| turns, {name} | {len(gyro)} | r = {r:.3f}, RMSE {error:.2f}°/s of {pictured[:, axis].std():.2f}°/s |")


def _smears(measures: ClipMeasurements) -> None:
    pairs = np.array(
        [
            (frame.focus.motion_moved_px, frame.camera.motion_px)
            for frame in measures.frames
            if frame.camera is not None and frame.camera.motion_px and frame.focus.motion_moved_px is not None
        ]
    )
    told = pairs[pairs[:, 1] >= _LEAST_SMEAR_PX]
    ratio = told[:, 0] / told[:, 1]
    print(
        f"| motion blur, {_LEAST_SMEAR_PX} px and more by gyro and exposure | {len(told)} | picture over gyro: median "
        f"{np.median(ratio):.2f}, within 15 % in {100 * (np.abs(ratio - 1) <= 0.15).mean():.0f} % |"
    )
    off = np.abs(pairs[:, 0] - pairs[:, 1])
    print(f"| motion blur, all | {len(pairs)} | off by {off.mean():.2f} px, {np.percentile(off, 95):.2f} px at 95 % |")


def _levels(measures: ClipMeasurements, horizons: dict[int, tuple[float, float]]) -> None:
    sensors, clip = measures.sensors, measures.clip
    if sensors is None or sensors.gyro is None:
        raise SystemExit("the clip has no gyro that agrees with its picture")
    seen, off = [], []
    for i, (roll_deg, row) in horizons.items():
        camera = measures.frames[i].camera
        below = (row - clip.height / 2) * math.cos(math.radians(roll_deg))
        seen.append((roll_deg, math.degrees(math.atan2(below, sensors.gyro.focal_px))))
        if camera is not None and camera.roll_deg is not None and camera.pitch_deg is not None:
            off.append((camera.roll_deg - seen[-1][0], camera.pitch_deg - seen[-1][1]))
    for name, true, error in zip(("roll", "pitch"), zip(*seen, strict=True), np.array(off).T, strict=True):
        print(
            f"| {name} by gravity against the horizon ({true[0]:+.1f}° to {true[-1]:+.1f}°) | {len(error)} | "
            f"{error.mean():+.2f}° on average, {error.std():.2f}° from frame to frame |"
        )


def horizon(luma: Luma, within: tuple[int, ...]) -> tuple[float, float]:
    """Return roll (clockwise positive) and row, in the frame's middle, of the edge below which it is darkest."""
    left, right, top, bottom = within
    columns = np.arange(left, right, 5)
    summed: Floats = np.cumsum(np.vstack((np.zeros((1, luma.shape[1])), luma.astype(np.float64))), axis=0)
    best = (-math.inf, 0.0, 0.0)
    for roll_deg in np.arange(-6, 6.01, 0.1):
        slope = math.tan(math.radians(float(roll_deg)))
        for middle in np.arange(top, bottom, 0.5):
            rows = np.round(middle + slope * (columns - columns.mean())).astype(int)
            above = (summed[rows, columns] - summed[rows - _BAND_PX, columns]) / _BAND_PX
            below = (summed[rows + _BAND_PX, columns] - summed[rows, columns]) / _BAND_PX
            # No single column, such as a wave's crest, counts for much.
            edge = float(np.clip(above - below, 0, 60).mean())
            row = float(middle) + slope * (luma.shape[1] / 2 - float(columns.mean()))
            best = max(best, (edge, float(roll_deg), row))
    return best[1:]


if __name__ == "__main__":
    main()
