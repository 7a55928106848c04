"""Which maker's body a listing shows."""

from rigcoach.listing.model import BodyListing

_MAKERS = ("canon", "fuji", "nikon", "sony", "panasonic", "olympus")

# What Olympus's cameras are called since they are made by another company; libgphoto2 takes them for one, too.
_ALSO = {"omsystem": "olympus", "om system": "olympus", "om digital": "olympus", "lumix": "panasonic"}

# Older listings leave the maker out; these widgets only one maker's bodies have.
_TELLTALES = {
    "picturestyle": "canon",
    "autoexposuremode": "canon",
    "imageformatcf": "canon",
    "controlmode": "nikon",
    "shutterspeed2": "nikon",
    "focusmode2": "nikon",
    "filmsimulation": "fuji",
}


def maker_of(listing: BodyListing) -> str:
    """Return the maker's short name, such as ``"canon"``; empty where it is not known.

    >>> maker_of(BodyListing("", "Canon Inc.", "Canon EOS R5", ()))
    'canon'
    """
    stated = f"{listing.manufacturer} {listing.model} {listing.body}".lower()
    for maker in _MAKERS:
        if maker in stated:
            return maker
    for name, maker in _ALSO.items():
        if name in stated:
            return maker
    return next((maker for name, maker in _TELLTALES.items() if listing.widget(name) is not None), "")
