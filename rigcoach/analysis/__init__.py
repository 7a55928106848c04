"""A clip into measurements: find and track the subject, then measure it frame by frame."""
