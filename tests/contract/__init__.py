"""Is the simulator what it pretends to be? Asked of the published contracts and of real clients."""
