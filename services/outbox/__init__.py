"""What is being written and sent: kept on disk, delivered exactly once, in order."""
