"""Magnified live view, by which a lens without autofocus is focused."""

from collections.abc import Iterator
from contextlib import contextmanager

from rigcoach.listing.model import BodyListing
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraError, CameraLostError
from rigcoach.tether.explain import explained
from rigcoach.tether.live_view import in_any_case

ZOOMS = (1, 5, 10)
"""How many times an EOS magnifies."""

_ZOOM, _PLACE = "eoszoom", "eoszoomposition"


def can_magnify(listing: BodyListing) -> bool:
    """Whether a body's live view can be magnified over the cable.

    An EOS can. A Nikon has a setting for it, but libgphoto2 names its values otherwise than the bodies do.
    """
    return listing.widget(_ZOOM) is not None


@contextmanager
def magnified(camera: Camera, zoom: int, at_px: tuple[int, int] | None = None) -> Iterator[None]:
    """Keep live view, which has to be on, magnified.

    Parameters
    ----------
    camera
        The camera.
    zoom
        One of `ZOOMS`.
    at_px
        Left and top of what is magnified, in the pixels of the body's largest picture; as the body has it if None.

    Raises
    ------
    CameraRefusedError, CameraBusyError
        Where the body does not magnify.
    CameraLostError
        Where the camera is lost.
    """
    # Sent, whatever the body says to it, before anything else can fail: nothing tells how it stands.
    with in_any_case(lambda: camera.set(_ZOOM, "1")):
        try:
            camera.set(_ZOOM, str(zoom))
            if at_px is not None:
                camera.set(_PLACE, f"{at_px[0]},{at_px[1]}")
        except CameraLostError:
            raise
        except CameraError as error:
            raise explained(camera, error) from error
        yield
