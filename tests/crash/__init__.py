"""The real program, killed at moments that nobody chose."""
