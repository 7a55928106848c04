"""A Sony: its properties in one answer, buttons that a computer presses, what was shot under one handle.

In which order libgphoto2's driver asks: ``camlibs/ptp2/library.c``, fixup_cached_deviceinfo, camera_sony_capture and
camera_capture_preview.
"""

import struct

from rigcoach.emulated.body import Handlers
from rigcoach.emulated.card import STORAGE_ID, Card, CardObject
from rigcoach.emulated.ptp.datasets import ObjectInfo, pack_u16s
from rigcoach.emulated.ptp.operations import (
    ObjectFormat,
    Operation,
    OperationCode,
    OperationRefusedError,
    Response,
    ResponseCode,
)
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty
from rigcoach.emulated.shooting import PLAIN, REAL_CLOCKS, Clocks, Film, Options
from rigcoach.emulated.sony import sony_model
from rigcoach.emulated.sony.sony_model import BUTTONS, Code, SonyOperation
from rigcoach.emulated.sony.sony_settings import SonySettings
from rigcoach.emulated.standard.standard_body import StandardBody
from rigcoach.emulated.standard.standard_model import StandardModel

# In front of the picture the body tells where it begins, and of focus and sizes, which nobody here reads.
_LIVE_VIEW_HEADER = struct.pack("<I", 136).ljust(136, b"\0")


class SonyBody(StandardBody):
    """A Sony with a lens on it and a card in it.

    Parameters
    ----------
    model
        What it is made of.
    version
        The version of Sony's extension that it speaks, in hundredths.
    card, film, options, clocks
        As for `Body`.
    """

    settings: SonySettings
    _makes_settings = SonySettings
    _movie_name = "C{:04}.MP4"
    _still_name = "DSC0{:04}"
    _raw_suffix = ".ARW"
    _image_format = Code.COMPRESSION
    _falling_back = (Code.SHUTTER_SPEED, Code.ISO)

    def __init__(
        self,
        model: StandardModel,
        version: int,
        card: Card,
        film: Film,
        options: Options = PLAIN,
        clocks: Clocks = REAL_CLOCKS,
    ) -> None:
        super().__init__(model, card, film, options, clocks)
        self._version = version
        self._shots: list[CardObject] = []

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OperationCode.GET_OBJECT_INFO: self._get_object_info,
            OperationCode.GET_OBJECT: self._get_object,
            SonyOperation.CONNECT: self._connect,
            SonyOperation.GET_EXT_DEVICE_INFO: self._get_ext_device_info,
            SonyOperation.SET_EXT_DEVICE_PROP_VALUE: self._set_property,
            SonyOperation.CONTROL_DEVICE: self._control_device,
            SonyOperation.GET_ALL_EXT_DEVICE_PROP_INFO: self._get_all_properties,
        }

    def _forget_session(self) -> None:
        super()._forget_session()
        self._shots.clear()
        self._count_shots()

    # What it tells

    def _emit_property(self, code: int) -> None:
        self._emit(sony_model.PROPERTY_CHANGED, code)

    def _emit_battery(self) -> None:
        if Code.BATTERY_LEVEL in self.settings.codes:
            self.settings.put(Code.BATTERY_LEVEL, self.battery_percent)

    def emit_recording(self, *, on: bool) -> None:
        """Tell the computer that a movie began or ended."""
        if Code.MOVIE_STATE in self.settings.codes:
            self.settings.put(Code.MOVIE_STATE, int(on))

    def emit_still_for_computer(self, new: CardObject) -> None:
        """Tell the computer of a still in the body's memory that it is to fetch."""
        self._shots.append(new)
        self._count_shots()
        self._emit(sony_model.OBJECT_ADDED, sony_model.SHOT_HANDLE)

    def emit_taking_still(self, *, on: bool) -> None:
        """Say nothing: a computer looks for what was shot."""

    def _count_shots(self) -> None:
        if Code.SHOTS_IN_MEMORY in self.settings.codes:
            self.settings.put(Code.SHOTS_IN_MEMORY, sony_model.SHOT_IS_READY + len(self._shots) if self._shots else 0)

    # What a computer asks

    def _connect(self, _operation: Operation) -> Response:
        return Response(data=bytes(8))

    def _get_ext_device_info(self, _operation: Operation) -> Response:
        codes = self.settings.codes
        controls = [each for each in codes if each in BUTTONS]
        settings = [each for each in codes if each not in BUTTONS]
        return Response(data=struct.pack("<H", self._version) + pack_u16s(settings) + pack_u16s(controls))

    def _get_all_properties(self, _operation: Operation) -> Response:
        packed = [self._describe_sony(self.settings[code]) for code in self.settings.codes]
        return Response(data=struct.pack("<II", len(packed), 0) + b"".join(packed))

    def _describe_sony(self, found: DeviceProperty) -> bytes:
        """Return a property as Sony describes it: whether it is to be had now stands behind the standard's."""
        described = found.describe()
        return described[:5] + bytes([1 if found.writable else 0]) + described[5:]

    def _control_device(self, operation: Operation) -> Response:
        code = operation.param(0)
        if code in BUTTONS:
            self._button(code, pressed=int.from_bytes(operation.data[:2], "little") == sony_model.PRESSED)
        elif len(operation.data) == 1:
            self.settings.step(code, int.from_bytes(operation.data, "little", signed=True))
        else:
            self.settings.put(code, self.settings.wanted(code, operation.data))
        return Response()

    def _button(self, code: int, *, pressed: bool) -> None:
        match code:
            case Code.HALF_PRESS:
                self.settings.put(Code.FOCUS_FOUND, sony_model.FOCUS_IS_FOUND if pressed else sony_model.RELEASED)
            case Code.PRESS if pressed:
                self._still(for_computer=self.settings.number(Code.SAVE_TO, 0) != sony_model.TO_CARD_ALONE)
            case Code.MOVIE_BUTTON if pressed:
                self._shooting.start_live_view(self.settings.exposure())
                self._start_recording()
            case Code.MOVIE_BUTTON:
                self._shooting.stop_recording()

    # What was shot, and live view

    def _get_object_info(self, operation: Operation) -> Response:
        match operation.param(0):
            case sony_model.LIVE_VIEW_HANDLE:
                self._start_live_view()
                return Response(data=self._info(ObjectFormat.JPEG, 1 << 20, "liveview.jpg"))
            case sony_model.SHOT_HANDLE:
                shot = self._shot()
                return Response(data=self._info(shot.format, shot.size_bytes, shot.name))
        return self._use_card(operation)

    def _get_object(self, operation: Operation) -> Response:
        match operation.param(0):
            case sony_model.LIVE_VIEW_HANDLE:
                jpeg = self._shooting.live_view_frame(self.settings.exposure())
                if jpeg is None:
                    raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
                return Response(data=_LIVE_VIEW_HEADER + jpeg)
            case sony_model.SHOT_HANDLE:
                shot = self._shot()
                data = self._memory.read(shot.handle)
                self._shots.remove(shot)
                self._memory.delete(shot.handle)
                self._count_shots()
                return Response(data=data)
        return self._use_card(operation)

    def _shot(self) -> CardObject:
        if not self._shots:
            raise OperationRefusedError(ResponseCode.INVALID_OBJECT_HANDLE)
        return self._shots[0]

    @staticmethod
    def _info(format_code: int, size_bytes: int, name: str) -> bytes:
        return ObjectInfo(STORAGE_ID, format_code, size_bytes, 0, name, None, is_folder=False).pack()
