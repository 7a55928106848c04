"""What mails, pages, tables, editors and logs put around each line of a text, removed again.

Some marks are known (quoting, numbers of lines, times in brackets). Others are found: what stands before and behind a
path is the same on every line of a log, but for its digits.
"""

import html
import re
from collections import Counter

# Quoting, tables, numbers of lines, times.
_BEFORE = re.compile(r"(?:\s*(?:[>|#]|\[[^\]]*\]|\d+[:.)]?(?=\s)))+ ?")
_ESCAPED = re.compile(r"^\s*&gt;", re.MULTILINE)
# Colours, and what else steers a terminal (ECMA-48, 5.4).
_STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_TAGS = "html|body|div|p|pre|code|br|span|table|tbody|tr|td|blockquote|details|summary|font|b|i|tt"
_TAG = re.compile(rf"</?(?:{_TAGS})\b[^<>]*>", re.IGNORECASE)
_NEW_LINE = re.compile(r"<(?:br|/p|/div|/tr|/pre)\b[^<>]*>|(?<=>)(?=/main/)", re.IGNORECASE)
_AROUND_A_PATH = re.compile(r'(.*?)/main(?:/[^/\s"<>|\\]+)+(.*)')
_DIGITS = re.compile(r"\d+")
_LEAST_SHARE = 0.5  # of the paths, for what stands around them to be a margin
_LONGEST = 80


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their margins; each keeps its place, but in pages."""
    text = _STEERING.sub("", text)
    if _TAG.search(text):
        text = html.unescape(_TAG.sub("", _NEW_LINE.sub("\n", text)))
    elif _ESCAPED.search(text):
        text = html.unescape(text)
    lines = text.splitlines()
    margins = _margins(lines)
    return [_without(line if margins is None else margins.sub(r"\1", line)) for line in lines]


def _without(line: str) -> str:
    before = _BEFORE.match(line)
    return line if before is None else line[before.end() :]


def _margins(lines: list[str]) -> re.Pattern[str] | None:
    """Return what stands around lines, as a pattern whose group is the line itself; None where nothing does."""
    around: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if found := _AROUND_A_PATH.fullmatch(_without(line)):
            before, after = found[1], found[2]
            if len(before) <= _LONGEST and len(after) <= _LONGEST:
                around[_DIGITS.sub("0", before), after] += 1
    if not around:
        return None
    (before, after), count = around.most_common(1)[0]
    if not (before.strip() or after.strip()) or count < max(2, _LEAST_SHARE * around.total()):
        return None
    head = r"\d+".join(map(re.escape, before.strip().split("0"))).replace(r"\ ", r"\s+")
    tail = re.escape(after.strip())
    return re.compile(rf"^(?:\s*{head} ?)?(.*?)(?:\s*{tail}\s*)?$" if tail else rf"^(?:\s*{head} ?)?(.*)$")
