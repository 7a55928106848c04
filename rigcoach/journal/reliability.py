"""How sure a session's measures are, and the least change that can be told by them."""

LEAST_CHANGE: dict[str, float] = {}
"""By the skill's name, in its unit: a smaller change between two sets of sessions is below what the measures tell."""
