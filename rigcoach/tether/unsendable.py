"""Values that libgphoto2 shows but cannot send: it crashes."""

UNSENDABLE_ON_PANASONIC = frozenset({"expmode", "capturetarget", "liveviewsize", "mfadjust", "manualfocusdrive"})
"""On a Panasonic with the maker's extension, up to libgphoto2 2.5.34 at least: it takes the data for their address
(``camlibs/ptp2/ptp.c``, ptp_panasonic_recordmode and those beside it)."""
