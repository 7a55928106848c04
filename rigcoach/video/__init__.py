"""A video file as pictures: upright planes of luma with their times."""
