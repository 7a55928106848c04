"""A Canon EOS body's custom functions, as they go over the wire: groups of functions with their values.

Layout and behaviour after ``camlibs/ptp2/canon-eos-customfunc.txt`` of libgphoto2 (A. Waggershauser), which shows an
EOS 5D Mark II's own: 32-bit words, the size of all in bytes, the number of groups (always 1), the group, its size from
that word on, the number of functions, then each function's number, how many values it has, and these. A body tells
every group in a record of its own. One that is sent sets the functions that it names and the rest of its group back to
what they were when new; where the number of the group is another's, nothing happens.
"""

import struct
from dataclasses import dataclass

MIRROR_LOCKUP = 0x60F


@dataclass(frozen=True, slots=True)
class CustomFunction:
    """A function and its values, mostly one."""

    number: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FunctionGroup:
    """The functions of one page of the menu."""

    number: int
    functions: tuple[CustomFunction, ...]

    def words(self) -> tuple[int, ...]:
        """Return the group as words.

        >>> [f"{word:x}" for word in FunctionGroup(3, (CustomFunction(MIRROR_LOCKUP, (1,)),)).words()]
        ['20', '1', '3', '14', '1', '60f', '1', '1']
        """
        told = [word for each in self.functions for word in (each.number, len(each.values), *each.values)]
        size = 4 * (2 + len(told))
        return (12 + size, 1, self.number, size, len(self.functions), *told)

    def pack(self) -> bytes:
        """Return the group's bytes."""
        words = self.words()
        return struct.pack(f"<{len(words)}I", *words)

    def given(self, asked: "FunctionGroup", new: "FunctionGroup") -> "FunctionGroup":
        """Return the group after it was sent `asked`: what that names, and the rest as on the `new` body."""
        wanted = {each.number: each for each in asked.functions}
        return FunctionGroup(self.number, tuple(wanted.get(each.number, each) for each in new.functions))

    def value(self, number: int) -> int | None:
        """Return the first value of a function; None if it isn't in the group."""
        return next((each.values[0] for each in self.functions if each.number == number and each.values), None)


FunctionGroups = tuple[FunctionGroup, ...]


def groups_in(value: object) -> FunctionGroups:
    """Return the groups of functions in a property's value; none in any other value."""
    return tuple(each for each in value if isinstance(each, FunctionGroup)) if isinstance(value, tuple) else ()


def unpack_group(data: bytes) -> FunctionGroup:
    """Read a group.

    Raises
    ------
    ValueError
        On bytes that are none.
    """
    if len(data) < 20 or len(data) % 4:
        raise ValueError("custom functions are made of whole words")
    return group_of(struct.unpack(f"<{len(data) // 4}I", data))


def group_of(words: tuple[int, ...]) -> FunctionGroup:
    """Read a group from its words.

    Raises
    ------
    ValueError
        On words that are none.

    >>> group_of((0x20, 1, 3, 0x14, 1, 0x60F, 1, 1)).value(MIRROR_LOCKUP)
    1
    """
    if len(words) < 5 or words[0] != 4 * len(words) or words[1] != 1 or words[3] != 4 * (len(words) - 3):
        raise ValueError("custom functions whose sizes are wrong")
    _, _, group, _, count, *rest = words
    functions = []
    for _ in range(count):
        if len(rest) < 2 or len(rest) < 2 + rest[1]:
            raise ValueError("a custom function that is cut short")
        functions.append(CustomFunction(rest[0], tuple(rest[2 : 2 + rest[1]])))
        rest = rest[2 + rest[1] :]
    if rest:
        raise ValueError("more custom functions than were announced")
    return FunctionGroup(group, tuple(functions))
