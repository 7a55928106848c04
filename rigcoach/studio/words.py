"""Which language a browser gets."""

import re

from rigcoach.report.catalogue import LANGUAGES

_WANTED = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([0-9.]+)\s*)?")


def wanted_language(accepted: str) -> str:
    """Return the language to speak to a browser, by its Accept-Language (RFC 9110, 12.5.4).

    >>> wanted_language("fr-CH, de;q=0.8, en;q=0.7"), wanted_language("de-AT"), wanted_language("")
    ('de', 'de', 'en')
    """
    found: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        match = _WANTED.fullmatch(part)
        if match and match[1].lower() in LANGUAGES:
            try:
                weight = float(match[2] or 1)
            except ValueError:
                continue
            found.append((-weight, match[1].lower()))
    return min(found, key=lambda each: each[0], default=(0.0, LANGUAGES[0]))[1]
