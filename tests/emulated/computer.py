"""A computer with libgphoto2: its own ptp2 driver at an emulated body."""

import contextlib
import os
import time
from collections.abc import Iterator

import gphoto2 as gp

from rigcoach.emulated.process import EmulatedBody

FOLDER = "/store_00010001/DCIM/100EOS5D"


class Computer:
    """A session of libgphoto2 with a body."""

    def __init__(self, port_path: str, model: str = "Canon EOS 5D Mark II") -> None:
        ports, models = gp.PortInfoList(), gp.CameraAbilitiesList()
        ports.load()
        models.load()
        self.camera = gp.Camera()
        self.camera.set_port_info(ports[ports.lookup_path(port_path)])
        self.camera.set_abilities(models[models.lookup_model(model)])
        self.camera.init()

    def exit(self) -> None:
        # Leaving a PTP/IP camera closes file descriptor 0 of the process (libgphoto2, ptpip.c,
        # ptp_ptpip_disconnect closes jpgfd, which is 0 there).
        kept = os.dup(0)
        try:
            self.camera.exit()
        finally:
            os.dup2(kept, 0)
            os.close(kept)

    def get(self, name: str) -> object:
        return self.camera.get_single_config(name).get_value()

    def choices(self, name: str) -> list[str]:
        return list(self.camera.get_single_config(name).get_choices())

    def set(self, name: str, value: object) -> None:
        widget = self.camera.get_single_config(name)
        widget.set_value(value)
        self.camera.set_single_config(name, widget)

    def preview(self, within_s: float = 30.0) -> bytes:
        # On a busy machine the first frame takes longer than the driver waits for it (3 s).
        deadline = time.monotonic() + within_s
        while True:
            try:
                # The picture's memory is gone with the file object, so the file is held while it is copied.
                picture = self.camera.capture_preview()
            except gp.GPhoto2Error as error:
                if error.code != gp.GP_ERROR or time.monotonic() > deadline:
                    raise
                continue
            return bytes(picture.get_data_and_size())

    def new_file(self, folder: str = FOLDER, within_s: float = 60.0) -> str:
        """Wait for a file to be added; return its name."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            kind, data = self.camera.wait_for_event(200)
            if kind == gp.GP_EVENT_FILE_ADDED:
                assert data.folder == folder
                return str(data.name)
        raise AssertionError("no file was added")

    def record(self, seconds: float) -> str:
        self.preview()
        self.set("movierecordtarget", "Card")
        time.sleep(seconds)
        self.set("movierecordtarget", "None")
        return self.new_file()

    def fetch(self, name: str) -> bytes:
        file = self.camera.file_get(FOLDER, name, gp.GP_FILE_TYPE_NORMAL)
        return bytes(file.get_data_and_size())

    def files(self) -> list[str]:
        found = self.camera.folder_list_files(FOLDER)
        return [found.get_name(index) for index in range(found.count())]

    def free_kb(self) -> int:
        return int(self.camera.get_storageinfo()[0].freekbytes)


@contextlib.contextmanager
def connected(body: EmulatedBody) -> Iterator[Computer]:
    """Take leave of the body in the end, even of one that isn't there any more."""
    computer = Computer(body.port_path, body.model)
    try:
        yield computer
    finally:
        with contextlib.suppress(gp.GPhoto2Error):
            computer.exit()
