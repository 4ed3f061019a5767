"""What each command does. Every command imports what it needs, and nothing sooner."""
