"""What every room may use: errors, files that appear whole, user data, progress."""
