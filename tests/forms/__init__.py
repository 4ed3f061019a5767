"""Forms: what they ask, refuse, warn of and send."""
