"""What a camera's sensors recorded beside its pictures: movement, gravity, exposure times."""
