"""The recordings on a card or in a folder, as cameras write them, and what else lies there.

Cards hold trees: DCIM for most, PRIVATE/AVCHD/BDMV/STREAM for AVCHD, M4ROOT/CLIP and XDROOT/Clip for XAVC, MP_ROOT,
CONTENTS (XF, P2), SD_VIDEO. Where a folder is the top of such a tree, or one on the way, its clips are looked for
below it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from rigcoach.base.clip_names import is_clip, is_hidden, is_proxy, is_proxy_name, is_sound, is_thumbnail
from rigcoach.base.outputs import kind_of
from rigcoach.base.progress import Advance, no_progress
from rigcoach.video.recordings import Recording, recordings

_CARD_FOLDERS = frozenset(
    ("private", "avchd", "bdmv", "m4root", "xdroot", "mp_root", "dcim", "contents", "sd_video", "xavc")
)


@dataclass(frozen=True, slots=True)
class Footage:
    """The recordings of a folder, in the order of their names, and how many files were skipped.

    Attributes
    ----------
    recordings
        What was recorded, each in one go.
    proxies, thumbnails
        Small copies of clips and pictures of them, which cameras write beside them.
    ours
        Clips that rigcoach wrote itself, with what was measured drawn in.
    others
        Files that are no clips.
    below
        Clips in folders of this one, which were not looked for.
    """

    recordings: tuple[Recording, ...] = ()
    proxies: int = 0
    thumbnails: int = 0
    ours: int = 0
    others: int = 0
    below: int = 0

    def passed_over(self) -> str | None:
        """Say what was left aside, for people; `None` where nothing was."""
        counted = (
            (self.proxies, "proxy", "proxies"),
            (self.thumbnails, "thumbnail", "thumbnails"),
            (self.ours, "annotated clip", "annotated clips"),
            (self.others, "other file", "other files"),
            (self.below, "clip in a subfolder (include it with -r)", "clips in subfolders (include them with -r)"),
        )
        parts = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
        if not parts:
            return None
        return f"Skipped: {', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else f"Skipped: {parts[0]}"


def find_footage(folder: Path, *, below: bool = False, advance: Advance = no_progress) -> Footage:
    """Return what was recorded in a folder.

    Parameters
    ----------
    folder
        A card, one of its folders, or any other.
    below
        Whether folders in it are looked into; those of a card always are. What is hidden is not looked at.
    advance
        Told of the clips looked at, and of how many.
    """
    below = below or _is_of_a_card(folder)
    clips: list[Path] = []
    proxies = thumbnails = ours = others = deeper = 0
    for path in _files(folder):
        # Whoever names a folder of proxies means them.
        proxy = is_proxy_name(path.name) if path.parent == folder else is_proxy(path)
        if not below and path.parent != folder:
            deeper += is_clip(path.name) and not proxy
        elif proxy:
            proxies += 1
        elif is_thumbnail(path):
            thumbnails += 1
        elif not is_clip(path.name) or is_sound(path):
            others += 1
        elif _is_ours(path):
            ours += 1
        else:
            clips.append(path)
    return Footage(recordings(clips, advance), proxies, thumbnails, ours, others, deeper)


def _is_of_a_card(folder: Path) -> bool:
    if {folder.name.lower(), folder.absolute().name.lower()} & _CARD_FOLDERS:
        return True
    try:
        return any(path.name.lower() in _CARD_FOLDERS and path.is_dir() for path in folder.iterdir())
    except OSError:
        return False


def _files(folder: Path) -> "list[Path]":
    """Return the files in a folder and below it; links to folders are not followed, what is hidden is left out."""
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        at = Path(here)
        found += [at / name for name in sorted(names) if not is_hidden(name) and (at / name).is_file()]
    return found


def _is_ours(path: Path) -> bool:
    try:
        return kind_of(path) is not None
    except OSError:
        return False  # who reads it tells why
