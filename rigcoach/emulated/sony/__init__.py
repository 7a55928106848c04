"""Sony bodies as a computer finds them: PTP with Sony's extensions, 2.00 and 3.00."""
