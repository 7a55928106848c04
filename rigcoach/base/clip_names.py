"""Which files on a card or in a folder are clips, and what else lies beside them, by their names."""

from dataclasses import dataclass
from pathlib import Path

# Containers that cameras, phones and recorders write; every one is read by FFmpeg. AVCHD: .mts, .m2ts; XAVC and XF:
# .mp4, .mxf; phones: .3gp; spherical cameras: .insv, .360; DV and HDV: .dv, .m2t; broadcast and old bodies: .mpg, .avi.
_ENDINGS = (
    *(".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm"),
    *(".mts", ".m2ts", ".m2t", ".ts", ".mxf", ".mpg", ".mpeg", ".mod", ".tod", ".dv"),
    *(".3gp", ".3g2", ".insv", ".360", ".wmv"),
)
# The same picture once more, small: GoPro, DJI and Insta360 proxies.
_PROXIES = (".lrv", ".lrf", ".glv")
_PROXY_FOLDERS = frozenset({"proxy", "sub", "thmbnl"})


@dataclass(frozen=True, slots=True)
class FoundClips:
    """The clips of a folder, in the order of their names, and how many other files were passed over.

    Attributes
    ----------
    clips
        Clips, at any depth.
    proxies
        How many small copies of clips, which cameras write beside them, were left aside.
    others
        How many files that are no clips.
    """

    clips: tuple[Path, ...]
    proxies: int
    others: int

    def passed_over(self) -> str | None:
        """Say what was left aside, for people; `None` where nothing was."""
        parts = []
        if self.proxies:
            parts.append(f"{self.proxies} small {'copy' if self.proxies == 1 else 'copies'} of clips")
        if self.others:
            parts.append(f"{self.others} {'file that is no clip' if self.others == 1 else 'files that are no clips'}")
        return f"Passed over: {' and '.join(parts)}" if parts else None


def is_clip(name: str) -> bool:
    """Whether a file is a movie, by its name.

    >>> is_clip("MVI_0001.MOV"), is_clip("00001.MTS"), is_clip("MVI_0001.THM"), is_clip("._MVI_0001.MOV")
    (True, True, False, False)
    """
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")


def is_proxy(path: Path) -> bool:
    """Whether a file is a clip's small copy, by its ending or the folder that cameras keep such in.

    >>> is_proxy(Path("GL010042.LRV")), is_proxy(Path("M4ROOT/SUB/C0001S03.MP4")), is_proxy(Path("CLIP/C0001.MP4"))
    (True, True, False)
    """
    return path.name.lower().endswith(_PROXIES) or (is_clip(path.name) and path.parent.name.lower() in _PROXY_FOLDERS)


def clips_in(folder: Path) -> FoundClips:
    """Return the clips in a folder and in those in it: a card's tree may be four folders deep.

    What is hidden is not looked at.
    """
    clips: list[Path] = []
    proxies = others = 0
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts) or not path.is_file():
            continue
        if is_proxy(path):
            proxies += 1
        elif is_clip(path.name):
            clips.append(path)
        else:
            others += 1
    return FoundClips(tuple(clips), proxies, others)
