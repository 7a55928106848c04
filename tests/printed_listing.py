"""A listing as gphoto2 prints it."""

from rigcoach.listing.model import BodyListing


def as_printed(listing: BodyListing) -> str:
    """Return what ``gphoto2 --list-all-config`` prints of a body."""
    lines = []
    for widget in listing.widgets:
        lines += [widget.path, f"Label: {widget.label}"]
        lines += [f"Readonly: {int(widget.readonly)}"] if widget.readonly is not None else []
        lines += [f"Type: {widget.type}", f"Current: {widget.current}"]
        lines += [f"Choice: {number} {choice}" for number, choice in enumerate(widget.choices)]
        if widget.span is not None:
            lines += [f"Bottom: {widget.span.bottom:g}", f"Top: {widget.span.top:g}", f"Step: {widget.span.step:g}"]
        lines += ["END"] if widget.readonly is not None else []
    return "\n".join(lines)
