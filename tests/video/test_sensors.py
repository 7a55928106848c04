"""Sensor tracks as files hold them, against what telemetry-parser reads of the same files."""

import struct
import tracemalloc

import av
import numpy as np
import pytest
from known import known
from video.gpmf_files import add_telemetry, device, floats, klv, nested, shorts, text
from video.movies import write_movie

from rigcoach.video.clip import read_clip
from rigcoach.video.data_tracks import DataTracks
from rigcoach.video.geometry import Orientation
from rigcoach.video.sensors.gopro import gopro_tracks
from rigcoach.video.sensors.gyro_log import GyroLogError, is_gyro_log, log_beside, read_gyro_log
from rigcoach.video.sensors.klv import items
from rigcoach.video.sensors.reading import read_sensors
from rigcoach.video.sensors.samples import Samples
from rigcoach.video.sensors.telemetry import telemetry_tracks
from rigcoach.video.sensors.tracks import SensorTracks

GREY = [np.full((96, 128), 60 + i % 3 * 40, np.uint8) for i in range(50)]


@pytest.fixture
def movie(tmp_path):
    return write_movie(tmp_path / "clip.mp4", GREY)


def readings(count, seed=1):
    return np.random.default_rng(seed).normal(0, 0.5, (count, 3))


def test_nested_items_padding_and_fixed_point_numbers():
    odd = klv("DEMO", "b", 1, 3, bytes((1, 255, 7)))
    inner = [*items(nested("STRM", odd, klv("QQQQ", "q", 4, 1, struct.pack(">i", 0x18000)), text("STNM", "Gyro")))]
    assert [item.key for item in inner[0].items] == ["DEMO", "QQQQ", "STNM"]
    demo, fixed, name = inner[0].items
    assert demo.numbers.ravel().tolist() == [1, -1, 7]
    assert fixed.numbers.tolist() == [[1.5]]
    assert name.text == "Gyro"


def test_what_is_cut_off_ends_the_reading():
    whole = nested("DEVC", text("DVNM", "HERO8 Black"), floats("SHUT", np.full((3, 1), 0.01)))
    for length in range(len(whole)):
        assert len([*items(whole[:length])]) <= 1


@pytest.mark.parametrize("order", ["ZXY", "YxZ", "yXZ"])
def test_axes_are_the_pictures_whatever_order_a_body_stores(movie, order):
    # Of the body's axes, Z is up, X to the left, Y to the back.
    body = {"X": 0.1, "Y": 0.2, "Z": 0.3}
    stored = np.tile([body[name.upper()] * (1 if name.isupper() else -1) for name in order], (200, 1))
    streams = [shorts("GYRO", stored, 3755, text("ORIN", order)), shorts("ACCL", stored, 417, text("ORIN", order))]
    add_telemetry(movie, [device(*streams)] * 2, 1000)
    tracks = known(gopro_tracks(movie))
    assert known(tracks.gyro).values[0] == pytest.approx([-0.1, -0.3, -0.2], abs=1e-3)
    assert known(tracks.accelerometer).values[0] == pytest.approx([-0.1, -0.3, -0.2], abs=3e-3)


@pytest.mark.parametrize(("name", "order"), [("HERO5 Black", "ZXY"), ("HERO6 Black", "YxZ")])
def test_older_bodies_have_their_order_by_their_model(movie, name, order):
    body = {"X": 0.1, "Y": 0.2, "Z": 0.3}
    stored = np.tile([body[axis.upper()] * (1 if axis.isupper() else -1) for axis in order], (200, 1))
    add_telemetry(movie, [device(shorts("GYRO", stored, 3755), name=name)] * 2, 1000)
    assert known(known(gopro_tracks(movie)).gyro).values[0] == pytest.approx([-0.1, -0.3, -0.2], abs=1e-3)


def test_telemetry_parser_reads_the_same_of_a_gopros_file(movie):
    pytest.importorskip("telemetry_parser")
    streams = [
        [
            shorts("GYRO", readings(400, i), 3755, text("SIUN", "rad/s")),
            shorts("ACCL", readings(200, i + 9), 417, text("SIUN", "m/s²")),
        ]
        for i in range(2)
    ]
    add_telemetry(movie, [device(*each) for each in streams], 1000)
    ours, theirs = known(gopro_tracks(movie)), known(telemetry_tracks(movie))
    assert known(ours.gyro).values == pytest.approx(known(theirs.gyro).values)
    assert known(ours.gyro).times_s == pytest.approx(known(theirs.gyro).times_s, abs=0.005)
    assert known(ours.accelerometer).values == pytest.approx(known(theirs.accelerometer).values)


@pytest.mark.slow
def test_telemetry_parser_reads_the_same_of_a_real_gopros_file(shared):
    pytest.importorskip("telemetry_parser")
    path = shared / "clips/gopro/karma.mp4"
    ours, theirs = known(gopro_tracks(path)), known(telemetry_tracks(path))
    assert len(known(ours.gyro)) == 4795
    assert known(ours.gyro).values == pytest.approx(known(theirs.gyro).values)
    assert known(ours.accelerometer).values == pytest.approx(known(theirs.accelerometer).values)
    # 361 exposure times of 1/205 s, gyro at 398 Hz, accelerometer at 199 Hz.
    assert len(known(ours.exposure_s)) == 361
    assert known(ours.exposure_s).values == pytest.approx(0.00487, rel=1e-3)
    assert 1 / np.diff(known(ours.gyro).times_s).mean() == pytest.approx(398, abs=1)
    assert 1 / np.diff(known(ours.accelerometer).times_s).mean() == pytest.approx(199, abs=1)


def test_readings_are_spread_evenly_over_uneven_payloads(movie):
    # A device driver hands on groups: payloads hold 392 or 399 of what comes 398 times a second.
    payloads = [device(shorts("GYRO", readings(count), 3755)) for count in (392, 399, 399, 399, 392, 399)]
    add_telemetry(movie, payloads, 1001)
    steps = np.diff(known(known(gopro_tracks(movie)).gyro).times_s)
    assert np.ptp(steps) < 1e-9
    assert 1 / steps[0] == pytest.approx(398 / 1.001, rel=0.01)


def test_a_stabilised_picture_has_gravity_as_it_is_turned_against_the_body(movie):
    half = np.radians(30) / 2
    image = np.tile([np.cos(half), 0.0, 0.0, np.sin(half)], (30, 1))
    down = np.tile([0.0, 1.0, 0.0], (30, 1))
    add_telemetry(movie, [device(shorts("IORI", image, 32767), shorts("GRAV", down, 32767))] * 2, 1000)
    turned = known(known(gopro_tracks(movie)).gravity).values[0]
    assert turned == pytest.approx([-np.sin(np.radians(30)), np.cos(np.radians(30)), 0], abs=1e-3)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"DEVC" + bytes(60), "nothing in it"),
        (device(shorts("GYRO", readings(100), 3755))[:300], "cut off"),
        (device(nested("STRM", klv("SCAL", "s", 2, 1, bytes(2)), klv("GYRO", "s", 6, 2, bytes(12)))), "a scale of 0"),
        (device(floats("SHUT", np.full((30, 1), np.nan))), "no numbers"),
    ],
)
def test_a_damaged_track_tells_nothing_and_costs_no_clip(movie, payload, why):
    add_telemetry(movie, [payload] * 3, 1000)
    tracks, _ = read_sensors(read_clip(movie))
    assert tracks is None or tracks.gyro is None, why


def test_tracks_are_turned_with_the_picture():
    down = Samples(np.zeros(1), np.array([[0.0, 1.0, 0.0]]))
    tracks = SensorTracks("camera", gravity=down)
    # A camera on its head, whose file says so.
    assert known(tracks.upright(Orientation(False, True, True)).gravity).values.tolist() == [[0.0, -1.0, 0.0]]
    # A quarter turn: what was down the stored picture is across the upright one.
    assert known(tracks.upright(Orientation(True, True, False)).gravity).values.tolist() == [[1.0, 0.0, 0.0]]


LOG = """GYROFLOW IMU LOG
version,1.3
id,custom_logger_name
orientation,{orientation}
vendor,potatocam
frame_readout_time,15.23
frame_readout_direction,0
tscale,0.001
gscale,0.00122173047
ascale,0.00048828125
t,gx,gy,gz,ax,ay,az
0,39,86,183,-1137,-15689,-2986
1,56,100,202,-1179,-15694,-2887
2,63,108,218,-1247,-15702,-2794
"""


@pytest.mark.parametrize("orientation", ["YxZ", "XYZ", "xzY", "ZXy"])
def test_a_gyros_log_is_read_as_telemetry_parser_reads_it(tmp_path, orientation):
    pytest.importorskip("telemetry_parser")
    log = tmp_path / "clip.gcsv"
    log.write_text(LOG.format(orientation=orientation))
    ours, theirs = read_gyro_log(log), known(telemetry_tracks(log))
    assert known(ours.gyro).values == pytest.approx(known(theirs.gyro).values)
    assert known(ours.gyro).times_s == pytest.approx(known(theirs.gyro).times_s)
    assert known(ours.accelerometer).values == pytest.approx(known(theirs.accelerometer).values, rel=1e-3)
    assert ours.readout_s == pytest.approx(0.01523)
    assert "potatocam" in ours.source


def test_a_log_that_is_cut_off_in_a_line_is_read_up_to_there(tmp_path):
    log = tmp_path / "clip.gcsv"
    log.write_text(LOG.format(orientation="XYZ") + "3,70,1")
    assert len(known(read_gyro_log(log).gyro)) == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [("GYROFLOW IMU LOG\nversion,1.3\n", "no line of columns"), ("GYROFLOW IMU LOG\nt,gx,gy,gz\n", "no readings"),
     (LOG.format(orientation="QQQ"), "orientation"), (LOG.format(orientation="XYZ").replace("0.001\ng", "x\ng"), "x"),
     (LOG.format(orientation="XYZ").replace("0.001\ng", "nan\ng"), "a scale that is no number"),
     ("GYROFLOW IMU LOG\nt,gx,ax\n0,1,2\n1,2,3\n", "fewer columns")],
)  # fmt: skip
def test_a_log_that_is_none_is_told_and_the_clip_is_measured_without(movie, text, why):
    log = movie.with_suffix(".gcsv")
    log.write_text(text)
    with pytest.raises(GyroLogError, match=why):
        read_gyro_log(log)
    tracks, notes = read_sensors(read_clip(movie))
    assert tracks is None
    assert "measured without it" in notes[0]


def test_tables_of_another_kind_beside_a_clip_are_no_logs(movie):
    movie.with_suffix(".csv").write_text("frame,keeper\n0,1\n")
    assert not is_gyro_log(movie.with_suffix(".csv"))
    assert log_beside(movie) is None
    assert read_sensors(read_clip(movie)) == (None, ())


def test_hours_of_readings_take_hardly_more_memory_than_they_are(movie):
    stream = shorts("GYRO", readings(400), 1000), shorts("ACCL", readings(200), 100)
    add_telemetry(movie, [device(*stream)] * 300, 1000)
    clip = read_clip(movie)
    tracemalloc.start()
    try:
        tracks, _ = read_sensors(clip)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert tracks is not None
    there = [track for track in (tracks.gyro, tracks.accelerometer) if track is not None]
    assert [len(track) for track in there] == [120_000, 60_000]
    kept = sum(track.times_s.nbytes + track.values.nbytes for track in there)
    assert most < 1.5 * kept


def test_a_file_with_a_time_code_is_not_opened_again_to_look_for_sensors(tmp_path):
    path = write_movie(tmp_path / "clip.mov", GREY[:5])
    with av.open(str(path)) as given, av.open(str(tmp_path / "coded.mov"), "w") as made:
        made.metadata["timecode"] = "01:00:00:00"
        source = given.streams.video[0]
        stream = made.add_stream_from_template(source)
        for packet in given.demux(source):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    clip = read_clip(tmp_path / "coded.mov")
    with av.open(str(clip.path)) as coded:
        assert len(coded.streams.data) == 1
    clip.path.unlink()
    assert read_sensors(clip) == (None, ())


def test_a_track_that_is_no_gopros_may_be_another_makers(movie):
    add_telemetry(movie, [b"\\0\\1\\2\\3" * 8] * 3, 1000)
    assert read_clip(movie).data is DataTracks.OTHER
    add_telemetry(movie, [device(shorts("GYRO", readings(20), 100))] * 3, 1000)
    assert read_clip(movie).data is DataTracks.GOPRO
