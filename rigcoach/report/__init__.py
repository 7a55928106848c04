"""What a photographer looks at afterwards: reports, annotated clips, and files for other programs."""
