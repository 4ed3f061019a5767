"""How does the shell, or tmux's status line, learn how the queue stands?"""
