"""The journal: a folder for each session, which is the truth, and an index over them."""
