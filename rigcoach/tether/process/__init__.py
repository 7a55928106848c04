"""The worker process that holds a camera and runs libgphoto2, and what talks to it."""
