"""What an emulated body sees and records: a practice scene rendered by a process of its own."""
