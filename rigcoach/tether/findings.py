"""What the camera doctor finds."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a camera is ready all the same."""

    PROBLEM = "problem"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found at a camera: what it is, and the one safe thing to do."""

    code: str
    text: str
    next_step: str
    severity: Severity = Severity.PROBLEM
