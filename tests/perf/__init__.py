"""What must stay cheap, counted rather than timed."""
