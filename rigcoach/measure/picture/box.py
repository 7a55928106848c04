"""Boxes in a frame: `(x, y, width, height)` in pixels, origin at the top left, x to the right, y down."""

Box = tuple[float, float, float, float]


def inside(box: Box | None, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """Return the whole pixels `(left, top, right, bottom)` of `box` in a plane of `shape`, right and bottom excluded.

    No box means the whole plane; `None` is returned where the box covers no pixel of it.

    >>> inside((-10, 5.4, 30, 10), (100, 200))
    (0, 5, 20, 15)
    >>> inside((300, 0, 10, 10), (100, 200)) is None
    True
    """
    height, width = shape[:2]
    if box is None:
        return (0, 0, width, height)
    x, y, w, h = box
    left, top = max(round(x), 0), max(round(y), 0)
    right, bottom = min(round(x + w), width), min(round(y + h), height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def centre(box: Box) -> tuple[float, float]:
    """Return the middle of a box, in pixels.

    >>> centre((10, 20, 4, 6))
    (12.0, 23.0)
    """
    x, y, w, h = box
    return (x + w / 2, y + h / 2)


def overlap(a: Box, b: Box) -> float:
    """Return the area two boxes share over the area they cover together, 0 to 1 (the Jaccard index).

    >>> overlap((0, 0, 2, 2), (1, 0, 2, 2))
    0.3333333333333333
    """
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared) if shared else 0.0
