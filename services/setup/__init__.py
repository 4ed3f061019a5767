"""From nothing to a configuration: what to ask, what the accounts offer, what to write."""
