"""What a listing says of the state that a body was in: exposure mode, lens, maker."""

from dataclasses import dataclass

from rigcoach.listing.maker import maker_of
from rigcoach.listing.model import BodyListing
from rigcoach.rig.gear import Rig
from rigcoach.tether.settings import values, vocabulary

EXPOSURE_MODE_WIDGETS = (
    "autoexposuremodedial",
    "autoexposuremode",
    "expprogram",
    "shootingmode",
    "exposuremode",
    "expmode",
)
SHUTTER_WIDGETS = ("shutterspeed2", "shutterspeed", "exptime", "nikon-shutterspeed")
APERTURE_WIDGETS = ("f-number", "aperture")

# The modes in which the photographer, not the body, chooses the shutter speed or the aperture. EOS bodies list the
# choices in these only; in Fv ("flexible") both are open.
SHUTTER_MODES = frozenset({"manual", "shutter", "fv"})
APERTURE_MODES = frozenset({"manual", "aperture", "fv", "bulb"})


@dataclass(frozen=True, slots=True)
class BodyState:
    """The state of a body, as far as a listing shows it.

    `mode` is a word of `exposure_mode`, ``"fv"``, ``"bulb"`` or ``"other"``; None where the listing does not tell.
    `mode_label` is what the body itself calls it. `movies` says that it is to be set for movies, whose settings some
    Nikons keep apart.
    """

    listing: BodyListing
    rig: Rig
    mode: str | None
    mode_label: str
    movies: bool = False

    @property
    def maker(self) -> str:
        """The maker's short name, such as ``"canon"``; empty where it is not known."""
        return maker_of(self.listing)

    @property
    def is_canon(self) -> bool:
        """Whether the body is a Canon."""
        return self.maker == "canon"

    @property
    def chosen_by_the_body(self) -> tuple[str, ...]:
        """The settings that are not the photographer's to choose in the mode that the body is in."""
        if self.mode is None:
            return ()
        modes = (("shutter", SHUTTER_MODES), ("aperture", APERTURE_MODES))
        chosen = tuple(setting for setting, open_in in modes if self.mode not in open_in)
        return (*chosen, "exposure_compensation") if self.mode == "manual" else chosen

    @property
    def aperture_by_hand(self) -> str:
        """Where the aperture is set by hand (``"the lens ring"``), judged by the rig and by what the body sees."""
        if self.rig.aperture_by_hand:
            return self.rig.aperture_by_hand
        return "the lens ring" if self._sees_no_electronic_lens() else ""

    def _sees_no_electronic_lens(self) -> bool:
        """Whether the body reports no aperture although it would, had the lens a chip.

        Judged by the value alone: libgphoto2 keeps old choices when a lens is taken off.
        """
        reported = [w.current for name in APERTURE_WIDGETS if (w := self.listing.widget(name)) is not None]
        lens_name = self.listing.current("lensname")
        if not reported:
            # An EOS without a chipped lens may leave the property out altogether.
            return self.is_canon and lens_name == "" and self.mode in APERTURE_MODES
        if any(values.f_number(value) for value in reported):
            return False
        if lens_name == "":
            return True
        if self.mode is not None and self.mode not in APERTURE_MODES:
            return False  # the body chooses the aperture now, so that it has none to tell
        # A body that reports ISO 0 too has not reported anything yet.
        return self.listing.current("iso") != "0"


def state_of(listing: BodyListing, rig: Rig, *, movies: bool = False) -> BodyState:
    """Return the state that a listing shows, where it is to be set for movies or not."""
    label = next((value for name in EXPOSURE_MODE_WIDGETS if (value := listing.current(name))), "")
    return BodyState(listing, rig, _mode(label, maker_of(listing)), label, movies)


def _mode(label: str, maker: str) -> str | None:
    if not label or vocabulary.is_unnamed(label):
        return None
    if vocabulary.fold(label) in ("fv", "bulb"):
        return vocabulary.fold(label)
    if vocabulary.find((label,), vocabulary.spellings("exposure_mode", "program", maker)):
        return "program"
    return vocabulary.word_of("exposure_mode", label) or "other"
