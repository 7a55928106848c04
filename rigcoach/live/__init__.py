"""Live view into cues: measured frame by frame as it comes, given by tones and words."""
