"""The JSON document on the target card."""

from pathlib import Path

from rigcoach.base.documents import Document
from rigcoach.sheets.page import CHECK_BAR_MM
from rigcoach.sheets.target import Paper


def target_document(paper: Paper, path: Path) -> Document:
    """Return what ``target --json`` prints: what was written where, and its true sizes."""
    return {
        "schema": "rigcoach.target/1",
        "file": str(path),
        "paper": paper.name,
        "paper_mm": [round(paper.width_mm, 2), round(paper.height_mm, 2)],
        "card_mm": [round(paper.card.width_mm, 2), round(paper.card.height_mm, 2)],
        "markers": [marker.id for marker in paper.card.markers],
        "check_bar_mm": CHECK_BAR_MM,
    }
