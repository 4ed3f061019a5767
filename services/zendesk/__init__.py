"""What Zendesk knows of our tickets: asked for here, in our words everywhere else."""
