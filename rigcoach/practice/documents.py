"""The JSON documents on practice beside the camera."""

from collections.abc import Sequence
from dataclasses import asdict

from rigcoach.base.documents import Document
from rigcoach.journal.documents import gain_document
from rigcoach.practice.distance_trainer import JudgedDistance, bias_by_distance, gain_over_days


def distance_judgement_document(judged: Sequence[JudgedDistance]) -> Document:
    """Return what ``drill distance --json`` prints: bias by distance, and how it changed over the days."""
    bands = [asdict(band) for band in bias_by_distance(judged)]
    document = {"schema": "rigcoach.distance-judgement/1", "guesses": len(judged), "bands": bands}
    return document | gain_document(gain_over_days(judged))
