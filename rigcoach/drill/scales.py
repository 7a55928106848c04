"""Shot scales: how large a person is in the frame, by name, from far to near."""

SCALES = (
    "extreme-long",
    "very-long",
    "long",
    "full",
    "medium-long",
    "medium",
    "medium-close-up",
    "close-up",
    "extreme-close-up",
)
