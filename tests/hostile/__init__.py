"""What strangers, networks and other people's laptops may do to us, and how little comes of it."""
