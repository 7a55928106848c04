"""A camera without a cable: a PTP/IP responder that libgphoto2's own driver talks to."""
