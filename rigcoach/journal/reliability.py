"""The smallest change that the measures can show, from one session of five takes to another.

``python bench/learning.py reliability`` measures it; the table stands in ``docs/learning.md``.
"""

LEAST_CHANGE = {
    "place": 1.0,
    "roll": 0.5,
    "distance": 1.0,
    "focus": 0.1,
    "steadiness": 5.0,
    "exposure": 5.0,
}
"""By the name of the skill, in its unit. A smaller change between two sets of sessions is not told as one."""

LEAST_POINTS = 5.0
"""Of any score, and of keepers in percent."""
