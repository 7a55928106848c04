"""People and faces in a picture: where they are, never who."""
