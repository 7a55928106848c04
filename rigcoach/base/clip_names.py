"""Which files on a card or in a folder are clips, and which are small copies or pictures of them, by their names."""

import os
import re
from pathlib import Path

# Containers that cameras, phones and recorders write; every one is read by FFmpeg. AVCHD: .mts, .m2ts; XAVC and XF:
# .mp4, .mxf; phones: .3gp; spherical cameras: .insv, .360; DV and HDV: .dv, .m2t; broadcast and old bodies: .mpg, .avi;
# DVD camcorders: .vob; recorders on computers: .flv.
_ENDINGS = (
    *(".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm"),
    *(".mts", ".m2ts", ".m2t", ".ts", ".mxf", ".mpg", ".mpeg", ".mod", ".tod", ".vob", ".dv"),
    *(".3gp", ".3gpp", ".3g2", ".insv", ".360", ".wmv", ".asf", ".qt", ".flv"),
)
# The same picture once more, small: GoPro's, DJI's and Insta360's by their endings or the beginning of their names,
# Sony's C0001S03.MP4, Canon's and editors' by the end.
_PROXY_ENDINGS = (".lrv", ".lrf", ".glv")
_PROXY_NAME = re.compile(r"lrv_.*|[a-z]\d{4}s\d\d|.*[_-]proxy", re.IGNORECASE)
# Blackmagic and Panasonic keep them in PROXY, Sony in M4ROOT/SUB and XDROOT/Sub.
_PROXY_FOLDER, _SUB_FOLDER, _ROOTS = "proxy", "sub", frozenset({"m4root", "xdroot"})
# Windows' and Android's folders of what was deleted, found by a check of the card, or is the system's own; Synology's.
_SYSTEMS_OWN = re.compile(
    r"\$recycle\.bin|recycler|recycled|system volume information|found\.\d{3}|lost\.dir|lost\+found|@eadir",
    re.IGNORECASE,
)
_THUMBNAIL_ENDINGS = (".thm", ".tdt", ".tid", ".scr")
_THUMBNAIL_FOLDERS = frozenset({"thmbnl", "avchdtn", "icon"})


_LONGEST_NAME = 120
MOST_NAME_BYTES = 255
"""As long as a file's name can be on the file systems of today."""


def local_name(name: str) -> str:
    r"""Return a name for a file that a camera, which is another's work, calls so: no folder, nothing that is no text.

    >>> local_name("MVI_0001.MOV"), local_name("../../.bashrc"), local_name("a\0b\x1b[2J.MOV"), local_name("..")
    ('MVI_0001.MOV', '_bashrc', 'a_b_[2J.MOV', '_')
    """
    plain = "".join(character if character.isprintable() else "_" for character in name.replace("\\", "/"))
    plain = plain.rsplit("/", 1)[-1]
    if not plain or plain.startswith("."):
        plain = "_" + plain.lstrip(".")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < _LONGEST_NAME // 2:
        return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:_LONGEST_NAME]


def file_name(stem: str, ending: str) -> str:
    r"""Return a stem and an ending as a file's name, the stem cut short where file systems would not take it.

    >>> file_name("MVI_0001", ".review.html"), len(file_name("é" * 200, ".review.html").encode())
    ('MVI_0001.review.html', 254)
    """
    return f"{stem_for(stem, len(os.fsencode(ending)))}{ending}"


def stem_for(stem: str, ending_bytes: int) -> str:
    """Return a stem, cut short where file systems would not take it with an ending of so many bytes."""
    whole = os.fsencode(stem)
    # A letter of several bytes goes as a whole; a byte of its own, of a name that is no UTF-8, may stay.
    while len(whole) > MOST_NAME_BYTES - ending_bytes:
        stem = stem[:-1]
        whole = os.fsencode(stem)
    return stem


def is_beside(path: Path) -> bool:
    """Whether a file is there that another's name leads to; none has a name that is longer than file systems take."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_hidden(path: str) -> bool:
    """Whether a file on a card, or a folder that it is in, is hidden: by other systems' custom it is no clip.

    So are the folders in which computers keep what was deleted or found, and notes of their own.

    >>> is_hidden("/DCIM/100EOS5D/._MVI_0001.MOV"), is_hidden("/.Trashes/501/MVI_0001.MOV"), is_hidden("/DCIM/A.MOV")
    (True, True, False)
    >>> is_hidden("/$RECYCLE.BIN/S-1-5-21/$RABCDEF.MP4"), is_hidden("FOUND.000/FILE0000.MP4")
    (True, True)
    """
    return any(part.startswith(".") or _SYSTEMS_OWN.fullmatch(part) is not None for part in path.split("/"))


def is_clip(name: str) -> bool:
    """Whether a file is a movie, by its name.

    >>> is_clip("MVI_0001.MOV"), is_clip("00001.MTS"), is_clip("MVI_0001.THM"), is_clip("._MVI_0001.MOV")
    (True, True, False, False)
    """
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")


def is_proxy(path: Path) -> bool:
    """Whether a file is a clip's small copy, by its name or the folder that cameras keep such in.

    >>> is_proxy(Path("GL010042.LRV")), is_proxy(Path("M4ROOT/SUB/C0001S03.MP4")), is_proxy(Path("CLIP/C0001.MP4"))
    (True, True, False)
    """
    return is_proxy_name(path.name) or (is_clip(path.name) and _is_proxy_folder(path.parent))


def is_proxy_name(name: str) -> bool:
    """Whether a name alone says that a file is a clip's small copy.

    >>> is_proxy_name("C0001S03.MP4"), is_proxy_name("A001_Proxy.mov"), is_proxy_name("C0001.MP4")
    (True, True, False)
    """
    if name.lower().endswith(_PROXY_ENDINGS):
        return True
    return is_clip(name) and _PROXY_NAME.fullmatch(Path(name).stem) is not None


def _is_proxy_folder(folder: Path) -> bool:
    name = folder.name.lower()
    return name == _PROXY_FOLDER or (name == _SUB_FOLDER and folder.parent.name.lower() in _ROOTS)


def is_sound(path: Path) -> bool:
    """Whether a file is the sound of a clip on a P2 card, which keeps it apart, in files of the same ending.

    >>> is_sound(Path("CONTENTS/AUDIO/0001AB00.MXF")), is_sound(Path("CONTENTS/VIDEO/0001AB.MXF"))
    (True, False)
    """
    return path.parent.name.lower() in ("audio", "voice") and path.parent.parent.name.lower() == "contents"


def is_thumbnail(path: Path) -> bool:
    """Whether a file is the small picture that a camera writes beside a clip.

    >>> is_thumbnail(Path("GX010042.THM")), is_thumbnail(Path("THMBNL/C0001T01.JPG")), is_thumbnail(Path("a.jpg"))
    (True, True, False)
    """
    return path.suffix.lower() in _THUMBNAIL_ENDINGS or path.parent.name.lower() in _THUMBNAIL_FOLDERS
