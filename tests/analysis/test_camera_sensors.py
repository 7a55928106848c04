"""What a camera's sensors tell, against a camera whose turns are known, and against a real GoPro's picture."""

import numpy as np
import pytest
from video.gpmf_files import device, klv
from video.turning_camera import FOCAL_PX, FPS, SECONDS, SIZE, Turning, film, with_telemetry

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.measurement_store import kept_or
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.measure.motion.gravity import roll_pitch_deg
from rigcoach.video.clip import read_clip

MIDDLE = SubjectChoice("box", (SIZE[0] / 2 - 150, SIZE[1] / 2 - 110, 300.0, 220.0), fixed=True)
TURNING = Turning()


def measured(path, choice=MIDDLE):
    return analyse_clip(read_clip(path), choice, RigOptics())


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A film of the turning camera, with straight lines in it."""
    return film(tmp_path_factory.mktemp("turning") / "plain.mp4", TURNING)


@pytest.fixture(scope="module")
def with_gravity(plain):
    path = plain.with_name("gravity.mp4")
    path.write_bytes(plain.read_bytes())
    readout = klv("SROT", "f", 4, 1, np.array([12.5], ">f4").tobytes())
    with_telemetry(path, TURNING, once=device(readout))
    return measured(path)


@pytest.fixture(scope="module")
def without_sensors(plain):
    return measured(plain)


@pytest.fixture(scope="module")
def tilted(plain):
    """The film with gravity that is off, and what is measured of it."""
    path = copied(plain, "tilted.mp4", tilted_deg=20.0)
    return path, measured(path)


def copied(plain, name, **telemetry):
    path = plain.with_name(name)
    path.write_bytes(plain.read_bytes())
    with_telemetry(path, TURNING, **telemetry)
    return path


def times(measures):
    return np.array([frame.t_s for frame in measures.frames])


def column(measures, name):
    return np.array([getattr(frame.camera, name) or np.nan for frame in measures.frames], dtype=float)


@pytest.mark.slow
def test_roll_and_pitch_come_from_gravity_on_every_frame(with_gravity):
    roll, pitch = roll_pitch_deg(TURNING.gravity(times(with_gravity)))
    assert column(with_gravity, "roll_deg") == pytest.approx(roll, abs=0.1)
    assert column(with_gravity, "pitch_deg") == pytest.approx(pitch, abs=0.1)
    assert [frame.framing.roll_deg for frame in with_gravity.frames] == pytest.approx(roll, abs=0.1)
    assert {frame.roll_by for frame in with_gravity.frames} == {"gravity"}
    # The film is drawn with a roll around 6 degrees clockwise, looking 4 degrees down.
    assert roll.mean() == pytest.approx(6.0, abs=1.0)
    assert pitch.mean() == pytest.approx(-4.0, abs=1.0)


@pytest.mark.slow
def test_straight_lines_tell_the_same_roll(without_sensors, with_gravity):
    assert {frame.roll_by for frame in without_sensors.frames} <= {"lines", None}
    lines = [frame.framing.roll_deg for frame in without_sensors.frames if frame.framing.roll_deg is not None]
    gravity = column(with_gravity, "roll_deg")
    assert lines
    assert np.median(lines) == pytest.approx(np.median(gravity), abs=1.5)


@pytest.mark.slow
def test_turns_of_the_picture_are_those_of_the_gyro(with_gravity):
    gyro = np.array([frame.camera.turn_deg_s for frame in with_gravity.frames[1:]], dtype=float)
    pictured = np.array([frame.camera.pictured_turn_deg_s for frame in with_gravity.frames[1:]], dtype=float)
    for axis in range(3):
        assert np.corrcoef(gyro[:, axis], pictured[:, axis])[0, 1] >= 0.98
    assert np.sqrt(((gyro - pictured) ** 2).sum(1).mean()) <= 1.0
    aligned = with_gravity.sensors.gyro
    assert aligned.agreement >= 0.98
    assert aligned.focal_px == pytest.approx(FOCAL_PX, rel=0.02)
    assert aligned.offset_s == pytest.approx(0.0, abs=0.005)
    truth = np.degrees(TURNING.turning_rad_s(times(with_gravity)[1:] - 0.5 / FPS))
    assert gyro == pytest.approx(truth, abs=0.5)


@pytest.mark.slow
def test_smear_of_the_picture_is_that_of_gyro_and_exposure(with_gravity):
    moved = np.array([frame.focus.motion_moved_px for frame in with_gravity.frames[2:-2]], dtype=float)
    by_gyro = column(with_gravity, "motion_px")[2:-2]
    assert np.isfinite(moved).mean() > 0.9
    fast = (by_gyro > 0.5) & np.isfinite(moved)
    assert np.count_nonzero(fast) > 20
    assert np.abs(moved[fast] / by_gyro[fast] - 1).max() < 0.15
    assert column(with_gravity, "exposure_s") == pytest.approx(1 / 120, rel=0.01)


@pytest.mark.slow
def test_the_readout_that_the_file_notes_bends_the_picture(with_gravity):
    assert with_gravity.sensors.readout_s == pytest.approx(0.0125)
    assert any(abs(frame.skew.skew_px) > 0.5 for frame in with_gravity.frames if frame.skew is not None)


@pytest.mark.slow
def test_a_file_without_gravity_has_it_from_accelerometer_and_gyro(plain):
    measures = measured(copied(plain, "felt.mp4", gravity=False))
    assert measures.sensors.gravity == "accelerometer"
    roll, pitch = roll_pitch_deg(TURNING.gravity(times(measures)))
    assert column(measures, "roll_deg") == pytest.approx(roll, abs=0.5)
    assert column(measures, "pitch_deg") == pytest.approx(pitch, abs=0.5)


@pytest.mark.slow
def test_a_gyro_that_contradicts_the_picture_is_told_and_not_believed(plain):
    measures = measured(copied(plain, "reversed.mp4", turns=-1.0))
    assert measures.sensors.gyro is None
    assert all(frame.camera.turn_deg_s is None and frame.camera.motion_px is None for frame in measures.frames)
    assert any("the gyro is not used" in note for note in measures.notes)
    # Its gravity is borne out by the straight lines.
    assert {frame.roll_by for frame in measures.frames} == {"gravity"}


@pytest.mark.slow
def test_gravity_that_contradicts_the_picture_is_told_and_not_believed(tilted):
    _, measures = tilted
    assert measures.sensors.gravity is None
    assert "gravity" not in {frame.roll_by for frame in measures.frames}
    assert any("gravity is not used" in note for note in measures.notes)


@pytest.mark.slow
def test_exposures_longer_than_a_frame_are_told_and_not_believed(plain):
    measures = measured(copied(plain, "long.mp4", exposure_s=0.1))
    assert measures.sensors.exposure_s is None
    assert all(frame.focus.motion_moved_px is None for frame in measures.frames)
    assert any("they are not used" in note for note in measures.notes)


@pytest.mark.slow
def test_a_clip_without_sensors_has_none(without_sensors):
    assert without_sensors.sensors is None
    assert all(frame.camera is None for frame in without_sensors.frames)


@pytest.mark.slow
def test_a_log_beside_the_clip_is_matched_by_its_movement(plain):
    # The logger lay on its side, began 3 s before the clip and ran on after it.
    clip = plain.with_name("logged.mp4")
    clip.write_bytes(plain.read_bytes())
    lay = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    t_s = np.arange(0, 10, 1 / 200)
    inside = (t_s >= 3.0) & (t_s < 3.0 + SECONDS)
    rates = np.random.default_rng(2).normal(0, 0.01, (len(t_s), 3))
    rates[inside] += TURNING.turning_rad_s(t_s[inside] - 3.0)
    felt = -9.81 * TURNING.gravity(np.clip(t_s - 3.0, 0.0, SECONDS))
    rows = np.column_stack((t_s * 1000, rates @ lay / 0.001, felt @ lay / 9.80665 / 0.0005))
    head = "GYROFLOW IMU LOG\nversion,1.3\nid,logger\norientation,YxZ\ntscale,0.001\ngscale,0.001\nascale,0.0005\n"
    log = head + "t,gx,gy,gz,ax,ay,az\n" + "\n".join(",".join(f"{value:.3f}" for value in row) for row in rows)
    clip.with_suffix(".gcsv").write_text(log)
    measures = measured(clip)
    aligned = measures.sensors.gyro
    assert aligned is not None
    assert aligned.offset_s == pytest.approx(3.0, abs=0.01)
    assert aligned.agreement >= 0.98
    roll, pitch = roll_pitch_deg(TURNING.gravity(times(measures)))
    assert column(measures, "roll_deg") == pytest.approx(roll, abs=0.5)
    assert column(measures, "pitch_deg") == pytest.approx(pitch, abs=0.5)


@pytest.mark.slow
def test_a_log_of_another_day_is_told_and_not_believed(plain):
    clip = plain.with_name("other.mp4")
    clip.write_bytes(plain.read_bytes())
    random = np.random.default_rng(4)
    walk = np.cumsum(random.normal(0, 0.02, (1500, 3)), axis=0)
    rows = "\n".join(f"{i * 5},{x:.4f},{y:.4f},{z:.4f}" for i, (x, y, z) in enumerate(walk))
    clip.with_suffix(".csv").write_text(f"GYROFLOW IMU LOG\nversion,1.3\ngscale,1\nt,gx,gy,gz\n{rows}\n")
    measures = measured(clip)
    assert measures.sensors.gyro is None
    assert any("cannot be matched" in note for note in measures.notes)


@pytest.mark.slow
def test_a_real_gopro_turns_as_its_gyro_says(shared):
    measures = measured(shared / "clips/gopro/karma.mp4", SubjectChoice("box", (420.0, 60.0, 420.0, 190.0), fixed=True))
    aligned = measures.sensors.gyro
    assert aligned.agreement >= 0.98
    assert aligned.rms_error_deg_s <= 1.0
    assert measures.sensors.exposure_s == pytest.approx(0.00487, rel=0.01)
    moved = np.array([frame.focus.motion_moved_px or np.nan for frame in measures.frames])
    by_gyro = column(measures, "motion_px")
    fast = by_gyro > 0.3
    assert np.count_nonzero(fast) >= 8
    assert np.nanmedian(moved[fast] / by_gyro[fast]) == pytest.approx(1.0, abs=0.15)


@pytest.mark.slow
def test_what_the_sensors_told_is_kept_with_the_measurements(tilted, tmp_path, monkeypatch):
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    path, measures = tilted
    clip = read_clip(path)
    kept = [kept_or(lambda: measures, clip, MIDDLE, RigOptics(), (0.5, 0.5)) for _ in range(2)]
    assert kept[1].sensors == measures.sensors
    assert kept[1].notes == measures.notes
    assert [frame.camera for frame in kept[1].frames] == [frame.camera for frame in measures.frames]
