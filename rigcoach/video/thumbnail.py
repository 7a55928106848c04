"""What a camera writes beside a movie: the thumbnail of an EOS, whose Exif data tell the shutter speed."""

import warnings
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD, Base

from rigcoach.base.clip_names import is_beside

THUMBNAIL_ENDINGS = (".THM", ".thm")
# Slower than any movie's frames come; a still that has the clip's name by chance may say more.
_LONGEST_S = 1.0


def shutter_beside(clip: Path) -> float | None:
    """Return the exposure time in seconds that the thumbnail beside a movie gives, `MVI_0001.THM` for `MVI_0001.MOV`.

    It is the ExposureTime of Exif 2.32 (CIPA DC-008, 4.6.5), as it was when the recording began. None where there is
    no such file, or it does not say.
    """
    for suffix in THUMBNAIL_ENDINGS:
        path = clip.with_suffix(suffix)
        if not is_beside(path):
            continue
        try:
            # Of what is wrong with it the photographer need not hear.
            with warnings.catch_warnings(action="ignore"), Image.open(path, formats=("JPEG",)) as picture:
                told = picture.getexif().get_ifd(IFD.Exif).get(Base.ExposureTime)
            seconds = float(told) if told is not None else 0.0
        except Exception:  # noqa: BLE001 - a thumbnail that cannot be read tells nothing; the movie is another file
            return None
        return seconds if 0 < seconds < _LONGEST_S else None
    return None
