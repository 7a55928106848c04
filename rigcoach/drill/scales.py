"""Shot scales as a drill's file names them: how large a person is in the frame, from far to near."""

from rigcoach.measure.shot import SHOTS

SCALES = {shot.removesuffix(" shot").replace(" ", "-"): shot for shot in SHOTS}
"""What `rigcoach.measure.shot` calls each, by its name in a file: ``medium-long`` for "medium long shot"."""
