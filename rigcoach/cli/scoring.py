"""What clips are scored on and against: options that `score` and `review` share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rigcoach.cli import completing
from rigcoach.cli.configured import configured_rig, remember
from rigcoach.cli.detector_offer import models_option, offer_detector
from rigcoach.cli.distances import height
from rigcoach.cli.options import CommandOptions

if TYPE_CHECKING:
    from rigcoach.api import Scoring
    from rigcoach.measure.picture.box import Box


_MOST_LOOKED_AT = 20  # clips, for the camera's name: a card is from one


@dataclass(frozen=True, slots=True)
class ScoringOptions:
    """What the options ask for."""

    subject: "tuple[str, Box | None]"
    fixed: bool
    rig_profile: str | None
    shutter_s: float | None
    drill: str | None
    height_m: float | None
    place: tuple[float, float] | None
    scale: str | None
    headroom: tuple[float, float] | None
    models: str | None

    @property
    def given(self) -> bool:
        """Whether any was given."""
        framing = (self.place, self.scale, self.headroom)
        others = (self.rig_profile, self.shutter_s, self.drill, self.height_m, *framing)
        return self.subject != ("auto", None) or self.fixed or any(value is not None for value in others)

    @property
    def files(self) -> list[Path]:
        """The files that were named: they are not to be written over."""
        named = (Path(name).expanduser() for name in (self.rig_profile, self.drill) if name)
        return [path for path in named if path.is_file()]

    def read(self, settings: CommandOptions, clips: Sequence[str]) -> "Scoring":
        """Return them with the drill and the profile read; without either, with the rig that is configured for `clips`.

        Raises
        ------
        rigcoach.base.errors.RigcoachError
            Where there is no such drill or profile, or it can't be used.
        """
        from rigcoach.api import scoring_of
        from rigcoach.rig.profile import load_profile

        kind, box = self.subject
        rig = self.rig_profile
        if rig is not None:
            load_profile(rig)  # a name that is misspelt is told before anything is remembered
            for model in set(_models(clips)):
                remember(settings, model, rig)
        elif self.drill is None:
            rig = configured_rig(settings, _models(clips))
        scoring = scoring_of(
            box or kind,
            fixed=self.fixed,
            drill=self.drill,
            rig=rig,
            shutter_s=self.shutter_s,
            height_m=self.height_m,
            place=self.place,
            scale=self.scale,
            headroom=self.headroom,
        )
        offer_detector(settings, self.models, scoring.choice.kind)
        return scoring


def _models(clips: Sequence[str]) -> tuple[str, ...]:
    """Return the models of the cameras that clips name, of the first few that name one."""
    from rigcoach.video.recordings import camera_model

    files = [path for path in map(Path, clips) if path.is_file()][:_MOST_LOOKED_AT]
    return tuple(model for model in map(camera_model, files) if model)


def scoring_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options, which the command gets as `scoring`."""

    @wraps(command)
    def with_scoring(
        *arguments: Any,
        subject: "tuple[str, Box | None]",
        fixed: bool,
        rig_profile: str | None,
        shutter: float | None,
        drill: str | None,
        height_m: float | None,
        place: tuple[float, float] | None,
        scale: str | None,
        headroom: tuple[float, float] | None,
        models: str | None,
        **options: Any,
    ) -> Any:
        scoring = ScoringOptions(subject, fixed, rig_profile, shutter, drill, height_m, place, scale, headroom, models)
        return command(*arguments, scoring=scoring, **options)

    wrapped: Callable[..., Any] = models_option(with_scoring)
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _subject(context: click.Context, parameter: click.Parameter, text: str) -> "tuple[str, Box | None]":
    """Parse the option's text: a kind of subject, and its box or none."""
    from rigcoach.drills.model import SUBJECTS

    if text in SUBJECTS:
        return text, None
    if not text.startswith("box:"):
        raise click.BadParameter(f"{text!r} is none of {', '.join(SUBJECTS)}, box:X,Y,W,H", context, parameter)
    try:
        x, y, width, height = (float(part) for part in text[4:].split(","))
    except ValueError:
        wrong = f"{text!r}: a box is four numbers, as in box:812,301,240,339"
        raise click.BadParameter(wrong, context, parameter) from None
    if not (width >= 1 and height >= 1):
        raise click.BadParameter(f"{text!r}: a box needs a width and a height", context, parameter)
    return "box", (x, y, width, height)


def _place(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[float, float] | None:
    """Parse the option's text: two fractions of the frame, or a place by its name."""
    if text is None:
        return None
    from rigcoach.drills.model import PLACES

    if text in PLACES:
        return PLACES[text]
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        wrong = (
            f"{text!r} is not a position: give two fractions of the frame, as 0.33,0.5, or one of {', '.join(PLACES)}"
        )
        raise click.BadParameter(wrong, context, parameter)
    return x, y


def _scale(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Check the option's text: the name of a shot scale."""
    from rigcoach.optics.shots import SHOT_NAMES

    if text is not None and text not in SHOT_NAMES:
        raise click.BadParameter(f"{text!r} is none of {', '.join(SHOT_NAMES)}", context, parameter)
    return text


def _headroom(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[float, float] | None:
    """Parse the option's text: a band, in fractions of the frame's height."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split("-"))
    except ValueError:
        low = high = -1.0
    if not 0 <= low < high <= 1:
        raise click.BadParameter(f"{text!r} is not a headroom band such as 0.05-0.15", context, parameter)
    return low, high


def _shutter(context: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    """Parse the option's text: a fraction of a second, or seconds."""
    if text is None:
        return None
    above, slash, below = text.partition("/")
    try:
        seconds = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        seconds = 0.0
    if not 0 < seconds <= 1:
        raise click.BadParameter(f"{text!r} is not a shutter speed for video such as 1/50", context, parameter)
    return seconds


_OPTIONS = (
    click.option(
        "--subject",
        callback=_subject,
        default="auto",
        show_default=True,
        metavar="auto|target|face|person|box:X,Y,W,H",
        help="Subject to score. auto: the target card, else the main face or person. A box is given in "
        "pixels of the first frame and tracked from there.",
    ),
    click.option("--fixed", is_flag=True, help="Keep the box fixed instead of tracking its contents."),
    click.option(
        "--rig",
        "rig_profile",
        metavar="PROFILE",
        shell_complete=completing.profiles,
        help="Profile the clip was shot with: its lens gives distances, its shutter speed the motion blur.",
    ),
    click.option(
        "--shutter",
        callback=_shutter,
        metavar="TIME",
        help="The clip's shutter speed, such as 1/50, if the profile doesn't give it: needed for motion blur.",
    ),
    click.option(
        "--drill",
        metavar="NAME[:TAKE]",
        shell_complete=completing.drills,
        help="Score against the framing, subject and rig of this drill's first take, or of take TAKE.",
    ),
    click.option(
        "--place",
        callback=_place,
        metavar="X,Y",
        help="Target position of the subject's centre: fractions of the frame such as 0.33,0.5, or centre, "
        "left-third, right-third. Without it, the position of people is not scored.",
    ),
    click.option("--scale", metavar="SHOT", callback=_scale, help="Shot size wanted, such as medium or close-up."),
    click.option(
        "--headroom",
        callback=_headroom,
        metavar="LOW-HIGH",
        help="Headroom wanted above the person, as fractions of the frame's height, such as 0.05-0.15.",
    ),
    click.option(
        "--height",
        "height_m",
        type=height,
        metavar="HEIGHT",
        help="Height of the person, such as 1.75, 5ft9 or 1.75m: with --rig it makes distances more accurate.",
    ),
)
