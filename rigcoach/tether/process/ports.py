"""Where cameras are: the ports at which libgphoto2 reaches them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rigcoach.tether import errors

GENERIC_NETWORK_MODEL = "PTP/IP Camera"


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A camera that is plugged in: its model as libgphoto2 knows it, and its port."""

    model: str
    port: str


def is_network(port: str) -> bool:
    """Whether a port is an address on a network."""
    return port.startswith(("ptpip:", "ip:"))


def choose(port: str, plugged_in: Callable[[], tuple[FoundPort, ...]]) -> FoundPort:
    """Return the camera that a user means by ``--camera``.

    Parameters
    ----------
    port
        ``"auto"``, or a libgphoto2 port such as ``usb:001,004`` or ``ptpip:192.168.1.2``.
    plugged_in
        Asked for the cameras that are plugged in where that matters.

    Raises
    ------
    CameraNotFoundError
        Where there is none, or more than one to choose from.
    """
    if is_network(port):
        _check_network_port(port)
        return FoundPort(GENERIC_NETWORK_MODEL, port)
    found = plugged_in()
    if port == "auto":
        if len(found) > 1:
            ports = ", ".join(f"{camera.port} ({camera.model})" for camera in found)
            raise errors.CameraNotFoundError(
                "more than one camera is connected", why=ports, next_step="Choose one with --camera PORT"
            )
        if not found:
            raise errors.none_found()
        return found[0]
    for camera in found:
        if camera.port == port:
            return camera
    raise errors.CameraNotFoundError(
        f"no camera at {port}",
        why="connected are " + ", ".join(camera.port for camera in found) if found else "none is connected",
        next_step="See `rigcoach camera list`; a port of USB changes every time a camera is plugged in",
    )


def find_again(port: str, model: str, plugged_in: tuple[FoundPort, ...]) -> str:
    """Return the port at which a camera is now that was at `port` before it was lost.

    A camera that is plugged in again gets another number on the bus; another of its model may not be taken for it.
    """
    same = [camera.port for camera in plugged_in if camera.model == model]
    return same[0] if len(same) == 1 and port not in same else port


def _check_network_port(port: str) -> None:
    """Refuse what libgphoto2 would refuse without a reason, or would half understand.

    With one port number it opens the events' connection at 15740 all the same, so that the number has to stand twice.
    """
    match = re.fullmatch(r"(?:ptpip|ip):(\d{1,3}(?:\.\d{1,3}){3})(?::(\d+)(?::(\d+))?)?", port)
    if match is None:
        raise errors.CameraNotFoundError(
            f"{port} is not the address of a camera",
            why="it has to be four numbers, not a name",
            next_step="Write it like ptpip:192.168.1.2",
        )
    if match[2] and not match[3]:
        raise errors.CameraNotFoundError(
            f"{port} names one port, and a camera has two",
            next_step=f"Write {port}:{match[2]} where both are the same",
        )
