"""Units that photographers use beside the metric ones."""

FOOT_M = 0.3048
