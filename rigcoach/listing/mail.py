"""A mail saved as a file: its text, as it was written before it was packed to be sent."""

import email
import re
from email import policy
from email.message import EmailMessage

# A mail begins with lines such as `From: ...`, of which one says how the text was packed or what it is (RFC 2045).
_HEADERS = re.compile(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}\r?\n")
_PACKED = re.compile(rb"^Content-(?:Type|Transfer-Encoding):", re.IGNORECASE | re.MULTILINE)


def text_of_mail(content: bytes) -> str | None:
    r"""Return the text of a mail, base64 and quoted-printable undone; `None` where a file is no mail, or has no text.

    >>> text_of_mail(b"From: a@b.c\nContent-Transfer-Encoding: base64\n\nSVNPIDQwMA==\n")
    'ISO 400'
    >>> text_of_mail(b"/main/imgsettings/iso\nLabel: ISO\n")
    """
    headers = _HEADERS.match(content)
    if headers is None or _PACKED.search(headers[0]) is None:
        return None
    message = email.message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    if not isinstance(body, EmailMessage):
        return None
    try:
        text = body.get_content()
    except (LookupError, ValueError):
        return None  # a charset of no known name, or what is no text
    return text if isinstance(text, str) else None
