"""The dashboard in a real tmux."""
