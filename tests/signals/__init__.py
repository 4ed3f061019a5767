"""What calls for somebody, how often, and through what."""
