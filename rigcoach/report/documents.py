"""The JSON documents on what was written."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rigcoach.base.documents import Document
from rigcoach.report.story_card import Story


def review_document(files: Iterable[Path]) -> Document:
    """Return what ``review --json`` prints: the files written, the report first."""
    return {"schema": "rigcoach.review/1", "files": [str(path) for path in files]}


def log_report_document(page: Path) -> Document:
    """Return what ``log report --json`` prints."""
    return {"schema": "rigcoach.log-report/1", "files": [str(page)]}


def card_document(told: Story, card: Path) -> Document:
    """Return what ``log card --json`` prints: the file, and what stands on it."""
    return {"schema": "rigcoach.log-card/1", "files": [str(card)], **asdict(told)}
