"""What a camera is set to."""

from rigcoach.tether.camera import Camera


def state(camera: Camera) -> dict[str, str]:
    """Every widget's value, but for the clock's."""
    return {w.path: w.current for w in camera.listing().widgets if w.name != "datetime"}
