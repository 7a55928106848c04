"""The same picture in every range, depth and curve comes back as the same luma; what camera says is believed."""

from pathlib import Path

import av
import numpy as np
import pytest
from video.converted import LAYOUTS, RAMP, clips_in, converted, write_converted

from rigcoach.measure.picture.log_curves import LOG_CURVES
from rigcoach.measure.picture.tone import TRANSFERS, bt709_signal, normalised_codes
from rigcoach.video.clip import read_clip, read_frames
from rigcoach.video.colour import normalised_luma

# Codes of 1023 that makers publish for black, a grey card and white paper of 90 %: the papers named in `log_curves`.
PUBLISHED = {
    "s-log2": (90, 347, 582),
    "s-log3": (95, 420, 598),
    "c-log": (128, 351, 614),
    "v-log": (128, 433, 602),
    "f-log": (95, 470, 705),
    "f-log2": (95, 400, 570),
    "d-log": (95, 408, 586),
}


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_level_comes_back_from_every_layout(tmp_path_factory: pytest.TempPathFactory, layout: str) -> None:
    ramp, _ = clips_in(layout, tmp_path_factory)
    clip = read_clip(ramp)
    assert clip.full_range == (LAYOUTS[layout][1] == "pc")
    assert clip.transfer == {"arib-std-b67": "hlg", "smpte2084": "pq"}.get(LAYOUTS[layout][2], "bt709")
    luma = next(iter(read_frames(clip))).luma.astype(int)
    off = np.abs(luma.mean(axis=0) - RAMP[0])
    if clip.transfer == "bt709":
        assert off.max() < 2.5
    else:
        # Highlights of HDR are white's neighbours; HLG's shadows stand between its two conversions.
        assert off[:245].max() < (7.5 if clip.transfer == "hlg" else 2.5)
        assert off[:245].mean() < 3
        assert luma.max() < 250


def test_rgb_and_kinds_of_planes_come_back_alike() -> None:
    (frame,) = converted([RAMP], "8 bits, limited")
    for kind in ("nv12", "yuyv422", "uyvy422", "p010le", "yuv420p10be", "yuv444p", "gray10le", "rgb24", "gbrp10le"):
        luma = normalised_luma(frame.reformat(format=kind), "bt709").astype(int)
        assert np.abs(luma - RAMP).max() <= 3, kind


def test_codes_of_limited_range_are_brought_to_full_range_by_bt_709s_own_equation() -> None:
    frame = av.VideoFrame.from_ndarray(np.vstack((RAMP, np.full((16, 256), 128, np.uint8))), "yuv420p")
    # ITU-R BT.709-6, item 5.6: black is 16 of 8 bits and white 235.
    wanted = np.clip(np.rint((np.arange(256) - 16) / 219 * 255), 0, 255)
    assert np.array_equal(normalised_luma(frame, "bt709"), np.tile(wanted, (32, 1)))


def test_white_of_hdr_is_that_of_the_report_on_reference_levels() -> None:
    # ITU-R BT.2408-7, table 1: diffuse white at 75 % of HLG and 58 % of PQ, a grey card at 38 % of either.
    assert bt709_signal(np.array([0.75, 0.38]), "hlg") == pytest.approx([1.0, 0.417], abs=0.015)
    assert bt709_signal(np.array([0.58, 0.38]), "pq") == pytest.approx([1.0, 0.42], abs=0.015)


@pytest.mark.parametrize("curve", PUBLISHED)
def test_log_curves_give_the_codes_that_makers_publish(curve: str) -> None:
    codes = np.arange(1024)
    signal = (codes - 64) / 876 if LOG_CURVES[curve].of_range else codes / 1023
    light = LOG_CURVES[curve].light(signal)
    assert [int(np.argmin(np.abs(light - of))) for of in (0.0, 0.18, 0.9)] == pytest.approx(PUBLISHED[curve], abs=1)


@pytest.mark.parametrize("transfer", TRANSFERS)
@pytest.mark.parametrize("full_range", [True, False])
def test_a_brighter_code_is_never_darker(transfer: str, full_range: bool) -> None:
    table = normalised_codes(transfer, full_range, 10).astype(int)
    assert (np.diff(table) >= 0).all()
    assert (table[0], table[-1]) == (0, 255)


NRT = (
    '<NonRealTimeMeta><AcquisitionRecord><Group name="CameraUnitMetadataSet">'
    '<Item name="CaptureGammaEquation" value="{}"/></Group></AcquisitionRecord></NonRealTimeMeta>'
)


@pytest.mark.parametrize(("said", "transfer"), [("s-log3-cine", "s-log3"), ("s-log2", "s-log2"), ("rec709", "bt709")])
def test_a_log_curve_named_beside_the_clip_is_believed(tmp_path: Path, said: str, transfer: str) -> None:
    path = write_converted(tmp_path / "C0001.MP4", [RAMP] * 2, "8 bits, limited")
    (tmp_path / "C0001M01.XML").write_text(NRT.format(said))
    assert read_clip(path).transfer == transfer


def test_a_log_curve_named_inside_the_clip_is_believed(tmp_path: Path) -> None:
    path = write_converted(tmp_path / "C0001.MP4", [RAMP] * 2, "8 bits, limited")
    xml = NRT.format("s-log3").encode()
    box = b"\0\0\0\0" + (len(xml) + 8).to_bytes(4) + b"xml " + xml
    path.write_bytes(path.read_bytes() + (len(box) + 8).to_bytes(4) + b"meta" + box)
    assert read_clip(path).transfer == "s-log3"


def test_a_title_is_no_curve(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "V-Log"
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = 256, 32
        for frame in converted([RAMP] * 2, "8 bits, limited"):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert read_clip(path).transfer == "bt709"
