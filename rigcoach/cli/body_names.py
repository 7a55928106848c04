"""One name for a body, whoever names it: as the gear's catalogue has it."""

import re

_ROMAN = {"2": "ii", "3": "iii", "4": "iv", "5": "v"}


def body_name(told: str, fallback: str = "") -> str:
    """Return the catalogue's name of a body, whatever names it: its id, or its model as libgphoto2 or the body has it.

    >>> body_name("canon-eos5dmark3"), body_name("Nikon DSC D750 (PTP mode)"), body_name("A body that nobody knows")
    ('Canon EOS 5D Mark III', 'Nikon D750', 'A body that nobody knows')

    Parameters
    ----------
    told
        The body as it is named somewhere.
    fallback
        What it is called where the catalogue does not know it; by default as it was told.
    """
    from rigcoach.base.errors import RigcoachError
    from rigcoach.rig.gear_files import load_gear

    try:
        bodies = load_gear().bodies.values()
    except RigcoachError:
        return fallback or told  # gear of one's own that is wrong is told where gear is used
    wanted = _key(told)
    return next((body.name for body in bodies if wanted in (_key(body.id), _key(body.name))), fallback or told)


def _key(text: str) -> str:
    """Return what is the same however a body's name is written."""
    text = re.sub(r"\(.*?\)|\bdsc\b|\bcorporation\b", " ", text.lower())
    text = re.sub(r"[^a-z0-9]", "", text)
    return re.sub(r"mark([2-5])$", lambda match: f"mark{_ROMAN[match[1]]}", text)
