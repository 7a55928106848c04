"""A camera on the cable: libgphoto2's real driver and the emulated body."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.listing.model import WidgetType
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import (
    CameraBusyError,
    CameraLostError,
    CameraNotFoundError,
    CameraRefusedError,
    at_opening,
    response_code,
    while_using,
)


def test_the_whole_configuration_is_read(camera: Camera) -> None:
    listing = camera.listing()
    assert (listing.body, listing.manufacturer) == ("canon-eos-5d-mark-ii", "Canon Inc.")
    iso = listing.widget("iso")
    assert iso is not None
    assert (iso.path, iso.type, iso.readonly) == ("/main/imgsettings/iso", WidgetType.RADIO, False)
    assert {"Auto", "100", "6400"} <= set(iso.choices)
    lens = listing.widget("lensname")
    assert lens is not None
    assert lens.readonly


@pytest.mark.slow
def test_what_is_set_is_read_back(camera: Camera) -> None:
    camera.set("/main/imgsettings/iso", "1600")
    assert camera.read_back("iso").current == "1600"
    assert camera.listing().current("iso") == "1600"


def test_a_value_that_is_not_listed_is_not_sent(camera: Camera) -> None:
    before = camera.read_back("iso").current
    with pytest.raises(ValueError, match="lists no '401'"):
        camera.set("iso", "401")
    assert camera.read_back("iso").current == before


@pytest.mark.slow
def test_a_refusal_is_told_and_the_camera_goes_on(camera: Camera) -> None:
    with pytest.raises(CameraRefusedError):
        camera.set("lensname", "Noct")
    with pytest.raises(CameraRefusedError, match="no such setting"):
        camera.get("nosuch")
    assert camera.read_back("iso").current


@pytest.mark.slow
def test_a_body_that_stays_busy_is_asked_again_and_then_told_of(camera: Camera) -> None:
    # With live view off the body answers busy for ever.
    with pytest.raises(CameraBusyError, match="stayed busy"):
        camera.set("movierecordtarget", "Card")


def test_a_camera_that_is_gone_is_noticed_though_the_library_remembers_its_values(
    camera: Camera, body: EmulatedBody, capfd: pytest.CaptureFixture[str]
) -> None:
    before = camera.read_back("iso").current
    body.kill()
    assert camera.get("iso").current == before  # out of the library's memory
    for use in (lambda: camera.read_back("iso"), camera.listing, camera.files, lambda: camera.set("iso", "100")):
        with pytest.raises(CameraLostError, match="cable"):
            use()
    camera.close()
    assert capfd.readouterr().err == ""  # nothing of the library's own complaints


@pytest.mark.slow
def test_standard_input_stays_open_whatever_way_a_camera_goes(body: EmulatedBody) -> None:
    before = os.fstat(0)
    with Camera(body.port_path, model=body.model):
        pass
    assert os.path.samestat(os.fstat(0), before)
    forgotten = Camera(body.port_path, model=body.model)
    del forgotten
    gc.collect()
    assert os.path.samestat(os.fstat(0), before)
    body.kill()
    with pytest.raises(CameraNotFoundError):
        Camera(body.port_path, model=body.model)
    assert os.path.samestat(os.fstat(0), before)


@pytest.mark.slow
def test_a_camera_left_open_at_the_end_of_a_program_is_let_go_of(body: EmulatedBody) -> None:
    code = (
        "import sys\n"
        "from rigcoach.tether.camera import Camera\n"
        "camera = Camera(sys.argv[1], model=sys.argv[2])\n"
        "print(camera.get('iso').current)\n"
    )
    for _ in range(2):  # the body serves one at a time: the second gets in only if the first has left
        done = subprocess.run(
            [sys.executable, "-c", code, body.port_path, body.model], capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        assert done.stdout.strip()


@pytest.mark.slow
def test_a_camera_that_was_let_go_of_opens_again(body: EmulatedBody) -> None:
    with Camera(body.port_path, model=body.model) as camera:
        camera.set("iso", "1600")
        camera.reopen()
        assert camera.read_back("iso").current == "1600"


def test_a_network_camera_of_unknown_model_opens_too(body: EmulatedBody) -> None:
    with Camera(body.port_path) as camera:
        assert camera.listing().model == "Canon EOS 5D Mark II"


@pytest.mark.slow
def test_libgphoto2_keeps_its_settings_among_ours(camera: Camera, home: Path) -> None:
    camera.listing()
    assert (home / "gphoto" / "settings").read_text().startswith("ptp2=capturetarget=card")
    assert os.environ.get("XDG_CONFIG_HOME") != str(home)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("auto", "no camera found"),
        ("usb:250,250", "no camera at usb:250,250"),
        ("ptpip:localhost", "four numbers"),
        ("ptpip:127.0.0.1:9999", "ptpip:127.0.0.1:9999:9999"),
        ("ptpip:127.0.0.1:9:9", "no camera answers"),
        ("banana", "no camera at banana"),
    ],
)
def test_a_port_without_a_camera_is_told_with_what_to_do(port: str, said: str) -> None:
    with pytest.raises(CameraNotFoundError) as caught:
        Camera(port)
    assert said in caught.value.line()
    assert caught.value.next_step


def test_ptp_codes_are_read_out_of_what_the_driver_says() -> None:
    said = "The property 'ISO Speed' / 0xd103 was not set (0x2019: PTP Device Busy)."
    assert response_code(said) == 0x2019
    assert isinstance(while_using("setting iso", -1, said), CameraBusyError)
    assert response_code("PTP I/O Error (0x02ff: I/O error)") is None
    assert response_code("Canon EOS Get Changes failed (0x2002: PTP General Error)") is None  # a closed connection
    assert "no card" in while_using("fetching", -1, "PTP Store Not Available").line()
    assert "full" in while_using("recording", -1, "failed (0x200c: PTP Store Full)").line()


def test_a_claimed_camera_names_who_holds_it() -> None:
    told = at_opening("usb:001,004", -53, "").line()
    assert "in use by another program" in told
    assert "gio mount -s gphoto2" in told or "ptpcamerad" in told
