"""What a body reports of itself: the configuration tree, as data and in files."""
