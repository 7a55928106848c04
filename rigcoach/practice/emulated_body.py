"""Whether a body is an emulated one: what is practised on it counts for nothing."""

import ipaddress

from rigcoach.listing.model import BodyListing


def is_emulated(port: str, listing: BodyListing) -> bool:
    """Return whether a body is emulated, by its serial number of zeros; where it tells none, by its place.

    A body on this computer's own network address is a program; a real one may be reached there through a tunnel, and
    tells its serial number.

    >>> is_emulated("ptpip:127.0.0.1:15740:15740", BodyListing(body="x", manufacturer="", model="X", widgets=()))
    True
    """
    serial = (listing.current("serialnumber") or "").strip()
    if serial:
        return not serial.strip("0")
    return on_this_computer(port)


def on_this_computer(port: str) -> bool:
    """Return whether a camera's port is an address of this computer itself.

    >>> on_this_computer("ptpip:127.0.0.1:15740:15740"), on_this_computer("ptpip:192.168.1.2"), on_this_computer("auto")
    (True, False, False)
    """
    kind, _, rest = port.partition(":")
    if kind != "ptpip":
        return False
    host = rest.partition(":")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
