"""What to do after a command that went well: one line, ``Next: ...``, on standard error."""

import shlex
from collections.abc import Mapping
from typing import Any

# What each command is followed by; {names} are its arguments and options. Commands that are left out name their own
# next step, or end a way.
_STEPS = {
    "demo": "score a clip of your own: rigcoach score CLIP",
    "camera list": "rigcoach camera doctor{camera}",
    "camera doctor": "rigcoach profile list, then rigcoach profile apply NAME{camera}",
    "camera show": "keep these settings: rigcoach profile capture NAME{camera}",
    "camera record": "rigcoach review {out} --open",
    "camera fetch": "rigcoach score {out}",
    "camera live": "hear the framing while you look: rigcoach camera live --coach both{camera}",
    "gear list": "rigcoach gear show ID",
    "gear search": "rigcoach gear show ID",
    "gear show": "check what goes together: rigcoach gear check BODY LENS",
    "gear check": "rigcoach profile new NAME --body {body_id} --lens {lens_id}",
    "gear add": "rigcoach gear check BODY LENS",
    "profile list": "rigcoach profile show NAME",
    "profile show": "with the camera connected: rigcoach profile check {name}",
    "profile check": "rigcoach profile apply {name}{camera}",
    "profile apply": "rigcoach drill run DRILL{camera}; rigcoach profile restore{camera} brings the old settings back",
    "profile restore": "rigcoach camera show{camera}",
    "profile capture": "rigcoach profile show {name}",
    "profile new": "with the camera connected: rigcoach profile check {name}",
    "target": "print it, then film it and run: rigcoach score CLIP --subject target",
    "focus zone": "take it along: rigcoach focus table --out pocket.pdf{rig}",
    "focus table": "rigcoach focus scale --diameter MM --throw DEG{rig}",
    "focus scale": "check the ring's marks: rigcoach focus calibrate CLIP@MARK...{rig}",
    "focus calibrate": "rigcoach focus table --out pocket.pdf{rig}",
    "focus assist": "rigcoach drill run DRILL{camera}",
    "aim": "rehearse it: rigcoach drill list",
    "drill list": "rigcoach drill show NAME",
    "drill show": "rigcoach drill run {name}",
    "drill new": "rigcoach drill run {name}",
    "drill run": "rigcoach review last --open",
    "ingest": "rigcoach review last --open",
    "score": "see what went wrong, and where: rigcoach review {clips[0]}{how} --open",
    "review": "rehearse what went wrong: rigcoach drill list",
    "log show": "rigcoach review {session} --open",
    "log trend": "rigcoach log report --open",
    "log rebuild": "rigcoach log",
    "models install": "rigcoach score CLIP",
}
# Where the option that is given has a next step of its own.
_OTHERWISE = {
    ("camera live", "coach"): "rehearse it: rigcoach drill list",
    ("gear list", "mounts"): "rigcoach gear add lens",
    ("profile apply", "dry_run"): "rigcoach profile apply {name}{camera}",
    ("profile restore", "list_them"): "rigcoach profile restore SNAPSHOT{camera}",
    ("drill run", "untethered"): "rigcoach ingest",
    ("drill run", "sheet"): "shoot the takes, then: rigcoach ingest FOLDER",
    ("drill run", "no_camera"): "rigcoach ingest FOLDER",
    ("score", "cluster"): "read the rows with any program that knows Parquet; their columns: docs/scale.md",
    ("focus zone", "near_m"): "rigcoach focus table --out pocket.pdf{rig}",
    ("review", "open_it"): "rehearse what went wrong: rigcoach drill list",
}

_NOT_GIVEN = (None, False, "", (), "off")


def next_step(command: str, options: Mapping[str, Any], camera: str = "") -> str | None:
    """Return what comes after a command, to be read after ``Next:``; None where nothing does.

    >>> next_step("drill show", {"name": "hip 3m"})
    "rigcoach drill run 'hip 3m'"
    >>> next_step("score", {"clips": ("DCIM",), "recursive": True})
    'see what went wrong, and where: rigcoach review DCIM -r --open'

    Parameters
    ----------
    command
        Its words, without ``rigcoach``.
    options
        Its arguments and options, as click names them.
    camera
        How the camera was named, as `` --camera emulated``.
    """
    options = {**options, str(options.get("kind")): True} if command == "gear list" else options
    others = (
        text for (of, option), text in _OTHERWISE.items() if of == command and options.get(option) not in _NOT_GIVEN
    )
    text = next(others, _STEPS.get(command))
    if text is None:
        return None
    words = {name: _quoted(value) for name, value in options.items()}
    words["name"] = words.get("name") or "NAME"
    profile = options.get("rig_profile")
    words["rig"] = f" --rig {shlex.quote(profile)}" if profile else ""
    flags = (flag for option, flag in (("recursive", " -r"), ("sequence", " --sequence")) if options.get(option))
    words["camera"] = camera
    words["how"] = "".join(flags)
    return text.format_map(words)


def _quoted(value: Any) -> Any:
    if isinstance(value, tuple):
        return [shlex.quote(str(each)) for each in value]
    return "" if value is None else shlex.quote(str(value))
