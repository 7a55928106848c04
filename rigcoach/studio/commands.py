"""What the studio calls: the same functions as the commands, handed to it by the command that starts it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rigcoach.practice.open_session import OpenSession, Prompter
from rigcoach.practice.run_plan import RunPlan
from rigcoach.tether.camera import Camera
from rigcoach.tether.diagnosis import Facts


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands' own functions.

    Attributes
    ----------
    opened_camera
        Opens the camera that ``--camera`` means.
    examine
        Gathers what ``camera doctor`` looks at.
    run_plan
        Returns what ``drill run`` would rehearse of a drill, by its name, and whether it is its test that is due.
    finish
        What ``drill run`` does when a session is over: its report is written.
    emulated
        Whether the camera is the emulated one, whose sessions count among themselves only.
    """

    opened_camera: Callable[[], AbstractContextManager[Camera]]
    examine: Callable[[], Facts]
    run_plan: Callable[[str, bool], RunPlan]
    finish: Callable[[Prompter, OpenSession], None]
    emulated: bool = False
