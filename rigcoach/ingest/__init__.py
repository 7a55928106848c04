"""Bring a session's clips in from the camera's card or a folder; nothing is changed or deleted there."""
