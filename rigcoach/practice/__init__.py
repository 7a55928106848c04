"""A session while it runs: preflight checks, takes on the cable and off it, matching, scoring."""
