"""A camera on a cable: everything that talks to libgphoto2."""
