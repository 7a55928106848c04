"""A body that answers as a real one did, from an exchange that somebody recorded."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rigcoach.emulated.ptp.faults import Delivery
from rigcoach.emulated.ptp.operations import Operation, PtpEvent, Response, ResponseCode

# Of the data of a setting: its length, and which.
_WHAT_IS_SET = 8


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One operation, with the data that the computer or the body sent, and the body's response."""

    code: int
    params: tuple[int, ...]
    sent: bytes
    got: bytes | None
    response: int


def exchanges(path: Path) -> list[Exchanged]:
    """Read a recorded exchange."""
    found: list[Exchanged] = []
    code, part = 0, ""
    params: tuple[int, ...] = ()
    parts: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        indent, text = len(line) - len(line.lstrip()), line.strip()
        if not text or text.startswith("#"):
            continue
        if indent == 0:
            first, *rest = text.split()
            code, params, parts = int(first, 16), tuple(int(each, 16) for each in rest), {}
        elif text in ("sent", "got"):
            part = text
            parts[part] = ""
        elif indent == 4:
            parts[part] += text
        else:
            got = bytes.fromhex(parts["got"]) if "got" in parts else None
            found.append(Exchanged(code, params, bytes.fromhex(parts.get("sent", "")), got, int(text, 16)))
    return found


class RecordedBody:
    """Answers each operation as it was answered when it was recorded, the last time again and again.

    What the computer did not ask then is refused; there are no more events than were told then.
    """

    name = "Canon EOS 60D"

    def __init__(self, recorded: list[Exchanged]) -> None:
        self._answers: dict[tuple[int, tuple[int, ...], bytes], list[Exchanged]] = defaultdict(list)
        for each in recorded:
            self._answers[each.code, each.params, each.sent[:_WHAT_IS_SET]].append(each)
        self.asked: list[Operation] = []

    def hang_up(self) -> None:
        """Nothing is to be forgotten."""

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return none: an EOS is polled for its events."""
        return ()

    def deliver(self, operation: Operation) -> Delivery:
        """Answer."""
        self.asked.append(operation)
        answers = self._answers.get((operation.code, operation.params, operation.data[:_WHAT_IS_SET]), [])
        if not answers:
            return Delivery(Response(ResponseCode.OPERATION_NOT_SUPPORTED))
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return Delivery(Response(answer.response, data=answer.got))
