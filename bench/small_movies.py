"""Emulated bodies whose movies are small: quicker to render, for whatever does not depend on what is seen in them."""

from rigcoach.emulated.shooting import Options

SMALL_PX = (640, 360)
SMALL = Options(movie_px=SMALL_PX)
