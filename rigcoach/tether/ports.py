"""Where cameras are: ports, and what libgphoto2 knows about what is plugged in there."""

import re
from dataclasses import dataclass
from typing import Any

import gphoto2 as gp

from rigcoach.tether import errors
from rigcoach.tether.libgphoto import own_settings

GENERIC_NETWORK_MODEL = "PTP/IP Camera"


@dataclass(frozen=True, slots=True)
class Found:
    """A camera that is plugged in: its model as libgphoto2 knows it, and its port."""

    model: str
    port: str


def plugged_in() -> tuple[Found, ...]:
    """Return the cameras that libgphoto2 finds by itself. Cameras on a network are not among them."""
    with own_settings():
        found = gp.Camera.autodetect()
    return tuple(Found(model, found.get_value(at)) for at, model in enumerate(names_of(found)))


def names_of(entries: Any) -> tuple[str, ...]:
    """Return the names in one of libgphoto2's lists: of cameras, folders or files."""
    return tuple(entries.get_name(at) for at in range(entries.count()))


def choose(port: str) -> Found:
    """Return the camera that a user means by ``--camera``.

    Parameters
    ----------
    port
        ``"auto"``, or a libgphoto2 port such as ``usb:001,004`` or ``ptpip:192.168.1.2``.

    Raises
    ------
    CameraNotFoundError
        Where there is none, or more than one to choose from.
    """
    if port.startswith(("ptpip:", "ip:")):
        _check_network_port(port)
        return Found(GENERIC_NETWORK_MODEL, port)
    found = plugged_in()
    if port == "auto":
        if len(found) > 1:
            ports = ", ".join(f"{camera.port} ({camera.model})" for camera in found)
            raise errors.CameraNotFoundError(
                "more than one camera is plugged in", why=ports, next_step="Choose one with --camera PORT"
            )
        if not found:
            raise errors.none_found()
        return found[0]
    for camera in found:
        if camera.port == port:
            return camera
    raise errors.CameraNotFoundError(
        f"no camera at {port}",
        why="plugged in are " + (", ".join(camera.port for camera in found) or "none"),
        next_step="See `rigcoach camera list`; a port of USB changes every time a camera is plugged in",
    )


def _check_network_port(port: str) -> None:
    """Refuse what libgphoto2 would refuse without a reason, or would half understand.

    With one port number it opens the events' connection at 15740 all the same, so that the number has to stand twice.
    """
    match = re.fullmatch(r"(?:ptpip|ip):(\d{1,3}(?:\.\d{1,3}){3})(?::(\d+)(?::(\d+))?)?", port)
    if match is None:
        raise errors.CameraNotFoundError(
            f"{port} is no address of a camera",
            why="it has to be four numbers, not a name",
            next_step="Write it like ptpip:192.168.1.2",
        )
    if match[2] and not match[3]:
        raise errors.CameraNotFoundError(
            f"{port} names one port, and a camera has two",
            next_step=f"Write {port}:{match[2]} where both are the same",
        )


def new_camera(model: str, port: str) -> Any:
    """Return libgphoto2's object for a camera of that model at that port, not yet connected.

    Raises
    ------
    CameraNotFoundError
        Where libgphoto2 knows no such model or port.
    """
    models, every_port = gp.CameraAbilitiesList(), gp.PortInfoList()
    models.load()
    every_port.load()
    camera = gp.Camera()
    try:
        camera.set_abilities(models[models.lookup_model(model)])
    except gp.GPhoto2Error as error:
        raise errors.CameraNotFoundError(
            f"libgphoto2 does not know the model {model}", next_step="See `gphoto2 --list-cameras`"
        ) from error
    try:
        # An entry lives only as long as its list: it is used here and not handed out.
        camera.set_port_info(every_port[every_port.lookup_path(port)])
    except gp.GPhoto2Error as error:
        raise errors.CameraNotFoundError(
            f"{port} is no port that libgphoto2 knows", next_step="See `rigcoach camera list`"
        ) from error
    return camera
