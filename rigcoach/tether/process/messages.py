"""What goes between a camera and its worker process."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """Something to do: the name of a method of `Driver` and what it takes.

    `limit_s` is when the worker ends itself, should it still be at it: the asker is gone by then, or has given up.
    """

    serial: int
    method: str
    arguments: tuple[Any, ...]
    limit_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of the request with that serial number: a result, or the error to raise."""

    serial: int
    result: Any = None
    error: Exception | None = None
