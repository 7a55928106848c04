"""Pages to print, true to size: the target card, a scale for the focus ring, a pocket card."""
