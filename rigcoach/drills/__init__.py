"""What a drill is, and the files that hold one."""
