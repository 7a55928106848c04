"""The score that clips must reach, by `--fail-under`."""

from collections.abc import Sequence

from rigcoach.base.errors import RigcoachError

_MOST_NAMED = 50


class FellShortError(RigcoachError):
    """What was asked for was done only in part."""

    code = "score.fell-short"


def check_bar(low: Sequence[str], count: int, bar: float) -> None:
    """Make sure that none of `count` clips is below a bar; `low` are those that are.

    Raises
    ------
    FellShortError
        Some are.
    """
    if low:
        more = f" and {len(low) - _MOST_NAMED} more" if len(low) > _MOST_NAMED else ""
        why = f"{', '.join(low[:_MOST_NAMED])}{more}"
        raise FellShortError(f"{len(low)} of {count} clips score under {bar:g}", why=why)
