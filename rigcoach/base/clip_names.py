"""By which names movies are known on a card."""

_ENDINGS = (".mov", ".mp4", ".m4v", ".avi", ".mkv")


def is_clip(name: str) -> bool:
    """Whether a file is a movie, by its name.

    >>> is_clip("MVI_0001.MOV"), is_clip("MVI_0001.THM"), is_clip("._MVI_0001.MOV")
    (True, False, False)
    """
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")
