"""Live view into cues: what is measured frame by frame as it comes, told by tones and words."""
