"""A mail saved as a file: its text, as it was written before it was packed to be sent."""

import email
import re
from email import policy
from email.message import EmailMessage, Message

# A mail begins with lines such as `From: ...`, of which one says how the text was packed or what it is (RFC 2045).
_HEADERS = re.compile(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}\r?\n")
_PACKED = re.compile(rb"^Content-(?:Type|Transfer-Encoding):", re.IGNORECASE | re.MULTILINE)


def text_of_mail(content: bytes) -> str | None:
    r"""Return the text of a mail, base64 and quoted-printable undone; `None` where a file is no mail, or has no text.

    Of several parts, such as attached files, the first is taken in which a path of a listing stands, else the first.

    >>> text_of_mail(b"From: a@b.c\nContent-Transfer-Encoding: base64\n\nSVNPIDQwMA==\n")
    'ISO 400'
    >>> text_of_mail(b"/main/imgsettings/iso\nLabel: ISO\n")
    """
    headers = _HEADERS.match(content)
    if headers is None or _PACKED.search(headers[0]) is None:
        return None
    message = email.message_from_bytes(content, policy=policy.default)
    texts = [text for part in message.walk() if (text := _text_of(part)) is not None]
    return next((text for text in texts if "/main/" in text), next(iter(texts), None))


def _text_of(part: Message) -> str | None:
    if not isinstance(part, EmailMessage) or part.is_multipart():
        return None
    try:
        content = part.get_content()
        return content.decode() if isinstance(content, bytes) else str(content)
    except (LookupError, ValueError):
        return None  # a charset of no known name, or what is no text
