"""A rehearsal going on: preflight checks, takes on the cable and off it, matching, scoring."""
