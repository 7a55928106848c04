"""Practice scenes rendered with known blur, position, roll and motion."""
